/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of one kind, lent to one thread at a time, first come first served. */
#pragma once

#include "store/db/db_driver.h"

struct db_pool;

/* At most `size` connections, opened when first needed. `config` and `location` are borrowed. */
struct db_pool *db_pool_new(const struct db_driver *driver, const struct db_config *config,
                            const char *location, enum db_role role, unsigned size);
/* All connections must be back. NULL is fine. */
void db_pool_free(struct db_pool *pool);

/* A connection, until db_pool_give. ERR_BUSY when none comes free in time. */
int db_pool_take(struct db_pool *pool, struct db_conn **out, struct err *err);
void db_pool_give(struct db_conn *conn);
/* Threads in the queue now. */
unsigned db_pool_waiting(struct db_pool *pool);
