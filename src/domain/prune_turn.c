/* SPDX-License-Identifier: Apache-2.0 */
/* Turns. A turn is taken, kept and ended by changing the time in its row from what was read to
 * something else, so that only one succeeds. */
#include "prune_turn.h"

#include "domain/prune_turn_sql.h"

int prune_turn_lock(struct db_tx *tx, int64_t namespace_id, struct err *err)
{
    return db_exec(tx, &Q_PRUNE_TURN_LOCK, err, namespace_id) < 0 ? -1 : 0;
}

int prune_turn_ensure(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t now_ms,
                      struct err *err)
{
    struct prune_turn_id_row row;
    int found = db_one(tx, &Q_PRUNE_TURN_FIND, arena, &row, err, namespace_id);
    if (found != 0)
        return found < 0 || prune_turn_lock(tx, namespace_id, err) != 0 ||
                       db_exec(tx, &Q_PRUNE_TURN_HASTEN, err, namespace_id, now_ms) < 0
                   ? -1
                   : 0;
    return db_exec(tx, &Q_PRUNE_TURN_INSERT, err, namespace_id, now_ms) < 0 ? -1 : 0;
}

int prune_turn_ensure_all(struct db_tx *tx, struct arena *arena, int64_t after_id, int64_t limit,
                          int64_t now_ms, int64_t *last_out, struct err *err)
{
    struct list list = {0};
    if (db_list(tx, &Q_PRUNE_TURN_NAMESPACES, arena, &list, err, after_id, limit) != 0)
        return -1;
    if (list.count == 0)
        return 0;
    const struct prune_turn_id_row *rows = list.items;
    int64_t last = rows[list.count - 1].id;
    if (db_exec(tx, &Q_PRUNE_TURN_INSERT_ALL, err, after_id, last, now_ms) < 0)
        return -1;
    *last_out = last;
    return 1;
}

static int find_due(struct db *db, struct arena *arena, int64_t now_ms, int64_t horizon_ms,
                    struct prune_turn *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_PRUNE_TURN_DUE, arena, out, err, now_ms);
    return found ? found : db_one(tx, &Q_PRUNE_TURN_FAR, arena, out, err, now_ms + horizon_ms);
}

/* 1 changed, 0 somebody else has it, -1. */
static int change(struct db *db, const struct prune_turn *turn, int64_t due_ms,
                  int64_t default_due_ms, const char *after, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE_RELAXED, &tx, err) != 0)
        return -1;
    int64_t rows = db_exec(tx, &Q_PRUNE_TURN_CHANGE, err, turn->namespace_id, turn->due_ms, due_ms,
                           default_due_ms, after);
    if (rows <= 0)
        return (int)rows;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

/* A time that the row does not hold yet: a statement that changes nothing counts as 0 rows. */
static int64_t lease(const struct prune_turn *turn, int64_t now_ms)
{
    int64_t until = now_ms + PRUNE_LEASE_MS;
    return until == turn->due_ms ? until + 1 : until;
}

int prune_turn_take(struct db *db, struct arena *arena, int64_t now_ms, int64_t horizon_ms,
                    struct prune_turn *out, struct err *err)
{
    struct prune_turn turn = {0};
    int found = find_due(db, arena, now_ms, horizon_ms, &turn, err);
    if (found <= 0)
        return found;
    int64_t until = lease(&turn, now_ms);
    int changed = change(db, &turn, until, turn.default_due_ms, turn.after, err);
    if (changed <= 0)
        return changed;
    turn.due_ms = until;
    *out = turn;
    return 1;
}

int prune_turn_keep(struct db *db, struct prune_turn *turn, const char *after, int64_t now_ms,
                    struct err *err)
{
    int64_t until = lease(turn, now_ms);
    int changed = change(db, turn, until, turn->default_due_ms, after, err);
    if (changed == 1)
        turn->due_ms = until;
    return changed;
}

int prune_turn_end(struct db *db, const struct prune_turn *turn, int64_t due_ms,
                   int64_t default_due_ms, const char *after, struct err *err)
{
    return change(db, turn, due_ms, default_due_ms, after, err) < 0 ? -1 : 0;
}

int prune_turn_drop(struct db *db, const struct prune_turn *turn, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 ||
        db_exec(tx, &Q_PRUNE_TURN_DELETE, err, turn->namespace_id, turn->due_ms) < 0)
        return -1;
    return db_commit(&tx, err);
}
