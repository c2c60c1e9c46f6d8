/* SPDX-License-Identifier: Apache-2.0 */
/* Finding manifests for the API. */
#include "manifest_load.h"

int manifest_load_named(struct call *call, struct db_tx *tx, struct manifest *out, struct err *err)
{
    struct digest digest;
    int found = 0;
    if (digest_parse(str_of(call_value(call, "manifestref")), &digest, err) == 0)
        found = manifest_find(tx, call->arena, call->repository.id, &digest, out, err);
    return found == 0 ? err_set(err, ERR_NOT_FOUND, "Not Found") : found < 0 ? -1 : 0;
}
