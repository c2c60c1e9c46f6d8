/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on terms. */
#pragma once

#include "store/db/db.h"

struct terms_number_row {
    int64_t number;
};

extern const struct query Q_TERMS_CURRENT, Q_TERMS_BY_VERSION, Q_TERMS_LIST, Q_TERMS_INSERT,
    Q_TERMS_ACCEPT, Q_TERMS_REVOKE, Q_TERMS_ACCEPTED_VERSION, Q_TERMS_ACCEPTANCES,
    Q_TERMS_ARE_ACCEPTED, Q_TERMS_SET_POLICY;

extern const struct query *const terms_queries[];
