/* SPDX-License-Identifier: Apache-2.0 */
/* The history of tags, and changes that the API makes to them. */
#include "domain/tag.h"

#include "registry_fixture.h"

static struct digest push(struct fixture *f, const char *tag, const char *content, int64_t now)
{
    struct digest digest = fixture_push(f, f->one, content, now);
    struct manifest_info info;
    char text[DIGEST_TEXT_SIZE];
    digest_format(&digest, text);
    struct manifest_put put = {
        .repository_id = f->one, .media_type = STR(MEDIA_OCI_MANIFEST), .tag = tag, .now_ms = now};
    put.content = str_of(arena_printf(
        &f->arena,
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/x\",\"digest\":\"%s\","
        "\"size\":%zu},\"layers\":[{\"mediaType\":\"application/y\",\"digest\":\"%s\",\"size\":%zu}"
        "]}",
        text, strlen(content), text, strlen(content)));
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    assert_ok(manifest_store(&f->store, &f->arena, &f->policy, &put, &info, &f->err), &f->err);
    return put.digest;
}

/* "name[-][!][<] ...", newest first: - ended, ! immutable, < a reversion. */
static const char *history(struct fixture *f, const struct tag_filter *filter, int64_t now)
{
    struct list list = {0};
    struct db_tx *tx = NULL;
    const char *text = "";
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(tag_history(tx, &f->arena, f->one, filter, now, &list, &f->err), &f->err);
    db_end(&tx);
    const struct tag_entry *rows = list.items;
    for (size_t i = 0; i < list.count; i++)
        text = arena_printf(&f->arena, "%s%s%s%s%s ", text, rows[i].name,
                            rows[i].end_ms <= now ? "-" : "", rows[i].immutable ? "!" : "",
                            rows[i].reversion ? "<" : "");
    return text;
}

static void test_history(void **state)
{
    struct fixture *f = *state;
    push(f, "a", "1", NOW);
    push(f, "a", "2", NOW + 1);
    push(f, "b_c", "1", NOW + 2);
    push(f, NULL, "3", NOW + 3); /* hidden */
    push(f, "bxc", "3", NOW + 4);
    const struct {
        struct tag_filter filter;
        const char *want;
    } cases[] = {
        {{.limit = 10}, "bxc b_c a a- "},
        {{.limit = 2}, "bxc b_c "},
        {{.limit = 2, .skip = 2}, "a a- "},
        {{.limit = 2, .skip = 4}, ""},
        {{.limit = 10, .live = true}, "bxc b_c a "},
        {{.limit = 10, .name = "a"}, "a a- "},
        {{.limit = 10, .name = "a", .live = true}, "a "},
        {{.limit = 10, .name = "nothing"}, ""},
        {{.limit = 10, .like = "c"}, "bxc b_c "},
        {{.limit = 10, .like = "_"}, "b_c "},
        {{.limit = 10, .like = "%"}, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(history(f, &cases[i].filter, NOW + 5), cases[i].want);
}

static void test_size(void **state)
{
    struct fixture *f = *state;
    struct tag_filter filter = {.limit = 1};
    struct list list = {0};
    struct db_tx *tx = NULL;
    push(f, "a", "12345", NOW);
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(tag_history(tx, &f->arena, f->one, &filter, NOW, &list, &f->err), &f->err);
    db_end(&tx);
    assert_int_equal(((struct tag_entry *)list.items)->layers_size, 5);
}

static void test_restore(void **state)
{
    struct fixture *f = *state;
    struct tag_filter all = {.limit = 10};
    struct digest first = push(f, "a", "1", NOW), nothing = first;
    push(f, "a", "2", NOW + 1);
    struct db_tx *tx = NULL;
    nothing.bytes[0] ^= 1;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(
        tag_restore(tx, &f->arena, &f->policy, f->one, "a", &nothing, NOW + 2, &f->err), 0);
    assert_int_equal(tag_restore(tx, &f->arena, &f->policy, f->one, "a", &first, NOW + 2, &f->err),
                     1);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    assert_string_equal(history(f, &all, NOW + 3), "a< a- a- ");
}

static void test_immutable(void **state)
{
    struct fixture *f = *state;
    struct tag_filter all = {.limit = 10};
    struct tag tag;
    struct digest first = push(f, "a", "1", NOW);
    struct digest second = push(f, "b", "2", NOW);
    struct db_tx *tx = NULL;
    f->policy.immutable_tags = true;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(tag_find(tx, &f->arena, f->one, "a", NOW, &tag, &f->err), 1);
    assert_ok(tag_set_immutable(tx, tag.id, true, &f->err), &f->err);
    assert_int_equal(tag_find(tx, &f->arena, f->one, "a", NOW, &tag, &f->err), 1);
    assert_int_equal(tag_end(tx, &f->arena, &f->policy, f->one, &tag, NOW + 1, &f->err), -1);
    assert_int_equal(f->err.code, ERR_TAG_IMMUTABLE);
    assert_int_equal(tag_purge(tx, &f->policy, &tag, NOW + 1, &f->err), -1);
    assert_int_equal(f->err.code, ERR_TAG_IMMUTABLE);
    assert_int_equal(tag_restore(tx, &f->arena, &f->policy, f->one, "a", &second, NOW + 1, &f->err),
                     -1);
    assert_int_equal(f->err.code, ERR_TAG_IMMUTABLE);
    /* what it means already is no change */
    assert_int_equal(tag_restore(tx, &f->arena, &f->policy, f->one, "a", &first, NOW + 1, &f->err),
                     1);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    assert_string_equal(history(f, &all, NOW + 2), "b a! ");
    f->policy.immutable_tags = false; /* the feature was switched off: it protects nothing */
    assert_int_equal(tag_delete(f->db, &f->arena, &f->policy, f->one, "a", NOW + 2, &f->err), 1);
    assert_string_equal(history(f, &all, NOW + 2), "b a-! ");
}

static void test_end(void **state)
{
    struct fixture *f = *state;
    struct tag tag;
    struct manifest manifest;
    struct db_tx *tx = NULL;
    push(f, "a", "1", NOW);
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(tag_find(tx, &f->arena, f->one, "a", NOW, &tag, &f->err), 1);
    assert_ok(tag_set_end(tx, &f->policy, f->one, &tag, NOW + 10, &f->err), &f->err);
    assert_int_equal(manifest_find_by_tag(tx, &f->arena, f->one, "a", NOW + 9, &manifest, &f->err),
                     1);
    assert_int_equal(manifest.until_ms, NOW + 10);
    assert_int_equal(manifest_find_by_tag(tx, &f->arena, f->one, "a", NOW + 10, &manifest, &f->err),
                     0);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(test_history),   WITH_REGISTRY(test_size), WITH_REGISTRY(test_restore),
        WITH_REGISTRY(test_immutable), WITH_REGISTRY(test_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
