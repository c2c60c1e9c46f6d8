/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries: an export of the audit log is there, or has failed, and somebody is to be told of it.
 *
 * A try is counted, and the next one planned, before it is made: a crash in the middle of one loses
 * nothing, two nodes never make the same, and no receiver is called for ever. */
#pragma once

#include "domain/audit_export.h"

enum audit_delivery_kind { AUDIT_DELIVERY_WEB = 1, AUDIT_DELIVERY_MAIL = 2 };
enum { AUDIT_DELIVERY_WAITS = 0, AUDIT_DELIVERY_DONE = 1, AUDIT_DELIVERY_FAILED = 2 };
enum { AUDIT_DELIVERY_TRIES = 5 }; /* within three quarters of an hour */

struct audit_delivery {
    int64_t id;
    int64_t export_id;
    int64_t kind;
    const char *target; /* a URL, or a mail address */
    int64_t tries;      /* made before this one */
    int64_t due_ms;
    const char *uuid; /* of the export, as all below */
    int64_t export_state;
    int64_t expires_ms; /* when its link ends */
    int64_t namespace_id;
    const char *namespace_name; /* NULL: deleted meanwhile */
    int64_t repository_id;
    const char *repository_name;
    int64_t performer_id;
    int64_t start_ms, end_ms;
    const char *base_url;
};

/* Plan what the export's callbacks ask for. */
int audit_delivery_plan(struct db_tx *tx, const struct audit_export *export, int64_t now_ms,
                        struct err *err);
/* Is there one to take? A look that writes nothing. */
int audit_delivery_is_due(struct db_tx *tx, int64_t now_ms, bool *due_out, struct err *err);
/* The one that is due longest, taken: the next try is planned. 1, 0 (none, or another node was
 * quicker), -1. */
int audit_delivery_take(struct db_tx *tx, struct arena *arena, int64_t now_ms,
                        struct audit_delivery *out, struct err *err);
/* How long after that many tries the next one comes, in milliseconds. */
int64_t audit_delivery_pause_ms(int64_t tries);
/* It is done, or given up. */
int audit_delivery_end(struct db_tx *tx, int64_t id, int state, struct err *err);
