/* SPDX-License-Identifier: Apache-2.0 */
/* The route tables fit together and say what a row must say. */
#include "web/route.h"

#include "auth/identity.h"
#include "unit.h"
#include "web/route_index.h"

static void test_index(void **state)
{
    (void)state;
    struct route_index *index = NULL;
    struct err err;
    assert_ok(route_index_new(&index, &err), &err);
    const char *const *labels = route_index_labels(index);
    assert_string_equal(labels[route_index_none(index)], "none");
    assert_null(labels[route_index_none(index) + 1]);
    route_index_free(index);
}

static void check_row(const struct route *route)
{
    bool stream = route->stream != NULL;
    if (!route->path || !route->id || !route->summary || !route->summary[0])
        fail_msg("%s: path, id and summary are needed", route->id ? route->id : "?");
    if (stream == (route->handler != NULL))
        fail_msg("%s: exactly one of handler and stream", route->id);
    if (route->need && route->auth != ROUTE_BEARER)
        fail_msg("%s: a right is needed, but nobody is asked who he is", route->id);
    if ((route->need & ACCESS_WRITE) && route->method != METHOD_GET && !route->writes &&
        strcmp(route->id, "registry_upload_delete") != 0)
        fail_msg("%s: changes something, but works in read-only mode", route->id);
    if ((route->need || route->find_repository) && !strstr(route->path, "{repository+}"))
        fail_msg("%s: names no repository", route->id);
}

static void test_rows(void **state)
{
    (void)state;
    for (const struct route_table *const *table = route_tables; *table; table++) {
        for (size_t i = 0; i < (*table)->count; i++)
            check_row(&(*table)->routes[i]);
    }
}

static void test_ids_differ(void **state)
{
    (void)state;
    struct route_index *index = NULL;
    struct err err;
    assert_ok(route_index_new(&index, &err), &err);
    const char *const *labels = route_index_labels(index);
    for (size_t i = 0; labels[i]; i++) {
        for (size_t k = i + 1; labels[k]; k++)
            assert_string_not_equal(labels[i], labels[k]);
    }
    route_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_ids_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
