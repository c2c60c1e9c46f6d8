/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/mail_code.h"

#include "domain/team_invite.h"
#include "people_fixture.h"

static void make(struct fixture *f, enum mail_purpose purpose, const char *email,
                 char text[MAIL_CODE_LEN + 1])
{
    assert_ok(mail_code_create(f->tx, purpose, f->alice.id, email, NOW, 1000, text, &f->err),
              &f->err);
}

static int use(struct fixture *f, const char *text, int64_t now_ms, struct mail_code *out)
{
    return mail_code_use(f->tx, &f->arena, str_of(text), now_ms, out, &f->err);
}

static void test_once(void **state)
{
    struct fixture *f = *state;
    char text[MAIL_CODE_LEN + 1], other[MAIL_CODE_LEN + 1];
    struct mail_code code = {0};
    make(f, MAIL_CHANGE, "new@example.com", text);
    make(f, MAIL_CONFIRM, NULL, other);
    assert_string_not_equal(text, other);
    assert_int_equal(use(f, text, NOW, &code), 1);
    assert_int_equal(code.purpose, MAIL_CHANGE);
    assert_int_equal(code.account_id, f->alice.id);
    assert_string_equal(code.email, "new@example.com");
    assert_int_equal(use(f, text, NOW, &code), 0);
    assert_int_equal(use(f, other, NOW + 1000, &code), 0); /* too old */
    assert_int_equal(use(f, other, NOW + 999, &code), 1);
    static const char *const wrong[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(use(f, wrong[i], NOW, &code), 0);
}

static void test_recent_and_cancel(void **state)
{
    struct fixture *f = *state;
    char text[MAIL_CODE_LEN + 1];
    struct mail_code code = {0};
    int64_t id = f->alice.id;
    assert_int_equal(mail_code_recent(f->tx, MAIL_RECOVER, id, NOW - 1, &f->err), 0);
    make(f, MAIL_RECOVER, NULL, text);
    assert_int_equal(mail_code_recent(f->tx, MAIL_RECOVER, id, NOW - 1, &f->err), 1);
    assert_int_equal(mail_code_recent(f->tx, MAIL_RECOVER, id, NOW, &f->err), 0);
    assert_int_equal(mail_code_recent(f->tx, MAIL_CONFIRM, id, NOW - 1, &f->err), 0);
    assert_int_equal(mail_code_recent(f->tx, MAIL_RECOVER, f->bob.id, NOW - 1, &f->err), 0);
    assert_ok(mail_code_cancel(f->tx, MAIL_RECOVER, id, &f->err), &f->err);
    assert_int_equal(use(f, text, NOW, &code), 0);
}

static void test_invited(void **state)
{
    struct fixture *f = *state;
    const char *code;
    struct team_invite invite = {.team_id = f->coders.id, .email = "new@example.com"};
    assert_ok(team_invite_put(f->tx, &f->arena, &invite, f->alice.id, NOW, &code, &f->err),
              &f->err);
    assert_int_equal(mail_code_invited(f->tx, code, "New@Example.com", &f->err), 1);
    assert_int_equal(mail_code_invited(f->tx, code, "other@example.com", &f->err), 0);
    assert_int_equal(mail_code_invited(f->tx, "guess", "new@example.com", &f->err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_once),
        WITH_PEOPLE(test_recent_and_cancel),
        WITH_PEOPLE(test_invited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
