/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of a few lines: migrate, routes, version. */
#include <stdio.h>

#include "app/commands.h"
#include "app/config_public.h"
#include "app/listing.h"
#include "app/stores.h"
#include "base/clock.h"
#include "store/db/migrate.h"
#include "web/route.h"

static int show_migrations(struct db *db, struct cli *cli, struct err *err)
{
    struct list all = {0};
    if (migrate_status(db, cli->arena, &all, err) != 0)
        return -1;
    const struct migration *migrations = all.items;
    for (size_t i = 0; i < all.count; i++) {
        char when[CLOCK_RFC3339_SIZE] = "pending";
        if (migrations[i].applied_ms)
            clock_format_rfc3339(migrations[i].applied_ms, when);
        printf("%04lld %-30s %s\n", (long long)migrations[i].version, migrations[i].name, when);
    }
    return EXIT_DONE;
}

int command_migrate(struct cli *cli, struct err *err)
{
    struct settings settings;
    _cleanup_(db_closep) struct db *db = NULL;
    if (settings_load(cli, &settings, err) != 0 || stores_open_db(&settings, &db, err) != 0)
        return -1;
    if (cli->status)
        return show_migrations(db, cli, err);
    int applied = migrate_up(db, err);
    if (applied < 0)
        return -1;
    printf("%d migration%s applied\n", applied, applied == 1 ? "" : "s");
    return EXIT_DONE;
}

static void print_route(struct jw *json, const struct route *route)
{
    if (!json) {
        printf("%-7s %-48s %-28s %s\n", method_name(route->method), route->path, route->id,
               route->summary);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "method", method_name(route->method));
    jw_member_text(json, "path", route->path);
    jw_member_text(json, "id", route->id);
    jw_member_text(json, "summary", route->summary);
    if (route->feature) {
        jw_member_text(json, "feature", config_public_feature_key(route->feature));
        jw_member_bool(json, "on", config_public_feature_default(route->feature));
    }
    jw_end_object(json);
}

int command_routes(struct cli *cli, struct err *err)
{
    struct listing listing;
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    for (const struct route_table *const *table = route_tables; *table; table++) {
        for (size_t i = 0; i < (*table)->count; i++)
            print_route(listing_item(&listing), &(*table)->routes[i]);
    }
    listing_end(&listing);
    return EXIT_DONE;
}

int command_version(struct cli *cli, struct err *err)
{
    (void)cli;
    (void)err;
    printf("wharf %s\n", WHARF_VERSION);
    return EXIT_DONE;
}
