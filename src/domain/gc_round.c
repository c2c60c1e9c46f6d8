/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's write transactions. Each takes on work for a few milliseconds only and then lets
 * others write, so that a push never waits longer than that whatever there is to collect. */
#include "domain/gc_round.h"

#include "base/clock.h"

enum { CONFLICTS_MAX = 10 }; /* in a row, before giving up for now */

bool gc_stopped(const struct gc *gc)
{
    return gc->stop && gc->stop(gc->context);
}

bool gc_round_full(const struct gc_round *round)
{
    return clock_mono_us() >= round->full_us;
}

int gc_round_again(struct gc_round *round, enum gc_kind kind, int64_t id, int64_t due_ms,
                   struct err *err)
{
    struct gc_id_row queued;
    int found = db_one(round->tx, &Q_GC_QUEUED_BY, round->arena, &queued, err, (int64_t)kind, id,
                       due_ms);
    if (found != 0)
        return found < 0 ? -1 : 0;
    if (due_ms <= round->now_ms)
        round->more = true;
    return gc_enqueue(round->tx, kind, id, due_ms, err);
}

static void add(struct gc_report *to, const struct gc_report *part)
{
    to->kept += part->kept;
    to->tags += part->tags;
    to->manifests += part->manifests;
    to->blobs += part->blobs;
    to->uploads += part->uploads;
    to->repositories += part->repositories;
    to->objects += part->objects;
    to->bytes += part->bytes;
}

/* One transaction from items[*at] on. Moves *at behind what was committed. */
static int transaction(const struct gc *gc, int64_t now_ms, const struct gc_work *work, size_t *at,
                       struct gc_report *report, bool *more, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct gc_report part = {0};
    int64_t asked_us = clock_mono_us();
    if (db_begin(gc->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int64_t begun_us = clock_mono_us();
    struct gc_round round = {
        .gc = gc,
        .now_ms = now_ms,
        .tx = tx,
        .arena = &arena,
        .report = &part,
        .full_us = begun_us + gc->policy.hold_us,
    };
    size_t i = *at;
    do {
        if (gc_stopped(gc))
            break;
        if (work->decide(&round, work->items, i, err) != 0)
            return -1;
        i++;
    } while (i < work->count && !gc_round_full(&round));
    if (db_commit(&tx, err) != 0)
        return -1;
    *at = i;
    *more = *more || round.more;
    add(report, &part);
    if (gc->breathe)
        gc->breathe(gc->context, begun_us - asked_us, clock_mono_us() - begun_us);
    return 0;
}

int gc_round_each(const struct gc *gc, int64_t now_ms, const struct gc_work *work,
                  struct gc_report *report, bool *more_out, struct err *err)
{
    size_t at = 0;
    int conflicts = 0;
    while (at < work->count && !gc_stopped(gc)) {
        if (transaction(gc, now_ms, work, &at, report, more_out, err) == 0) {
            conflicts = 0;
            continue;
        }
        if (err->code != ERR_CONFLICT || ++conflicts > CONFLICTS_MAX)
            return -1;
        report->conflicts++;
    }
    return 0;
}
