/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of the audit log: asked for by a request, made by a job, kept as a file until the link to
 * it expires. */
#pragma once

#include "base/arena.h"
#include "base/rand.h"
#include "store/db/db.h"

enum { AUDIT_EXPORT_ASKED = 0, AUDIT_EXPORT_READY = 1, AUDIT_EXPORT_FAILED = 2 };

struct audit_export {
    int64_t id;
    const char *uuid; /* names the file; who knows it may read it */
    int64_t namespace_id;
    const char *namespace_name;
    int64_t repository_id;       /* 0: the whole namespace */
    const char *repository_name; /* without the namespace; NULL: none */
    int64_t performer_id;
    int64_t start_ms, end_ms;
    int64_t created_ms;
    int64_t state;
    int64_t expires_ms;         /* 0: not made yet */
    const char *callback_url;   /* NULL: none */
    const char *callback_email; /* NULL: none */
    const char *base_url;       /* "https://host:port" */
};

/* Ask for one; the namespace, repository, performer, times, callbacks and base_url of `in` count.
 * Its uuid is given back. */
int audit_export_ask(struct db_tx *tx, const struct audit_export *in, int64_t now_ms,
                     char uuid_out[UUID_SIZE], struct err *err);
/* By uuid: 1, 0, -1. */
int audit_export_find(struct db_tx *tx, struct arena *arena, const char *uuid,
                      struct audit_export *out, struct err *err);
/* The oldest that waits to be made: 1, 0, -1. */
int audit_export_next(struct db_tx *tx, struct arena *arena, struct audit_export *out,
                      struct err *err);
/* It is made, or has failed: 1; 0: another node was quicker; -1. */
int audit_export_finish(struct db_tx *tx, int64_t id, int state, int64_t expires_ms,
                        struct err *err);
/* One whose time is over, and that nobody waits to be told of: 1, 0, -1. Remove its file, then it.
 */
int audit_export_expired(struct db_tx *tx, struct arena *arena, int64_t now_ms,
                         struct audit_export *out, struct err *err);
int audit_export_remove(struct db_tx *tx, int64_t id, struct err *err);
/* "FOLDER/UUID": its file. */
const char *audit_export_path(struct arena *arena, const char *folder, const char *uuid);
