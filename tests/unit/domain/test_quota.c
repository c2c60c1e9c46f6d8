/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas and limits, and pages of accounts with theirs. */
#include "domain/quota.h"

#include "registry_fixture.h"

static void test_part(void **state)
{
    (void)state;
    assert_int_equal(quota_part(1000, 50), 500);
    assert_int_equal(quota_part(1, 99), 0);
    assert_int_equal(quota_part(199, 50), 99);
    assert_true(quota_part(INT64_MAX, 100) == INT64_MAX);
}

static void test_kinds(void **state)
{
    (void)state;
    assert_int_equal(quota_kind_parse("Warning"), QUOTA_WARNING);
    assert_int_equal(quota_kind_parse("reject"), QUOTA_REJECT);
    assert_int_equal(quota_kind_parse(""), QUOTA_NOTHING);
    assert_int_equal(quota_kind_parse("rejected"), QUOTA_NOTHING);
    assert_string_equal(quota_kind_name(QUOTA_REJECT), "Reject");
    assert_string_equal(quota_kind_name(17), "");
}

static int64_t make(struct fixture *f, struct db_tx *tx, const char *name)
{
    struct account made;
    assert_ok(account_create_user(tx, &f->arena, &(struct account_new){.name = name}, NOW, &made,
                                  &f->err),
              &f->err);
    return made.id;
}

static struct quota get(struct fixture *f, struct db_tx *tx, int64_t namespace_id)
{
    struct quota quota = {0};
    assert_int_equal(quota_find(tx, &f->arena, namespace_id, &quota, &f->err), 1);
    return quota;
}

static void test_limits(void **state)
{
    struct fixture *f = *state;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    int64_t bob = make(f, tx, "bob");
    assert_ok(quota_create(tx, &f->arena, bob, 100, &f->err), &f->err);
    assert_fails(quota_create(tx, &f->arena, bob, 100, &f->err), &f->err, ERR_EXISTS);
    assert_fails(quota_create(tx, &f->arena, bob, 0, &f->err), &f->err, ERR_INVALID);
    struct quota quota = get(f, tx, bob);
    assert_ok(quota_limit_create(tx, &quota, QUOTA_WARNING, 80, &f->err), &f->err);
    assert_ok(quota_limit_create(tx, &quota, QUOTA_REJECT, 80, &f->err), &f->err);
    quota = get(f, tx, bob);
    assert_int_equal(quota.limits.count, 2);
    assert_fails(quota_limit_create(tx, &quota, QUOTA_REJECT, 80, &f->err), &f->err, ERR_INVALID);
    assert_fails(quota_limit_create(tx, &quota, QUOTA_REJECT, 101, &f->err), &f->err, ERR_INVALID);
    assert_fails(quota_limit_create(tx, &quota, QUOTA_NOTHING, 5, &f->err), &f->err, ERR_INVALID);
    struct quota_limit *first = quota.limits.items;
    assert_ptr_equal(quota_limit_find(&quota, first->id), first);
    assert_null(quota_limit_find(&quota, 0));
    assert_ok(quota_limit_set(tx, &quota, first, QUOTA_WARNING, 80, &f->err), &f->err);
    assert_fails(quota_limit_set(tx, &quota, first, QUOTA_REJECT, 80, &f->err), &f->err,
                 ERR_INVALID);
    assert_ok(quota_delete(tx, &quota, &f->err), &f->err);
    assert_int_equal(quota_find(tx, &f->arena, bob, &quota, &f->err), 0);
}

static void test_pages(void **state)
{
    struct fixture *f = *state;
    struct list rows = {0};
    struct quota quota;
    int64_t bytes, ids[4];
    size_t at = 0;
    static const char *const names[] = {"bob", "carol", "dave", "erin"};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        ids[i] = make(f, tx, names[i]);
    assert_ok(quota_create(tx, &f->arena, ids[0], 100, &f->err), &f->err);
    assert_ok(quota_create(tx, &f->arena, ids[2], 300, &f->err), &f->err);
    quota = get(f, tx, ids[2]);
    assert_ok(quota_limit_create(tx, &quota, QUOTA_WARNING, 80, &f->err), &f->err);
    assert_ok(quota_limit_create(tx, &quota, QUOTA_REJECT, 90, &f->err), &f->err);
    assert_ok(quota_list(tx, &f->arena, ACCOUNT_USER, "bob", "erin", false, &rows, &f->err),
              &f->err);
    assert_int_equal(rows.count, 5);
    assert_true(quota_list_next(&rows, &at, &f->arena, ids[0], &quota, &bytes));
    assert_int_equal(quota.limit_bytes, 100);
    assert_int_equal(quota.limits.count, 0);
    assert_true(quota_list_next(&rows, &at, &f->arena, ids[2], &quota, &bytes)); /* carol is not */
    assert_int_equal(quota.limit_bytes, 300);
    assert_int_equal(quota.limits.count, 2);
    assert_true(quota_list_next(&rows, &at, &f->arena, ids[3], &quota, &bytes));
    assert_int_equal(quota.id, 0);
    assert_false(quota_list_next(&rows, &at, &f->arena, ids[3], &quota, &bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_part),
        cmocka_unit_test(test_kinds),
        WITH_REGISTRY(test_limits),
        WITH_REGISTRY(test_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
