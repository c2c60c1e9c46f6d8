/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/oauth_redirect.h"

#include "unit.h"

/* What registered addresses let through. */
static const struct {
    const char *registered, *uri;
    bool allowed;
} cases[] = {
    {"https://a.example/cb", "https://a.example/cb", true},
    {"https://a.example/cb", "https://a.example/cb/x", true},
    {"https://a.example/cb", "https://a.example/cb?x=1", true},
    {"https://a.example/cb", "https://a.example/cb/?x=1&y=/z", true},
    {"https://a.example/cb", "HTTPS://A.EXAMPLE/cb", true},
    {"https://a.example/cb/", "https://a.example/cb/x", true},
    {"https://a.example", "https://a.example", true},
    {"https://a.example", "https://a.example/", true},
    {"https://a.example", "https://a.example/any/where", true},
    {"https://a.example", "https://a.example?x", true},
    {"https://a.example/", "https://a.example/x", true},
    {"https://a.example:8443/cb", "https://a.example:8443/cb", true},
    {"http://[::1]:80/cb", "http://[::1]:80/cb", true},
    {"myapp://callback", "myapp://callback", true},
    {"https://a.example/cb?x=1", "https://a.example/cb?x=1", true},

    {"https://a.example/cb", "https://a.example/CB", false},
    {"https://a.example/cb", "https://a.example/cb2", false},
    {"https://a.example/cb", "https://a.example/cb.x", false},
    {"https://a.example/cb", "https://a.example/cb;x", false},
    {"https://a.example/cb", "https://a.example/c", false},
    {"https://a.example/cb", "https://a.example//cb", false},
    {"https://a.example/cb", "https://a.example/?/cb", false},
    {"https://a.example/cb/", "https://a.example/cb", false},
    {"https://a.example/cb", "http://a.example/cb", false},
    {"https://a.example/cb", "https://b.example/cb", false},
    {"https://a.example/cb", "https://a.example:443/cb", false},
    {"https://a.example/cb", "https://a.example./cb", false},
    {"https://a.example", "https://a.example.evil.example/", false},
    {"https://a.example", "https://a.example:80/", false},
    {"https://a.example", "https://a.example@evil.example/", false},
    {"https://a.example", "https://evil.example/https://a.example", false},
    {"https://a.example/cb?x=1", "https://a.example/cb?x=1&y=2", false},
    {"https://a.example/cb?x=1", "https://a.example/cb", false},
    {"https://a.example/cb", "https://a.example/cb/..", false},
    {"https://a.example/cb", "https://a.example/cb?..", false},
    {"https://a.example/cb", "https://a.example/cb#x", false},
    {"https://a.example/cb", "https://a.example/cb?%0d", false},
    {"https://a.example/cb", "https://a.example/cb?\n", false},
    {"https://a.example/cb", "https://a.example/cb\\x", false},
    {"https://a.example/cb", "https://a.example/cb?\x7f", false},
    {"https://a.example/cb", "https://a.example/cb?\xc3\xbc", false},
    {"https://a.example/cb", "https:///cb", false},
    {"https://a.example/cb", "//a.example/cb", false},
    {"https://a.example/cb", "https:/a.example/cb", false},
    {"https://a.example/cb", "", false},
    {"", "", false},
    {"", "https://a.example/cb", false},
    {"foo", "foo", false},
    {"/cb", "/cb", false},
    {"://a/cb", "://a/cb", false},
    {"javascript://a/cb", "javascript://a/cb", false},
    {"JavaScript://a/cb", "JavaScript://a/cb", false},
    {"data://a/cb", "data://a/cb", false},
    {"file://a/cb", "file://a/cb", false},
    {"https://a b/cb", "https://a b/cb", false},
    {"https://u@a.example/cb", "https://u@a.example/cb", false},
    {"https://a.example/cb#x", "https://a.example/cb#x", false},
};

static void test_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool allowed = oauth_redirect_allowed(str_of(cases[i].registered), str_of(cases[i].uri));
        if (allowed != cases[i].allowed)
            fail_msg("%s within %s: %d", cases[i].uri, cases[i].registered, allowed);
    }
    assert_false(
        oauth_redirect_allowed(STR("https://a.example/cb"), STR("https://a.example/cb\0.evil")));
}

static void test_length(void **state)
{
    (void)state;
    struct arena arena = {0};
    char *text = arena_alloc(&arena, OAUTH_REDIRECT_MAX + 2);
    memset(text, 'a', OAUTH_REDIRECT_MAX + 1);
    memcpy(text, "https://a.example/", strlen("https://a.example/"));
    struct str registered = STR("https://a.example");
    assert_true(oauth_redirect_allowed(registered, (struct str){text, OAUTH_REDIRECT_MAX}));
    assert_false(oauth_redirect_allowed(registered, str_of(text)));
    arena_done(&arena);
}

static void test_with(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *none = NULL;
    assert_string_equal(oauth_redirect_with(&arena, "https://a/b", "x", "1 &=#%\n", "y", none, "z",
                                            "\xc3\xbc", NULL),
                        "https://a/b?x=1%20%26%3D%23%25%0A&z=%C3%BC");
    assert_string_equal(oauth_redirect_with(&arena, "https://a/b?c", "x", "1", NULL),
                        "https://a/b?c&x=1");
    assert_string_equal(oauth_redirect_with(&arena, "https://a/b", "x", none, NULL), "https://a/b");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
