/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on policies by which tags are pruned. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_PRUNE_POLICY_OF_NAMESPACE, Q_PRUNE_POLICY_OF_REPOSITORY,
    Q_PRUNE_POLICY_INSERT, Q_PRUNE_POLICY_UPDATE, Q_PRUNE_POLICY_DELETE;

extern const struct query *const prune_policy_queries[];
