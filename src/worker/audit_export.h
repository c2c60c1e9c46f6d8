/* SPDX-License-Identifier: Apache-2.0 */
/* Making the files that exports of the audit log are asked for. */
#pragma once

#include "store/db/db.h"

struct audit_export_job {
    struct db *db;
    const char *folder;
    int64_t link_ms; /* how long a file can be fetched */
};

/* Make all exports that wait and remove those whose time is over. An export that cannot be written
 * is marked as failed, with an entry in the audit log; -1 only when the database fails. */
int audit_export_run(const struct audit_export_job *job, int64_t now_ms, struct err *err);
