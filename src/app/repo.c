/* SPDX-License-Identifier: Apache-2.0 */
/* wharf repo: repositories from the command line. */
#include <stdio.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "app/stores.h"
#include "base/clock.h"
#include "domain/account.h"

enum { PAGE = 500 };

int command_repo_create(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct repository_name name;
    struct account owner;
    _cleanup_stores_ struct stores stores = {0};
    if (stores_open_cli(cli, &settings, &stores, err) != 0 ||
        named_parse(cli, &settings, &name, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(stores.db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = account_find_by_name(tx, cli->arena, name.namespace_name, &owner, err);
    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no user or organization %.200s",
                       name.namespace_name);
    if (repository_create(tx, owner.id, name.path, cli->is_public, clock_wall_ms(), err) < 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    printf("created %s repository %s\n", cli->is_public ? "public" : "private", name.full);
    return EXIT_DONE;
}

int command_repo_delete(struct cli *cli, struct err *err)
{
    struct named named;
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (named_open(cli, &stores, &tx, &named, err) != 0 ||
        repository_delete(tx, named.repository.id, clock_wall_ms(), err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    printf("deleted repository %s; its content is collected in the background\n", named.name.full);
    return EXIT_DONE;
}

static int set_public(struct cli *cli, bool is_public, struct err *err)
{
    struct named named;
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (named_open(cli, &stores, &tx, &named, err) != 0 ||
        repository_set_public(tx, named.repository.id, is_public, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    printf("repository %s is %s now\n", named.name.full, is_public ? "public" : "private");
    return EXIT_DONE;
}

int command_repo_public(struct cli *cli, struct err *err)
{
    return set_public(cli, true, err);
}

int command_repo_private(struct cli *cli, struct err *err)
{
    return set_public(cli, false, err);
}

static const char *state_name(int64_t state)
{
    return state == REPOSITORY_READ_ONLY ? "read-only"
           : state == REPOSITORY_MIRROR  ? "mirror"
                                         : "normal";
}

static void print_repository(struct jw *json, const struct repository *row)
{
    if (!json) {
        printf("%s/%-40s %-8s %s\n", row->namespace_name, row->name,
               row->is_public ? "public" : "private", state_name(row->state));
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "namespace", row->namespace_name);
    jw_member_text(json, "name", row->name);
    jw_member_bool(json, "is_public", row->is_public);
    jw_member_text(json, "state", state_name(row->state));
    jw_end_object(json);
}

int command_repo_list(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct listing listing;
    struct repository_name last, *after = NULL;
    struct repository_filter filter = {.all = true, .namespace_name = cli->args[0]};
    _cleanup_stores_ struct stores stores = {0};
    if (listing_begin(&listing, cli, err) != 0 ||
        stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    if (cli->after) {
        struct name_rules rules = {.nested = true};
        if (name_parse_repository(cli->arena, str_of(cli->after), &rules, &last, err) != 0)
            return listing_abort(&listing);
        after = &last;
    }
    for (int64_t want; (want = listing_want(&listing, PAGE)) > 0;) {
        struct list page = {0};
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        if (db_begin(stores.db, DB_READ, &tx, err) != 0 ||
            repository_list(tx, cli->arena, &filter, after, want, &page, err) != 0)
            return listing_abort(&listing);
        const struct repository *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_repository(listing_item(&listing), &rows[i]);
        if ((int64_t)page.count < want)
            break;
        last = (struct repository_name){"", rows[page.count - 1].namespace_name,
                                        rows[page.count - 1].name};
        after = &last;
    }
    listing_end(&listing);
    return EXIT_DONE;
}
