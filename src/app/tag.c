/* SPDX-License-Identifier: Apache-2.0 */
/* wharf tag: tags from the command line. */
#include "domain/tag.h"

#include <stdio.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "base/clock.h"

enum { PAGE = 1000 };

static void print_tag(struct jw *json, const struct tag *tag)
{
    char digest[DIGEST_TEXT_SIZE], since[CLOCK_RFC3339_SIZE];
    digest_format(&tag->digest, digest);
    clock_format_rfc3339(tag->start_ms, since);
    if (!json) {
        printf("%-30s %s  %s\n", tag->name, digest, since);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "name", tag->name);
    jw_member_text(json, "manifest_digest", digest);
    jw_member_text(json, "start", since);
    jw_end_object(json);
}

int command_tag_list(struct cli *cli, struct err *err)
{
    struct named named;
    struct listing listing;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0 ||
        accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        named_get(&accounts, cli->args[0], &named, err) != 0)
        return -1;
    db_end(&accounts.tx);
    const char *after = cli->after ? cli->after : "";
    for (int64_t want; (want = listing_want(&listing, PAGE)) > 0;) {
        struct list page = {0};
        _cleanup_db_tx_ struct db_tx *read = NULL;
        if (db_begin(accounts.stores.db, DB_READ, &read, err) != 0 ||
            tag_list(read, cli->arena, named.repository.id, after, want, clock_wall_ms(), &page,
                     err) != 0)
            return listing_abort(&listing);
        const struct tag *tags = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_tag(listing_item(&listing), &tags[i]);
        if ((int64_t)page.count < want)
            break;
        after = tags[page.count - 1].name;
    }
    listing_end(&listing);
    return EXIT_DONE;
}
