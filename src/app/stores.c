/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the stores. Administration commands open them just as the server does and may run beside
 * it: SQLite serialises the writers. */
#include "stores.h"

#include <limits.h>
#include <stdio.h>

#include "base/file.h"
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

int stores_open(const struct settings *settings, struct stores *out, struct err *err)
{
    _cleanup_(db_closep) struct db *db = NULL;
    _cleanup_(blob_store_closep) struct blob_store *blobs = NULL;
    if (stores_open_db(settings, &db, err) != 0)
        return -1;
    if (migrate_up(db, err) < 0)
        return err_wrap(err, "database schema: ");
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
