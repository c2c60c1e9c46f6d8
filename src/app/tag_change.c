/* SPDX-License-Identifier: Apache-2.0 */
/* wharf tag move, delete, expire and immutable: what a tag means, when it ends, and whether it may
 * change. Who works on the store is an administrator; all else is as over the API. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/named.h"
#include "base/clock.h"
#include "domain/manifest.h"
#include "domain/name.h"
#include "domain/prune_policy.h"
#include "domain/tag.h"

struct change {
    struct accounts accounts;
    struct named named;
    struct tag tag; /* the live one; id 0: there is none */
};

static void close_change(struct change *change)
{
    accounts_close(&change->accounts);
}

/* Look for the tag that the command names. */
static int open_change(struct cli *cli, struct change *out, struct err *err)
{
    struct accounts *accounts = &out->accounts;
    if (accounts_open(cli, DB_WRITE, accounts, err) != 0 ||
        named_get(accounts, cli->args[0], &out->named, err) != 0 ||
        named_check_writable(&out->named, err) != 0)
        return -1;
    return tag_find(accounts->tx, cli->arena, out->named.repository.id, cli->args[1],
                    accounts->now_ms, &out->tag, err) < 0
               ? -1
               : 0;
}

/* The same where it must be there. */
static int open_existing(struct cli *cli, struct change *out, struct err *err)
{
    if (open_change(cli, out, err) != 0)
        return -1;
    if (!out->tag.id)
        return err_set(err, ERR_NOT_FOUND, "%.150s has no tag %.128s", out->named.name.full,
                       cli->args[1]);
    return 0;
}

/* ---- move and delete ---- */

/* `was`: what the tag meant before; NULL: nothing. */
static int finish(struct change *change, enum audit_kind kind, const char *digest, const char *was,
                  struct err *err)
{
    struct accounts *accounts = &change->accounts;
    const char *before = kind == AUDIT_DELETE_TAG ? NULL : "original_manifest_digest";
    if (accounts_audit(accounts, change->named.repository.namespace_id, err, kind, "repo",
                       change->named.name.path, "namespace", change->named.name.namespace_name,
                       "tag", accounts->cli->args[1], "manifest_digest", digest, before, was,
                       NULL) != 0)
        return -1;
    return db_commit(&accounts->tx, err);
}

int command_tag_move(struct cli *cli, struct err *err)
{
    struct digest digest;
    struct manifest manifest;
    char was[DIGEST_TEXT_SIZE];
    _cleanup_(close_change) struct change change = {0};
    if (name_check_tag(str_of(cli->args[1]), err) != 0 ||
        digest_parse(str_of(cli->args[2]), &digest, err) != 0 ||
        open_change(cli, &change, err) != 0)
        return -1;
    struct accounts *accounts = &change.accounts;
    int found = manifest_find(accounts->tx, cli->arena, change.named.repository.id, &digest,
                              &manifest, err);
    if (found == 0)
        return err_set(err, ERR_MANIFEST_UNKNOWN, "%.150s has no manifest of that digest",
                       change.named.name.full);
    bool moves = change.tag.id != 0;
    if (moves)
        digest_format(&change.tag.digest, was);
    if (found < 0 ||
        tag_point(accounts->tx, cli->arena, &accounts->settings.manifests,
                  change.named.repository.id, cli->args[1], manifest.id, accounts->now_ms,
                  err) != 0 ||
        finish(&change, moves ? AUDIT_MOVE_TAG : AUDIT_CREATE_TAG, cli->args[2], moves ? was : NULL,
               err) != 0)
        return -1;
    printf("%s:%s is %s now\n", change.named.name.full, cli->args[1], cli->args[2]);
    return EXIT_DONE;
}

int command_tag_delete(struct cli *cli, struct err *err)
{
    char digest[DIGEST_TEXT_SIZE];
    _cleanup_(close_change) struct change change = {0};
    if (open_existing(cli, &change, err) != 0)
        return -1;
    struct accounts *accounts = &change.accounts;
    digest_format(&change.tag.digest, digest);
    if (tag_end(accounts->tx, cli->arena, &accounts->settings.manifests, change.named.repository.id,
                &change.tag, accounts->now_ms, err) != 0 ||
        finish(&change, AUDIT_DELETE_TAG, digest, NULL, err) != 0)
        return -1;
    printf("deleted tag %s:%s\n", change.named.name.full, cli->args[1]);
    return EXIT_DONE;
}

/* ---- expire ---- */

