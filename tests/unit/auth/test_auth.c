/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/auth.h"

#include "auth/token.h"
#include "base/clock.h"
#include "fixture.h"

static void test_defaults(void **state)
{
    (void)state;
    static const struct {
        struct auth_config config;
        int64_t refresh_min, expiration_min, fresh_s;
        const char *service;
    } cases[] = {
        {{.hostname = "h"}, 55, 120, 3660, "quay"},
        {{.hostname = "h", .key_service = "wharf", .token_max_fresh_s = 300},
         55,
         120,
         300,
         "wharf"},
        /* A key must outlive its last token: 60 minutes and the leeway after refresh. */
        {{.hostname = "h", .key_expiration_ms = 60 * 60000, .key_refresh_ms = 30 * 60000},
         30,
         91,
         3660,
         "quay"},
        {{.hostname = "h", .key_refresh_ms = 600 * 60000}, 600, 661, 3660, "quay"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct auth *auth;
        struct err err;
        assert_ok(auth_new(&cases[i].config, NULL, &auth, &err), &err);
        const struct auth_config *rules = auth_rules(auth);
        assert_int_equal(rules->key_refresh_ms / 60000, cases[i].refresh_min);
        assert_int_equal((rules->key_expiration_ms + 59999) / 60000, cases[i].expiration_min);
        assert_int_equal(rules->token_max_fresh_s, cases[i].fresh_s);
        assert_string_equal(rules->key_service, cases[i].service);
        auth_free(auth);
    }
    auth_free(NULL);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct auth_config cases[] = {
        {.hostname = NULL},
        {.hostname = ""},
        {.hostname = "h", .key_refresh_ms = -1},
        {.hostname = "h", .key_expiration_ms = -1},
        {.hostname = "h", .token_max_fresh_s = -1},
        {.hostname = "h", .bcrypt_cost = 3},
        {.hostname = "h", .bcrypt_cost = 17},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct auth *auth = NULL;
        struct err err;
        assert_fails(auth_new(&cases[i], NULL, &auth, &err), &err, ERR_INVALID);
        assert_null(auth);
    }
}

/* Start and stop, with the key made in between: the first token waits for it. */
static void test_start(void **state)
{
    struct fixture *f = *state;
    char *token = NULL;
    assert_ok(auth_start(f->auth, &f->err), &f->err);
    assert_ok(token_issue(f->auth, &f->arena, &identity_anonymous, NULL, 0, HOST, clock_wall_ms(),
                          &token, &f->err),
              &f->err);
    assert_non_null(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_refused),
        WITH_AUTH(test_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
