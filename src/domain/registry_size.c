/* SPDX-License-Identifier: Apache-2.0 */
/* The size is a setting, "BYTES MILLISECONDS STATE". A job that died while counting leaves the
 * state behind; the next request to count starts it again. */
#include "registry_size.h"

#include "domain/registry_size_sql.h"
#include "domain/setting.h"

#define NAME "registry_size"

static const char idle[] = "idle", queued[] = "queued", running[] = "running";

int registry_size_get(struct db_tx *tx, struct arena *arena, struct registry_size *out,
                      struct err *err)
{
    const char *text;
    *out = (struct registry_size){0};
    int found = setting_find(tx, arena, NAME, &text, err);
    if (found <= 0)
        return found;
    struct str rest = str_of(text), field;
    uint64_t bytes, ran_ms;
    if (!str_cut(&rest, ' ', &field) || !str_to_u64(field, INT64_MAX, &bytes) ||
        !str_cut(&rest, ' ', &field) || !str_to_u64(field, INT64_MAX, &ran_ms))
        return err_set(err, ERR_INTERNAL, "the stored size of the registry cannot be read");
    *out = (struct registry_size){
        .bytes = (int64_t)bytes,
        .ran_ms = (int64_t)ran_ms,
        .queued = str_eq_text(rest, queued),
        .running = str_eq_text(rest, running),
    };
    return 0;
}

static int put(struct db_tx *tx, struct arena *arena, const struct registry_size *size,
               const char *state, struct err *err)
{
    const char *text = arena_printf(arena, "%lld %lld %s", (long long)size->bytes,
                                    (long long)size->ran_ms, state);
    return setting_put(tx, NAME, text, err);
}

int registry_size_ask(struct db_tx *tx, struct arena *arena, struct err *err)
{
    struct registry_size size;
    if (registry_size_get(tx, arena, &size, err) != 0)
        return -1;
    if (size.queued)
        return 0;
    return put(tx, arena, &size, queued, err) == 0 ? 1 : -1;
}

static int set_state(struct db *db, struct arena *arena, const struct registry_size *size,
                     const char *state, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 || put(tx, arena, size, state, err) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int load(struct db *db, struct arena *arena, struct registry_size *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(db, DB_READ, &tx, err) != 0 ? -1 : registry_size_get(tx, arena, out, err);
}

static int count(struct db *db, struct arena *arena, int64_t *out, struct err *err)
{
    struct registry_size_row row = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0 || db_one(tx, &Q_REGISTRY_SIZE, arena, &row, err) < 0)
        return -1;
    *out = row.bytes;
    return 0;
}

static int run(struct db *db, struct arena *arena, int64_t now_ms, struct err *err)
{
    struct registry_size size;
    if (load(db, arena, &size, err) != 0)
        return -1;
    if (!size.queued)
        return 0;
    if (set_state(db, arena, &size, running, err) != 0 || count(db, arena, &size.bytes, err) != 0)
        return -1;
    size.ran_ms = now_ms;
    return set_state(db, arena, &size, idle, err) == 0 ? 1 : -1;
}

int registry_size_run(struct db *db, int64_t now_ms, struct err *err)
{
    struct arena arena = {0};
    int done = run(db, &arena, now_ms, err);
    arena_done(&arena);
    return done;
}