/* "never", "7d", a day or a time. */
static int parse_end(struct arena *arena, const char *text, int64_t now_ms, int64_t *out,
                     struct err *err)
{
    int64_t age_ms, end_ms;
    if (strcmp(text, "never") == 0)
        end_ms = TAG_FOREVER;
    else if (prune_policy_parse_age(str_of(text), &age_ms))
        end_ms = now_ms + age_ms;
    else if (!clock_parse_rfc3339(str_of(text), &end_ms) &&
             !clock_parse_rfc3339(str_of(arena_printf(arena, "%sT00:00:00Z", text)), &end_ms))
        return err_set(err, ERR_INVALID,
                       "%.60s: must be a day, a time such as 2030-01-31T12:00:00Z, a while such "
                       "as 7d, or never",
                       text);
    if (end_ms <= now_ms)
        return err_set(err, ERR_INVALID, "%.60s lies in the past", text);
    *out = end_ms;
    return 0;
}

/* Seconds as text; NULL for never. */
static const char *date_text(struct arena *arena, int64_t end_ms)
{
    return end_ms == TAG_FOREVER ? NULL : arena_printf(arena, "%lld", (long long)end_ms / 1000);
}

static int set_end(struct change *change, int64_t end_ms, struct err *err)
{
    struct accounts *accounts = &change->accounts;
    struct arena *arena = accounts->cli->arena;
    const struct manifest_policy *policy = &accounts->settings.manifests;
    const struct named *named = &change->named;
    const struct tag *tag = &change->tag;
    char digest[DIGEST_TEXT_SIZE];
    digest_format(&tag->digest, digest);
    if (tag->immutable && policy->immutable_tags && !policy->immutable_can_expire)
        return err_set(err, ERR_TAG_IMMUTABLE, "tag %.128s is immutable: it cannot be made to end",
                       tag->name);
    if (tag_set_end(accounts->tx, policy, named->repository.id, tag, end_ms, err) != 0 ||
        accounts_audit(accounts, named->repository.namespace_id, err, AUDIT_CHANGE_TAG_EXPIRATION,
                       "repo", named->name.path, "namespace", named->name.namespace_name, "tag",
                       tag->name, "manifest_digest", digest, "expiration_date",
                       date_text(arena, end_ms), "old_expiration_date",
                       date_text(arena, tag->end_ms), NULL) != 0)
        return -1;
    return db_commit(&accounts->tx, err);
}

int command_tag_expire(struct cli *cli, struct err *err)
{
    char when[CLOCK_RFC3339_SIZE];
    int64_t end_ms = 0;
    _cleanup_(close_change) struct change change = {0};
    if (open_existing(cli, &change, err) != 0 ||
        parse_end(cli->arena, cli->args[2], change.accounts.now_ms, &end_ms, err) != 0 ||
        set_end(&change, end_ms, err) != 0)
        return -1;
    if (end_ms == TAG_FOREVER) {
        printf("%s:%s does not end\n", change.named.name.full, cli->args[1]);
        return EXIT_DONE;
    }
    clock_format_rfc3339(end_ms, when);
    printf("%s:%s ends at %s\n", change.named.name.full, cli->args[1], when);
    return EXIT_DONE;
}

/* ---- immutable ---- */

static int set_immutable(struct change *change, bool immutable, struct err *err)
{
    struct accounts *accounts = &change->accounts;
    const struct manifest_policy *policy = &accounts->settings.manifests;
    const struct named *named = &change->named;
    if (!policy->immutable_tags)
        return err_set(err, ERR_INVALID, "FEATURE_IMMUTABLE_TAGS is off in config.yaml");
    if (immutable && change->tag.end_ms != TAG_FOREVER && !policy->immutable_can_expire)
        return err_set(err, ERR_INVALID,
                       "tag %.128s has an expiration; wharf tag expire ... never takes it away",
                       change->tag.name);
    if (immutable == change->tag.immutable)
        return 0;
    if (tag_set_immutable(accounts->tx, change->tag.id, immutable, err) != 0 ||
        accounts_audit(accounts, named->repository.namespace_id, err, AUDIT_CHANGE_TAG_IMMUTABILITY,
                       "repo", named->name.path, "namespace", named->name.namespace_name, "tag",
                       change->tag.name, "immutable", immutable ? "true" : "false",
                       "previous_immutable", immutable ? "false" : "true", NULL) != 0)
        return -1;
    return db_commit(&accounts->tx, err);
}

int command_tag_immutable(struct cli *cli, struct err *err)
{
    bool immutable = strcmp(cli->args[2], "yes") == 0;
    _cleanup_(close_change) struct change change = {0};
    if (!immutable && strcmp(cli->args[2], "no") != 0)
        return err_set(err, ERR_INVALID, "%.60s: must be yes or no", cli->args[2]);
    if (open_existing(cli, &change, err) != 0 || set_immutable(&change, immutable, err) != 0)
        return -1;
    printf("%s:%s %s\n", change.named.name.full, cli->args[1],
           immutable ? "is immutable now" : "may change");
    return EXIT_DONE;
}
