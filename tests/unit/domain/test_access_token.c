/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access_token.h"

#include "people_fixture.h"

static int find(struct fixture *f, const char *text, int64_t now_ms, struct access_token *out)
{
    return access_token_find(f->tx, &f->arena, str_of(text), now_ms, out, &f->err);
}

static void make(struct fixture *f, int64_t repository_id, int64_t expires_ms,
                 char text[ACCESS_TOKEN_LEN + 1])
{
    struct access_token_new in = {repository_id, "ci", ROLE_WRITE, expires_ms};
    assert_ok(access_token_create(f->tx, &in, NOW, text, &f->err), &f->err);
}

static void test_find(void **state)
{
    struct fixture *f = *state;
    char text[ACCESS_TOKEN_LEN + 1];
    struct access_token token, again;
    make(f, fixture_repository(f, &f->acme, 0, "app"), 0, text);
    assert_int_equal(find(f, text, NOW, &token), 1);
    assert_string_equal(token.namespace_name, "acme");
    assert_string_equal(token.repository, "app");
    assert_int_equal(token.role, ROLE_WRITE);
    assert_int_equal(access_token_find_by_uuid(f->tx, &f->arena, token.uuid, NOW, &again, &f->err),
                     1);
    assert_int_equal(again.id, token.id);
    assert_int_equal(access_token_delete(f->tx, token.id, &f->err), 1);
    assert_int_equal(access_token_delete(f->tx, token.id, &f->err), 0);
    assert_int_equal(find(f, text, NOW, &token), 0);
}

static void test_wrong(void **state)
{
    struct fixture *f = *state;
    char text[ACCESS_TOKEN_LEN + 1];
    struct access_token token;
    make(f, fixture_repository(f, &f->acme, 0, "app"), 0, text);
    for (size_t i = 0; i < ACCESS_TOKEN_LEN; i++) {
        char right = text[i];
        text[i] = right == 'A' ? 'B' : 'A';
        assert_int_equal(find(f, text, NOW, &token), 0);
        text[i] = '\0';
        assert_int_equal(find(f, text, NOW, &token), 0);
        text[i] = right;
    }
}

static void test_expiry(void **state)
{
    struct fixture *f = *state;
    char text[ACCESS_TOKEN_LEN + 1];
    struct access_token token;
    make(f, fixture_repository(f, &f->acme, 0, "app"), NOW + 10, text);
    assert_int_equal(find(f, text, NOW + 9, &token), 1);
    assert_int_equal(find(f, text, NOW + 10, &token), 0);
    assert_ok(account_set_enabled(f->tx, f->acme.id, false, &f->err), &f->err);
    assert_int_equal(find(f, text, NOW, &token), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_find),
        WITH_PEOPLE(test_wrong),
        WITH_PEOPLE(test_expiry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
