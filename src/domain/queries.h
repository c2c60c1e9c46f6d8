/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement of the program, for the tests that prepare them all. */
#pragma once

#include "store/db/db.h"

/* NULL-ended list of the NULL-ended lists of each *_sql.c. */
extern const struct query *const *const domain_queries[];
