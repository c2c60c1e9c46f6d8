/* SPDX-License-Identifier: Apache-2.0 */
#include "web/api/page_token.h"

#include "../auth/fixture.h"

static const int64_t DAY = 24 * 3600 * 1000;

static const struct route lists[] = {{.id = "first"}, {.id = "second"}};

struct world {
    struct fixture *f;
    struct service service;
};

static struct call call_of(struct world *world, const struct route *route, int64_t now_ms)
{
    world->service.auth = world->f->auth;
    return (struct call){
        .service = &world->service, .arena = &world->f->arena, .route = route, .now_ms = now_ms};
}

static void test_round_trip(void **state)
{
    struct world world = {.f = *state};
    static const char *const cursors[] = {"", "1", "a name with spaces", "\xc3\xbc\n",
                                          "looks 1800000000000 first like"};
    struct call call = call_of(&world, &lists[0], NOW);
    for (size_t i = 0; i < ARRAY_LEN(cursors); i++) {
        const char *token = page_token_make(&call, cursors[i]);
        const char *read = page_token_read(&call, token);
        assert_non_null(read);
        assert_string_equal(read, cursors[i]);
        for (const char *c = token; *c; c++)
            assert_true(char_is_alnum(*c) || *c == '-' || *c == '_');
    }
}

/* Each of these means the first page. */
static void test_first_page(void **state)
{
    struct world world = {.f = *state};
    struct call call = call_of(&world, &lists[0], NOW), other = call_of(&world, &lists[1], NOW);
    const char *token = page_token_make(&call, "7");
    assert_null(page_token_read(&call, NULL));
    assert_null(page_token_read(&call, ""));
    assert_null(page_token_read(&call, "7"));
    assert_null(page_token_read(&call, "not base64!"));
    assert_null(page_token_read(&other, token)); /* of another list */
    for (size_t i = 0; i < strlen(token); i++) {
        char *changed = arena_strdup(&world.f->arena, token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_null(page_token_read(&call, changed));
        changed[i] = '\0';
        assert_null(page_token_read(&call, changed));
    }
    char *large = arena_alloc(&world.f->arena, 3 * (size_t)PAGE_TOKEN_MAX + 1);
    memset(large, 'A', 3 * (size_t)PAGE_TOKEN_MAX);
    assert_null(page_token_read(&call, large));
}

static void test_lifetime(void **state)
{
    struct world world = {.f = *state};
    struct call call = call_of(&world, &lists[0], NOW);
    struct call later = call_of(&world, &lists[0], NOW + 2 * DAY);
    struct call too_late = call_of(&world, &lists[0], NOW + 2 * DAY + 1);
    const char *token = page_token_make(&call, "7");
    assert_string_equal(page_token_read(&later, token), "7");
    assert_null(page_token_read(&too_late, token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUTH(test_round_trip),
        WITH_AUTH(test_first_page),
        WITH_AUTH(test_lifetime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
