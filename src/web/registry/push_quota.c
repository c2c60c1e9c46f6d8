/* SPDX-License-Identifier: Apache-2.0 */
/* An upload is refused when its namespace is full already; what it would add is known only when its
 * manifest comes, and that is checked where the manifest is stored. */
#include "push_quota.h"

#include "base/log.h"

bool push_quota_applies(const struct call *call, struct quota_gate *out)
{
    *out = (struct quota_gate){
        .namespace_id = call->repository.namespace_id,
        .system_bytes = call->rules->quota_system_bytes,
    };
    return call_feature(call, FEATURE_VERIFY_QUOTA);
}

static int check(struct call *call, struct quota_gate *gate, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(call->service->db, DB_READ, &tx, err) != 0
               ? -1
               : quota_gate_check(tx, call->arena, gate, err);
}

int push_quota_check_start(struct call *call, struct err *err)
{
    struct quota_gate gate;
    if (!push_quota_applies(call, &gate) || check(call, &gate, err) == 0)
        return 0;
    if (gate.reached == QUOTA_REJECT)
        push_quota_tell(call, &gate);
    return -1;
}

void push_quota_tell(struct call *call, const struct quota_gate *gate)
{
    struct err err = {0};
    if (quota_gate_tell(call->service->db, call->arena, gate, call->name.namespace_name,
                        call->now_ms, &err) != 0)
        log_failure("the owners of a namespace could not be told of its quota", &err);
}
