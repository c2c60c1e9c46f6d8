/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces, by turns or all at once. */
#include "prune.h"

#include <stdio.h>

#include "base/clock.h"
#include "domain/account.h"
#include "domain/prune_repository.h"
#include "domain/prune_sql.h"
#include "domain/prune_turn.h"

enum {
    REPOSITORIES_PAGE = 50,
    NAMESPACES_PAGE = 50,
    TURN_TAGS_MAX = 10000,     /* that end in one turn, and */
    TURN_US_MAX = 30000000,    /* how long one takes: then it is somebody else's */
    HORIZON_MS = 24 * 3600000, /* beyond the longest interval */
};

static bool stopped(const struct prune *prune)
{
    return prune->stop && prune->stop(prune->context);
}

/* What a namespace is pruned by. */
struct basis {
    bool own;                            /* policies for all its repositories */
    bool repositories;                   /* some of its repositories have some */
    const struct prune_policy *standard; /* if it applies now */
};

static int find_basis(const struct prune *prune, int64_t namespace_id, struct basis *out,
                      struct err *err)
{
    struct prune_id_row row;
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(prune->db, DB_READ, &tx, err) != 0)
        return -1;
    int own = db_one(tx, &Q_PRUNE_HAS_OWN, &arena, &row, err, namespace_id);
    int repositories = own < 0
                           ? -1
                           : db_one(tx, &Q_PRUNE_HAS_REPOSITORIES, &arena, &row, err, namespace_id);
    if (repositories < 0)
        return -1;
    out->own = own;
    out->repositories = repositories;
    return 0;
}

/* The next repositories to look at: struct prune_repository_row. */
static int list_repositories(const struct prune *prune, const struct prune_place *place,
                             const struct basis *basis, const char *after, struct arena *arena,
                             struct list *out, struct err *err)
{
    bool all = basis->own || basis->standard;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(prune->db, DB_READ, &tx, err) != 0)
        return -1;
    if (place->only)
        return db_list(tx, &Q_PRUNE_REPOSITORY_NAMED, arena, out, err, place->namespace_id,
                       place->only);
    return db_list(tx, all ? &Q_PRUNE_REPOSITORIES : &Q_PRUNE_REPOSITORIES_WITH_POLICY, arena, out,
                   err, place->namespace_id, after, (int64_t)REPOSITORIES_PAGE);
}

/* Going through the repositories of a namespace. */
struct walk {
    const struct prune *prune;
    const struct prune_place *place;
    struct basis basis;
    int64_t now_ms;
    struct prune_turn *turn; /* NULL: no turn, and no end before all is done */
    int64_t begun_us;
    int64_t begun_tags;
    char after[ACCOUNT_NAME_MAX + 1]; /* the last repository that is done */
    bool unfinished;
};

static bool turn_is_over(const struct walk *walk, const struct prune_report *report)
{
    return walk->turn && (report->tags - walk->begun_tags >= TURN_TAGS_MAX ||
                          clock_mono_us() - walk->begun_us >= TURN_US_MAX);
}

/* One that fails, as its pattern or its size may make it, does not hold up those behind it. */
static void walk_repository(struct walk *walk, const struct prune_repository_row *row,
                            struct prune_report *report)
{
    struct err failure = {0};
    struct prune_repository repository = {row->id, row->name, walk->place, walk->basis.standard};
    int more;
    do {
        more = prune_repository(walk->prune, &repository, walk->now_ms, report, &failure);
        if (more < 0) {
            report->failed++;
            report->last_failure = failure;
            more = 0;
        }
        walk->unfinished = stopped(walk->prune) || (more && turn_is_over(walk, report));
    } while (more && !walk->unfinished);
    if (!walk->unfinished)
        snprintf(walk->after, sizeof walk->after, "%s", row->name);
}

static void walk_page(struct walk *walk, const struct list *page, struct prune_report *report)
{
    const struct prune_repository_row *rows = page->items;
    for (size_t i = 0; i < page->count && !walk->unfinished; i++) {
        walk_repository(walk, &rows[i], report);
        if (turn_is_over(walk, report) || stopped(walk->prune))
            walk->unfinished = true;
    }
}

static int walk_all(struct walk *walk, struct prune_report *report, struct err *err)
{
    for (;;) {
        _cleanup_(arena_done) struct arena arena = {0};
        struct list page = {0};
        if (list_repositories(walk->prune, walk->place, &walk->basis, walk->after, &arena, &page,
                              err) != 0)
            return -1;
        walk_page(walk, &page, report);
        if (walk->unfinished || walk->place->only || page.count < REPOSITORIES_PAGE)
            return 0;
        int ours = walk->turn ? prune_turn_keep(walk->prune->db, walk->turn, walk->after,
                                                clock_wall_ms(), err)
                              : 1;
        if (ours <= 0)
            return ours;
    }
}

int prune_run(const struct prune *prune, const struct prune_place *place, int64_t now_ms,
              struct prune_report *report, struct err *err)
{
    struct walk walk = {.prune = prune, .place = place, .now_ms = now_ms};
    if (find_basis(prune, place->namespace_id, &walk.basis, err) != 0)
        return -1;
    walk.basis.standard = prune->standard;
    report->turns++;
    return walk_all(&walk, report, err);
}

