/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the pruner. */
#pragma once

#include "store/db/db.h"

struct prune_id_row {
    int64_t id;
};

struct prune_repository_row {
    int64_t id;
    const char *name;
};

struct prune_namespace_row {
    int64_t id;
    const char *name;
};

extern const struct query Q_PRUNE_HAS_OWN, Q_PRUNE_HAS_REPOSITORIES, Q_PRUNE_REPOSITORY,
    Q_PRUNE_REPOSITORY_NAMED, Q_PRUNE_REPOSITORIES, Q_PRUNE_REPOSITORIES_WITH_POLICY,
    Q_PRUNE_NAMESPACES, Q_PRUNE_NAMESPACES_WITH_POLICY;

extern const struct query *const prune_queries[];
