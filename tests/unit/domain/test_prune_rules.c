/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/prune_rules.h"

#include "base/buf.h"
#include "unit.h"

static const int64_t NOW = 1800000000000;
enum { HOUR = 3600 * 1000, MANY = 8 };

static void test_ages(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms; /* 0: refused */
    } cases[] = {
        {"1s", 1000},
        {"90s", 90000},
        {"5m", 300000},
        {"24h", 24 * HOUR},
        {"7d", 7 * 24 * HOUR},
        {"2w", INT64_C(14) * 24 * HOUR},
        {"1y", INT64_C(365) * 24 * HOUR},
        {"007d", 7 * 24 * HOUR},
        {"1000y", INT64_C(365000) * 24 * HOUR},
        {"1001y", 0},
        {"0d", 0},
        {"-1d", 0},
        {"+1d", 0},
        {"7", 0},
        {"d", 0},
        {"", 0},
        {"7D", 0},
        {"7 d", 0},
        {" 7d", 0},
        {"7d ", 0},
        {"7.5d", 0},
        {"1M", 0},
        {"1w2d", 0},
        {"99999999999999999999s", 0},
        {"9223372036854775807w", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t ms = 0;
        bool good = prune_policy_parse_age(str_of(cases[i].text), &ms);
        assert_int_equal(good, cases[i].ms != 0);
        assert_int_equal(ms, cases[i].ms);
    }
}

