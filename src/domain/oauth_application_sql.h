/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on OAuth applications. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_OAUTH_APPLICATION_FIND, Q_OAUTH_APPLICATION_BY_NAME,
    Q_OAUTH_APPLICATION_PAGE, Q_OAUTH_APPLICATION_INSERT, Q_OAUTH_APPLICATION_UPDATE,
    Q_OAUTH_APPLICATION_SET_SECRET, Q_OAUTH_APPLICATION_DELETE_TOKENS,
    Q_OAUTH_APPLICATION_DELETE_CODES, Q_OAUTH_APPLICATION_DELETE_ASSIGNMENTS,
    Q_OAUTH_APPLICATION_DELETE;

extern const struct query *const oauth_application_queries[];
