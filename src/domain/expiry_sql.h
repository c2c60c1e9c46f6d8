/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of expiry.c. */
#pragma once

#include "store/db/db.h"

struct expiry_row {
    int64_t id;
};

extern const struct query *const expiry_queries[];

extern const struct query Q_EXPIRY_APP_TOKEN;
extern const struct query Q_EXPIRY_MAIL_CODE;
extern const struct query Q_EXPIRY_DROP_APP_TOKENS;
extern const struct query Q_EXPIRY_DROP_MAIL_CODES;
