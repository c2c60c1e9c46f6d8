/* SPDX-License-Identifier: Apache-2.0 */
/* The quota of a namespace before a push. A limit is reached by what the namespace uses once the
 * push is done, manifests that others have stored meanwhile included, as far as this transaction
 * sees them. */
#pragma once

#include "domain/quota.h"

struct quota_gate {
    int64_t namespace_id;
    int64_t system_bytes; /* what namespaces without a quota may use; 0: all they like */

    /* Filled by quota_gate_check. */
    enum quota_kind reached; /* QUOTA_REJECT goes before QUOTA_WARNING */
    int64_t used;
};

/* ERR_DENIED when a Reject limit is reached; gate->reached tells what is. */
int quota_gate_check(struct db_tx *tx, struct arena *arena, struct quota_gate *gate,
                     struct err *err);
/* Tell the owners of the namespace what was reached, unless they have been told and have not
 * dismissed that. Begins transactions of its own. */
int quota_gate_tell(struct db *db, struct arena *arena, const struct quota_gate *gate,
                    const char *namespace_name, int64_t now_ms, struct err *err);
