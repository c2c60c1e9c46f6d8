/* SPDX-License-Identifier: Apache-2.0 */
/* Counting: what is true of a blob in a repository against what has been counted. Sums are changed
 * only here, together with the rows of usage_blob that they are the sums of. */
#include "usage_count.h"

static int add(struct usage_count *count, const struct query *add, const struct query *insert,
               const struct query *delete_empty, int64_t id, int64_t bytes, struct err *err)
{
    if (bytes == 0)
        return 0;
    int64_t rows = db_exec(count->tx, add, err, id, bytes);
    if (rows < 0 || (rows == 0 && db_exec(count->tx, insert, err, id, bytes) < 0))
        return -1;
    return bytes < 0 && db_exec(count->tx, delete_empty, err, id) < 0 ? -1 : 0;
}

int usage_count_settle(struct usage_count *count, struct err *err)
{
    if (add(count, &Q_USAGE_REPOSITORY_ADD, &Q_USAGE_REPOSITORY_INSERT, &Q_USAGE_REPOSITORY_DELETE,
            count->repository_id, count->repository_bytes, err) != 0 ||
        add(count, &Q_USAGE_NAMESPACE_ADD, &Q_USAGE_NAMESPACE_INSERT, &Q_USAGE_NAMESPACE_DELETE,
            count->namespace_id, count->namespace_bytes, err) != 0)
        return -1;
    count->repository_bytes = count->namespace_bytes = 0;
    return 0;
}

/* Whether another repository of the namespace has the blob counted. */
static int is_shared(struct usage_count *count, int64_t blob_id, struct err *err)
{
    struct usage_id_row row;
    return db_one(count->tx, &Q_USAGE_SHARED, count->arena, &row, err, count->namespace_id,
                  blob_id);
}

static int take_in(struct usage_count *count, int64_t blob_id, int64_t size, struct err *err)
{
    int shared = is_shared(count, blob_id, err);
    if (shared < 0 || db_exec(count->tx, &Q_USAGE_BLOB_INSERT, err, count->repository_id, blob_id,
                              count->namespace_id, size) < 0)
        return -1;
    count->repository_bytes += size;
    count->namespace_bytes += shared ? 0 : size;
    return 0;
}

static int let_go(struct usage_count *count, int64_t blob_id, int64_t size, struct err *err)
{
    if (db_exec(count->tx, &Q_USAGE_BLOB_DELETE, err, count->repository_id, blob_id) < 0)
        return -1;
    int shared = is_shared(count, blob_id, err);
    if (shared < 0)
        return -1;
    count->repository_bytes -= size;
    count->namespace_bytes -= shared ? 0 : size;
    return 0;
}

static int look_at_blob(struct usage_count *count, int64_t blob_id, struct err *err)
{
    struct usage_truth_row truth = {0};
    if (db_one(count->tx, &Q_USAGE_TRUTH, count->arena, &truth, err, count->repository_id,
               blob_id) < 0)
        return -1;
    if (truth.used && truth.counted < 0)
        return take_in(count, blob_id, truth.size, err);
    if (!truth.used && truth.counted >= 0)
        return let_go(count, blob_id, truth.counted, err);
    return 0;
}

static int look_at_manifest(struct usage_count *count, int64_t manifest_id, struct err *err)
{
    struct list list = {0};
    if (db_list(count->tx, &Q_USAGE_MANIFEST_BLOBS, count->arena, &list, err, manifest_id) != 0)
        return -1;
    const struct usage_id_row *blobs = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (look_at_blob(count, blobs[i].id, err) != 0)
            return -1;
    }
    return 0;
}

int usage_count_note(struct usage_count *count, const struct usage_note_row *note, struct err *err)
{
    if (count->repository_id != note->repository_id && usage_count_settle(count, err) != 0)
        return -1;
    count->namespace_id = note->namespace_id;
    count->repository_id = note->repository_id;
    return note->blob_id ? look_at_blob(count, note->blob_id, err)
                         : look_at_manifest(count, note->manifest_id, err);
}

int usage_count_begin(struct usage_count *count, struct db *db, struct arena *arena,
                      struct usage_state_row *state_out, struct err *err)
{
    *count = (struct usage_count){.arena = arena};
    /* A power cut may take it back: then the notes are there again, too. */
    if (db_begin(db, DB_WRITE_RELAXED, &count->tx, err) != 0)
        return -1;
    return db_one(count->tx, &Q_USAGE_STATE_LOCK, arena, state_out, err);
}
