/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/manifest.h"

#include "domain/referrer.h"
#include "registry_fixture.h"

/* An image whose config is `config`; `more` is put into the document. */
static struct manifest_put image(struct fixture *f, const char *config, const char *more)
{
    struct digest digest = fixture_push(f, f->one, config, NOW);
    char text[DIGEST_TEXT_SIZE];
    digest_format(&digest, text);
    const char *document = arena_printf(
        &f->arena,
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/x\",\"digest\":\"%s\","
        "\"size\":%zu},\"layers\":[]%s}",
        text, strlen(config), more);
    struct manifest_put put = {.repository_id = f->one,
                               .media_type = STR(MEDIA_OCI_MANIFEST),
                               .content = str_of(document),
                               .now_ms = NOW};
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    return put;
}

static void store(struct fixture *f, struct manifest_put *put, const char *tag, int64_t now)
{
    struct manifest_info info;
    put->tag = tag;
    put->now_ms = now;
    assert_ok(manifest_store(&f->store, &f->arena, &f->policy, put, &info, &f->err), &f->err);
}

/* The content that a tag names; NULL when there is no such live tag. */
static const char *read_tag(struct fixture *f, const char *tag, int64_t now)
{
    struct manifest manifest = {0};
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    int found = manifest_find_by_tag(tx, &f->arena, f->one, tag, now, &manifest, &f->err);
    db_end(&tx);
    assert_true(found >= 0);
    return found ? manifest.content.ptr : NULL;
}

static int find(struct fixture *f, const struct digest *digest)
{
    struct manifest manifest;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    int found = manifest_find(tx, &f->arena, f->one, digest, &manifest, &f->err);
    db_end(&tx);
    return found;
}

static void test_tag_moves(void **state)
{
    struct fixture *f = *state;
    struct manifest_put a = image(f, "a", ""), b = image(f, "b", "");
    store(f, &a, "latest", NOW);
    assert_string_equal(read_tag(f, "latest", NOW), a.content.ptr);
    /* many moves within one millisecond: each shows at once */
    for (int i = 0; i < 5; i++) {
        store(f, i % 2 ? &a : &b, "latest", NOW);
        assert_string_equal(read_tag(f, "latest", NOW), (i % 2 ? &a : &b)->content.ptr);
    }
    assert_null(read_tag(f, "Latest", NOW));
    assert_int_equal(tag_delete(f->db, &f->arena, &f->policy, f->one, "latest", NOW, &f->err), 1);
    assert_null(read_tag(f, "latest", NOW));
    assert_int_equal(tag_delete(f->db, &f->arena, &f->policy, f->one, "latest", NOW, &f->err), 0);
    assert_int_equal(
        tag_move(f->db, &f->arena, &f->policy, f->one, "latest", &a.digest, NOW, &f->err), 1);
    assert_string_equal(read_tag(f, "latest", NOW), a.content.ptr);
}

/* The clock was half an hour ahead when the tag was deleted, and is right again when it is pushed.
 */
static void test_clock_set_back(void **state)
{
    enum { AHEAD = 1800000 };
    struct fixture *f = *state;
    struct manifest_put a = image(f, "a", ""), b = image(f, "b", "");
    store(f, &a, "pushed", NOW);
    assert_int_equal(
        tag_delete(f->db, &f->arena, &f->policy, f->one, "pushed", NOW + AHEAD, &f->err), 1);
    store(f, &a, "pushed", NOW + 1);
    assert_string_equal(read_tag(f, "pushed", NOW + 1), a.content.ptr);
    assert_string_equal(read_tag(f, "pushed", NOW + 2 * AHEAD), a.content.ptr);
    /* Deleted is deleted: what it pointed at before does not show instead. */
    store(f, &a, "deleted", NOW);
    store(f, &b, "deleted", NOW + AHEAD);
    assert_int_equal(tag_delete(f->db, &f->arena, &f->policy, f->one, "deleted", NOW + 1, &f->err),
                     1);
    assert_null(read_tag(f, "deleted", NOW + 1));
    assert_int_equal(tag_delete(f->db, &f->arena, &f->policy, f->one, "deleted", NOW + 1, &f->err),
                     0);
    /* Both intervals of the tag are of the manifest that is deleted. */
    store(f, &a, "back", NOW);
    store(f, &b, "back", NOW + AHEAD);
    store(f, &a, "back", NOW + AHEAD + 1);
    assert_int_equal(
        manifest_delete(f->db, &f->arena, &f->policy, f->one, &a.digest, NOW + 1, &f->err), 1);
}

static size_t count_tags(struct fixture *f, int64_t now)
{
    struct list names = {0}, tags = {0};
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(tag_names(tx, &f->arena, f->one, "", 9, now, &names, &f->err), &f->err);
    assert_ok(tag_list(tx, &f->arena, f->one, "", 9, now, &tags, &f->err), &f->err);
    db_end(&tx);
    assert_int_equal(names.count, tags.count);
    return tags.count;
}

static void test_clock_set_back_lists_once(void **state)
{
    struct fixture *f = *state;
    struct manifest_put a = image(f, "a", ""), b = image(f, "b", "");
    store(f, &a, "latest", NOW);
    store(f, &a, "other", NOW);
    store(f, &b, "latest", NOW + 1000);
    assert_int_equal(count_tags(f, NOW + 1000), 2);
    assert_int_equal(count_tags(f, NOW + 1), 2);
}

