/* SPDX-License-Identifier: Apache-2.0 */
/* The variable arguments of a call as values. */
#pragma once

#include <stdarg.h>

#include "store/db/db_driver.h"

struct db_args {
    unsigned count;
    struct db_value values[DIALECT_PARAMS_MAX];
    uint8_t packed[DIALECT_PARAMS_MAX][DIGEST_PACKED_MAX]; /* the digests among them */
};

/* Take one argument for each letter of query->params. ERR_INTERNAL when one is NULL that must not
 * be. The values borrow from the arguments. */
int db_args_take(struct db_args *args, const struct query *query, va_list list, struct err *err);
