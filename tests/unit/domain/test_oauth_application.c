/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth_application.h"

#include "domain/oauth_assignment.h"
#include "domain/oauth_code.h"
#include "domain/oauth_expire.h"
#include "domain/oauth_token.h"
#include "people_fixture.h"

static struct oauth_application make(struct fixture *f, const char *name)
{
    struct oauth_application made = {0};
    struct oauth_application_info info = {
        .name = name, .description = "", .application_uri = "", .redirect_uri = "https://a/"};
    assert_ok(oauth_application_create(f->tx, &f->arena, f->acme.id, &info, STR("sealed"), &made,
                                       &f->err),
              &f->err);
    return made;
}

static const char *make_token(struct fixture *f, int64_t application_id, int64_t lifetime_ms)
{
    char *text = arena_alloc(&f->arena, OAUTH_TOKEN_LEN + 1);
    struct oauth_token_new in = {.application_id = application_id,
                                 .account_id = f->alice.id,
                                 .scope = "repo:read",
                                 .lifetime_ms = lifetime_ms};
    assert_ok(oauth_token_create(f->tx, &in, NOW, text, &f->err), &f->err);
    return text;
}

static int find_token(struct fixture *f, const char *text, int64_t now_ms)
{
    struct oauth_token token;
    return oauth_token_find(f->tx, &f->arena, str_of(text), now_ms, &token, &f->err);
}

static const char *make_code(struct fixture *f, int64_t application_id)
{
    char *text = arena_alloc(&f->arena, OAUTH_CODE_LEN + 1);
    struct oauth_code in = {.application_id = application_id,
                            .account_id = f->alice.id,
                            .scope = "repo:read",
                            .redirect_uri = "https://a/"};
    assert_ok(oauth_code_create(f->tx, &in, NOW, text, &f->err), &f->err);
    return text;
}

static int find_code(struct fixture *f, const char *text, int64_t application_id, int64_t now_ms,
                     struct oauth_code *out)
{
    return oauth_code_find(f->tx, &f->arena, str_of(text), application_id, now_ms, out, &f->err);
}

