/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a result into structs: column name = field name. */
#pragma once

#include "store/db/db_driver.h"

/* Find the field each column fills (stmt->fields). ERR_INTERNAL names a column that the row has no
 * place for. */
int db_row_plan(const struct db_driver *driver, struct db_stmt *stmt, struct err *err);

/* Fill the zeroed struct `row` from the current row; NULL columns leave zero. */
int db_row_fill(const struct db_driver *driver, struct db_stmt *stmt, struct arena *arena,
                void *row, struct err *err);
