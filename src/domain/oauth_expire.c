/* SPDX-License-Identifier: Apache-2.0 */
/* Removing expired codes and tokens. */
#include "oauth_expire.h"

#include "base/macro.h"
#include "domain/oauth_expire_sql.h"

int oauth_expire(struct db_tx *tx, int64_t now_ms, struct err *err)
{
    static const struct query *const steps[] = {
        &Q_OAUTH_EXPIRE_CODES,
        &Q_OAUTH_EXPIRE_TOKENS,
        &Q_OAUTH_EXPIRE_ACCESS_TOKENS,
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (db_exec(tx, steps[i], err, now_ms, (int64_t)OAUTH_EXPIRE_MAX) < 0)
            return -1;
    }
    return 0;
}