/* The pair of RFC 7636, appendix B. */
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static void test_challenges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        {CHALLENGE, true},
        {"", false},
        {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", false},
        {CHALLENGE "=", false},
        {CHALLENGE "M", false},
        {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", false},
        {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM", false},
        {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM", false},
        {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw\xc3\xa4"
         "M",
         false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(oauth_code_challenge_ok(str_of(cases[i].text)), cases[i].ok);
    assert_false(oauth_code_challenge_ok((struct str){CHALLENGE "\0", OAUTH_CHALLENGE_LEN + 1}));
}

static void test_proofs(void **state)
{
    (void)state;
#define A42   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define MARKS "-._~-._~-._~-._~-._~-._~-._~-._~-._~-._~-._~-._~-._~-._~-._~-._~"
    static const struct {
        const char *challenge, *verifier;
        bool ok;
    } cases[] = {
        {CHALLENGE, VERIFIER, true},
        {CHALLENGE, CHALLENGE, false}, /* "plain" */
        {CHALLENGE, "", false},
        {CHALLENGE, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXj", false},
        {CHALLENGE, VERIFIER "=", false},
        {CHALLENGE, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX", false},
        {NULL, "", true},
        {NULL, VERIFIER, false},
        /* Right digests, of what is no verifier: too short, too long, with other marks. */
        {"elOGB_2quSlplZKfRRVlu7gULhhEEXMiqv0rPXawGv8", A42, false},
        {"wSywJKLlVRzKDgj86PHF4xRVXMP-9jKe6ZSj23UhZq4", A42 A42 A42 "aaa", false},
        {"iwXbWFm6ct1JDeJlZO8FYEXe0UbbNRVyu6etiydm5O8", A42 "+", false},
        /* The shortest, and the longest with every mark. */
        {"ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA", A42 "a", true},
        {"wEN2Mh1i33jhevH7WF-NulA1aGJPY9l0zG2M4t8rhw4", MARKS MARKS, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct oauth_code code = {.challenge = cases[i].challenge};
        assert_int_equal(oauth_code_proved(&code, str_of(cases[i].verifier)), cases[i].ok);
    }
}

static void test_challenge_is_kept(void **state)
{
    struct fixture *f = *state;
    struct oauth_code found;
    char text[OAUTH_CODE_LEN + 1];
    struct oauth_code in = {.application_id = make(f, "app").id,
                            .account_id = f->alice.id,
                            .scope = "repo:read",
                            .redirect_uri = "https://a/",
                            .challenge = CHALLENGE};
    assert_ok(oauth_code_create(f->tx, &in, NOW, text, &f->err), &f->err);
    assert_int_equal(find_code(f, text, in.application_id, NOW, &found), 1);
    assert_string_equal(found.challenge, CHALLENGE);
    assert_int_equal(find_code(f, make_code(f, in.application_id), in.application_id, NOW, &found),
                     1);
    assert_null(found.challenge);
}

static void test_names(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {"", "__quay_bootstrap_app", "__wharf_command_line"};
    struct oauth_application application = make(f, "app"), made;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct oauth_application_info info = {bad[i], "", "", "", NULL};
        assert_fails(
            oauth_application_create(f->tx, &f->arena, f->acme.id, &info, STR(""), &made, &f->err),
            &f->err, ERR_INVALID);
        assert_fails(oauth_application_update(f->tx, application.id, &info, &f->err), &f->err,
                     ERR_INVALID);
    }
    assert_int_equal(
        oauth_application_find(f->tx, &f->arena, application.client_id, &made, &f->err), 1);
    assert_string_equal(made.name, "app");
    assert_str_text(made.secret_sealed, "sealed");
}

static void test_page(void **state)
{
    struct fixture *f = *state;
    struct oauth_application first = make(f, "a"), second = make(f, "a");
    struct list list;
    int64_t internal;
    assert_ok(oauth_application_internal(f->tx, &f->arena, f->acme.id, &internal, &f->err),
              &f->err);
    assert_ok(oauth_application_list(f->tx, &f->arena, f->acme.id, 0, 100, &list, &f->err),
              &f->err);
    assert_int_equal(list.count, 2); /* the command line's is not one of them */
    assert_ok(oauth_application_list(f->tx, &f->arena, f->acme.id, first.id, 100, &list, &f->err),
              &f->err);
    assert_int_equal(list.count, 1);
    assert_int_equal(((struct oauth_application *)list.items)->id, second.id);
}

static void test_internal(void **state)
{
    struct fixture *f = *state;
    int64_t first, second, other;
    assert_ok(oauth_application_internal(f->tx, &f->arena, f->alice.id, &first, &f->err), &f->err);
    assert_ok(oauth_application_internal(f->tx, &f->arena, f->alice.id, &second, &f->err), &f->err);
    assert_ok(oauth_application_internal(f->tx, &f->arena, f->bob.id, &other, &f->err), &f->err);
    assert_int_equal(first, second);
    assert_int_not_equal(first, other);
}

/* Nothing of an application outlives it. */
static void test_delete(void **state)
{
    struct fixture *f = *state;
    struct oauth_application application = make(f, "a"), other = make(f, "b");
    struct oauth_code code;
    struct list list;
    struct oauth_assignment in = {.application_id = application.id,
                                  .redirect_uri = "https://a/",
                                  .scope = "repo:read",
                                  .response_type = "code",
                                  .client_id = application.client_id,
                                  .organization = "acme"};
    const char *token = make_token(f, application.id, 1000), *kept = make_token(f, other.id, 1000);
    const char *text = make_code(f, application.id);
    assert_ok(oauth_assignment_create(f->tx, &f->arena, f->bob.id, &in, NOW, &f->err), &f->err);
    assert_ok(oauth_application_delete(f->tx, application.id, &f->err), &f->err);
    assert_int_equal(find_token(f, token, NOW), 0);
    assert_int_equal(find_token(f, kept, NOW), 1);
    assert_int_equal(find_code(f, text, application.id, NOW, &code), 0);
    assert_ok(oauth_assignment_list(f->tx, &f->arena, f->bob.id, 0, 100, &list, &f->err), &f->err);
    assert_int_equal(list.count, 0);
}

static void test_tokens(void **state)
{
    struct fixture *f = *state;
    struct oauth_application application = make(f, "a");
    struct oauth_token_row row;
    struct list list;
    int64_t count;
    const char *text = make_token(f, application.id, 1000);
    char *wrong = arena_strdup(&f->arena, text);
    assert_int_equal(find_token(f, text, NOW + 999), 1);
    assert_int_equal(find_token(f, text, NOW + 1000), 0);
    wrong[OAUTH_TOKEN_LEN - 1] = wrong[OAUTH_TOKEN_LEN - 1] == 'A' ? 'B' : 'A';
    assert_int_equal(find_token(f, wrong, NOW), 0);
    assert_int_equal(find_token(f, "", NOW), 0);
    make_token(f, application.id, 2000);
    assert_ok(oauth_token_list_of_application(f->tx, &f->arena, application.id, NOW + 1000, 0, 9,
                                              &list, &f->err),
              &f->err);
    assert_int_equal(list.count, 1); /* the other has expired */
    assert_ok(oauth_token_count(f->tx, application.id, NOW, &count, &f->err), &f->err);
    assert_int_equal(count, 2);
    const struct oauth_token_row *first = list.items;
    assert_string_equal(first->organization, "acme");
    assert_int_equal(
        oauth_token_get_of_account(f->tx, &f->arena, f->alice.id, first->uuid, NOW, &row, &f->err),
        1);
    assert_int_equal(
        oauth_token_get_of_account(f->tx, &f->arena, f->bob.id, first->uuid, NOW, &row, &f->err),
        0);
}

static void test_codes(void **state)
{
    struct fixture *f = *state;
    struct oauth_application application = make(f, "a"), other = make(f, "b");
    struct oauth_code code;
    const char *text = make_code(f, application.id);
    int64_t last = NOW + OAUTH_CODE_LIFETIME_MS - 1;
    assert_int_equal(find_code(f, text, other.id, NOW, &code), 0);
    assert_int_equal(find_code(f, "x", application.id, NOW, &code), 0);
    assert_int_equal(find_code(f, text, application.id, last + 1, &code), 0);
    assert_int_equal(find_code(f, text, application.id, last, &code), 1);
    assert_int_equal(oauth_code_take(f->tx, code.id, &f->err), 1);
    assert_int_equal(oauth_code_take(f->tx, code.id, &f->err), 0);
    assert_int_equal(find_code(f, text, application.id, NOW, &code), 0);
}

static void test_expire(void **state)
{
    struct fixture *f = *state;
    struct oauth_application application = make(f, "a");
    struct oauth_code code;
    const char *old = make_token(f, application.id, 1000);
    const char *young = make_token(f, application.id, 1001);
    const char *text = make_code(f, application.id);
    assert_ok(oauth_expire(f->tx, NOW + 1000, &f->err), &f->err);
    assert_int_equal(find_token(f, old, NOW), 0); /* even if the clock went back */
    assert_int_equal(find_token(f, young, NOW), 1);
    assert_int_equal(find_code(f, text, application.id, NOW, &code), 1);
    assert_ok(oauth_expire(f->tx, NOW + OAUTH_CODE_LIFETIME_MS, &f->err), &f->err);
    assert_int_equal(find_code(f, text, application.id, NOW, &code), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_proofs),
        WITH_PEOPLE(test_challenge_is_kept),
        WITH_PEOPLE(test_names),
        WITH_PEOPLE(test_page),
        WITH_PEOPLE(test_internal),
        WITH_PEOPLE(test_delete),
        WITH_PEOPLE(test_tokens),
        WITH_PEOPLE(test_codes),
        WITH_PEOPLE(test_expire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
