/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's part. One node counts at a time (row 2 of usage_state is locked), for a few
 * milliseconds, and no longer than nobody else waits to write. */
#include "base/clock.h"
#include "domain/usage.h"
#include "domain/usage_count.h"

enum { BATCH = 100, HOLD_US = 4000 };

/* Look at notes until it has been long enough; how many in *done_out. */
static int look_at(struct usage_count *count, struct db *db, const struct list *list, bool queued,
                   size_t *done_out, struct err *err)
{
    const struct usage_note_row *notes = list->items;
    int64_t full_us = clock_mono_us() + HOLD_US;
    size_t i = 0;
    while (i < list->count && (i == 0 || (clock_mono_us() < full_us && !db_write_wanted(db)))) {
        if (usage_count_note(count, &notes[i], err) != 0 ||
            (queued && db_exec(count->tx, &Q_USAGE_NOTE_DELETE, err, notes[i].id) < 0))
            return -1;
        i++;
    }
    *done_out = i;
    return usage_count_settle(count, err);
}

/* Most of the time there is nothing, and nobody need wait to find that out. */
static int any_notes(struct db *db, struct arena *arena, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0 ||
        db_list(tx, &Q_USAGE_NOTES, arena, &list, err, (int64_t)1) != 0)
        return -1;
    return list.count > 0;
}

static int fold(struct db *db, struct arena *arena, struct err *err)
{
    _cleanup_(usage_count_end) struct usage_count count = {0};
    struct usage_state_row state;
    struct list list = {0};
    size_t done = 0;
    int any = any_notes(db, arena, err);
    if (any <= 0)
        return any;
    int begun = usage_count_begin(&count, db, arena, &state, err);
    if (begun <= 0)
        return begun;
    if (db_list(count.tx, &Q_USAGE_NOTES, arena, &list, err, (int64_t)BATCH) != 0 ||
        look_at(&count, db, &list, true, &done, err) != 0 || db_commit(&count.tx, err) != 0)
        return -1;
    return done < list.count || list.count == BATCH;
}

int usage_fold(struct db *db, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    return fold(db, &arena, err);
}

/* 1: there is something to be counted now. */
static int is_due(struct db *db, struct arena *arena, int64_t now_ms, int64_t delay_ms,
                  struct err *err)
{
    struct usage_state_row begun = {0}, state = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_USAGE_STATE, arena, &begun, err, (int64_t)1);
    if (found > 0)
        found = db_one(tx, &Q_USAGE_STATE, arena, &state, err, (int64_t)2);
    return found <= 0 ? found : !state.at_ms && now_ms - begun.at_ms >= delay_ms;
}

static int backfill(struct db *db, struct arena *arena, int64_t now_ms, int64_t delay_ms,
                    struct err *err)
{
    _cleanup_(usage_count_end) struct usage_count count = {0};
    struct usage_state_row state = {0};
    struct list list = {0};
    size_t done = 0;
    int due = is_due(db, arena, now_ms, delay_ms, err);
    if (due <= 0)
        return due;
    if (usage_count_begin(&count, db, arena, &state, err) < 0 ||
        db_list(count.tx, &Q_USAGE_MANIFESTS, arena, &list, err, state.cursor_id, (int64_t)BATCH) !=
            0 ||
        look_at(&count, db, &list, false, &done, err) != 0)
        return -1;
    const struct usage_note_row *manifests = list.items;
    int64_t cursor = done ? manifests[done - 1].manifest_id : state.cursor_id;
    bool more = list.count > 0;
    if (state.at_ms == 0 &&
        db_exec(count.tx, &Q_USAGE_STATE_UPDATE, err, more ? (int64_t)0 : now_ms, cursor) < 0)
        return -1;
    return db_commit(&count.tx, err) != 0 ? -1 : more;
}

int usage_backfill(struct db *db, int64_t now_ms, int64_t delay_ms, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    return backfill(db, &arena, now_ms, delay_ms, err);
}
