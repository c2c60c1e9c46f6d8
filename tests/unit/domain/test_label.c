/* SPDX-License-Identifier: Apache-2.0 */
/* Labels: which keys may be added, how long a lifetime is, and what the keys that do something do.
 */
#include "domain/label.h"

#include "registry_fixture.h"

static const int64_t SECOND = 1000, HOUR = 3600000, DAY = 24 * 3600000;

static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        bool good;
    } cases[] = {
        {"a", true},   {"a.b-c.d", true}, {"0", true},     {"", false},
        {".a", false}, {"a.", false},     {"a..b", false}, {"a.-b", false},
        {"A", false},  {"a b", false},    {"a_b", false},  {"\xc3\xa4", false},
    };
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(label_check_key(str_of(cases[i].key), &err) == 0, cases[i].good);
}

static void test_lifetimes(void **state)
{
    (void)state;
    const struct manifest_policy policy = {.labeled_min_ms = HOUR, .labeled_max_ms = 728 * DAY};
    const struct {
        const char *text;
        int64_t want; /* -1: none */
    } cases[] = {
        {"2h", 2 * HOUR},
        {"3d", 3 * DAY},
        {"2w", 14 * DAY},
        {"1y", 365 * DAY},
        {"90m", 5400 * SECOND},
        {"7200s", 2 * HOUR},
        {"1s", HOUR},
        {"0d", HOUR},
        {"999w", 728 * DAY},
        {"1000000000y", 728 * DAY},
        {"99999999999999999999d", -1},
        {"3", -1},
        {"d", -1},
        {"", -1},
        {"-3d", -1},
        {" 3d", -1},
        {"3 d", -1},
        {"3x", -1},
        {"3dd", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t ms = -1;
        label_parse_lifetime(&policy, str_of(cases[i].text), &ms);
        assert_int_equal(ms, cases[i].want);
    }
}

static void test_effects(void **state)
{
    (void)state;
    const struct manifest_policy on = {
        .labeled_min_ms = HOUR, .labeled_max_ms = DAY, .immutable_tags = true};
    const struct manifest_policy off = {0};
    struct label_effect effect = {0};
    label_effect_add(&off, "quay.expires-after", "2h", &effect);
    label_effect_add(&off, "quay.immutable", "true", &effect);
    label_effect_add(&on, "quay.immutable", "yes", &effect);
    label_effect_add(&on, "expires-after", "2h", &effect);
    label_effect_add(&on, "quay.expires-after", "soon", &effect);
    assert_int_equal(effect.lifetime_ms, 0);
    assert_false(effect.immutable);
    label_effect_add(&on, "quay.expires-after", "2h", &effect);
    label_effect_add(&on, "quay.immutable", "true", &effect);
    assert_int_equal(effect.lifetime_ms, 2 * HOUR);
    assert_true(effect.immutable);
}

/* An image with that configuration as `tag`; its manifest's id. */
static int64_t push(struct fixture *f, const char *tag, const char *config, int64_t now)
{
    struct digest digest = fixture_push(f, f->one, config, now);
    struct manifest_info info;
    struct manifest manifest;
    struct db_tx *tx = NULL;
    char text[DIGEST_TEXT_SIZE];
    digest_format(&digest, text);
    struct manifest_put put = {
        .repository_id = f->one, .media_type = STR(MEDIA_OCI_MANIFEST), .tag = tag, .now_ms = now};
    put.content = str_of(
        arena_printf(&f->arena,
                     "{\"schemaVersion\":2,\"config\":{\"mediaType\":"
                     "\"application/vnd.oci.image.config.v1+json\",\"digest\":\"%s\",\"size\":%zu},"
                     "\"layers\":[]}",
                     text, strlen(config)));
    digest_of(DIGEST_SHA256, put.content, &put.digest);
    assert_ok(manifest_store(&f->store, &f->arena, &f->policy, &put, &info, &f->err), &f->err);
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_int_equal(manifest_find(tx, &f->arena, f->one, &put.digest, &manifest, &f->err), 1);
    db_end(&tx);
    return manifest.id;
}

static const char *labels_of(struct fixture *f, int64_t manifest_id, const char *prefix)
{
    struct list list = {0};
    struct db_tx *tx = NULL;
    const char *text = "";
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(label_list(tx, &f->arena, manifest_id, prefix, &list, &f->err), &f->err);
    db_end(&tx);
    const struct label *labels = list.items;
    for (size_t i = 0; i < list.count; i++)
        text = arena_printf(&f->arena, "%s%s=%s(%s) ", text, labels[i].key, labels[i].value,
                            label_source_name(labels[i].source));
    return text;
}

static int64_t end_of(struct fixture *f, const char *name, int64_t now)
{
    struct tag tag;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    int found = tag_find(tx, &f->arena, f->one, name, now, &tag, &f->err);
    db_end(&tx);
    return found == 1 ? tag.end_ms : 0;
}

static void test_pushed(void **state)
{
    struct fixture *f = *state;
    f->policy.labeled_min_ms = HOUR;
    f->policy.labeled_max_ms = DAY;
    const char *config = "{\"config\":{\"Labels\":{\"x_y\":\"1\",\"quay.expires-after\":\"2h\"}}}";
    int64_t id = push(f, "v1", config, NOW);
    assert_string_equal(labels_of(f, id, ""), "quay.expires-after=2h(manifest) x_y=1(manifest) ");
    assert_string_equal(labels_of(f, id, "x_"), "x_y=1(manifest) ");
    assert_string_equal(labels_of(f, id, "_"), "");
    assert_int_equal(end_of(f, "v1", NOW), NOW + 2 * HOUR);
    /* again, later: no more labels, but a later end */
    assert_int_equal(push(f, "v1", config, NOW + HOUR), id);
    assert_string_equal(labels_of(f, id, ""), "quay.expires-after=2h(manifest) x_y=1(manifest) ");
    assert_int_equal(end_of(f, "v1", NOW + HOUR), NOW + 3 * HOUR);
    /* it is over */
    assert_int_equal(end_of(f, "v1", NOW + 3 * HOUR), 0);
    assert_int_equal(push(f, "v2", "{}", NOW) == id, 0);
    assert_int_equal(end_of(f, "v2", NOW), TAG_FOREVER);
}

static void test_added(void **state)
{
    struct fixture *f = *state;
    struct label label = {.key = "k", .value = "{}", .json = true, .source = LABEL_OF_API}, found;
    struct db_tx *tx = NULL;
    int64_t id = push(f, "v1", "{}", NOW);
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(label_add(tx, &f->arena, f->one, id, &label, &f->err), &f->err);
    assert_int_equal(label_find(tx, &f->arena, id, label.uuid, &found, &f->err), 1);
    assert_string_equal(found.value, "{}");
    assert_string_equal(label_media_type(&found), "application/json");
    assert_int_equal(label_find(tx, &f->arena, id + 1, label.uuid, &found, &f->err), 0);
    assert_ok(label_delete(tx, found.id, &f->err), &f->err);
    assert_int_equal(label_find(tx, &f->arena, id, label.uuid, &found, &f->err), 0);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_effects), WITH_REGISTRY(test_pushed),
        WITH_REGISTRY(test_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
