/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on rights. */
#pragma once

#include "store/db/db.h"

struct grant_number_row {
    int64_t number;
};

extern const struct query Q_GRANT_ON_REPOSITORY, Q_GRANT_IN_ORGANIZATION, Q_GRANT_REASONS,
    Q_GRANT_WAYS, Q_GRANT_UPDATE_ACCOUNT, Q_GRANT_INSERT_ACCOUNT, Q_GRANT_DELETE_ACCOUNT,
    Q_GRANT_UPDATE_TEAM, Q_GRANT_INSERT_TEAM, Q_GRANT_DELETE_TEAM;

extern const struct query *const grant_queries[];
