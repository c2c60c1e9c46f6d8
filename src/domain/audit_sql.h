/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on the audit log. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_AUDIT_INSERT;

extern const struct query *const audit_queries[];
