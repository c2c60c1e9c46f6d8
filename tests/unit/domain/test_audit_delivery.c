/* SPDX-License-Identifier: Apache-2.0 */
/* Plans of deliveries; what is delivered is in tests/http/test_log_callbacks.py. */
#include "domain/audit_delivery.h"

#include "people_fixture.h"

static struct audit_export ask(struct fixture *f, const char *url, const char *email)
{
    char uuid[UUID_SIZE];
    struct audit_export found, in = {.namespace_id = f->acme.id,
                                     .performer_id = f->alice.id,
                                     .callback_url = url,
                                     .callback_email = email,
                                     .base_url = "https://reg.example"};
    assert_ok(audit_export_ask(f->tx, &in, NOW, uuid, &f->err), &f->err);
    assert_int_equal(audit_export_find(f->tx, &f->arena, uuid, &found, &f->err), 1);
    return found;
}

static int take(struct fixture *f, int64_t now_ms, struct audit_delivery *out)
{
    return audit_delivery_take(f->tx, &f->arena, now_ms, out, &f->err);
}

static void test_tries(void **state)
{
    struct fixture *f = *state;
    struct audit_delivery delivery = {0};
    struct audit_export export = ask(f, "https://hook.example/", NULL);
    int64_t at = NOW;
    assert_int_equal(take(f, NOW, &delivery), 0);
    assert_ok(audit_delivery_plan(f->tx, &export, NOW, &f->err), &f->err);
    for (int64_t tries = 0; tries < AUDIT_DELIVERY_TRIES; tries++) {
        assert_int_equal(take(f, at, &delivery), 1);
        assert_int_equal(delivery.tries, tries);
        assert_string_equal(delivery.target, "https://hook.example/");
        assert_string_equal(delivery.namespace_name, f->acme.name);
        int64_t next = at + audit_delivery_pause_ms(tries);
        assert_int_equal(take(f, next - 1, &delivery), 0);
        at = next;
    }
    assert_ok(audit_delivery_end(f->tx, delivery.id, AUDIT_DELIVERY_FAILED, &f->err), &f->err);
    assert_int_equal(take(f, at, &delivery), 0);
}

/* All tries but the last are made within the hour that a link lasts. */
static void test_pauses(void **state)
{
    (void)state;
    int64_t sum = 0, before = 0;
    for (int64_t tries = 0; tries < AUDIT_DELIVERY_TRIES - 1; tries++) {
        assert_true(audit_delivery_pause_ms(tries) > before);
        before = audit_delivery_pause_ms(tries);
        sum += before;
    }
    assert_true(sum < 3600 * INT64_C(1000));
    assert_true(audit_delivery_pause_ms(1000) == before);
}

/* An export stays as long as somebody waits to be told of it. */
static void test_expiry(void **state)
{
    struct fixture *f = *state;
    bool due = false;
    struct audit_delivery first, second;
    struct audit_export found, export = ask(f, "https://hook.example/", "a@example.com");
    assert_ok(audit_delivery_plan(f->tx, &export, NOW, &f->err), &f->err);
    assert_int_equal(audit_export_finish(f->tx, export.id, AUDIT_EXPORT_READY, NOW + 1, &f->err),
                     1);
    assert_int_equal(audit_export_finish(f->tx, export.id, AUDIT_EXPORT_FAILED, NOW + 9, &f->err),
                     0);
    assert_int_equal(take(f, NOW, &first), 1);
    assert_int_equal(take(f, NOW, &second), 1);
    assert_true(first.kind != second.kind);
    assert_ok(audit_delivery_is_due(f->tx, NOW, &due, &f->err), &f->err);
    assert_false(due);
    assert_ok(audit_delivery_end(f->tx, first.id, AUDIT_DELIVERY_DONE, &f->err), &f->err);
    assert_int_equal(audit_export_expired(f->tx, &f->arena, NOW + 2, &found, &f->err), 0);
    assert_ok(audit_delivery_end(f->tx, second.id, AUDIT_DELIVERY_FAILED, &f->err), &f->err);
    assert_int_equal(audit_export_expired(f->tx, &f->arena, NOW + 2, &found, &f->err), 1);
    assert_ok(audit_export_remove(f->tx, export.id, &f->err), &f->err);
    assert_int_equal(audit_export_find(f->tx, &f->arena, export.uuid, &found, &f->err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(test_tries),
        cmocka_unit_test(test_pauses),
        WITH_PEOPLE(test_expiry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
