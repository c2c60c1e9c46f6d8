/* SPDX-License-Identifier: Apache-2.0 */
/* Taking note of changes, and reading sums. */
#include "usage.h"

#include "domain/usage_sql.h"

const char *const usage_state_names[] = {
    [USAGE_WAITING] = "waiting",
    [USAGE_RUNNING] = "running",
    [USAGE_COMPLETE] = "complete",
};

/* A registry without manifests has nothing to be counted later. */
static int begin(struct db *db, struct arena *arena, int64_t now_ms, struct err *err)
{
    struct usage_state_row state;
    struct usage_id_row manifest;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_USAGE_STATE, arena, &state, err, (int64_t)1);
    if (found != 0)
        return found < 0 ? -1 : 0;
    int any = db_one(tx, &Q_USAGE_ANY_MANIFEST, arena, &manifest, err);
    if (any < 0)
        return -1;
    if (db_exec(tx, &Q_USAGE_STATE_INSERT, err, (int64_t)1, now_ms) < 0 ||
        db_exec(tx, &Q_USAGE_STATE_INSERT, err, (int64_t)2, any ? (int64_t)0 : now_ms) < 0)
        return err->code == ERR_EXISTS ? 0 : -1; /* another node was first */
    return db_commit(&tx, err);
}

int usage_begin(struct db *db, int64_t now_ms, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    return begin(db, &arena, now_ms, err);
}

int usage_note_push(struct db_tx *tx, int64_t repository_id, int64_t manifest_id, struct err *err)
{
    return db_exec(tx, &Q_USAGE_NOTE_PUSH, err, repository_id, manifest_id) < 0 ? -1 : 0;
}

int usage_note_drop(struct db_tx *tx, int64_t manifest_id, struct err *err)
{
    return db_exec(tx, &Q_USAGE_NOTE_DROP, err, manifest_id) < 0 ? -1 : 0;
}

int usage_state_get(struct db_tx *tx, struct arena *arena, enum usage_state *out, struct err *err)
{
    struct usage_state_row state = {0};
    if (db_one(tx, &Q_USAGE_STATE, arena, &state, err, (int64_t)2) < 0)
        return -1;
    *out = state.at_ms ? USAGE_COMPLETE : state.cursor_id ? USAGE_RUNNING : USAGE_WAITING;
    return 0;
}

int usage_of_namespace(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t *out,
                       struct err *err)
{
    struct usage_sum_row sum = {0};
    if (db_one(tx, &Q_USAGE_OF_NAMESPACE, arena, &sum, err, namespace_id) < 0)
        return -1;
    *out = sum.bytes;
    return 0;
}

int usage_now(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t *out,
              struct err *err)
{
    struct usage_sum_row pending = {0};
    int64_t kept;
    if (usage_of_namespace(tx, arena, namespace_id, &kept, err) != 0 ||
        db_one(tx, &Q_USAGE_PENDING, arena, &pending, err, namespace_id) < 0)
        return -1;
    *out = kept + pending.bytes;
    return 0;
}

int usage_list(struct db_tx *tx, struct arena *arena, int64_t namespace_id, const char *after,
               int64_t limit, struct list *out, struct err *err)
{
    int64_t most = limit > USAGE_LIST_MAX ? USAGE_LIST_MAX : limit;
    return db_list(tx, &Q_USAGE_LIST, arena, out, err, namespace_id, after ? after : "", most);
}
