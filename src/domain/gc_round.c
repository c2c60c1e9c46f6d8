/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's write transactions. Each takes on work for a few milliseconds only, and no more
 * as soon as somebody else waits to write, so that a push is hardly ever held up by what there is
 * to collect. Each does at least one piece of work, so that the collector gets on, too. */
#include "domain/gc_round.h"

#include "base/clock.h"

enum {
    CONFLICTS_MAX = 10,        /* in a row, before giving up for now */
    HOLD_LEAST_US = 300,       /* a few pieces of work for each commit */
    PAUSE_MAX_US = 100 * 1000, /* between two transactions */
};

int64_t gc_pause_us(int64_t waited_us, int64_t held_us)
{
    int64_t pause = held_us * 3 / 2 + 2 * waited_us;
    return pause < PAUSE_MAX_US ? pause : PAUSE_MAX_US;
}

/* Work is done for as long as the last commit took: a disk that is slow to sync shall not have to
 * for every few rows, and on a quick one nobody need wait long. */
static int64_t hold_us(const struct gc *gc, int64_t commit_us)
{
    int64_t hold = commit_us > HOLD_LEAST_US ? commit_us : HOLD_LEAST_US;
    return hold < gc->policy.hold_us ? hold : gc->policy.hold_us;
}

bool gc_stopped(const struct gc *gc)
{
    return gc->stop && gc->stop(gc->context);
}

bool gc_round_full(const struct gc_round *round)
{
    return clock_mono_us() >= round->full_us || db_write_wanted(round->gc->db);
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

/* Where gc_round_each stands. */
struct progress {
    size_t at; /* the next item */
    int64_t commit_us;
};

/* One transaction from items[at] on. Moves `at` behind what was committed. */
static int transaction(const struct gc *gc, int64_t now_ms, const struct gc_work *work,
                       struct progress *progress, struct gc_report *report, bool *more,
                       struct err *err)
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
        .full_us = begun_us + hold_us(gc, progress->commit_us),
    };
    size_t i = progress->at;
    do {
        if (gc_stopped(gc))
            break;
        if (work->decide(&round, work->items, i, err) != 0)
            return -1;
        i++;
    } while (i < work->count && !gc_round_full(&round));
    int64_t decided_us = clock_mono_us();
    if (db_commit(&tx, err) != 0)
        return -1;
    int64_t ended_us = clock_mono_us();
    *progress = (struct progress){i, ended_us - decided_us};
    *more = *more || round.more;
    add(report, &part);
    if (gc->breathe)
        gc->breathe(gc->context, begun_us - asked_us, ended_us - begun_us);
    return 0;
}

int gc_round_each(const struct gc *gc, int64_t now_ms, const struct gc_work *work,
                  struct gc_report *report, bool *more_out, struct err *err)
{
    struct progress progress = {0};
    int conflicts = 0;
    while (progress.at < work->count && !gc_stopped(gc)) {
        if (transaction(gc, now_ms, work, &progress, report, more_out, err) == 0) {
            conflicts = 0;
            continue;
        }
        if (err->code != ERR_CONFLICT || ++conflicts > CONFLICTS_MAX)
            return -1;
        report->conflicts++;
    }
    return 0;
}
