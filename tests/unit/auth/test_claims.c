/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/claims.h"

#include "unit.h"

enum { NOW = 1800000000 };

static const struct name_rules names = {.library = "library", .hostname = "reg", .nested = true};
static const struct claims_rules rules = {"quay", "reg", 3660, &names};

/* The JSON of a whole token, written by hand from Quay's contract, so that a mistake shared by
 * writer and reader shows. */
static void test_format(void **state)
{
    (void)state;
    static const struct identity alice = {.kind = IDENTITY_USER, .name = "alice", .uuid = "u-1"};
    static const struct identity robot = {.kind = IDENTITY_ROBOT, .name = "ns+bot", .uuid = "u-2"};
    static const struct token_access access[] = {
        {SCOPE_REPOSITORY, "reg/a/b", SCOPE_PULL | SCOPE_PUSH | SCOPE_ALL, NULL},
        {SCOPE_REPOSITORY, "a/c", 0, NULL},
        {SCOPE_CATALOG, "catalog", SCOPE_ALL, NULL},
    };
#define TIMES "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800003600,"
#define TAIL  "\"com.apostille.roots\":{},\"com.apostille.root\":\"$disabled\"}}"
    static const struct {
        const struct identity *who;
        size_t count;
        const char *want;
    } cases[] = {
        {&alice, 3,
         "{\"iss\":\"quay\",\"aud\":\"reg\",\"sub\":\"alice\"," TIMES
         "\"access\":[{\"type\":\"repository\",\"name\":\"reg/a/b\","
         "\"actions\":[\"push\",\"pull\",\"*\"]},"
         "{\"type\":\"repository\",\"name\":\"a/c\",\"actions\":[]},"
         "{\"type\":\"registry\",\"name\":\"catalog\",\"actions\":[\"*\"]}],"
         "\"context\":{\"version\":2,\"entity_kind\":\"user\",\"entity_reference\":\"u-1\","
         "\"kind\":\"user\",\"user\":\"alice\"," TAIL},
        {&robot, 0,
         "{\"iss\":\"quay\",\"aud\":\"reg\",\"sub\":\"ns+bot\"," TIMES "\"access\":[],"
         "\"context\":{\"version\":2,\"entity_kind\":\"robot\",\"entity_reference\":\"ns+bot\","
         "\"kind\":\"user\",\"user\":\"ns+bot\"," TAIL},
        {&identity_anonymous, 0,
         "{\"iss\":\"quay\",\"aud\":\"reg\",\"sub\":\"(anonymous)\"," TIMES "\"access\":[],"
         "\"context\":{\"version\":2,\"entity_kind\":\"anonymous\",\"entity_reference\":null,"
         "\"kind\":\"anonymous\"," TAIL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct claims_request request = {"quay", "reg", NOW, cases[i].who, access, cases[i].count};
        _cleanup_buf_ struct buf out;
        buf_init(&out, 10000);
        claims_format(&request, &out);
        assert_str_text(buf_str(&out), cases[i].want);
    }
}

static int check(struct arena *arena, const char *text, struct claims *out, struct err *err)
{
    json_auto_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    return claims_check(arena, json, &rules, NOW, out, err);
}

#define HEAD        "{\"iss\":\"quay\",\"aud\":\"reg\",\"sub\":\"alice\","
#define FRESH       "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800003600,"
#define CONTEXT     "\"context\":{\"version\":2,\"entity_kind\":\"user\",\"entity_reference\":\"u-1\"}}"
#define NO_ACCESS   "\"access\":[],"
#define ACCESS(s)   "\"access\":[" s "],"
#define ENTRY(n, a) "{\"type\":\"repository\",\"name\":\"" n "\",\"actions\":[" a "]}"

static void test_accepted(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        enum identity_kind kind;
        const char *entity;
        size_t grants;
        const char *repository; /* of the first grant */
        unsigned access;
    } cases[] = {
        {HEAD FRESH NO_ACCESS CONTEXT, IDENTITY_USER, "u-1", 0, NULL, 0},
        {HEAD "\"iat\":1800000030,\"nbf\":1800000030,\"exp\":1800003690," NO_ACCESS CONTEXT,
         IDENTITY_USER, "u-1", 0, NULL, 0},
        {HEAD "\"iat\":1799996371,\"nbf\":1799996371,\"exp\":1799999971," NO_ACCESS CONTEXT,
         IDENTITY_USER, "u-1", 0, NULL, 0},
        {HEAD FRESH ACCESS(ENTRY("a/b", "\"pull\"")) CONTEXT, IDENTITY_USER, "u-1", 1, "a/b",
         ACCESS_READ},
        {HEAD FRESH ACCESS(ENTRY("reg/a/b", "\"push\"")) CONTEXT, IDENTITY_USER, "u-1", 1, "a/b",
         ACCESS_READ | ACCESS_WRITE},
        {HEAD FRESH ACCESS(ENTRY("b", "\"*\"") "," ENTRY("a/b", "")) CONTEXT, IDENTITY_USER, "u-1",
         2, "library/b", ACCESS_READ | ACCESS_WRITE | ACCESS_ADMIN},
        {HEAD FRESH ACCESS("{\"type\":\"registry\",\"name\":\"catalog\",\"actions\":[\"*\"]}")
             CONTEXT,
         IDENTITY_USER, "u-1", 0, NULL, 0},
        {HEAD FRESH NO_ACCESS
         "\"context\":{\"version\":2,\"entity_kind\":\"anonymous\",\"entity_reference\":null}}",
         IDENTITY_ANONYMOUS, NULL, 0, NULL, 0},
        {HEAD FRESH NO_ACCESS "\"context\":{\"version\":2,\"entity_kind\":\"robot\","
                              "\"entity_reference\":\"ns+bot\",\"more\":1},\"jti\":\"x\"}",
         IDENTITY_ROBOT, "ns+bot", 0, NULL, 0},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct claims got;
        struct err err;
        assert_ok(check(&arena, cases[i].json, &got, &err), &err);
        assert_int_equal(got.kind, cases[i].kind);
        assert_int_equal(got.grant_count, cases[i].grants);
        if (cases[i].entity)
            assert_string_equal(got.entity, cases[i].entity);
        else
            assert_null(got.entity);
        if (cases[i].repository) {
            assert_string_equal(got.grants[0].repository, cases[i].repository);
            assert_int_equal(got.grants[0].access, cases[i].access);
        }
    }
    arena_done(&arena);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{}",
        "[]",
        HEAD FRESH NO_ACCESS "\"context\":{}}",
        "{\"iss\":\"clair\",\"aud\":\"reg\",\"sub\":\"alice\"," FRESH NO_ACCESS CONTEXT,
        "{\"iss\":\"quay\",\"aud\":\"reg2\",\"sub\":\"alice\"," FRESH NO_ACCESS CONTEXT,
        "{\"iss\":\"quay\",\"aud\":[\"reg\"],\"sub\":\"alice\"," FRESH NO_ACCESS CONTEXT,
        "{\"aud\":\"reg\",\"sub\":\"alice\"," FRESH NO_ACCESS CONTEXT,
        "{\"iss\":\"quay\",\"sub\":\"alice\"," FRESH NO_ACCESS CONTEXT,
        "{\"iss\":\"quay\",\"aud\":\"reg\"," FRESH NO_ACCESS CONTEXT,
        /* Times: each missing, of the wrong type, and a second out. */
        HEAD "\"nbf\":1800000000,\"exp\":1800003600," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1800000000,\"exp\":1800003600," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1800000000,\"nbf\":1800000000," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":\"1800003600\"," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1e300," NO_ACCESS CONTEXT,
        HEAD "\"iat\":-9223372036854775807,\"nbf\":0,\"exp\":1800003600," NO_ACCESS CONTEXT,
        HEAD "\"iat\":0,\"nbf\":0,\"exp\":9223372036854775807," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1799996370,\"nbf\":1799996370,\"exp\":1799999970," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1800000031,\"nbf\":1800000000,\"exp\":1800003600," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1800000000,\"nbf\":1800000031,\"exp\":1800003600," NO_ACCESS CONTEXT,
        HEAD "\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800003661," NO_ACCESS CONTEXT,
        /* Access. */
        HEAD FRESH CONTEXT,
        HEAD FRESH "\"access\":{}," CONTEXT,
        HEAD FRESH "\"access\":null," CONTEXT,
        HEAD FRESH ACCESS("1") CONTEXT,
        HEAD FRESH ACCESS("{}") CONTEXT,
        HEAD FRESH ACCESS(ENTRY("a/b", "\"create\"")) CONTEXT,
        HEAD FRESH ACCESS(ENTRY("a/b", "1")) CONTEXT,
        HEAD FRESH ACCESS(ENTRY("A/b", "\"pull\"")) CONTEXT,
        HEAD FRESH ACCESS(ENTRY("", "\"pull\"")) CONTEXT,
        HEAD FRESH ACCESS("{\"type\":\"thing\",\"name\":\"a/b\",\"actions\":[]}") CONTEXT,
        HEAD FRESH ACCESS("{\"type\":\"repository\",\"actions\":[]}") CONTEXT,
        HEAD FRESH ACCESS("{\"type\":\"repository\",\"name\":\"a/b\"}") CONTEXT,
        /* Context. */
        HEAD FRESH "\"access\":[]}",
        HEAD FRESH NO_ACCESS "\"context\":[]}",
        HEAD FRESH NO_ACCESS "\"context\":{\"version\":1,\"entity_kind\":\"user\","
                             "\"entity_reference\":\"u-1\"}}",
        HEAD FRESH NO_ACCESS "\"context\":{\"version\":2,\"entity_kind\":\"wizard\","
                             "\"entity_reference\":\"u-1\"}}",
        HEAD FRESH NO_ACCESS "\"context\":{\"version\":2,\"entity_kind\":\"user\","
                             "\"entity_reference\":null}}",
        HEAD FRESH NO_ACCESS "\"context\":{\"version\":2,\"entity_kind\":\"user\"}}",
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct claims got = {.expires_s = 77};
        struct err err = {0};
        if (check(&arena, cases[i], &got, &err) != -1 || err.code != ERR_UNAUTHORIZED)
            fail_msg("%s: got %s (%s)", cases[i], err_code_name(err.code), err.msg);
        assert_int_equal(got.expires_s, 77);
    }
    arena_done(&arena);
}

static void test_many_grants(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (int count = CLAIMS_GRANTS_MAX; count <= CLAIMS_GRANTS_MAX + 1; count++) {
        _cleanup_buf_ struct buf text;
        buf_init(&text, 100000);
        buf_add_text(&text, HEAD FRESH "\"access\":[");
        for (int i = 0; i < count; i++)
            buf_printf(&text, "%s" ENTRY("a/b%d", "\"pull\""), i ? "," : "", i);
        buf_add_text(&text, "]," CONTEXT);
        struct claims got;
        struct err err = {0};
        int result = check(&arena, text.ptr, &got, &err);
        assert_int_equal(result, count > CLAIMS_GRANTS_MAX ? -1 : 0);
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_many_grants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
