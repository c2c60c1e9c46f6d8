/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pattern.h"

#include <string.h>

#include "unit.h"

static void test_match(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        int anywhere, at_start, whole;
    } cases[] = {
        {"", "", 1, 1, 1},
        {"", "v1", 1, 1, 0},
        {"v1", "v1", 1, 1, 1},
        {"v1", "dev1", 1, 0, 0},
        {"^v1", "dev1", 0, 0, 0},
        {"^v[0-9]+\\.[0-9]+$", "v1.22", 1, 1, 1},
        {"^v[0-9]+\\.[0-9]+$", "v1.22-rc1", 0, 0, 0},
        {"latest|stable", "unstable", 1, 0, 0},
        {"(?i)RELEASE", "release-3", 1, 1, 0},
        {"\\d{4}-\\d{2}", "nightly-2026-11", 1, 0, 0},
        {"^(?!v).*", "dev", 1, 1, 1},
        {"^(?!v).*", "v1", 0, 0, 0},
        {"(a|b)\\1", "cbb", 1, 0, 0},
        {"a|ab", "ab", 1, 1, 1}, /* the second way, as the first leaves a rest */
        {"v1$|.*", "v1.2", 1, 1, 1},
        {"v1", "v1\n", 1, 1, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_(pattern_freep) struct pattern *pattern = NULL;
        struct err err;
        assert_ok(pattern_new(str_of(cases[i].pattern), &pattern, &err), &err);
        struct str text = str_of(cases[i].text);
        assert_int_equal(pattern_match(pattern, text, PATTERN_ANYWHERE, &err), cases[i].anywhere);
        assert_int_equal(pattern_match(pattern, text, PATTERN_AT_START, &err), cases[i].at_start);
        assert_int_equal(pattern_match(pattern, text, PATTERN_WHOLE, &err), cases[i].whole);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static char longest[PATTERN_MAX + 2];
    memset(longest, 'a', PATTERN_MAX + 1);
    static const char *const cases[] = {"[invalid",       "(",    "a)", "*", "\\C",
                                        "(?<n>a)(?<n>b)", longest};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_(pattern_freep) struct pattern *pattern = NULL;
        struct err err;
        assert_fails(pattern_new(str_of(cases[i]), &pattern, &err), &err, ERR_INVALID);
        assert_null(pattern);
    }
    longest[PATTERN_MAX] = 0;
    _cleanup_(pattern_freep) struct pattern *fits = NULL;
    struct err err;
    assert_ok(pattern_new(str_of(longest), &fits, &err), &err);
}

/* The classic that takes longer than the universe without a limit. */
static void test_steps_are_limited(void **state)
{
    (void)state;
    _cleanup_(pattern_freep) struct pattern *pattern = NULL;
    struct err err;
    assert_ok(pattern_new(str_of("(?:a+)+(?=b)(a*)*c"), &pattern, &err), &err);
    struct str text = str_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabaaaaac!");
    assert_fails(pattern_match(pattern, text, PATTERN_ANYWHERE, &err), &err, ERR_INVALID);
}

static void test_fewer_steps(void **state)
{
    (void)state;
    _cleanup_(pattern_freep) struct pattern *pattern = NULL;
    struct err err;
    struct str text = str_of("aaaaaaaaaaaaaaaaaaab");
    assert_ok(pattern_new(str_of("(a|aa)*a{5}[^a-z]?b"), &pattern, &err), &err);
    assert_int_equal(pattern_match(pattern, text, PATTERN_WHOLE, &err), 1);
    pattern_limit(pattern, 10);
    assert_fails(pattern_match(pattern, text, PATTERN_WHOLE, &err), &err, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_steps_are_limited),
        cmocka_unit_test(test_fewer_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
