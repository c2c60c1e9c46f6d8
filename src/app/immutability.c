/* SPDX-License-Identifier: Apache-2.0 */
/* wharf immutability: policies that make tags immutable by their names. Whose policies is an
 * organization, or a repository as NAMESPACE/NAME. */
#include <stdio.h>
#include <string.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "domain/immutability_policy.h"
#include "domain/immutability_sweep.h"

struct owner {
    struct immutability_scope scope;
    const char *namespace_name;
    const char *repository; /* NULL: the organization */
};

static int find_owner(struct accounts *accounts, struct owner *out, struct err *err)
{
    struct cli *cli = accounts->cli;
    struct account space;
    struct repository_name name;
    struct repository repository;
    if (!strchr(cli->args[0], '/')) {
        if (accounts_get_organization(accounts, cli->args[0], &space, err) != 0)
            return -1;
        *out = (struct owner){{space.id, 0}, space.name, NULL};
        return 0;
    }
    if (named_parse(cli, &accounts->settings, &name, err) != 0)
        return -1;
    int found = repository_find(accounts->tx, cli->arena, &name, &repository, err);
    if (found == 0)
        return err_set(err, ERR_NAME_UNKNOWN, "there is no repository %.200s", name.full);
    if (found < 0)
        return -1;
    *out = (struct owner){{repository.namespace_id, repository.id}, name.namespace_name, name.path};
    return 0;
}

static int open_owner(struct cli *cli, enum db_mode mode, struct accounts *accounts,
                      struct owner *out, struct err *err)
{
    if (accounts_open(cli, mode, accounts, err) != 0)
        return -1;
    if (!accounts->settings.manifests.immutable_tags)
        return err_set(err, ERR_INVALID, "FEATURE_IMMUTABLE_TAGS is off in config.yaml");
    return find_owner(accounts, out, err);
}

static const char *says(bool matches)
{
    return matches ? "tags that match" : "tags that do not match";
}

static void print_policy(struct jw *json, const struct immutability_policy *policy)
{
    if (!json) {
        printf("%s  %s %s%s\n", policy->uuid, says(policy->matches), policy->tag_pattern,
               policy->pending ? "  (being applied)" : "");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "uuid", policy->uuid);
    jw_member_text(json, "tag_pattern", policy->tag_pattern);
    jw_member_bool(json, "matches", policy->matches);
    jw_member_bool(json, "pending", policy->pending);
    jw_end_object(json);
}

int command_immutability_list(struct cli *cli, struct err *err)
{
    struct owner owner;
    struct listing listing;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (open_owner(cli, DB_READ, &accounts, &owner, err) != 0 ||
        immutability_policy_list(accounts.tx, cli->arena, &owner.scope, &list, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    const struct immutability_policy *policies = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_policy(listing_item(&listing), &policies[i]);
    listing_end(&listing);
    return EXIT_DONE;
}

/* Entries of an organization's policies name no repository. */
static int audit(struct accounts *accounts, const struct owner *owner, enum audit_kind kind,
                 const char *key, const char *value, const char *matches, struct err *err)
{
    const char *more = matches ? "tag_pattern_matches" : NULL;
    if (!owner->repository)
        return accounts_audit(accounts, owner->scope.namespace_id, err, kind, "namespace",
                              owner->namespace_name, key, value, more, matches, NULL);
    return accounts_audit(accounts, owner->scope.namespace_id, err, kind, "namespace",
                          owner->namespace_name, "repo", owner->repository, key, value, more,
                          matches, NULL);
}

static int make(struct cli *cli, struct accounts *accounts, const char *pattern, bool matches,
                const char **uuid_out, struct err *err)
{
    struct owner owner;
    if (open_owner(cli, DB_WRITE, accounts, &owner, err) != 0 ||
        immutability_policy_create(accounts->tx, cli->arena, &owner.scope, pattern, matches,
                                   uuid_out, err) != 0 ||
        audit(accounts, &owner, AUDIT_CREATE_IMMUTABILITY_POLICY, "tag_pattern", pattern,
              matches ? "true" : "false", err) != 0)
        return -1;
    return db_commit(&accounts->tx, err);
}

int command_immutability_add(struct cli *cli, struct err *err)
{
    const char *pattern, *uuid;
    bool matches = !cli->except;
    int more = 1;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (!cli->pattern == !cli->except)
        return err_set(err, ERR_INVALID, "say which tags: by --pattern REGEX or --except REGEX");
    const char *given = cli->pattern ? cli->pattern : cli->except;
    if (immutability_policy_check(cli->arena, given, &pattern, err) != 0 ||
        make(cli, &accounts, pattern, matches, &uuid, err) != 0)
        return -1;
    while (more > 0)
        more = immutability_sweep_step(accounts.stores.db, &accounts.settings.manifests, uuid, err);
    if (more < 0)
        return -1;
    if (cli->json)
        printf("{\"uuid\":\"%s\"}\n", uuid);
    else
        printf("%s: %s %s are immutable now, by policy %s\n", cli->args[0], says(matches), pattern,
               uuid);
    return EXIT_DONE;
}

int command_immutability_remove(struct cli *cli, struct err *err)
{
    struct owner owner;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (open_owner(cli, DB_WRITE, &accounts, &owner, err) != 0)
        return -1;
    int found = immutability_policy_delete(accounts.tx, cli->arena, &owner.scope, cli->args[1],
                                           err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no policy %.40s", cli->args[0],
                       cli->args[1]);
    if (found < 0 ||
        audit(&accounts, &owner, AUDIT_DELETE_IMMUTABILITY_POLICY, "policy_uuid", cli->args[1],
              NULL, err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("removed policy %s; immutable tags stay so\n", cli->args[1]);
    return EXIT_DONE;
}
