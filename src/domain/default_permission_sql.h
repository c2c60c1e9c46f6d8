/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on default permissions. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_DEFAULT_PERMISSION_APPLY_ACCOUNTS, Q_DEFAULT_PERMISSION_APPLY_TEAMS;

extern const struct query *const default_permission_queries[];
