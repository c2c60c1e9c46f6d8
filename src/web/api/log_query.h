/* SPDX-License-Identifier: Apache-2.0 */
/* What requests about audit logs have in common: whose log, and from when to when. */
#pragma once

#include "domain/audit_log.h"
#include "web/call.h"

struct log_query {
    const char *starttime; /* MM/DD/YYYY */
    const char *endtime;
    const char *performer;
    const char *next_page;
};
extern const struct schema log_query_schema;

/* The filter that the route and its query ask for: the organization's, the repository's, the
 * caller's, or everybody's log. Days are UTC; one that cannot be read counts as not given: from
 * yesterday to today, the last day included. 1; 0 when the performer is unknown, so that there is
 * nothing to show; -1. */
int log_query_filter(struct call *call, struct audit_filter *out, struct err *err);
/* Write waiting entries, so that the log shows what has happened until now. */
void log_query_settle(const struct call *call);
