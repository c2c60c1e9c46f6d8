/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/notification.h"

#include "domain/plan.h"
#include "people_fixture.h"

static size_t count(struct fixture *f, int64_t user_id)
{
    struct list list = {0};
    assert_ok(notification_list(f->tx, &f->arena, user_id, 0, 100, &list, &f->err), &f->err);
    return list.count;
}

static void tell(struct fixture *f, int64_t account_id, const char *metadata)
{
    assert_ok(notification_create(f->tx, account_id, "maintenance", metadata, NOW, &f->err),
              &f->err);
}

/* What an organization is told, its admins read. */
static void test_readers(void **state)
{
    struct fixture *f = *state;
    tell(f, f->acme.id, "{}");
    tell(f, f->bob.id, "{}");
    assert_int_equal(count(f, f->alice.id), 1);
    assert_int_equal(count(f, f->bob.id), 1);
    struct list list = {0};
    struct notification found = {0};
    assert_ok(notification_list(f->tx, &f->arena, f->alice.id, 0, 100, &list, &f->err), &f->err);
    const struct notification *one = list.items;
    assert_string_equal(one->organization, "acme");
    assert_int_equal(notification_find(f->tx, &f->arena, f->bob.id, one->uuid, &found, &f->err), 0);
    assert_int_equal(notification_find(f->tx, &f->arena, f->alice.id, one->uuid, &found, &f->err),
                     1);
    assert_ok(notification_set_dismissed(f->tx, one->id, true, &f->err), &f->err);
    assert_int_equal(count(f, f->alice.id), 0);
    assert_int_equal(notification_find(f->tx, &f->arena, f->alice.id, one->uuid, &found, &f->err),
                     1);
    assert_true(found.dismissed);
}

static void test_retract(void **state)
{
    struct fixture *f = *state;
    tell(f, f->bob.id, "{\"n\":1}");
    tell(f, f->bob.id, "{\"n\":2}");
    assert_ok(notification_retract(f->tx, f->bob.id, "maintenance", "{\"n\":1}", &f->err), &f->err);
    assert_ok(notification_retract(f->tx, f->bob.id, "other", "{\"n\":2}", &f->err), &f->err);
    assert_int_equal(count(f, f->bob.id), 1);
}

static void test_plan(void **state)
{
    struct fixture *f = *state;
    int64_t one = fixture_repository(f, &f->acme, f->alice.id, "one"), number;
    assert_ok(plan_count_private(f->tx, f->acme.id, &number, &f->err), &f->err);
    assert_int_equal(number, 1);
    static const struct {
        int64_t most;
        bool fits;
    } cases[] = {{PLAN_UNLIMITED, true}, {0, false}, {1, false}, {2, true}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int got = plan_check_private(f->tx, f->acme.id, cases[i].most, &f->err);
        assert_int_equal(got, cases[i].fits ? 0 : -1);
        assert_true(cases[i].fits || f->err.code == ERR_LIMIT);
    }
    assert_ok(repository_set_public(f->tx, one, true, &f->err), &f->err);
    assert_ok(plan_check_private(f->tx, f->acme.id, 1, &f->err), &f->err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_readers),
        WITH_PEOPLE(test_retract),
        WITH_PEOPLE(test_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
