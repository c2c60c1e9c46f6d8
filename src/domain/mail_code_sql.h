/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of mail_code.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const mail_code_queries[];

extern const struct query Q_MAIL_CODE_INSERT;
extern const struct query Q_MAIL_CODE_FIND;
extern const struct query Q_MAIL_CODE_USE;
extern const struct query Q_MAIL_CODE_RECENT;
extern const struct query Q_MAIL_CODE_CANCEL;
extern const struct query Q_MAIL_CODE_CANCEL_ALL;
extern const struct query Q_MAIL_CODE_INVITED;
