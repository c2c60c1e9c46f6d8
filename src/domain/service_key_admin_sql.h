/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of service_key_admin.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const service_key_admin_queries[];

extern const struct query Q_SERVICE_KEY_ADMIN_LIST;
extern const struct query Q_SERVICE_KEY_ADMIN_FIND;
extern const struct query Q_SERVICE_KEY_ADMIN_CHANGE;
extern const struct query Q_SERVICE_KEY_ADMIN_APPROVE;
extern const struct query Q_SERVICE_KEY_ADMIN_DELETE;
