/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on deliveries of exports. */
#pragma once

#include "store/db/db.h"

extern const struct query Q_AUDIT_DELIVERY_INSERT, Q_AUDIT_DELIVERY_NEXT, Q_AUDIT_DELIVERY_TAKE,
    Q_AUDIT_DELIVERY_END, Q_AUDIT_DELIVERY_CLEAR;

extern const struct query *const audit_delivery_queries[];
