/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of service_key.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const service_key_queries[];

extern const struct query Q_SERVICE_KEY_FIND;
extern const struct query Q_SERVICE_KEY_LIST;
extern const struct query Q_SERVICE_KEY_SIGNING;
extern const struct query Q_SERVICE_KEY_INSERT;
extern const struct query Q_SERVICE_KEY_PRUNE;
