/* SPDX-License-Identifier: Apache-2.0 */
/* A connection and the statements it keeps prepared. */
#pragma once

#include "store/db/db_driver.h"

/* The query prepared on this connection, from its cache when possible. Valid until the next call.
 */
int db_conn_stmt(struct db_conn *conn, const struct query *query, struct db_stmt **out,
                 struct err *err);
/* Close it with all its statements. NULL is fine. */
void db_conn_close(struct db_conn *conn);
