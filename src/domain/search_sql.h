/* SPDX-License-Identifier: Apache-2.0 */
/* The statement of search.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const search_queries[];

extern const struct query Q_SEARCH_ENTITIES;
