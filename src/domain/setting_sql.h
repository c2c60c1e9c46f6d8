/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on settings. */
#pragma once

#include "store/db/db.h"

struct setting_row {
    const char *value;
};

extern const struct query Q_SETTING_FIND, Q_SETTING_INSERT, Q_SETTING_UPDATE;

extern const struct query *const setting_queries[];
