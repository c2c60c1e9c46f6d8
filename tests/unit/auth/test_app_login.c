/* SPDX-License-Identifier: Apache-2.0 */
/* App tokens and encrypted passwords as credentials. */
#include "auth/app_login.h"

#include "auth/basic.h"
#include "auth/client_key.h"
#include "domain/account_profile.h"
#include "domain/app_token.h"
#include "fixture.h"

static const char *make(struct fixture *f, int64_t account_id, struct app_token *token)
{
    struct db_tx *tx = NULL;
    const struct seal_key *key = &auth_secrets(f->auth)->store;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(app_token_create(tx, &f->arena, key, account_id, "ci", NOW, 1000, token, &f->err),
              &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    return app_token_text(&f->arena, key, token);
}

static int login(struct fixture *f, const char *name, const char *password, int64_t now_ms,
                 struct identity *who)
{
    int64_t retry;
    struct basic basic = {basic_kind_of(str_of(name)), name, str_of(password)};
    return basic_login(f->auth, &f->arena, &basic, now_ms, who, &retry, &f->err);
}

static void test_app_token(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct app_token token;
    struct identity who;
    const char *text = make(f, alice.id, &token);
    assert_fails(login(f, "$app", text, NOW, &who), &f->err, ERR_UNAUTHORIZED); /* switched off */
    f->auth->rules.app_tokens = true;
    assert_ok(login(f, "$app", text, NOW, &who), &f->err);
    assert_int_equal(who.kind, IDENTITY_APP_TOKEN);
    assert_int_equal(who.account_id, alice.id);
    assert_string_equal(who.token_uuid, token.uuid);
    assert_ok(app_login_again(f->auth, &f->arena, token.uuid, NOW, &who, &f->err), &f->err);
    assert_fails(app_login_again(f->auth, &f->arena, "other", NOW, &who, &f->err), &f->err,
                 ERR_UNAUTHORIZED);
    assert_fails(login(f, "$app", text, NOW + 1000, &who), &f->err, ERR_UNAUTHORIZED);
    assert_fails(login(f, "$app", "x", NOW, &who), &f->err, ERR_UNAUTHORIZED);
    assert_fails(login(f, "alice", text, NOW, &who), &f->err, ERR_UNAUTHORIZED);
    fixture_set_enabled(f, alice.id, false);
    assert_fails(login(f, "$app", text, NOW, &who), &f->err, ERR_UNAUTHORIZED);
}

static void test_client_key(void **state)
{
    struct fixture *f = *state;
    struct identity who;
    struct str opened;
    fixture_user(f, "alice", NULL);
    const char *key = client_key_make(f->auth, &f->arena, STR("password"));
    assert_true(client_key_open(f->auth, &f->arena, str_of(key), &opened));
    assert_str_text(opened, "password");
    assert_string_not_equal(key, client_key_make(f->auth, &f->arena, STR("password")));
    static const char *const none[] = {"", "password", "AAAA", "not base64!"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_false(client_key_open(f->auth, &f->arena, str_of(none[i]), &opened));
    assert_ok(login(f, "alice", key, NOW, &who), &f->err);
    assert_ok(login(f, "alice", "password", NOW, &who), &f->err);
    f->auth->rules.encrypted_basic_auth = true;
    assert_ok(login(f, "alice", key, NOW, &who), &f->err);
    assert_fails(login(f, "alice", "password", NOW, &who), &f->err, ERR_UNAUTHORIZED);
    assert_non_null(strstr(f->err.msg, "encrypted"));
}

/* The one thing that a form is told and a client is not: the password was right. */
static void test_unverified(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct db_tx *tx = NULL;
    struct identity who;
    int64_t retry;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(account_set_verified(tx, alice.id, false, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    assert_ok(login(f, "alice", "password", NOW, &who), &f->err);
    f->auth->rules.verified_only = true;
    assert_fails(login(f, "alice", "password", NOW, &who), &f->err, ERR_UNAUTHORIZED);
    assert_fails(
        basic_login_user(f->auth, &f->arena, "alice", STR("password"), NOW, &who, &retry, &f->err),
        &f->err, ERR_CONFLICT);
    assert_fails(
        basic_login_user(f->auth, &f->arena, "alice", STR("wrong"), NOW, &who, &retry, &f->err),
        &f->err, ERR_UNAUTHORIZED);
}

static void test_last_accessed(void **state)
{
    struct fixture *f = *state;
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who;
    assert_ok(login(f, "alice", "password", NOW, &who), &f->err);
    assert_int_equal(fixture_account(f, alice.id).last_accessed_ms, 0); /* switched off */
    f->auth->rules.last_accessed = true;
    f->auth->rules.last_accessed_ms = 1000;
    static const struct {
        int64_t at, noted;
    } steps[] = {{0, 0}, {999, 0}, {1000, 1000}, {1500, 1000}};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        assert_ok(login(f, "alice", "password", NOW + steps[i].at, &who), &f->err);
        assert_int_equal(fixture_account(f, alice.id).last_accessed_ms, NOW + steps[i].noted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUTH(test_app_token),
        WITH_AUTH(test_client_key),
        WITH_AUTH(test_unverified),
        WITH_AUTH(test_last_accessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
