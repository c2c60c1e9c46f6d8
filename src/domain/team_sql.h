/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on teams. */
#pragma once

#include "store/db/db.h"

struct team_number_row {
    int64_t number;
};

/* Of struct held_right, for robots too. */
extern const struct schema team_held_right_schema;

extern const struct query Q_TEAM_FIND, Q_TEAM_LIST, Q_TEAM_INSERT, Q_TEAM_UPDATE, Q_TEAM_DELETE,
    Q_TEAM_DELETE_MEMBERS, Q_TEAM_DELETE_INVITES, Q_TEAM_DELETE_RIGHTS, Q_TEAM_DELETE_DEFAULTS,
    Q_TEAM_ADMIN_LEFT, Q_TEAM_MEMBER_FIND, Q_TEAM_MEMBER_INSERT, Q_TEAM_MEMBER_DELETE,
    Q_TEAM_MEMBERS, Q_TEAM_RIGHTS;

extern const struct query *const team_queries[];
