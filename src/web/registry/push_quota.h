/* SPDX-License-Identifier: Apache-2.0 */
/* Pushes and the quotas of their namespaces, with FEATURE_VERIFY_QUOTA. */
#pragma once

#include "domain/quota_gate.h"
#include "web/call.h"

/* Whether quotas are looked at; then *out is ready for a check. */
bool push_quota_applies(const struct call *call, struct quota_gate *out);
/* Before an upload or a mount: ERR_DENIED when a Reject limit is reached already, and the owners
 * are told. */
int push_quota_check_start(struct call *call, struct err *err);
/* Tell the owners what a check has found. Failing at that is logged, and no reason to fail a push.
 */
void push_quota_tell(struct call *call, const struct quota_gate *gate);
