/* SPDX-License-Identifier: Apache-2.0 */
/* wharf tag history, restore and purge: the time machine of tags. */
#include <stdio.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "base/clock.h"
#include "domain/tag.h"
#include "web/feature.h"

enum { PAGE = 500 };

static void print_entry(struct jw *json, const struct tag_entry *entry)
{
    char digest[DIGEST_TEXT_SIZE], since[CLOCK_RFC3339_SIZE], until[CLOCK_RFC3339_SIZE] = "";
    bool ends = entry->end_ms != TAG_FOREVER;
    digest_format(&entry->digest, digest);
    clock_format_rfc3339(entry->start_ms, since);
    if (ends)
        clock_format_rfc3339(entry->end_ms, until);
    if (!json) {
        printf("%-30s %s  %s  %s%s\n", entry->name, digest, since, until,
               entry->reversion ? " (restored)" : "");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "name", entry->name);
    jw_member_text(json, "manifest_digest", digest);
    jw_member_text(json, "start", since);
    jw_member_text(json, "end", ends ? until : NULL);
    jw_member_bool(json, "reversion", entry->reversion);
    jw_member_bool(json, "immutable", entry->immutable);
    jw_end_object(json);
}

/* One transaction, so that no page misses what moved between two. */
int command_tag_history(struct cli *cli, struct err *err)
{
    struct named named;
    struct listing listing;
    struct tag_filter filter = {.name = cli->arg_count > 1 ? cli->args[1] : NULL};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        named_get(&accounts, cli->args[0], &named, err) != 0)
        return listing_abort(&listing);
    while ((filter.limit = listing_want(&listing, PAGE)) > 0) {
        struct list page = {0};
        if (tag_history(accounts.tx, cli->arena, named.repository.id, &filter, accounts.now_ms,
                        &page, err) != 0)
            return listing_abort(&listing);
        const struct tag_entry *entries = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_entry(listing_item(&listing), &entries[i]);
        if ((int64_t)page.count < filter.limit)
            break;
        filter.skip += filter.limit;
    }
    listing_end(&listing);
    return EXIT_DONE;
}

static int open_repository(struct cli *cli, struct accounts *accounts, struct named *out,
                           struct err *err)
{
    return accounts_open(cli, DB_WRITE, accounts, err) != 0 ||
                   named_get(accounts, cli->args[0], out, err) != 0
               ? -1
               : named_check_writable(out, err);
}

static int finish(struct accounts *accounts, const struct named *named, enum audit_kind kind,
                  const char *digest, struct err *err)
{
    if (accounts_audit(accounts, named->repository.namespace_id, err, kind, "repo",
                       named->name.path, "namespace", named->name.namespace_name, "tag",
                       accounts->cli->args[1], "manifest_digest", digest, NULL) != 0)
        return -1;
    return db_commit(&accounts->tx, err);
}

int command_tag_restore(struct cli *cli, struct err *err)
{
    struct named named;
    struct digest digest;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (name_check_tag(str_of(cli->args[1]), err) != 0 ||
        digest_parse(str_of(cli->args[2]), &digest, err) != 0 ||
        open_repository(cli, &accounts, &named, err) != 0)
        return -1;
    int found = tag_restore(accounts.tx, cli->arena, &accounts.settings.manifests,
                            named.repository.id, cli->args[1], &digest, accounts.now_ms, err);
    if (found == 0)
        return err_set(err, ERR_MANIFEST_UNKNOWN, "%.150s has no manifest of that digest any more",
                       named.name.full);
    if (found < 0 || finish(&accounts, &named, AUDIT_REVERT_TAG, cli->args[2], err) != 0)
        return -1;
    printf("%s:%s is %s again\n", named.name.full, cli->args[1], cli->args[2]);
    return EXIT_DONE;
}

/* The live tag without a digest; else what the tag meant before. 1 done, 0 nothing to do it to, -1.
 */
static int purge(struct accounts *accounts, const struct named *named, const struct digest *digest,
                 struct err *err)
{
    struct arena *arena = accounts->cli->arena;
    const char *name = accounts->cli->args[1];
    int64_t id = named->repository.id;
    struct tag tag;
    if (digest) {
        int64_t rows = tag_purge_ended(accounts->tx, arena, id, name, digest, accounts->now_ms,
                                       err);
        return rows > 0 ? 1 : (int)rows;
    }
    int found = tag_find(accounts->tx, arena, id, name, accounts->now_ms, &tag, err);
    if (found <= 0)
        return found;
    return tag_purge(accounts->tx, &accounts->settings.manifests, &tag, accounts->now_ms, err) == 0
               ? 1
               : -1;
}

int command_tag_purge(struct cli *cli, struct err *err)
{
    struct named named;
    struct digest digest;
    const char *text = cli->arg_count > 2 ? cli->args[2] : NULL;
    _cleanup_accounts_ struct accounts accounts = {0};
    if ((text && digest_parse(str_of(text), &digest, err) != 0) ||
        open_repository(cli, &accounts, &named, err) != 0)
        return -1;
    if (!(accounts.settings.rules.features & feature_bit(FEATURE_PERMANENTLY_DELETE_TAGS)))
        return err_set(err, ERR_INVALID, "PERMANENTLY_DELETE_TAGS is off in config.yaml");
    int found = purge(&accounts, &named, text ? &digest : NULL, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "%.150s has nothing of the tag %.128s to purge",
                       named.name.full, cli->args[1]);
    if (found < 0 || finish(&accounts, &named, AUDIT_PERMANENTLY_DELETE_TAG, text, err) != 0)
        return -1;
    printf("%s:%s%s%s cannot be restored any more\n", named.name.full, cli->args[1],
           text ? " as " : "", text ? text : "");
    return EXIT_DONE;
}
