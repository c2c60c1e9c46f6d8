/* SPDX-License-Identifier: Apache-2.0 */
/* The statement cache: small sets, as in a processor's cache, so that there is no list to keep in
 * order and nothing to grow. Queries are constants, so that their address is their name; that of
 * their text is compared too, for tests that make a query on the stack. */
#include "store/db/db_conn.h"

#include <stdlib.h>

#include "store/db/db_row.h"

static void discard(const struct db_driver *driver, struct db_stmt *stmt)
{
    if (!stmt)
        return;
    free(stmt->fields);
    driver->finalize(stmt);
}

static bool is_for(const struct db_stmt *stmt, const struct query *query)
{
    return stmt && stmt->query == query && stmt->sql == query->sql;
}

/* The slot that holds the query, or the one of its set to give up. */
static struct db_stmt **slot_of(struct db_conn *conn, const struct query *query)
{
    uint64_t hash = (uintptr_t)query * 0x9e3779b97f4a7c15U;
    struct db_stmt **set = conn->cache[hash >> 32 & (DB_CACHE_SETS - 1)];
    struct db_stmt **oldest = &set[0];
    for (int i = 0; i < DB_CACHE_WAYS; i++) {
        if (is_for(set[i], query))
            return &set[i];
        if (*oldest && (!set[i] || set[i]->used < (*oldest)->used))
            oldest = &set[i];
    }
    return oldest;
}

int db_conn_stmt(struct db_conn *conn, const struct query *query, struct db_stmt **out,
                 struct err *err)
{
    struct db_stmt **slot = slot_of(conn, query);
    if (!is_for(*slot, query)) {
        struct db_stmt *stmt;
        if (conn->driver->prepare(conn, query, &stmt, err) != 0)
            return -1;
        stmt->query = query;
        stmt->sql = query->sql;
        if (db_row_plan(conn->driver, stmt, err) != 0) {
            discard(conn->driver, stmt);
            return -1;
        }
        discard(conn->driver, *slot);
        *slot = stmt;
    }
    (*slot)->used = ++conn->clock;
    *out = *slot;
    return 0;
}

void db_conn_close(struct db_conn *conn)
{
    if (!conn)
        return;
    for (int set = 0; set < DB_CACHE_SETS; set++) {
        for (int way = 0; way < DB_CACHE_WAYS; way++)
            discard(conn->driver, conn->cache[set][way]);
    }
    conn->driver->close(conn);
}
