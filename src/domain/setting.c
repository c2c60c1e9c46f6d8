/* SPDX-License-Identifier: Apache-2.0 */
/* Settings in the database. */
#include "setting.h"

#include "base/rand.h"
#include "domain/setting_sql.h"

int setting_find(struct db_tx *tx, struct arena *arena, const char *name, const char **out,
                 struct err *err)
{
    struct setting_row row;
    int found = db_one(tx, &Q_SETTING_FIND, arena, &row, err, name);
    if (found > 0)
        *out = row.value;
    return found;
}

int setting_put(struct db_tx *tx, const char *name, const char *value, struct err *err)
{
    int64_t rows = db_exec(tx, &Q_SETTING_UPDATE, err, name, value);
    if (rows != 0)
        return rows < 0 ? -1 : 0;
    return db_exec(tx, &Q_SETTING_INSERT, err, name, value) < 0 ? -1 : 0;
}

static int find(struct db *db, struct arena *arena, const char *name, const char **out,
                struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(db, DB_READ, &tx, err) != 0 ? -1 : setting_find(tx, arena, name, out, err);
}

static int draw(struct db *db, struct arena *arena, const char *name, size_t len, struct err *err)
{
    char *value = arena_alloc(arena, len + 1);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    rand_token(value, len);
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    if (db_exec(tx, &Q_SETTING_INSERT, err, name, value) < 0)
        return err->code == ERR_EXISTS ? 0 : -1; /* another process was first */
    return db_commit(&tx, err);
}

int setting_get_secret(struct db *db, struct arena *arena, const char *name, size_t len,
                       const char **out, struct err *err)
{
    int found = find(db, arena, name, out, err);
    if (found != 0)
        return found < 0 ? -1 : 0;
    if (draw(db, arena, name, len, err) != 0)
        return -1;
    found = find(db, arena, name, out, err);
    return found > 0 ? 0
                     : err_set(err, ERR_INTERNAL, "setting %s is gone as soon as it is made", name);
}
