/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: what happened, by whom, to what. An entry is written in the transaction that does
 * the thing, so that neither is without the other. Entries outlive the accounts and repositories
 * they name; what must be readable then is in their metadata. */
#pragma once

#include "base/arena.h"
#include "domain/audit_kind.h"
#include "store/db/db.h"

struct audit_entry {
    enum audit_kind kind;
    int64_t namespace_id;  /* whose log it is in; 0: only the registry's */
    int64_t performer_id;  /* 0: nobody who logged in */
    int64_t repository_id; /* 0: none */
    const char *ip;        /* NULL: not from the network */
    const char *metadata;  /* a JSON object */
    int64_t times;         /* so many alike within a second; 0 means 1 */
};

/* Write it: 0, -1. */
int audit_write(struct db_tx *tx, const struct audit_entry *entry, int64_t now_ms, struct err *err);
