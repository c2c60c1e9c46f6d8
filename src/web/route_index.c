/* SPDX-License-Identifier: Apache-2.0 */
/* The route index: built once at the start, read by all threads without a lock. */
#include "route_index.h"

#include <stdlib.h>

struct route_index {
    struct router *router;
    struct route_row *rows;
    const char **labels;
    size_t count;
};

static size_t count_routes(void)
{
    size_t count = 0;
    for (const struct route_table *const *table = route_tables; *table; table++)
        count += (*table)->count;
    return count;
}

static int add_route(struct route_index *index, const struct route *route, struct err *err)
{
    struct route_row *row = &index->rows[index->count];
    *row = (struct route_row){route, index->count};
    index->labels[index->count++] = route->id;
    if (router_add(index->router, route->method, route->path, row, err) != 0)
        return err_wrap(err, "route %s: ", route->id);
    return 0;
}

int route_index_new(struct route_index **out, struct err *err)
{
    size_t count = count_routes();
    _cleanup_(route_index_freep) struct route_index *index = calloc(1, sizeof *index);
    if (!index)
        abort();
    index->router = router_new();
    index->rows = calloc(count, sizeof *index->rows);
    index->labels = calloc(count + 2, sizeof *index->labels);
    if (!index->rows || !index->labels)
        abort();
    for (const struct route_table *const *table = route_tables; *table; table++) {
        for (size_t i = 0; i < (*table)->count; i++) {
            if (add_route(index, &(*table)->routes[i], err) != 0)
                return -1;
        }
    }
    index->labels[count] = "none";
    *out = TAKE(index);
    return 0;
}

void route_index_free(struct route_index *index)
{
    if (!index)
        return;
    router_free(index->router);
    free(index->rows);
    free(index->labels);
    free(index);
}

void route_index_find(const struct route_index *index, struct arena *arena, enum method method,
                      struct str path, struct route_match *match)
{
    router_find(index->router, arena, method, path, match);
}

const char *const *route_index_labels(const struct route_index *index)
{
    return index->labels;
}

size_t route_index_none(const struct route_index *index)
{
    return index->count;
}
