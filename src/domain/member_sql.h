/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on the people of an organization. */
#pragma once

#include "store/db/db.h"

/* Of struct member_link, for robots too. */
extern const struct schema member_link_schema;

extern const struct query Q_MEMBER_TEAMS, Q_MEMBER_TEAMS_OF, Q_MEMBER_REPOSITORIES,
    Q_MEMBER_REPOSITORIES_OF, Q_MEMBER_COLLABORATORS, Q_MEMBER_LEAVE_TEAMS,
    Q_MEMBER_LEAVE_REPOSITORIES, Q_MEMBER_LEAVE_DEFAULTS;

extern const struct query *const member_queries[];
