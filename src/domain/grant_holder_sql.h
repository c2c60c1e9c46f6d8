/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on the holders of rights. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_GRANT_HOLDER_ACCOUNTS, Q_GRANT_HOLDER_ACCOUNT, Q_GRANT_HOLDER_TEAMS,
    Q_GRANT_HOLDER_TEAM;

extern const struct query *const grant_holder_queries[];
