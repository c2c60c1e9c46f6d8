/* SPDX-License-Identifier: Apache-2.0 */
/* The checks. Each tells the operator what was found in one sentence and, when it is not fine, the
 * command that mends it: an error without a way out is half an error. */
#include "check.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/check_tls.h"
#include "app/stores.h"
#include "base/clock.h"
#include "domain/account.h"
#include "store/db/migrate.h"

static void say(struct check_result *out, enum check_state state, const char *text,
                const char *mend)
{
    *out = (struct check_result){state, text, mend};
}

static void say_error(struct check_result *out, struct arena *arena, const struct err *err,
                      const char *mend)
{
    say(out, CHECK_PROBLEM,
        arena_printf(arena, "%s%s%s", err->msg, err->detail[0] ? ": " : "", err->detail), mend);
}

/* The command that gives a path to the user we run as. */
static const char *mend_owner(struct arena *arena, const char *path)
{
    return arena_printf(arena, "chown -R %u:%u %s", (unsigned)geteuid(), (unsigned)getegid(), path);
}

/* What is not there yet is made together with the database, which may know better. */
static int open_storage(const struct settings *settings, struct blob_store **out, struct err *err)
{
    struct stores stores = {0};
    if (blob_store_exists_local(settings->storage_path))
        return blob_store_open_local(settings->storage_path, settings->sync, out, err);
    if (stores_open(settings, &stores, err) != 0)
        return -1;
    *out = TAKE(stores.blobs);
    stores_close(&stores);
    return 0;
}

static void check_storage(const struct settings *settings, struct arena *arena,
                          struct check_result *out)
{
    struct err err = {0};
    _cleanup_(blob_store_closep) struct blob_store *store = NULL;
    if (open_storage(settings, &store, &err) != 0 || blob_store_probe(store, &err) != 0) {
        bool wrong = err.code == ERR_CONFLICT;
        say_error(out, arena, &err,
                  wrong ? "mount the disk of the storage, or correct its path"
                        : mend_owner(arena, settings->storage_path));
        return;
    }
    say(out, CHECK_OK,
        arena_printf(arena, "%s can be written, synced and read", settings->storage_path), NULL);
}

static void check_space(const struct settings *settings, struct arena *arena,
                        struct check_result *out)
{
    struct err err = {0};
    struct blob_space space;
    _cleanup_(blob_store_closep) struct blob_store *store = NULL;
    if (open_storage(settings, &store, &err) != 0 || blob_store_space(store, &space, &err) != 0) {
        say_error(out, arena, &err, "see storage");
        return;
    }
    unsigned long long free_mb = space.available / 1000000, total_mb = space.total / 1000000;
    const char *text = arena_printf(arena, "%llu MB of %llu MB are free in %s", free_mb, total_mb,
                                    settings->storage_path);
    bool refused = space.available < settings->rules.space_reserve;
    bool scarce = space.available < space.total / 20;
    say(out,
        refused  ? CHECK_PROBLEM
        : scarce ? CHECK_WARNING
                 : CHECK_OK,
        text,
        refused || scarce ? "delete tags and run wharf gc, or give the storage a larger disk"
                          : NULL);
}

static void check_database(const struct settings *settings, struct arena *arena,
                           struct check_result *out)
{
    struct err err = {0};
    struct stores stores = {0};
    if (stores_open(settings, &stores, &err) != 0) {
        say_error(out, arena, &err, mend_owner(arena, settings->data_dir));
        return;
    }
    int bad = db_ping(stores.db, &err);
    unsigned long long size = db_size(stores.db);
    stores_close(&stores);
    if (bad) {
        say_error(out, arena, &err, "restore the database from a backup");
        return;
    }
    say(out, CHECK_OK, arena_printf(arena, "%s answers, %llu bytes", settings->db_uri, size), NULL);
}

static int newest_migration(const struct settings *settings, struct arena *arena, int64_t *out,
                            struct err *err)
{
    struct list all = {0};
    struct stores stores = {0};
    if (stores_open(settings, &stores, err) != 0)
        return -1;
    int result = migrate_status(stores.db, arena, &all, err);
    const struct migration *rows = all.items;
    *out = 0;
    for (size_t i = 0; result == 0 && i < all.count; i++)
        *out = rows[i].applied_ms > *out ? rows[i].applied_ms : *out;
    stores_close(&stores);
    return result;
}

/* Tokens carry times. A clock behind the moment when this database was made is certainly wrong. */
static void check_clock(const struct settings *settings, struct arena *arena,
                        struct check_result *out)
{
    struct err err = {0};
    char now[CLOCK_RFC3339_SIZE];
    int64_t made_ms = 0;
    clock_format_rfc3339(clock_wall_ms(), now);
    if (newest_migration(settings, arena, &made_ms, &err) != 0) {
        say_error(out, arena, &err, "see database");
        return;
    }
    bool behind = clock_wall_ms() < made_ms;
    say(out, behind ? CHECK_PROBLEM : CHECK_OK,
        arena_printf(arena, "it is %s%s", now,
                     behind ? ", before this database was made: tokens will not be accepted" : ""),
        behind ? "set the clock: timedatectl set-ntp true" : NULL);
}

static void check_users(const struct settings *settings, struct arena *arena,
                        struct check_result *out)
{
    struct err err = {0};
    struct stores stores = {0};
    bool any = false;
    int bad = stores_open(settings, &stores, &err);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!bad)
        bad = db_begin(stores.db, DB_READ, &tx, &err) != 0 || account_any_user(tx, &any, &err) != 0;
    db_end(&tx);
    stores_close(&stores);
    if (bad)
        say_error(out, arena, &err, "see database");
    else if (any)
        say(out, CHECK_OK, "there are users", NULL);
    else
        say(out, CHECK_WARNING, "there are no users yet",
            arena_printf(arena, "wharf user create NAME --data %s", settings->data_dir));
}

static void check_files(const struct settings *settings, struct arena *arena,
                        struct check_result *out)
{
    enum { COMFORTABLE = 4096 };
    (void)settings;
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    bool few = limit.rlim_max < COMFORTABLE;
    say(out, few ? CHECK_WARNING : CHECK_OK,
        arena_printf(arena, "%llu files may be open; each connection takes one",
                     (unsigned long long)limit.rlim_max),
        few ? "raise it: LimitNOFILE=16384 in the unit, or ulimit -n 16384" : NULL);
}

const struct check check_all[] = {
    {"storage", false, check_storage},
    {"space", true, check_space},
    {"database", false, check_database},
    {"clock", true, check_clock},
    {"certificate", true, check_tls},
    {"ports", false, check_ports},
    {"open files", true, check_files},
    {"users", false, check_users},
    {0},
};
