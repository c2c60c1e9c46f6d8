/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations. Each step reads what has been applied inside the very transaction that applies the
 * next file, so that processes that start together take turns and none runs a file twice. */
#include "store/db/migrate.h"

#include "base/clock.h"
#include "store/db/db_driver.h"
#include "store/db/migrations.h"

enum { MIGRATION_MAX = 256 * 1024 }; /* bytes of one file, expanded */

struct applied {
    int64_t version;
    struct digest sha256; /* of the file, placeholders and all */
    int64_t applied_ms;
};
static const struct field applied_fields[] = {
    F_INT(struct applied, version, "version", 0),
    F_DIGEST(struct applied, sha256, "sha256", 0),
    F_INT(struct applied, applied_ms, "applied_ms", 0),
};
static const struct schema applied_row = SCHEMA(struct applied, applied_fields);

const char migrate_table[] = "CREATE TABLE IF NOT EXISTS schema_migration ("
                             " version BIGINT NOT NULL PRIMARY KEY, name @name@ NOT NULL,"
                             " sha256 @bytes@ NOT NULL, applied_ms BIGINT NOT NULL)";

static const struct query Q_APPLIED = {
    .sql = "SELECT version, sha256, applied_ms FROM schema_migration ORDER BY version",
    .row = &applied_row,
    .scan_ok = true,
};
static const struct query Q_RECORD = {
    .sql = "INSERT INTO schema_migration (version, name, sha256, applied_ms)"
           " VALUES ($1, $2, $3, $4)",
    .params = "itdi",
};

const struct query *const migrate_queries[] = {&Q_APPLIED, &Q_RECORD, NULL};

/* The number in front of a file's name; the build has checked that they run from 1. */
static int64_t version_of(const struct embedded *file)
{
    uint64_t version = 0;
    str_to_u64(str_sub(str_of(file->name), 0, 4), INT64_MAX, &version);
    return (int64_t)version;
}

static void digest_file(const struct embedded *file, struct digest *out)
{
    digest_of(DIGEST_SHA256, (struct str){file->data, file->len}, out);
}

static int run_expanded(struct db *db, struct db_tx *tx, struct str sql, struct err *err)
{
    _cleanup_buf_ struct buf expanded;
    buf_init(&expanded, MIGRATION_MAX);
    if (dialect_expand(db_dialect(db), sql, &expanded, err) != 0)
        return -1;
    return db_script(tx, expanded.ptr, err);
}

/* Begin, and list what has been applied, in order. */
static int begin(struct db *db, struct arena *arena, struct db_tx **tx, struct list *applied_out,
                 struct err *err)
{
    if (db_begin(db, DB_WRITE, tx, err) != 0 ||
        run_expanded(db, *tx, str_of(migrate_table), err) != 0)
        return -1;
    return db_list(*tx, &Q_APPLIED, arena, applied_out, err);
}

/* Files and rows must be the same as far as the rows go. */
static int compare(const struct list *applied, struct err *err)
{
    const struct applied *rows = applied->items;
    const struct embedded *file = migration_files;
    for (size_t i = 0; i < applied->count; i++, file++) {
        if (!file->name)
            return err_set(err, ERR_CONFLICT,
                           "the database is at schema version %lld, which this program does not"
                           " know: run the newer wharf, or restore a backup made before it",
                           (long long)rows[applied->count - 1].version);
        struct digest sha256;
        digest_file(file, &sha256);
        if (rows[i].version != version_of(file) || !digest_eq(&rows[i].sha256, &sha256))
            return err_set(err, ERR_CONFLICT,
                           "migration %s is not the one this database was made with: run the"
                           " wharf that made it, or a release of the same line",
                           file->name);
    }
    return 0;
}

static int apply(struct db *db, struct db_tx *tx, const struct embedded *file, struct err *err)
{
    struct digest sha256;
    digest_file(file, &sha256);
    if (run_expanded(db, tx, (struct str){file->data, file->len}, err) != 0)
        return err_wrap(err, "migration %s: ", file->name);
    int64_t recorded = db_exec(tx, &Q_RECORD, err, version_of(file), file->name, &sha256,
                               clock_wall_ms());
    return recorded < 0 ? -1 : 0;
}

/* Apply the next file: 1 done, 0 none left, -1. */
static int step(struct db *db, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct list applied;
    if (begin(db, &arena, &tx, &applied, err) != 0 || compare(&applied, err) != 0)
        return -1;
    const struct embedded *next = &migration_files[applied.count];
    if (!next->name)
        return 0;
    if (apply(db, tx, next, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return 1;
}

int migrate_up(struct db *db, struct err *err)
{
    int count = 0;
    for (;;) {
        int more = step(db, err);
        if (more <= 0)
            return more < 0 ? -1 : count;
        count++;
    }
}

static int describe(struct db *db, struct arena *arena, const struct embedded *file,
                    struct migration *out, struct err *err)
{
    _cleanup_buf_ struct buf sql;
    buf_init(&sql, MIGRATION_MAX);
    if (dialect_expand(db_dialect(db), (struct str){file->data, file->len}, &sql, err) != 0)
        return -1;
    *out = (struct migration){
        .version = version_of(file),
        .name = file->name,
        .sql = arena_text(arena, buf_str(&sql)),
    };
    return 0;
}

int migrate_status(struct db *db, struct arena *arena, struct list *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL; /* rolled back: looking changes nothing */
    struct list applied;
    size_t count = 0;
    if (begin(db, arena, &tx, &applied, err) != 0)
        return -1;
    while (migration_files[count].name)
        count++;
    struct migration *items = arena_array(arena, count, sizeof *items);
    const struct applied *rows = applied.items;
    for (size_t i = 0; i < count; i++) {
        if (describe(db, arena, &migration_files[i], &items[i], err) != 0)
            return -1;
        if (i < applied.count)
            items[i].applied_ms = rows[i].applied_ms;
    }
    *out = (struct list){items, count};
    return 0;
}
