/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on assignments of tokens. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_OAUTH_ASSIGNMENT_INSERT, Q_OAUTH_ASSIGNMENT_FIND,
    Q_OAUTH_ASSIGNMENT_PAGE, Q_OAUTH_ASSIGNMENT_DELETE;

extern const struct query *const oauth_assignment_queries[];
