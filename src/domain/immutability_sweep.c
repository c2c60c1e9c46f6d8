/* SPDX-License-Identifier: Apache-2.0 */
/* A step reads first: names are matched in a read transaction, which holds up nobody, however many
 * there are and however slow the pattern is. Only those that match are looked up again and changed
 * in a short write transaction, if the policy still is what it was. */
#include "immutability_sweep.h"

#include <string.h>

#include "base/clock.h"
#include "codec/jw.h"
#include "domain/audit.h"
#include "domain/immutability_policy_sql.h"
#include "domain/immutability_rule.h"

/* Most that one step looks at. */
enum { LOOKED_MAX = 5000, REPOSITORIES_MAX = 500, PAGE = 500, METADATA_MAX = 4096 };

struct found {
    int64_t repository_id;
    const char *tag;
};

struct step {
    struct arena arena;
    const struct manifest_policy *policy;
    struct immutability_sweep_row was, now; /* `now` is how far it is behind this step */
    struct found found[IMMUTABILITY_SWEEP_TAGS];
    size_t count;
    bool done;
};

static void step_done(struct step *step)
{
    arena_done(&step->arena);
}

static int load(struct db_tx *tx, struct arena *arena, const char *uuid,
                struct immutability_sweep_row *out, struct err *err)
{
    if (uuid)
        return db_one(tx, &Q_IMMUTABILITY_PENDING_OF, arena, out, err, uuid);
    return db_one(tx, &Q_IMMUTABILITY_PENDING, arena, out, err, (int64_t)0);
}

/* The repository that the sweep is in, or the one behind it: 1, 0 that was the last, -1. */
static int find_repository(struct db_tx *tx, struct step *step,
                           struct immutability_repository_row *out, struct err *err)
{
    const struct immutability_sweep_row *now = &step->now;
    if (now->repository_id) {
        *out = (struct immutability_repository_row){now->repository_id, now->repository};
        return now->repository && !(now->swept_repo[0] && !now->swept_tag[0]);
    }
    const struct query *query = now->swept_tag[0] ? &Q_IMMUTABILITY_REPOSITORY_FROM
                                                  : &Q_IMMUTABILITY_REPOSITORY_AFTER;
    return db_one(tx, query, &step->arena, out, err, now->namespace_id, now->swept_repo);
}

/* Look at a page of a repository's tags: how many there were, -1. The sweep is behind the last that
 * was looked at then. */
static int64_t look(struct db_tx *tx, struct step *step, struct pattern *pattern,
                    int64_t repository_id, struct err *err)
{
    struct immutability_sweep_row *now = &step->now;
    struct list list = {0};
    if (db_list(tx, &Q_IMMUTABILITY_TAGS, &step->arena, &list, err, repository_id, now->swept_tag,
                clock_wall_ms(), (int64_t)PAGE) != 0)
        return -1;
    const struct immutability_tag_row *tags = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (step->count == ARRAY_LEN(step->found))
            return PAGE;
        now->swept_tag = tags[i].name;
        if (!tags[i].immutable && immutability_rule_holds(pattern, now->matches, tags[i].name))
            step->found[step->count++] = (struct found){repository_id, tags[i].name};
    }
    return (int64_t)list.count;
}

static int look_on(struct db_tx *tx, struct step *step, struct err *err)
{
    _cleanup_(pattern_freep) struct pattern *pattern = immutability_rule_compile(
        step->now.tag_pattern);
    struct immutability_repository_row repository;
    int64_t looked = 0;
    for (int i = 0; i < REPOSITORIES_MAX && looked < LOOKED_MAX;) {
        int found = find_repository(tx, step, &repository, err);
        step->done = found == 0;
        if (found <= 0)
            return found;
        if (strcmp(step->now.swept_repo, repository.name) != 0) {
            step->now.swept_repo = repository.name;
            step->now.swept_tag = "";
        }
        int64_t tags = look(tx, step, pattern, repository.id, err);
        if (tags < 0 || step->count == ARRAY_LEN(step->found))
            return tags < 0 ? -1 : 0;
        looked += tags;
        if (tags < PAGE) {
            step->now.swept_tag = "";
            i++;
        }
    }
    return 0;
}

