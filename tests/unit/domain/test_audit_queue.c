/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of audit entries: what is added is written, alike events are counted together, and what
 * cannot be taken is told. */
#include "domain/audit_queue.h"

#include "domain/audit_log.h"
#include "registry_fixture.h"

static struct audit_event pull_of(int64_t repository_id, const char *tag)
{
    struct audit_event event = {.kind = AUDIT_PULL_REPO,
                                .namespace_id = 1,
                                .repository_id = repository_id,
                                .ip = STR("192.0.2.1"),
                                .by_tag = true};
    digest_of(DIGEST_SHA256, STR("manifest"), &event.digest);
    audit_event_add(&event, "tag", str_of(tag));
    audit_event_add(&event, "absent", (struct str){0});
    return event;
}

static struct list records_of(struct fixture *f, int64_t repository_id)
{
    struct audit_filter filter = {.repository_id = repository_id, .end_ms = NOW + 1000};
    struct audit_cursor start = {0};
    struct list list = {0};
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    assert_ok(audit_log_forward(tx, &f->arena, &filter, &start, AUDIT_PAGE_MAX, &list, &f->err),
              &f->err);
    db_end(&tx);
    return list;
}

static void test_written(void **state)
{
    struct fixture *f = *state;
    _cleanup_(audit_queue_freep) struct audit_queue *queue = audit_queue_new(
        &(struct audit_queue_config){2, true});
    struct audit_event one = pull_of(f->one, "v1"), two = pull_of(f->two, "v2");
    assert_true(audit_queue_add(queue, 0, &one, NOW));
    assert_true(audit_queue_add(queue, 1, &one, NOW + 1));
    assert_true(audit_queue_add(queue, 5, &two, NOW + 2)); /* slots wrap */
    assert_int_equal(records_of(f, f->one).count, 0);
    assert_int_equal(audit_queue_flush(queue, f->db, &f->err), 3);
    assert_int_equal(audit_queue_flush(queue, f->db, &f->err), 0);
    struct list list = records_of(f, f->one);
    const struct audit_record *records = list.items;
    assert_int_equal(list.count, 2);
    assert_int_equal(records[0].kind, AUDIT_PULL_REPO);
    assert_int_equal(records[0].at_ms, NOW);
    assert_int_equal(records[0].times, 1);
    assert_string_equal(records[0].metadata, "{\"tag\":\"v1\"}");
    assert_string_equal(records[0].ip, "192.0.2.1");
    assert_int_equal(records_of(f, f->two).count, 1);
}

static void test_alike(void **state)
{
    struct fixture *f = *state;
    _cleanup_(audit_queue_freep) struct audit_queue *queue = audit_queue_new(
        &(struct audit_queue_config){1, true});
    struct audit_event often = pull_of(f->one, "v1"), once = pull_of(f->one, "v2");
    enum { MANY = 1000 };
    for (int i = 0; i < MANY; i++)
        assert_true(audit_queue_add(queue, 0, &often, NOW));
    assert_true(audit_queue_add(queue, 0, &once, NOW));
    assert_int_equal(audit_queue_flush(queue, f->db, &f->err), AUDIT_ALIKE_AFTER + 1);
    struct list list = records_of(f, f->one);
    const struct audit_record *records = list.items;
    int64_t times = 0;
    for (size_t i = 0; i < list.count; i++)
        times += records[i].times;
    assert_int_equal(times, MANY + 1);
    struct audit_queue_stats stats;
    audit_queue_stats(queue, &stats);
    assert_int_equal(stats.added, MANY + 1);
    assert_int_equal(stats.dropped, 0);
}

static void test_full(void **state)
{
    struct fixture *f = *state;
    _cleanup_(audit_queue_freep) struct audit_queue *queue = audit_queue_new(
        &(struct audit_queue_config){1, false});
    char tag[AUDIT_VALUE_MAX + 1];
    uint64_t taken = 0;
    memset(tag, 'x', sizeof tag);
    tag[AUDIT_VALUE_MAX] = '\0';
    for (int i = 0; i < 3 * AUDIT_SLOT_BYTES_MAX / AUDIT_VALUE_MAX; i++) {
        snprintf(tag, 16, "%015d", i);
        tag[15] = 'x';
        struct audit_event event = pull_of(f->one, tag);
        taken += audit_queue_add(queue, 0, &event, NOW);
    }
    struct audit_queue_stats stats;
    audit_queue_stats(queue, &stats);
    assert_int_equal(stats.added, taken);
    assert_true(stats.dropped > 0);
    assert_int_equal(audit_queue_flush(queue, f->db, &f->err), (int64_t)taken);
    struct audit_event event = pull_of(f->one, "again"); /* there is room again */
    assert_true(audit_queue_add(queue, 0, &event, NOW));
}

/* Names are looked up when the entry is written; unknown ones leave an entry of nobody. */
static void test_names(void **state)
{
    struct fixture *f = *state;
    _cleanup_(audit_queue_freep) struct audit_queue *queue = audit_queue_new(
        &(struct audit_queue_config){1, false});
    struct audit_event event = {
        .kind = AUDIT_PULL_REPO_FAILED, .namespace_name = STR("alice"), .repository = STR("one")};
    assert_true(audit_queue_add(queue, 0, &event, NOW));
    event.namespace_name = STR("nobody");
    assert_true(audit_queue_add(queue, 0, &event, NOW));
    assert_int_equal(audit_queue_flush(queue, f->db, &f->err), 2);
    assert_int_equal(records_of(f, f->one).count, 1);
    assert_int_equal(records_of(f, 0).count, 2);
}

static void test_cut(void **state)
{
    struct fixture *f = *state;
    _cleanup_(audit_queue_freep) struct audit_queue *queue = audit_queue_new(
        &(struct audit_queue_config){1, false});
    char text[AUDIT_VALUE_MAX + 2];
    memset(text, 'x', sizeof text);
    memcpy(text + AUDIT_VALUE_MAX - 1, "\xc3\xa9", 3); /* a character across the limit */
    struct audit_event event = pull_of(f->one, text);
    assert_true(audit_queue_add(queue, 0, &event, NOW));
    assert_int_equal(audit_queue_flush(queue, f->db, &f->err), 1);
    struct list list = records_of(f, f->one);
    const struct audit_record *records = list.items;
    assert_int_equal(strlen(records[0].metadata), AUDIT_VALUE_MAX - 1 + strlen("{\"tag\":\"\"}"));
}

static void test_failure_keeps(void **state)
{
    struct fixture *f = *state;
    _cleanup_(audit_queue_freep) struct audit_queue *queue = audit_queue_new(
        &(struct audit_queue_config){1, false});
    struct db *empty = NULL; /* a database without tables */
    struct audit_event event = pull_of(f->one, "v1");
    assert_ok(db_open(&(struct db_config){.uri = "sqlite://:memory:"}, &empty, &f->err), &f->err);
    assert_true(audit_queue_add(queue, 0, &event, NOW));
    assert_int_equal(audit_queue_flush(queue, empty, &f->err), -1);
    assert_true(audit_queue_add(queue, 0, &event, NOW));
    db_close(empty);
    assert_int_equal(audit_queue_flush(queue, f->db, &f->err), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(test_written), WITH_REGISTRY(test_alike), WITH_REGISTRY(test_full),
        WITH_REGISTRY(test_names),   WITH_REGISTRY(test_cut),   WITH_REGISTRY(test_failure_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
