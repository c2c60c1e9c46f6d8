/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on turns of being pruned. */
#pragma once

#include "store/db/db.h"

struct prune_turn_id_row {
    int64_t id;
};

extern const struct query Q_PRUNE_TURN_FIND, Q_PRUNE_TURN_LOCK, Q_PRUNE_TURN_HASTEN,
    Q_PRUNE_TURN_INSERT, Q_PRUNE_TURN_NAMESPACES, Q_PRUNE_TURN_INSERT_ALL, Q_PRUNE_TURN_DUE,
    Q_PRUNE_TURN_FAR, Q_PRUNE_TURN_CHANGE, Q_PRUNE_TURN_DELETE;

extern const struct query *const prune_turn_queries[];
