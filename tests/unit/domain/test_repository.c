/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/repository.h"

#include "registry_fixture.h"

static int64_t user(struct fixture *f, const char *name)
{
    struct db_tx *tx = NULL;
    struct account_new in = {.name = name};
    struct account made;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(account_create_user(tx, &f->arena, &in, NOW, &made, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    return made.id;
}

static void set_public(struct fixture *f, int64_t id)
{
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_ok(repository_set_public(tx, id, true, &f->err), &f->err);
    assert_ok(db_commit(&tx, &f->err), &f->err);
}

/* The whole list in pages of `limit`, as "ns/name ns/name ". */
static const char *list_all(struct fixture *f, const struct repository_filter *filter,
                            int64_t limit)
{
    struct repository_name last, *after = NULL;
    const char *text = "";
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    for (;;) {
        struct list page = {0};
        assert_ok(repository_list(tx, &f->arena, filter, after, limit, &page, &f->err), &f->err);
        const struct repository *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            text = arena_printf(&f->arena, "%s%s/%s ", text, rows[i].namespace_name, rows[i].name);
        if ((int64_t)page.count < limit)
            break;
        last = (struct repository_name){"", rows[page.count - 1].namespace_name,
                                        rows[page.count - 1].name};
        after = &last;
    }
    db_end(&tx);
    return text;
}

static void test_list(void **state)
{
    struct fixture *f = *state;
    int64_t bob = user(f, "bob"), carol = user(f, "carol");
    set_public(f, fixture_repository(f, bob, "open"));
    fixture_repository(f, bob, "secret");
    fixture_repository(f, carol, "x/y");
    const struct {
        struct repository_filter filter;
        const char *want;
    } cases[] = {
        {{.all = true}, "alice/one alice/two bob/open bob/secret carol/x/y "},
        {{.viewer_id = bob}, "bob/open bob/secret "},
        {{.viewer_id = carol, .with_public = true}, "bob/open carol/x/y "},
        {{.with_public = true}, "bob/open "},
        {{.viewer_id = carol, .namespace_name = "bob"}, ""},
        {{.all = true, .namespace_name = "bob"}, "bob/open bob/secret "},
        {{.all = true, .namespace_name = "nobody"}, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int64_t limit = 1; limit <= 6; limit++)
            assert_string_equal(list_all(f, &cases[i].filter, limit), cases[i].want);
    }
}

static void test_delete(void **state)
{
    struct fixture *f = *state;
    struct repository_name name = {"alice/one", "alice", "one"};
    struct repository found;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(repository_find(tx, &f->arena, &name, &found, &f->err), 1);
    assert_ok(repository_delete(tx, found.id, NOW, &f->err), &f->err);
    assert_int_equal(repository_find(tx, &f->arena, &name, &found, &f->err), 0);
    /* the name is free at once */
    assert_true(repository_create(tx, found.namespace_id, "one", false, NOW, &f->err) > 0);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    struct repository_filter all = {.all = true};
    assert_string_equal(list_all(f, &all, 10), "alice/one alice/two ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(test_list),
        WITH_REGISTRY(test_delete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
