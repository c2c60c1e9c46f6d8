/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of upload.c. */
#pragma once

#include "store/db/db.h"

struct upload_row {
    int64_t id;
    const char *object_key;
    int64_t received;
    struct str hash_state;
};

extern const struct query *const upload_queries[];

extern const struct query Q_UPLOAD_INSERT;
extern const struct query Q_UPLOAD_FIND;
extern const struct query Q_UPLOAD_SAVE;
extern const struct query Q_UPLOAD_DELETE;
extern const struct query Q_BLOB_INSERT;
extern const struct query Q_BLOB_MOVE;
extern const struct query Q_DEAD_OBJECT_INSERT;