/* 1 there is something to do, 0 nothing is pending, -1. */
static int read_on(struct db *db, struct step *step, const char *uuid, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0)
        return -1;
    int found = load(tx, &step->arena, uuid, &step->was, err);
    if (found <= 0)
        return found;
    step->now = step->was;
    return look_on(tx, step, err) == 0 ? 1 : -1;
}

/* The policy is as it was, and nobody else has moved the sweep: 1, 0, -1. */
static int is_unchanged(struct db_tx *tx, struct step *step, struct err *err)
{
    const struct immutability_sweep_row *was = &step->was;
    struct immutability_sweep_row is;
    int found = load(tx, &step->arena, was->uuid, &is, err);
    if (found <= 0)
        return found;
    return is.matches == was->matches && is.swept == was->swept &&
           strcmp(is.tag_pattern, was->tag_pattern) == 0 &&
           strcmp(is.swept_repo, was->swept_repo) == 0 && strcmp(is.swept_tag, was->swept_tag) == 0;
}

/* Tags as they are by now. */
static int protect(struct db_tx *tx, struct step *step, int64_t now_ms, struct err *err)
{
    for (size_t i = 0; i < step->count; i++) {
        struct tag tag;
        int found = tag_find(tx, &step->arena, step->found[i].repository_id, step->found[i].tag,
                             now_ms, &tag, err);
        if (found < 0)
            return -1;
        if (found == 0 || tag.immutable)
            continue;
        if (tag_protect(tx, step->policy, &tag, err) != 0)
            return -1;
        step->now.swept++;
    }
    return 0;
}

static int audit(struct db_tx *tx, struct arena *arena, const struct immutability_sweep_row *sweep,
                 int64_t now_ms, struct err *err)
{
    if (sweep->swept == 0)
        return 0;
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "namespace", sweep->namespace_name);
    if (sweep->repository)
        jw_member_text(&w, "repo", sweep->repository);
    jw_member_text(&w, "tag_pattern", sweep->tag_pattern);
    jw_member_bool(&w, "tag_pattern_matches", sweep->matches);
    jw_member_int(&w, "count", sweep->swept);
    jw_end_object(&w);
    struct audit_entry entry = {
        .kind = AUDIT_TAGS_MADE_IMMUTABLE_BY_POLICY,
        .namespace_id = sweep->namespace_id,
        .repository_id = sweep->repository_id,
        .metadata = arena_text(arena, buf_str(&metadata)),
    };
    return audit_write(tx, &entry, now_ms, err);
}

int immutability_sweep_settle(struct db_tx *tx, struct arena *arena, const char *uuid,
                              struct err *err)
{
    struct immutability_sweep_row sweep;
    int found = load(tx, arena, uuid, &sweep, err);
    return found <= 0 ? found : audit(tx, arena, &sweep, clock_wall_ms(), err);
}

static int write_down(struct db *db, struct step *step, struct err *err)
{
    const struct immutability_sweep_row *now = &step->now;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, step->count ? DB_WRITE : DB_WRITE_RELAXED, &tx, err) != 0)
        return -1;
    int unchanged = is_unchanged(tx, step, err);
    if (unchanged <= 0)
        return unchanged;
    int64_t now_ms = clock_wall_ms(); /* behind the wait: what ended meanwhile has ended */
    if (protect(tx, step, now_ms, err) != 0 ||
        (step->done && audit(tx, &step->arena, now, now_ms, err) != 0) ||
        db_exec(tx, &Q_IMMUTABILITY_SWEPT, err, now->id, (int64_t)!step->done, now->swept_repo,
                now->swept_tag, now->swept) < 0)
        return -1;
    return db_commit(&tx, err);
}

int immutability_sweep_step(struct db *db, const struct manifest_policy *store_policy,
                            const char *uuid, struct err *err)
{
    _cleanup_(step_done) struct step step = {.policy = store_policy};
    int pending = read_on(db, &step, uuid, err);
    if (pending <= 0)
        return pending;
    return write_down(db, &step, err) == 0 ? 1 : -1;
}
