/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of repo_blob.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const repo_blob_queries[];

extern const struct query Q_REPO_BLOB_BY_MANIFEST;
extern const struct query Q_REPO_BLOB_BY_LEASE;
extern const struct query Q_BLOB_BY_DIGEST;
extern const struct query Q_BLOB_ANY;
extern const struct query Q_BLOB_LEASE_EXTEND;
extern const struct query Q_BLOB_LEASE_INSERT;
extern const struct query Q_BLOB_LEASE_DELETE;
