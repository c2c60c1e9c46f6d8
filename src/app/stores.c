/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the stores. Administration commands open them just as the server does and may run beside
 * it: SQLite serialises the writers. */
#include "stores.h"

#include <limits.h>
#include <stdio.h>

#include "base/file.h"
#include "domain/repo_blob.h"
#include "store/db/migrate.h"

enum { DIR_MODE = 0750 };

static int make_parent(const char *uri, struct err *err)
{
    char folder[PATH_MAX];
    struct str path = str_of(uri);
    if (!str_starts(path, STR("sqlite:///")))
        return 0;
    path = str_sub(path, strlen("sqlite://"), path.len);
    ptrdiff_t slash = str_find_last(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash > 0 ? (int)slash : 1, path.ptr);
    return file_make_dirs(folder, DIR_MODE, err);
}

int stores_open_db(const struct settings *settings, struct db **out, struct err *err)
{
    struct db_config config = {.uri = settings->db_uri, .sync_full = true};
    if (make_parent(settings->db_uri, err) != 0 || db_open(&config, out, err) != 0)
        return err_wrap(err, "database: ");
    return 0;
}

/* A disk that is not mounted leaves an empty folder. What is pushed there, in place of all that
 * seems to be missing, would be hidden when the disk is back. */
static int refuse_lost_storage(const struct settings *settings, struct db *db, struct err *err)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (blob_store_exists_local(settings->storage_path))
        return 0;
    if (db_begin(db, DB_READ, &tx, err) != 0)
        return -1;
    int any = blob_row_any(tx, &arena, err);
    if (any == 1)
        return err_set(err, ERR_CONFLICT,
                       "storage %s: is empty, but the database knows what was stored: mount its"
                       " disk; if all of it is lost, write 1 and a newline to %s/wharf-blobs",
                       settings->storage_path, settings->storage_path);
    return any;
}

int stores_open(const struct settings *settings, struct stores *out, struct err *err)
{
    _cleanup_(db_closep) struct db *db = NULL;
    _cleanup_(blob_store_closep) struct blob_store *blobs = NULL;
    if (stores_open_db(settings, &db, err) != 0)
        return -1;
    if (migrate_up(db, err) < 0)
        return err_wrap(err, "database schema: ");
    if (refuse_lost_storage(settings, db, err) != 0)
        return -1;
    if (blob_store_open_local(settings->storage_path, settings->sync, &blobs, err) != 0)
        return err_wrap(err, "storage: ");
    out->db = TAKE(db);
    out->blobs = TAKE(blobs);
    return 0;
}

void stores_close(struct stores *stores)
{
    blob_store_close(TAKE(stores->blobs));
    db_close(TAKE(stores->db));
}

int stores_open_cli(struct cli *cli, struct settings *settings_out, struct stores *out,
                    struct err *err)
{
    if (settings_load(cli, settings_out, err) != 0)
        return -1;
    return stores_open(settings_out, out, err);
}

int stores_load_secrets(struct cli *cli, struct secrets *out, struct err *err)
{
    struct settings settings;
    _cleanup_stores_ struct stores stores = {0};
    if (stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    return secrets_load(stores.db, &settings.auth.secrets, out, err);
}
