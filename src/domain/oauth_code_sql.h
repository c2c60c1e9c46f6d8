/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on authorization codes. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_OAUTH_CODE_INSERT, Q_OAUTH_CODE_FIND, Q_OAUTH_CODE_DELETE;

extern const struct query *const oauth_code_queries[];
