/* SPDX-License-Identifier: Apache-2.0 */
/* Removing credentials that have expired long enough ago. Nothing depends on it: an expired one is
 * refused whether or not its row is still there. */
#pragma once

#include "store/db/db.h"

struct expiry_policy {
    int64_t app_token_ms; /* an expired app token is still shown to its owner this long */
};

/* Remove what is due, in one transaction; none is begun for writing when nothing is. */
int expiry_run(struct db *db, const struct expiry_policy *policy, int64_t now_ms, struct err *err);
