/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of a mail without a server; with one, see tests/http/test_mail.py. */
#include "unit.h"

#include "net/mail.h"
#include "net/mailer.h"

static void test_check(void **state)
{
    (void)state;
    static const struct {
        const char *to, *subject;
        bool good;
    } cases[] = {
        {"a@example.com", "Hello", true},
        {"a+b.c@example.com", "Hello", true},
        {"a@example.com\r\nBcc: x@example.com", "Hello", false},
        {"a@example.com>\n", "Hello", false},
        {"<a@example.com>", "Hello", false},
        {"a@example.com,b@example.com", "Hello", false},
        {"a b@example.com", "Hello", false},
        {"\"a\"@example.com", "Hello", false},
        {"\xc3\xa4@example.com", "Hello", false},
        {"nobody", "Hello", false},
        {"@example.com", "Hello", false},
        {"", "Hello", false},
        {"a@example.com", "Hello\r\nBcc: x@example.com", false},
        {"a@example.com", "", false},
        {"a@example.com", "\xc3\xa4", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        struct mail mail = {cases[i].to, cases[i].subject, "text\n"};
        if ((mail_check(&mail, &err) == 0) != cases[i].good)
            fail_msg("row %zu: %s", i, err.msg);
    }
}

/* Nothing listens there: the error names the server, and no secret. */
static void test_no_server(void **state)
{
    (void)state;
    struct err err = {0};
    struct mail_server server = {.host = "127.0.0.1",
                                 .port = 1,
                                 .username = "wharf",
                                 .password = "hunter2",
                                 .sender = "registry@example.com"};
    struct mail mail = {"a@example.com", "Hello", "text\n"};
    assert_fails(mail_send(&server, &mail, 0, &err), &err, ERR_IO);
    assert_non_null(strstr(err.detail, "127.0.0.1:1"));
    assert_null(strstr(err.detail, "hunter2"));
}

/* An end with mails that cannot be sent comes at once. */
static void test_stop(void **state)
{
    (void)state;
    struct err err = {0};
    struct mailer *mailer = NULL;
    struct mail_server server = {.host = "127.0.0.1", .port = 1, .sender = "r@example.com"};
    assert_ok(mailer_start(&server, &mailer, &err), &err);
    struct mail bad = {"nobody", "Hello", ""}, good = {"a@example.com", "Hello", "text\n"};
    assert_fails(mailer_post(mailer, &bad, &err), &err, ERR_INVALID);
    for (int i = 0; i < 3; i++)
        assert_ok(mailer_post(mailer, &good, &err), &err);
    mailer_stop(mailer);
    mailer_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_no_server),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
