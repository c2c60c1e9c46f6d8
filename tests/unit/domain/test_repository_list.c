/* SPDX-License-Identifier: Apache-2.0 */
/* What lists and searches of repositories show to whom, whatever the size of their pages. */
#include "domain/repository.h"

#include "domain/star.h"
#include "people_fixture.h"

static void set_public(struct fixture *f, int64_t id)
{
    assert_ok(repository_set_public(f->tx, id, true, &f->err), &f->err);
}

/* The whole list in pages of `limit`, as "ns/name ns/name ". */
static const char *list_all(struct fixture *f, const struct repository_filter *filter,
                            int64_t limit)
{
    struct repository_name last, *after = NULL;
    const char *text = "";
    for (;;) {
        struct list page = {0};
        assert_ok(repository_list(f->tx, &f->arena, filter, after, limit, &page, &f->err), &f->err);
        const struct repository *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            text = arena_printf(&f->arena, "%s%s/%s ", text, rows[i].namespace_name, rows[i].name);
        if ((int64_t)page.count < limit)
            return text;
        last = (struct repository_name){"", rows[page.count - 1].namespace_name,
                                        rows[page.count - 1].name};
        after = &last;
    }
}

/* acme: a (bob by his team), b (dave directly), c (public), d. alice administers acme. */
struct scene {
    struct account carol, dave;
    int64_t a, b, c, d;
};

static struct scene make_scene(struct fixture *f)
{
    struct scene s = {.carol = fixture_user(f, "carol"), .dave = fixture_user(f, "dave")};
    s.a = fixture_repository(f, &f->acme, 0, "a");
    s.b = fixture_repository(f, &f->acme, 0, "b");
    s.c = fixture_repository(f, &f->acme, 0, "c");
    s.d = fixture_repository(f, &f->acme, 0, "d");
    set_public(f, s.c);
    fixture_repository(f, &f->bob, 0, "own");
    set_public(f, fixture_repository(f, &s.dave, 0, "open"));
    assert_ok(grant_put_team(f->tx, s.a, f->coders.id, ROLE_READ, &f->err), &f->err);
    assert_ok(grant_put_account(f->tx, s.b, s.dave.id, ROLE_WRITE, &f->err), &f->err);
    assert_ok(grant_put_account(f->tx, s.c, s.dave.id, ROLE_READ, &f->err), &f->err);
    return s;
}

static void test_visible(void **state)
{
    struct fixture *f = *state;
    struct scene s = make_scene(f);
    const struct {
        struct repository_filter filter;
        const char *want;
    } cases[] = {
        {{.all = true}, "acme/a acme/b acme/c acme/d bob/own dave/open "},
        {{.with_public = true}, "acme/c dave/open "},
        {{.viewer_id = f->alice.id}, "acme/a acme/b acme/c acme/d "},
        {{.viewer_id = f->bob.id}, "acme/a bob/own "},
        {{.viewer_id = f->bob.id, .with_public = true}, "acme/a acme/c bob/own dave/open "},
        {{.viewer_id = s.dave.id}, "acme/b acme/c dave/open "},
        {{.viewer_id = s.carol.id}, ""},
        {{.viewer_id = s.carol.id, .namespace_name = "acme"}, ""},
        {{.viewer_id = s.carol.id, .namespace_name = "acme", .with_public = true}, "acme/c "},
        {{.viewer_id = f->bob.id, .namespace_name = "acme"}, "acme/a "},
        {{.viewer_id = f->alice.id, .namespace_name = "acme"}, "acme/a acme/b acme/c acme/d "},
        {{.viewer_id = s.dave.id, .namespace_name = "acme"}, "acme/b acme/c "},
        {{.viewer_id = s.dave.id, .namespace_name = "bob"}, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int64_t limit = 1; limit <= 7; limit++)
            assert_string_equal(list_all(f, &cases[i].filter, limit), cases[i].want);
    }
}