static void test_missing_parts(void **state)
{
    struct fixture *f = *state;
    struct manifest_put put = image(f, "here", "");
    struct manifest_info info;
    put.repository_id = f->two; /* where the config was never pushed */
    put.tag = "x";
    assert_fails(manifest_store(&f->store, &f->arena, &f->policy, &put, &info, &f->err), &f->err,
                 ERR_MANIFEST_BLOB_UNKNOWN);
    put.repository_id = f->one;
    put.now_ms = NOW + f->store.policy.lease_ms; /* pushed too long ago */
    assert_fails(manifest_store(&f->store, &f->arena, &f->policy, &put, &info, &f->err), &f->err,
                 ERR_MANIFEST_BLOB_UNKNOWN);
    assert_null(read_tag(f, "x", NOW));
}

static struct manifest_put index_of(struct fixture *f, const struct digest *child)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(child, text);
    const char *document = arena_printf(
        &f->arena,
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" MEDIA_OCI_MANIFEST
        "\",\"digest\":\"%s\",\"size\":3}]}",
        text);
    struct manifest_put put = {.repository_id = f->one,
                               .media_type = STR(MEDIA_OCI_INDEX),
                               .content = str_of(document),
                               .now_ms = NOW};
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    return put;
}

/* An index keeps serving a child that was deleted by digest; the child goes with the index. */
static void test_index_keeps_child(void **state)
{
    struct fixture *f = *state;
    struct manifest_put child = image(f, "child", "");
    struct manifest_put index = index_of(f, &child.digest);
    store(f, &child, NULL, NOW);
    store(f, &index, "multi", NOW);
    assert_int_equal(
        manifest_delete(f->db, &f->arena, &f->policy, f->one, &child.digest, NOW, &f->err), 1);
    assert_int_equal(find(f, &child.digest), 1);
    assert_int_equal(
        manifest_delete(f->db, &f->arena, &f->policy, f->one, &index.digest, NOW, &f->err), 1);
    assert_int_equal(find(f, &index.digest), 0);
    assert_int_equal(find(f, &child.digest), 0);
    assert_null(read_tag(f, "multi", NOW));
    store(f, &child, "again", NOW); /* a push brings it back */
    assert_int_equal(find(f, &child.digest), 1);
}

static void test_sparse(void **state)
{
    struct fixture *f = *state;
    struct manifest_put absent = image(f, "absent", "");
    struct manifest_put index = index_of(f, &absent.digest);
    struct manifest_info info;
    index.tag = "sparse";
    assert_fails(manifest_store(&f->store, &f->arena, &f->policy, &index, &info, &f->err), &f->err,
                 ERR_MANIFEST_BLOB_UNKNOWN);
    f->policy.sparse_index = true;
    store(f, &index, "sparse", NOW);
}

/* A descriptor that carries its content needs no blob beforehand. */
static void test_embedded(void **state)
{
    struct fixture *f = *state;
    struct digest empty;
    struct manifest_info info;
    digest_of(DIGEST_SHA256, STR("{}"), &empty);
    static const char document[] =
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"" MEDIA_OCI_EMPTY "\",\"digest\":"
        "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2,"
        "\"data\":\"%s\"},\"layers\":[]}";
    struct manifest_put put = {
        .repository_id = f->one, .media_type = STR(MEDIA_OCI_MANIFEST), .tag = "x", .now_ms = NOW};
    put.content = str_of(arena_printf(&f->arena, document, "e30h"));
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    assert_fails(manifest_store(&f->store, &f->arena, &f->policy, &put, &info, &f->err), &f->err,
                 ERR_MANIFEST_INVALID);
    put.content = str_of(arena_printf(&f->arena, document, "e30="));
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    store(f, &put, "x", NOW);
    assert_true(fixture_sees(f, f->one, &empty, NOW + 10 * f->store.policy.lease_ms));
}

static void test_referrers(void **state)
{
    struct fixture *f = *state;
    struct digest subject;
    char text[DIGEST_TEXT_SIZE];
    digest_of(DIGEST_SHA256, STR("any"), &subject);
    digest_format(&subject, text);
    for (int i = 0; i < 5; i++) {
        const char *config = arena_printf(&f->arena, "config %d", i);
        const char *more = arena_printf(&f->arena,
                                        ",\"artifactType\":\"type/%d\",\"subject\":{\"mediaType\":"
                                        "\"" MEDIA_OCI_MANIFEST "\",\"digest\":\"%s\",\"size\":3}",
                                        i % 2, text);
        struct manifest_put put = image(f, config, more);
        store(f, &put, NULL, NOW);
    }
    struct db_tx *tx = NULL;
    struct list page;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(referrer_list(tx, &f->arena, f->one, &subject, NULL, NULL, 3, &page, &f->err),
              &f->err);
    assert_int_equal(page.count, 3);
    struct digest last = ((struct referrer *)page.items)[2].digest;
    assert_ok(referrer_list(tx, &f->arena, f->one, &subject, NULL, &last, 3, &page, &f->err),
              &f->err);
    assert_int_equal(page.count, 2);
    assert_ok(referrer_list(tx, &f->arena, f->one, &subject, "type/1", NULL, 9, &page, &f->err),
              &f->err);
    assert_int_equal(page.count, 2);
    db_end(&tx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(test_tag_moves),
        WITH_REGISTRY(test_clock_set_back),
        WITH_REGISTRY(test_clock_set_back_lists_once),
        WITH_REGISTRY(test_missing_parts),
        WITH_REGISTRY(test_index_keeps_child),
        WITH_REGISTRY(test_sparse),
        WITH_REGISTRY(test_embedded),
        WITH_REGISTRY(test_referrers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
