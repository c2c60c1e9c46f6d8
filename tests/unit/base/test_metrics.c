/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metrics.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static const char *const methods[] = {"GET", "PUT", NULL};
static const char *const statuses[] = {"200", "404", "other", NULL};
static const char *const strange[] = {"a\"b\\c\nd", NULL};
static const uint64_t bounds[] = {1000, 2500, 1000000, 0};

enum { REQUESTS, BYTES, OPEN, QUEUES, SECONDS, ROUTES };

static struct metric table[] = {
    [REQUESTS] = {.name = "t_requests_total",
                  .help = "Requests.",
                  .kind = METRIC_COUNTER,
                  .labels = {{"method", methods}, {"status", statuses}}},
    [BYTES] = {.name = "t_bytes_total", .help = "\"Bytes\"\nand \\.", .kind = METRIC_COUNTER},
    [OPEN] = {.name = "t_open", .help = "Open now.", .kind = METRIC_GAUGE, .decimals = 3},
    [QUEUES] = {.name = "t_queued",
                .help = "Waiting.",
                .kind = METRIC_GAUGE,
                .labels = {{"queue", strange}}},
    [SECONDS] = {.name = "t_seconds",
                 .help = "Time.",
                 .kind = METRIC_HISTOGRAM,
                 .bounds = bounds,
                 .decimals = 6},
    [ROUTES] = {.name = "t_route_seconds",
                .help = "By route.",
                .kind = METRIC_HISTOGRAM,
                .labels = {{"method", methods}},
                .bounds = bounds,
                .decimals = 6},
};
static const struct metric_set set = {table, ARRAY_LEN(table)};

static int start(void **state)
{
    (void)state;
    metrics_init(&set);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    metrics_done(&set);
    return 0;
}

static void assert_text(const char *want)
{
    _cleanup_buf_ struct buf buf;
    buf_init(&buf, 1 << 16);
    const struct metric_set *const sets[] = {&set};
    metrics_write(&buf, sets, 1);
    assert_true(buf_ok(&buf));
    assert_str_text(buf_str(&buf), want);
}

static void test_fresh(void **state)
{
    (void)state;
    assert_text("# HELP t_requests_total Requests.\n"
                "# TYPE t_requests_total counter\n"
                "# HELP t_bytes_total \"Bytes\"\\nand \\\\.\n"
                "# TYPE t_bytes_total counter\n"
                "t_bytes_total 0\n"
                "# HELP t_open Open now.\n"
                "# TYPE t_open gauge\n"
                "t_open 0\n"
                "# HELP t_queued Waiting.\n"
                "# TYPE t_queued gauge\n"
                "t_queued{queue=\"a\\\"b\\\\c\\nd\"} 0\n"
                "# HELP t_seconds Time.\n"
                "# TYPE t_seconds histogram\n"
                "t_seconds_bucket{le=\"0.001\"} 0\n"
                "t_seconds_bucket{le=\"0.0025\"} 0\n"
                "t_seconds_bucket{le=\"1\"} 0\n"
                "t_seconds_bucket{le=\"+Inf\"} 0\n"
                "t_seconds_sum 0\n"
                "t_seconds_count 0\n"
                "# HELP t_route_seconds By route.\n"
                "# TYPE t_route_seconds histogram\n");
}

static void test_counted(void **state)
{
    (void)state;
    struct metric *requests = &table[REQUESTS];
    metric_add(requests, metric_cell(requests, 0, 0, 0), 2);
    metric_add(requests, metric_cell(requests, 1, 1, 0), 1);
    metric_add(requests, metric_cell(requests, 1, 99, 7), 5); /* the list's last value */
    metric_add(&table[BYTES], 0, UINT64_MAX);
    metric_put(&table[OPEN], 0, -1050);
    metric_put(&table[QUEUES], 0, 3);
    metric_add(&table[QUEUES], 0, 1);
    static const uint64_t times[] = {0, 1000, 1001, 2500, 999999, 1000001, 7000000};
    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        metric_observe(&table[SECONDS], 0, times[i]);
    metric_observe(&table[ROUTES], metric_cell(&table[ROUTES], 1, 0, 0), 500);
    assert_text("# HELP t_requests_total Requests.\n"
                "# TYPE t_requests_total counter\n"
                "t_requests_total{method=\"GET\",status=\"200\"} 2\n"
                "t_requests_total{method=\"PUT\",status=\"404\"} 1\n"
                "t_requests_total{method=\"PUT\",status=\"other\"} 5\n"
                "# HELP t_bytes_total \"Bytes\"\\nand \\\\.\n"
                "# TYPE t_bytes_total counter\n"
                "t_bytes_total 18446744073709551615\n"
                "# HELP t_open Open now.\n"
                "# TYPE t_open gauge\n"
                "t_open -1.05\n"
                "# HELP t_queued Waiting.\n"
                "# TYPE t_queued gauge\n"
                "t_queued{queue=\"a\\\"b\\\\c\\nd\"} 4\n"
                "# HELP t_seconds Time.\n"
                "# TYPE t_seconds histogram\n"
                "t_seconds_bucket{le=\"0.001\"} 2\n"
                "t_seconds_bucket{le=\"0.0025\"} 4\n"
                "t_seconds_bucket{le=\"1\"} 5\n"
                "t_seconds_bucket{le=\"+Inf\"} 7\n"
                "t_seconds_sum 9.004501\n"
                "t_seconds_count 7\n"
                "# HELP t_route_seconds By route.\n"
                "# TYPE t_route_seconds histogram\n"
                "t_route_seconds_bucket{method=\"PUT\",le=\"0.001\"} 1\n"
                "t_route_seconds_bucket{method=\"PUT\",le=\"0.0025\"} 1\n"
                "t_route_seconds_bucket{method=\"PUT\",le=\"1\"} 1\n"
                "t_route_seconds_bucket{method=\"PUT\",le=\"+Inf\"} 1\n"
                "t_route_seconds_sum{method=\"PUT\"} 0.0005\n"
                "t_route_seconds_count{method=\"PUT\"} 1\n");
}