static void test_robot(void **state)
{
    struct fixture *f = *state;
    struct scene s = make_scene(f);
    struct robot robot = fixture_robot(f, &f->acme, "ci");
    struct repository_filter filter = {.viewer_id = robot.id};
    assert_string_equal(list_all(f, &filter, 10), "");
    assert_ok(grant_put_account(f->tx, s.d, robot.id, ROLE_WRITE, &f->err), &f->err);
    assert_string_equal(list_all(f, &filter, 10), "acme/d ");
}

static void test_starred(void **state)
{
    struct fixture *f = *state;
    struct scene s = make_scene(f);
    struct repository_filter filter = {.viewer_id = s.dave.id, .starred = true};
    assert_string_equal(list_all(f, &filter, 10), "");
    assert_ok(star_put(f->tx, s.dave.id, s.b, NOW, &f->err), &f->err);
    assert_ok(star_put(f->tx, s.dave.id, s.d, NOW, &f->err), &f->err); /* he may not read it */
    assert_string_equal(list_all(f, &filter, 1), "acme/b ");
}

static void test_details(void **state)
{
    struct fixture *f = *state;
    struct scene s = make_scene(f);
    struct repository_filter filter = {
        .viewer_id = s.dave.id, .namespace_name = "acme", .details = true, .now_ms = NOW};
    struct list page = {0};
    assert_ok(star_put(f->tx, s.dave.id, s.b, NOW, &f->err), &f->err);
    assert_ok(star_put(f->tx, f->bob.id, s.b, NOW, &f->err), &f->err);
    assert_ok(repository_set_description(f->tx, s.b, "about b", &f->err), &f->err);
    assert_ok(repository_list(f->tx, &f->arena, &filter, NULL, 10, &page, &f->err), &f->err);
    const struct repository *rows = page.items;
    assert_int_equal(page.count, 2);
    assert_string_equal(rows[0].description, "about b");
    assert_int_equal(rows[0].stars, 2);
    assert_true(rows[0].is_starred);
    assert_int_equal(rows[0].namespace_kind, ACCOUNT_ORGANIZATION);
    assert_null(rows[1].description);
    assert_false(rows[1].is_starred);
}

static const char *search(struct fixture *f, int64_t viewer_id, const char *text, int64_t skip)
{
    struct repository_filter filter = {.viewer_id = viewer_id, .with_public = true};
    struct list found = {0};
    const char *out = "";
    assert_ok(repository_search(f->tx, &f->arena, &filter, text, skip, 3, &found, &f->err),
              &f->err);
    const struct repository *rows = found.items;
    for (size_t i = 0; i < found.count; i++)
        out = arena_printf(&f->arena, "%s%s/%s:%lld ", out, rows[i].namespace_name, rows[i].name,
                           (long long)rows[i].score);
    return out;
}

static void test_search(void **state)
{
    struct fixture *f = *state;
    fixture_repository(f, &f->alice, 0, "my_app");
    fixture_repository(f, &f->alice, 0, "app-two");
    fixture_repository(f, &f->alice, 0, "app");
    set_public(f, fixture_repository(f, &f->bob, 0, "app"));
    const struct {
        int64_t viewer_id;
        const char *text;
        int64_t skip;
        const char *want;
    } cases[] = {
        {0, "app", 0, "bob/app:3 "},
        {f->alice.id, "app", 0, "alice/app:3 bob/app:3 alice/app-two:2 "},
        {f->alice.id, "app", 3, "alice/my_app:1 "},
        {f->alice.id, "alice/app", 0, "alice/app:3 alice/app-two:2 alice/my_app:1 "},
        {f->alice.id, "bob/", 0, "bob/app:2 "},
        {f->alice.id, "y_a", 0, "alice/my_app:1 "},
        {f->alice.id, "_", 0, "alice/my_app:1 "},
        {f->alice.id, "%", 0, ""},
        {f->alice.id, "!", 0, ""},
        {f->alice.id, "/", 3, "alice/my_app:2 "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(search(f, cases[i].viewer_id, cases[i].text, cases[i].skip),
                            cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_visible), WITH_PEOPLE(test_robot),  WITH_PEOPLE(test_starred),
        WITH_PEOPLE(test_details), WITH_PEOPLE(test_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
