/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of message.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const message_queries[];

extern const struct query Q_MESSAGE_LIST;
extern const struct query Q_MESSAGE_INSERT;
extern const struct query Q_MESSAGE_DELETE;
