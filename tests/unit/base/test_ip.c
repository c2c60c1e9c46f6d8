/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ip.h"

#include "unit.h"

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* NULL: refused */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"::1", "::1"},
        {"2001:DB8:0::1", "2001:db8::1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"", NULL},
        {"192.0.2", NULL},
        {"192.0.2.256", NULL},
        {"[::1]", NULL},
        {"fe80::1%eth0", NULL},
        {"192.0.2.1:80", NULL},
        {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct ip ip;
        char text[IP_TEXT_SIZE];
        assert_int_equal(ip_parse(str_of(cases[i].text), &ip), cases[i].want != NULL);
        if (!cases[i].want)
            continue;
        ip_format(&ip, text);
        assert_string_equal(text, cases[i].want);
    }
}

static void test_nets(void **state)
{
    (void)state;
    static const struct {
        const char *nets, *ip;
        bool has;
    } cases[] = {
        {"10.0.0.0/8", "10.255.0.1", true},     {"10.0.0.0/8", "11.0.0.1", false},
        {"192.0.2.7", "192.0.2.7", true},       {"192.0.2.7", "192.0.2.6", false},
        {"192.0.2.4/30", "192.0.2.7", true},    {"192.0.2.4/30", "192.0.2.8", false},
        {"2001:db8::/33", "2001:db8::1", true}, {"2001:db8::/33", "2001:db8:8000::1", false},
        {"0.0.0.0/0", "8.8.8.8", true},         {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},          {"10.0.0.0/8, ::1", "::1", true},
        {"10.0.0.0/8,,  ::1 ", "::1", true},    {"", "::1", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct ip_nets nets;
        struct ip ip;
        struct str bad;
        assert_true(ip_nets_parse(str_of(cases[i].nets), &nets, &bad));
        assert_true(ip_parse(str_of(cases[i].ip), &ip));
        assert_int_equal(ip_nets_have(&nets, &ip), cases[i].has);
    }
}

static void test_bad_nets(void **state)
{
    (void)state;
    static const struct {
        const char *nets, *bad;
    } cases[] = {
        {"10.0.0.0/33", "10.0.0.0/33"}, {"::/129", "::/129"},
        {"10.0.0.1/8", "10.0.0.1/8"},   {"::1, proxy.example", "proxy.example"},
        {"10.0.0.0/", "10.0.0.0/"},     {"10.0.0.0/-1", "10.0.0.0/-1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct ip_nets nets;
        struct str bad = {0};
        assert_false(ip_nets_parse(str_of(cases[i].nets), &nets, &bad));
        assert_str_text(bad, cases[i].bad);
    }
}

static void test_loose(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool strict, loose;
    } cases[] = {
        {"10.0.0.0/8", true, true},  {"10.1.2.3/8", false, true},  {"10.1.2.3/33", false, false},
        {"fd00::1/8", false, true},  {"fd00::/129", false, false}, {"10.1.2.3", true, true},
        {"10.1.2.3/", false, false}, {"host/8", false, false},     {"", false, false},
    };
    struct ip_net net;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(ip_net_parse(str_of(cases[i].text), &net), cases[i].strict);
        assert_int_equal(ip_net_parse_loose(str_of(cases[i].text), &net), cases[i].loose);
    }
}

static void test_public(void **state)
{
    (void)state;
    static const char *const yes[] = {"8.8.8.8", "1.1.1.1", "2606:4700::1111", "172.32.0.1"};
    static const char *const no[] = {"127.0.0.1",
                                     "10.1.2.3",
                                     "192.168.0.1",
                                     "172.31.255.255",
                                     "169.254.169.254",
                                     "0.0.0.0",
                                     "::",
                                     "::1",
                                     "fe80::1",
                                     "fd00::1",
                                     "224.0.0.1",
                                     "ff02::1",
                                     "::ffff:127.0.0.1",
                                     "100.64.0.1",
                                     "64:ff9b::7f00:1",
                                     "2002:7f00::",
                                     "240.0.0.1"};
    struct ip ip;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        assert_true(ip_parse(str_of(yes[i]), &ip));
        assert_true(ip_is_public(&ip));
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        assert_true(ip_parse(str_of(no[i]), &ip));
        assert_false(ip_is_public(&ip));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loose),    cmocka_unit_test(test_parse),  cmocka_unit_test(test_nets),
        cmocka_unit_test(test_bad_nets), cmocka_unit_test(test_public),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
