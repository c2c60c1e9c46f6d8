/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that search by the beginning of names. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_ENTITY_ACCOUNTS, Q_ENTITY_TEAMS;

extern const struct query *const entity_queries[];