/* Every combination of labels has a cell of its own. */
static void test_cells(void **state)
{
    (void)state;
    struct metric three = {.name = "t_total",
                           .help = "",
                           .kind = METRIC_COUNTER,
                           .labels = {{"a", methods}, {"b", statuses}, {"c", methods}}};
    struct metric_set one = {&three, 1};
    metrics_init(&one);
    assert_int_equal(three.cells, 12);
    unsigned seen = 0;
    for (size_t a = 0; a < 2; a++) {
        for (size_t b = 0; b < 3; b++) {
            for (size_t c = 0; c < 2; c++)
                seen |= 1U << metric_cell(&three, a, b, c);
        }
    }
    assert_int_equal(seen, (1U << 12) - 1);
    metrics_done(&one);
}

static void test_not_started(void **state)
{
    (void)state;
    metric_add(&table[BYTES], 0, 1);
    metric_put(&table[OPEN], 0, 1);
    metric_observe(&table[SECONDS], 0, 1);
    assert_text("");
    metrics_done(&set); /* twice is fine */
}

static void test_no_room(void **state)
{
    (void)state;
    const struct metric_set *const sets[] = {&set};
    for (size_t max = 0; max < 600; max++) {
        struct buf buf;
        buf_init(&buf, max);
        metrics_write(&buf, sets, 1);
        assert_false(buf_ok(&buf));
        buf_done(&buf);
    }
}

static bool aborts(struct metric metric)
{
    pid_t child = fork();
    if (child == 0) {
        struct metric_set one = {&metric, 1};
        signal(SIGABRT, SIG_DFL); /* cmocka catches it */
        metrics_init(&one);
        metrics_done(&one);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_rules(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    static const uint64_t descending[] = {2, 1, 0};
    static const char *many[1000];
    for (size_t i = 0; i + 1 < ARRAY_LEN(many); i++)
        many[i] = "x";
    assert_false(aborts(
        (struct metric){.name = "a_total", .help = "", .kind = METRIC_COUNTER, .decimals = 0}));
    assert_true(
        aborts((struct metric){.name = "a", .help = "", .kind = METRIC_COUNTER, .decimals = 0}));
    assert_true(aborts(
        (struct metric){.name = "a_total", .help = "", .kind = METRIC_GAUGE, .decimals = 0}));
    assert_true(
        aborts((struct metric){.name = "a", .help = "", .kind = METRIC_HISTOGRAM, .decimals = 0}));
    assert_true(
        aborts((struct metric){.name = "a", .help = "", .kind = METRIC_GAUGE, .bounds = bounds}));
    assert_true(aborts(
        (struct metric){.name = "a", .help = "", .kind = METRIC_HISTOGRAM, .bounds = descending}));
    assert_true(aborts(
        (struct metric){.name = "a", .help = "", .kind = METRIC_GAUGE, .labels = {{"l", none}}}));
    assert_true(aborts((struct metric){
        .name = "a", .help = "", .kind = METRIC_GAUGE, .labels = {{"l", many}, {"m", many}}}));
}

static void *count(void *argument)
{
    for (int i = 0; i < 10000; i++) {
        metric_add(&table[BYTES], 0, 1);
        metric_observe(&table[SECONDS], 0, 1500);
    }
    return argument;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&table[BYTES].values[0]), 40000);
    assert_int_equal(atomic_load(&table[SECONDS].values[1]), 40000);
    assert_int_equal(atomic_load(&table[SECONDS].values[4]), 60000000);
}

int main(void)
{
#define STARTED(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        STARTED(test_fresh),          STARTED(test_counted), cmocka_unit_test(test_cells),
        STARTED(test_no_room),        STARTED(test_threads), cmocka_unit_test(test_not_started),
        cmocka_unit_test(test_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
