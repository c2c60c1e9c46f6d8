/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of label.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const label_queries[];

extern const struct query Q_LABEL_LIST;
extern const struct query Q_LABEL_FIND;
extern const struct query Q_LABEL_OF_KEYS;
extern const struct query Q_LABEL_INSERT;
extern const struct query Q_LABEL_DELETE;
