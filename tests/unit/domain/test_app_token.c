/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/app_token.h"

#include "domain/expiry.h"
#include "people_fixture.h"

static struct app_token make(struct fixture *f, int64_t account_id, int64_t lifetime_ms)
{
    struct app_token made = {0};
    assert_ok(app_token_create(f->tx, &f->arena, &f->key, account_id, "ci", NOW, lifetime_ms, &made,
                               &f->err),
              &f->err);
    return made;
}

static int find(struct fixture *f, const char *text, int64_t now_ms)
{
    struct app_token found = {0};
    return app_token_find(f->tx, &f->arena, str_of(text), now_ms, &found, &f->err);
}

static void test_find(void **state)
{
    struct fixture *f = *state;
    struct app_token made = make(f, f->alice.id, 0), again = {0};
    const char *text = app_token_text(&f->arena, &f->key, &made);
    assert_int_equal(strlen(text), APP_TOKEN_LEN);
    assert_int_equal(find(f, text, NOW), 1);
    assert_int_equal(app_token_find_own(f->tx, &f->arena, f->alice.id, made.uuid, &again, &f->err),
                     1);
    assert_string_equal(app_token_text(&f->arena, &f->key, &again), text);
    assert_int_equal(app_token_find_own(f->tx, &f->arena, f->bob.id, made.uuid, &again, &f->err),
                     0);
    char *other = arena_strdup(&f->arena, text);
    other[APP_TOKEN_LEN - 1] = other[APP_TOKEN_LEN - 1] == 'A' ? 'B' : 'A';
    assert_int_equal(find(f, other, NOW), 0);
    other[APP_TOKEN_LEN - 1] = '\0';
    assert_int_equal(find(f, other, NOW), 0);
    assert_int_equal(find(f, "", NOW), 0);
    struct seal_key changed;
    seal_derive(STR("another"), "stored secret", &changed);
    assert_null(app_token_text(&f->arena, &changed, &made));
    assert_ok(app_token_delete(f->tx, made.id, &f->err), &f->err);
    assert_int_equal(find(f, text, NOW), 0);
}

static void test_expiry(void **state)
{
    struct fixture *f = *state;
    struct app_token made = make(f, f->alice.id, 1000), found = {0};
    const char *text = app_token_text(&f->arena, &f->key, &made);
    static const struct {
        int64_t at;
        int found;
    } cases[] = {{0, 1}, {999, 1}, {1000, 0}, {5000, 0}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t now = NOW + cases[i].at;
        assert_int_equal(find(f, text, now), cases[i].found);
        assert_int_equal(app_token_find_by_uuid(f->tx, &f->arena, made.uuid, now, &found, &f->err),
                         cases[i].found);
    }
    struct list list = {0};
    make(f, f->alice.id, 0);
    assert_ok(app_token_list(f->tx, &f->arena, f->alice.id, NOW + 1001, &list, &f->err), &f->err);
    assert_int_equal(list.count, 1);
    assert_ok(app_token_list(f->tx, &f->arena, f->alice.id, INT64_MAX, &list, &f->err), &f->err);
    assert_int_equal(list.count, 2);
}

static void test_limit(void **state)
{
    struct fixture *f = *state;
    struct app_token made;
    for (int i = 0; i < APP_TOKENS_MAX; i++)
        make(f, f->alice.id, 0);
    assert_fails(app_token_create(f->tx, &f->arena, &f->key, f->alice.id, "one more", NOW, 0, &made,
                                  &f->err),
                 &f->err, ERR_LIMIT);
    make(f, f->bob.id, 0);
}

static size_t count(struct fixture *f, int64_t account_id)
{
    struct list list = {0};
    assert_ok(db_begin(f->db, DB_READ, &f->tx, &f->err), &f->err);
    assert_ok(app_token_list(f->tx, &f->arena, account_id, INT64_MAX, &list, &f->err), &f->err);
    db_end(&f->tx);
    return list.count;
}

/* An expired one is listed for a while longer, one that does not expire for ever. */
static void test_forget(void **state)
{
    struct fixture *f = *state;
    struct expiry_policy policy = {.app_token_ms = 5000};
    make(f, f->alice.id, 1000);
    make(f, f->alice.id, 0);
    assert_ok(db_commit(&f->tx, &f->err), &f->err);
    assert_ok(expiry_run(f->db, &policy, NOW + 6000, &f->err), &f->err);
    assert_int_equal(count(f, f->alice.id), 2);
    assert_ok(expiry_run(f->db, &policy, NOW + 6001, &f->err), &f->err);
    assert_int_equal(count(f, f->alice.id), 1);
    assert_ok(expiry_run(f->db, &policy, NOW + 1000000, &f->err), &f->err);
    assert_int_equal(count(f, f->alice.id), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_find),
        WITH_PEOPLE(test_expiry),
        WITH_PEOPLE(test_limit),
        WITH_PEOPLE(test_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
