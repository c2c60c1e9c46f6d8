/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of notification.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const notification_queries[];

extern const struct query Q_NOTIFICATION_INSERT;
extern const struct query Q_NOTIFICATION_LIST;
extern const struct query Q_NOTIFICATION_FIND;
extern const struct query Q_NOTIFICATION_DISMISS;
extern const struct query Q_NOTIFICATION_RETRACT;
