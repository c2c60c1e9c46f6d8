/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of star.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const star_queries[];

extern const struct query Q_STAR_INSERT;
extern const struct query Q_STAR_DELETE;
extern const struct query Q_STAR_LIST;
