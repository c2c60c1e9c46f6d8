/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses may be called; URLs are in tests/http/test_log_callbacks.py. */
#include "unit.h"

#include "net/outside.h"
#include "net/post.h"

static bool allows(const char *allowed, const char *host, const char *address)
{
    const char *items[] = {allowed};
    struct texts texts = {.items = items, .count = allowed ? 1 : 0};
    struct ip ip;
    assert_true(ip_parse(str_of(address), &ip));
    return outside_allows(&texts, host, &ip);
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *allowed, *host, *address;
        bool ok;
    } cases[] = {
        {NULL, "example.com", "93.184.216.34", true},
        {NULL, "93.184.216.34", "93.184.216.34", true},
        {NULL, "example.com", "2606:2800:220:1:248:1893:25c8:1946", true},
        {NULL, "example.com", "127.0.0.1", false},
        {NULL, "example.com", "::1", false},
        {NULL, "example.com", "::ffff:10.0.0.1", false},
        {NULL, "example.com", "64:ff9b::7f00:1", false},
        {NULL, "example.com", "2002:7f00:1::", false},
        {NULL, "example.com", "169.254.169.254", false},
        {NULL, "[::1]", "::1", false},
        /* A name inside stays inside, even with an address of the public network. */
        {NULL, "db.internal", "93.184.216.34", false},
        {NULL, "DB.Internal.", "93.184.216.34", false},
        {NULL, "printer.local", "93.184.216.34", false},
        {NULL, "notlocal", "93.184.216.34", true},
        /* By name, for just that name. */
        {"hook.example.com", "hook.example.com", "10.0.0.1", true},
        {"Hook.Example.com", "hook.example.COM.", "10.0.0.1", true},
        {"hook.example.com", "example.com", "10.0.0.1", false},
        {"hook.example.com", "x.hook.example.com", "10.0.0.1", false},
        {"example.com", "notexample.com", "10.0.0.1", false},
        {"db.internal", "db.internal", "10.0.0.1", true},
        /* By network. */
        {"10.0.0.0/8", "hook.example.com", "10.9.9.9", true},
        {"10.1.2.3/8", "hook.example.com", "10.9.9.9", true},
        {"10.0.0.0/8", "db.internal", "10.9.9.9", true},
        {"10.0.0.0/8", "hook.example.com", "11.0.0.1", true},
        {"10.0.0.0/8", "hook.example.com", "192.168.0.1", false},
        {"10.0.0.1", "hook.example.com", "10.0.0.1", true},
        {"10.0.0.1", "hook.example.com", "10.0.0.2", false},
        {"fd00::/8", "hook.example.com", "fd12::1", true},
        {"10.0.0.0/8", "hook.example.com", "::ffff:10.0.0.1", true},
        {"0.0.0.0/0", "hook.example.com", "::1", false},
        {"::/0", "hook.example.com", "127.0.0.1", true},
        {"10.0.0.0/99", "hook.example.com", "10.0.0.1", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (allows(cases[i].allowed, cases[i].host, cases[i].address) != cases[i].ok)
            fail_msg("row %zu", i);
    }
}

static void test_entries(void **state)
{
    (void)state;
    static const struct {
        const char *entry;
        bool ok;
    } cases[] = {{"example.com", true}, {"my_host", true},
                 {"10.0.0.0/8", true},  {"10.1.2.3/8", true},
                 {"::1", true},         {"fd00::/8", true},
                 {"", false},           {"10.0.0.0/33", false},
                 {"10.0.0.0/x", false}, {"a b", false},
                 {"http://x", false},   {"fd00::/129", false},
                 {"*.example", false},  {"example.com:80", false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(outside_entry_ok(str_of(cases[i].entry)), cases[i].ok);
}

/* The error names no address and no reason that only the network inside knows. */
static void test_errors(void **state)
{
    (void)state;
    struct err err = {0};
    const char *items[] = {"127.0.0.1"};
    struct texts none = {0}, some = {.items = items, .count = 1};
    struct post post = {.url = "http://127.0.0.1:1/", .body = STR("{}"), .allowed = &none};
    assert_ok(post_begin(&err), &err);
    assert_fails(post_json(&post, &err), &err, ERR_DENIED);
    post.url = "http://x.localhost:1/";
    assert_fails(post_json(&post, &err), &err, ERR_DENIED);
    assert_null(strstr(err.msg, "127"));
    post.allowed = &some;
    assert_fails(post_json(&post, &err), &err, ERR_IO);
    assert_null(strstr(err.msg, "refused"));
    assert_non_null(strstr(err.detail, "x.localhost"));
    post.url = "https://127.0.0.1:1/";
    assert_fails(post_json(&post, &err), &err, ERR_IO);
    post_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