static void test_check(void **state)
{
    (void)state;
    static const struct {
        struct prune_policy policy;
        const char *error; /* NULL: it is fine */
    } cases[] = {
        {{.method = PRUNE_BY_NUMBER, .value = "1"}, NULL},
        {{.method = PRUNE_BY_NUMBER, .value = "2147483647"}, NULL},
        {{.method = PRUNE_BY_NUMBER, .value = "2147483648"}, "value: "},
        {{.method = PRUNE_BY_NUMBER, .value = "0"}, "value: "},
        {{.method = PRUNE_BY_NUMBER, .value = "-1"}, "value: "},
        {{.method = PRUNE_BY_NUMBER, .value = "7d"}, "value: "},
        {{.method = PRUNE_BY_AGE, .value = "7d"}, NULL},
        {{.method = PRUNE_BY_AGE, .value = "0000000000000000000007d"}, "value: "},
        {{.method = PRUNE_BY_AGE, .value = "7"}, "value: "},
        {{.method = 0, .value = "7"}, "method: "},
        {{.method = 3, .value = "7"}, "method: "},
        {{.method = PRUNE_BY_AGE, .value = "7d", .pattern = "^v[0-9]+$"}, NULL},
        {{.method = PRUNE_BY_AGE, .value = "7d", .pattern = ""}, "tagPattern: "},
        {{.method = PRUNE_BY_AGE, .value = "7d", .pattern = "("}, "tagPattern: "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        int result = prune_policy_check(&cases[i].policy, &err);
        assert_int_equal(result, cases[i].error ? -1 : 0);
        if (cases[i].error)
            assert_true(str_starts(str_of(err.msg), str_of(cases[i].error)));
    }
}

/* Tags are given by name, an hour old each and older from left to right. */
static const struct choose_case {
    struct prune_policy policies[4];
    const char *tags[MANY];
    const char *go; /* newest first */
} choose_cases[] = {
    /* by number */
    {{{.method = PRUNE_BY_NUMBER, .value = "2"}}, {"a", "b", "c", "d"}, "c d "},
    {{{.method = PRUNE_BY_NUMBER, .value = "4"}}, {"a", "b", "c", "d"}, ""},
    {{{.method = PRUNE_BY_NUMBER, .value = "9"}}, {"a", "b"}, ""},
    {{{.method = PRUNE_BY_NUMBER, .value = "1"}}, {NULL}, ""},
    /* by age: just as old as it says is young enough */
    {{{.method = PRUNE_BY_AGE, .value = "2h"}}, {"a", "b", "c", "d"}, "c d "},
    {{{.method = PRUNE_BY_AGE, .value = "7199s"}}, {"a", "b", "c"}, "b c "},
    {{{.method = PRUNE_BY_AGE, .value = "1d"}}, {"a", "b", "c"}, ""},
    /* patterns match anywhere */
    {{{.method = PRUNE_BY_NUMBER, .value = "1", .pattern = "rc", .matches = true}},
     {"v3-rc", "v3", "v2-rc", "v2", "rc1"},
     "v2-rc rc1 "},
    {{{.method = PRUNE_BY_NUMBER, .value = "1", .pattern = "rc"}},
     {"v3-rc", "v3", "v2-rc", "v2", "v1"},
     "v2 v1 "},
    {{{.method = PRUNE_BY_AGE, .value = "1h", .pattern = "^v", .matches = true}},
     {"v3", "v2", "dev", "v1"},
     "v2 v1 "},
    /* Age comes first: what is gone is not counted, in whatever order they were made. */
    {{{.method = PRUNE_BY_NUMBER, .value = "3"}, {.method = PRUNE_BY_AGE, .value = "3h"}},
     {"a", "b", "c", "d", "e"},
     "d e "},
    {{{.method = PRUNE_BY_NUMBER, .value = "2"},
      {.method = PRUNE_BY_AGE, .value = "1h", .pattern = "b", .matches = true}},
     {"a", "b", "c", "d"},
     "b d "},
    /* Several by number: each counts its own. */
    {{{.method = PRUNE_BY_NUMBER, .value = "1", .pattern = "^v", .matches = true},
      {.method = PRUNE_BY_NUMBER, .value = "2"}},
     {"v2", "a", "v1", "b"},
     "v1 b "},
    {{{.method = PRUNE_BY_NUMBER, .value = "3"}, {.method = PRUNE_BY_NUMBER, .value = "1"}},
     {"a", "b", "c", "d"},
     "b c d "},
    /* A pattern that takes too many steps on a name spares it, either way round. */
    {{{.method = PRUNE_BY_AGE,
       .value = "1s",
       .pattern = "^(([a-z])+.)+[A-Z]([a-z])+$",
       .matches = false}},
     {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a"},
     "a "},
};

static void check_choice(const struct choose_case *in)
{
    _cleanup_prune_rules_ struct prune_rules rules = {0};
    _cleanup_buf_ struct buf go;
    struct prune_candidate tags[MANY];
    struct err err = {0};
    size_t count = 0;
    buf_init(&go, 256);
    for (size_t j = 0; in->policies[j].method; j++) {
        assert_ok(prune_policy_check(&in->policies[j], &err), &err);
        assert_ok(prune_rules_add(&rules, &in->policies[j], &err), &err);
    }
    for (; count < MANY && in->tags[count]; count++) { /* in another order than by age */
        tags[MANY - 1 - count] = (struct prune_candidate){
            .id = 100 - (int64_t)count,
            .name = in->tags[count],
            .start_ms = NOW - HOUR * ((int64_t)count + 1),
            .about = prune_rules_about(&rules, in->tags[count]),
        };
    }
    struct prune_candidate *first = &tags[MANY - count];
    prune_rules_choose(&rules, NOW, first, count);
    for (size_t j = 0; j < count; j++) {
        if (first[j].rule)
            buf_printf(&go, "%s ", first[j].name);
    }
    struct str text = buf_str(&go);
    assert_str_text(text, in->go);
}

static void test_choose(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(choose_cases); i++)
        check_choice(&choose_cases[i]);
}

/* Of tags made in the same millisecond the one that came later is the newer. */
static void test_same_time(void **state)
{
    (void)state;
    _cleanup_prune_rules_ struct prune_rules rules = {0};
    struct prune_policy policy = {.method = PRUNE_BY_NUMBER, .value = "1"};
    struct prune_candidate tags[] = {
        {.id = 1, .name = "a", .start_ms = NOW, .about = 1},
        {.id = 2, .name = "b", .start_ms = NOW, .about = 1},
    };
    struct err err = {0};
    assert_ok(prune_rules_add(&rules, &policy, &err), &err);
    prune_rules_choose(&rules, NOW, tags, ARRAY_LEN(tags));
    assert_int_equal(tags[0].id, 2);
    assert_null(tags[0].rule);
    assert_ptr_equal(tags[1].rule, &rules.items[0]);
    assert_int_equal(tags[1].newer, 1);
}

/* A clock that was set back makes tags younger, not older. */
static void test_future(void **state)
{
    (void)state;
    _cleanup_prune_rules_ struct prune_rules rules = {0};
    struct prune_policy policy = {.method = PRUNE_BY_AGE, .value = "1s"};
    struct prune_candidate tag = {.id = 1, .name = "a", .start_ms = NOW + HOUR, .about = 1};
    struct err err = {0};
    assert_ok(prune_rules_add(&rules, &policy, &err), &err);
    prune_rules_choose(&rules, NOW, &tag, 1);
    assert_null(tag.rule);
}

static void test_signatures(void **state)
{
    (void)state;
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    static const struct {
        const char *name;
        bool is;
    } cases[] = {
        {"sha256-" HEX ".sig", true},   {"sha256-" HEX ".att", true},
        {"sha256-" HEX ".sbom", true},  {"sha256-" HEX, false},
        {"sha256-" HEX ".sigs", false}, {"sha256-" HEX ".SIG", false},
        {"sha256-" HEX "0.sig", false}, {"sha512-" HEX ".sig", false},
        {"xsha256-" HEX ".sig", false}, {"sha256-.sig", false},
        {"sha256-" HEX "sig", false},   {"", false},
        {"sha256-G" HEX ".sig", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(prune_rules_signature(str_of(cases[i].name)), cases[i].is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ages),   cmocka_unit_test(test_check),
        cmocka_unit_test(test_choose), cmocka_unit_test(test_same_time),
        cmocka_unit_test(test_future), cmocka_unit_test(test_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