static int list_namespaces(const struct prune *prune, int64_t after_id, struct arena *arena,
                           struct list *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(prune->db, DB_READ, &tx, err) != 0)
        return -1;
    return db_list(tx, prune->standard ? &Q_PRUNE_NAMESPACES : &Q_PRUNE_NAMESPACES_WITH_POLICY,
                   arena, out, err, after_id, (int64_t)NAMESPACES_PAGE);
}

int prune_run_all(const struct prune *prune, int64_t now_ms, struct prune_report *report,
                  struct err *err)
{
    for (int64_t after_id = 0;;) {
        _cleanup_(arena_done) struct arena arena = {0};
        struct list page = {0};
        if (list_namespaces(prune, after_id, &arena, &page, err) != 0)
            return -1;
        const struct prune_namespace_row *rows = page.items;
        for (size_t i = 0; i < page.count; i++) {
            struct prune_place place = {rows[i].id, rows[i].name, NULL};
            if (stopped(prune))
                return 0;
            if (prune_run(prune, &place, now_ms, report, err) != 0)
                return -1;
            after_id = rows[i].id;
        }
        if (page.count < NAMESPACES_PAGE)
            return 0;
    }
}

/* When the turn after one that was finished comes. */
static int64_t next_due(const struct prune *prune, const struct basis *basis,
                        int64_t default_due_ms, int64_t now_ms)
{
    bool own = basis->own || basis->repositories;
    int64_t due_ms = now_ms + prune->interval_ms;
    return prune->standard && (!own || default_due_ms < due_ms) ? default_due_ms : due_ms;
}

static int end_turn(const struct walk *walk, bool failed, struct err *err)
{
    const struct prune *prune = walk->prune;
    const struct prune_turn *turn = walk->turn;
    int64_t now_ms = walk->now_ms, default_due_ms = turn->default_due_ms;
    if (walk->unfinished)
        return prune_turn_end(prune->db, turn, clock_wall_ms(), default_due_ms, walk->after, err);
    if (walk->basis.standard)
        default_due_ms = now_ms + prune->standard_interval_ms;
    int64_t due_ms = failed ? now_ms + prune->interval_ms
                            : next_due(prune, &walk->basis, default_due_ms, now_ms);
    return prune_turn_end(prune->db, turn, due_ms, default_due_ms, "", err);
}

static int do_turn(const struct prune *prune, struct prune_turn *turn, int64_t now_ms,
                   struct prune_report *report, struct err *err)
{
    struct prune_place place = {turn->namespace_id, turn->namespace_name, NULL};
    struct walk walk = {.prune = prune,
                        .place = &place,
                        .now_ms = now_ms,
                        .turn = turn,
                        .begun_us = clock_mono_us(),
                        .begun_tags = report->tags};
    struct err ignored;
    snprintf(walk.after, sizeof walk.after, "%s", turn->after);
    if (find_basis(prune, turn->namespace_id, &walk.basis, err) != 0)
        return -1;
    if (prune->standard && (turn->default_due_ms <= now_ms ||
                            turn->default_due_ms > now_ms + prune->standard_interval_ms))
        walk.basis.standard = prune->standard;
    if (!walk.basis.own && !walk.basis.repositories && !prune->standard)
        return prune_turn_drop(prune->db, turn, err);
    report->turns++;
    if (turn->enabled && walk_all(&walk, report, err) != 0) {
        walk.unfinished = false;
        end_turn(&walk, true, &ignored);
        return -1;
    }
    return end_turn(&walk, false, err);
}

int prune_next(const struct prune *prune, int64_t now_ms, struct prune_report *report,
               struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct prune_turn turn;
    int64_t longest_ms = prune->interval_ms > prune->standard_interval_ms
                             ? prune->interval_ms
                             : prune->standard_interval_ms;
    int found = prune_turn_take(prune->db, &arena, now_ms, longest_ms + HORIZON_MS, &turn, err);
    if (found <= 0)
        return found;
    return do_turn(prune, &turn, now_ms, report, err) == 0 ? 1 : -1;
}

int prune_enlist(const struct prune *prune, int64_t *seen, int64_t now_ms, struct err *err)
{
    while (prune->standard && !stopped(prune)) {
        int64_t last = *seen;
        _cleanup_(arena_done) struct arena arena = {0};
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        struct list page = {0};
        if (db_begin(prune->db, DB_READ, &tx, err) != 0 ||
            db_list(tx, &Q_PRUNE_NAMESPACES, &arena, &page, err, *seen, (int64_t)1) != 0)
            return -1;
        db_end(&tx);
        if (page.count == 0)
            return 0;
        if (db_begin(prune->db, DB_WRITE, &tx, err) != 0 ||
            prune_turn_ensure_all(tx, &arena, *seen, NAMESPACES_PAGE, now_ms, &last, err) < 0 ||
            db_commit(&tx, err) != 0)
            return -1;
        *seen = last;
    }
    return 0;
}
