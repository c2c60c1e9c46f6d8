/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on invitations into teams. */
#pragma once

#include "store/db/db.h"

struct team_invite_code_row {
    const char *code;
};

extern const struct query Q_TEAM_INVITE_CODE, Q_TEAM_INVITE_INSERT, Q_TEAM_INVITE_FIND,
    Q_TEAM_INVITE_LIST, Q_TEAM_INVITE_DELETE, Q_TEAM_INVITE_CANCEL;

extern const struct query *const team_invite_queries[];
