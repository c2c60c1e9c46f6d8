/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of manifest.c and referrer.c. */
#pragma once

#include "store/db/db.h"

struct manifest_id_row {
    int64_t id;
};

extern const struct query *const manifest_queries[];

extern const struct query Q_MANIFEST_FIND;
extern const struct query Q_MANIFEST_FIND_BY_TAG;
extern const struct query Q_MANIFEST_ID;
extern const struct query Q_MANIFEST_INSERT;
extern const struct query Q_MANIFEST_SET_DELETED;
extern const struct query Q_MANIFEST_BLOB_INSERT;
extern const struct query Q_MANIFEST_CHILD_INSERT;
extern const struct query Q_REFERRER_LIST;
