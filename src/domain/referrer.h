/* SPDX-License-Identifier: Apache-2.0 */
/* Referrers: manifests that name another as their subject (OCI Distribution 1.1, "Listing
 * Referrers"). */
#pragma once

#include "base/arena.h"
#include "base/digest.h"
#include "store/db/db.h"

struct referrer {
    struct digest digest;
    const char *media_type;
    const char *artifact_type; /* NULL: none */
    const char *annotations;   /* JSON object; NULL: none */
    int64_t size;
};
/* Manifests whose subject is `subject`, of one artifact type or all (NULL), in order of digest,
 * after `last` (NULL: from the start). */
int referrer_list(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                  const struct digest *subject, const char *artifact_type,
                  const struct digest *last, int64_t limit, struct list *out, struct err *err);
