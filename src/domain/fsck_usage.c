/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of used storage against what manifests refer to. They cannot drift by a crash, as they are
 * changed together with what they are sums of; but a database may have been edited, or restored in
 * part. A repository about which something is noted and not yet counted is passed over: it is
 * right, or will be found the next time. */
#include "domain/fsck_run.h"
#include "domain/usage.h"
#include "domain/usage_count.h"

/* ---- repositories ---- */

/* Have everything about it looked at, and set the sum to that of its rows. */
static int count_again(struct fsck_run *run, struct arena *arena,
                       const struct usage_note_row *repository, struct err *err)
{
    _cleanup_(usage_count_end) struct usage_count count = {0};
    struct usage_state_row state;
    struct usage_check_row now = {0};
    struct list blobs = {0}, manifests = {0};
    int64_t id = repository->repository_id;
    if (usage_count_begin(&count, run->fsck->db, arena, &state, err) < 0 ||
        db_list(count.tx, &Q_USAGE_BLOBS_OF, arena, &blobs, err, id) != 0 ||
        db_list(count.tx, &Q_USAGE_MANIFESTS_OF, arena, &manifests, err, id) != 0)
        return -1;
    const struct usage_note_row *lists[] = {blobs.items, manifests.items};
    const size_t counts[] = {blobs.count, manifests.count};
    for (size_t list = 0; list < ARRAY_LEN(lists); list++) {
        for (size_t i = 0; i < counts[list]; i++) {
            if (usage_count_note(&count, &lists[list][i], err) != 0)
                return -1;
        }
    }
    if (usage_count_settle(&count, err) != 0 ||
        db_one(count.tx, &Q_USAGE_CHECK_REPOSITORY, arena, &now, err, id,
               repository->namespace_id) < 0 ||
        db_exec(count.tx, &Q_USAGE_REPOSITORY_UNSET, err, id) < 0 ||
        (now.counted_bytes > 0 &&
         db_exec(count.tx, &Q_USAGE_REPOSITORY_INSERT, err, id, now.counted_bytes) < 0))
        return -1;
    return db_commit(&count.tx, err);
}

static const char *name_of(struct db_tx *tx, struct arena *arena, const struct query *query,
                           int64_t id, struct err *err)
{
    struct usage_name_row row = {0};
    int found = db_one(tx, query, arena, &row, err, id);
    return found > 0 ? row.name : arena_printf(arena, "%lld", (long long)id);
}

static int check_repository(struct fsck_run *run, struct arena *arena,
                            const struct usage_note_row *repository, struct err *err)
{
    struct usage_check_row check = {0};
    struct fsck_finding finding = {.kind = FSCK_USAGE};
    int64_t id = repository->repository_id;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_USAGE_CHECK_REPOSITORY, arena, &check, err, id,
                       repository->namespace_id);
    if (found <= 0)
        return found;
    if (check.bytes == check.counted_bytes && check.blobs == check.counted_blobs &&
        check.bytes == check.sum)
        return 0;
    finding.name = name_of(tx, arena, &Q_USAGE_REPOSITORY_NAME, id, err);
    finding.size = check.bytes;
    finding.found = check.sum;
    db_end(&tx);
    if (run->fsck->repair) {
        if (count_again(run, arena, repository, err) != 0)
            return -1;
        finding.action = FSCK_COUNTED;
    }
    return fsck_run_tell(run, &finding);
}

/* ---- namespaces ---- */

static int add_again(struct fsck_run *run, struct arena *arena, int64_t id, struct err *err)
{
    _cleanup_(usage_count_end) struct usage_count count = {0};
    struct usage_state_row state;
    struct usage_check_row now = {0};
    if (usage_count_begin(&count, run->fsck->db, arena, &state, err) < 0 ||
        db_one(count.tx, &Q_USAGE_CHECK_NAMESPACE, arena, &now, err, id) < 0 ||
        db_exec(count.tx, &Q_USAGE_NAMESPACE_UNSET, err, id) < 0 ||
        (now.bytes > 0 && db_exec(count.tx, &Q_USAGE_NAMESPACE_INSERT, err, id, now.bytes) < 0))
        return -1;
    return db_commit(&count.tx, err);
}

static int check_namespace(struct fsck_run *run, struct arena *arena, int64_t id, struct err *err)
{
    struct usage_check_row check = {0};
    struct fsck_finding finding = {.kind = FSCK_USAGE};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0 ||
        db_one(tx, &Q_USAGE_CHECK_NAMESPACE, arena, &check, err, id) < 0)
        return -1;
    if (check.bytes == check.sum)
        return 0;
    finding.name = name_of(tx, arena, &Q_USAGE_NAMESPACE_NAME, id, err);
    finding.size = check.bytes;
    finding.found = check.sum;
    db_end(&tx);
    if (run->fsck->repair) {
        if (add_again(run, arena, id, err) != 0)
            return -1;
        finding.action = FSCK_COUNTED;
    }
    return fsck_run_tell(run, &finding);
}

/* ---- pages ---- */

static int list_page(struct fsck_run *run, const struct query *query, int64_t last,
                     struct arena *arena, struct list *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(run->fsck->db, DB_READ, &tx, err) != 0)
        return -1;
    return db_list(tx, query, arena, out, err, last, (int64_t)FSCK_PAGE);
}

static int check_repositories(struct fsck_run *run, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0}, one = {0};
    struct list list = {.count = FSCK_PAGE};
    for (int64_t last = 0; list.count == FSCK_PAGE;) {
        arena_reset(&arena);
        if (list_page(run, &Q_USAGE_CHECK_REPOSITORIES, last, &arena, &list, err) != 0)
            return -1;
        const struct usage_note_row *repositories = list.items;
        for (size_t i = 0; i < list.count; i++) {
            last = repositories[i].id;
            arena_reset(&one);
            int rc = check_repository(run, &one, &repositories[i], err);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

static int check_namespaces(struct fsck_run *run, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct list list = {.count = FSCK_PAGE};
    for (int64_t last = 0; list.count == FSCK_PAGE;) {
        arena_reset(&arena);
        if (list_page(run, &Q_USAGE_CHECK_NAMESPACES, last, &arena, &list, err) != 0)
            return -1;
        const struct usage_id_row *namespaces = list.items;
        for (size_t i = 0; i < list.count; i++) {
            last = namespaces[i].id;
            int rc = check_namespace(run, &arena, namespaces[i].id, err);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

static int state_of(struct fsck_run *run, enum usage_state *out, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(run->fsck->db, DB_READ, &tx, err) != 0 ? -1
                                                           : usage_state_get(tx, &arena, out, err);
}

int fsck_run_usage(struct fsck_run *run, struct err *err)
{
    enum usage_state state;
    if (state_of(run, &state, err) != 0)
        return -1;
    if (state != USAGE_COMPLETE)
        return 0; /* there is nothing to be right yet */
    int rc = check_repositories(run, err);
    return rc != 0 ? rc : check_namespaces(run, err);
}
