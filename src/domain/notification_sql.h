/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of notification.c. */
#pragma once

#include "store/db/db.h"

struct notification_id_row {
    int64_t id;
};

extern const struct query *const notification_queries[];

extern const struct query Q_NOTIFICATION_INSERT;
extern const struct query Q_NOTIFICATION_LIST;
extern const struct query Q_NOTIFICATION_FIND;
extern const struct query Q_NOTIFICATION_DISMISS;
extern const struct query Q_NOTIFICATION_RETRACT;
extern const struct query Q_NOTIFICATION_OPEN;
