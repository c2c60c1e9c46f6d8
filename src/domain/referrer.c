/* SPDX-License-Identifier: Apache-2.0 */
/* Referrers are found by one index on (repository, subject, digest); nothing is kept twice. */
#include "referrer.h"

#include "domain/manifest_sql.h"

int referrer_list(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                  const struct digest *subject, const char *artifact_type,
                  const struct digest *last, int64_t limit, struct list *out, struct err *err)
{
    uint8_t packed[DIGEST_PACKED_MAX];
    struct str after = {"", 0};
    if (last)
        after = (struct str){(const char *)packed, digest_pack(last, packed)};
    const char *type = artifact_type ? artifact_type : "";
    return db_list(tx, &Q_REFERRER_LIST, arena, out, err, repository_id, subject, after, type, type,
                   limit);
}
