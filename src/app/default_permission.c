/* SPDX-License-Identifier: Apache-2.0 */
/* wharf permission default: what new repositories of an organization start with. A rule is known by
 * its id, which the list shows. */
#include "domain/default_permission.h"

#include <stdio.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"

static const char team_prefix[] = "team:";

/* The holder as commands name it. */
static const char *holder_of(struct arena *arena, const struct default_permission *rule)
{
    return rule->team ? arena_printf(arena, "%s%s", team_prefix, rule->team) : rule->account;
}

static int get_role(const char *text, enum role *out, struct err *err)
{
    *out = role_parse(text);
    return *out == ROLE_NONE ? err_set(err, ERR_INVALID, "the right must be read, write or admin")
                             : 0;
}

static int get_rule(struct accounts *accounts, const struct account *organization,
                    struct default_permission *out, struct err *err)
{
    const char *id = accounts->cli->args[1];
    int found = default_permission_find(accounts->tx, accounts->cli->arena, organization->id, id,
                                        out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no default permission %.100s",
                       organization->name, id);
    return found < 0 ? -1 : 0;
}

static int finish(struct accounts *accounts, int64_t organization_id, enum audit_kind kind,
                  const struct default_permission *rule, const char *original, struct err *err)
{
    if (accounts_audit(accounts, organization_id, err, kind, "prototypeid", rule->uuid,
                       "activating_username", rule->creator, "role", role_name(rule->role),
                       rule->team ? "delegate_team" : "delegate_user",
                       rule->team ? rule->team : rule->account, original ? "original_role" : NULL,
                       original, NULL) != 0)
        return -1;
    return db_commit(&accounts->tx, err) != 0 ? -1 : EXIT_DONE;
}

static void print_rule(struct arena *arena, struct jw *json, const struct default_permission *rule)
{
    if (!json) {
        printf("%s  %-30s %-6s %s\n", rule->uuid, holder_of(arena, rule), role_name(rule->role),
               rule->creator ? arena_printf(arena, "created by %s", rule->creator) : "");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "id", rule->uuid);
    jw_member_text(json, "account", rule->team ? NULL : rule->account);
    jw_member_text(json, "team", rule->team);
    jw_member_text(json, "right", role_name(rule->role));
    jw_member_text(json, "creator", rule->creator);
    jw_end_object(json);
}

static int find_holder(struct accounts *accounts, const struct account *organization,
                       struct default_permission_new *out, struct err *err)
{
    const char *who = accounts->cli->args[1];
    struct account account;
    struct team team;
    if (str_starts(str_of(who), str_of(team_prefix))) {
        if (accounts_get_team(accounts, organization, who + strlen(team_prefix), &team, err) != 0)
            return -1;
        out->team_id = team.id;
        return 0;
    }
    if (accounts_get_holder(accounts, who, &account, err) != 0)
        return -1;
    out->account_id = account.id;
    return 0;
}

static int make(struct accounts *accounts, const struct account *organization, enum role role,
                struct default_permission *out, struct err *err)
{
    struct cli *cli = accounts->cli;
    struct default_permission_new in = {.organization_id = organization->id, .role = role};
    struct account creator = {0};
    const char *uuid;
    if ((cli->creator && accounts_get_holder(accounts, cli->creator, &creator, err) != 0) ||
        find_holder(accounts, organization, &in, err) != 0)
        return -1;
    in.creator_id = creator.id;
    if (default_permission_create(accounts->tx, cli->arena, &in, &uuid, err) != 0)
        return -1;
    return default_permission_find(accounts->tx, cli->arena, organization->id, uuid, out, err) < 0
               ? -1
               : 0;
}

int command_default_add(struct cli *cli, struct err *err)
{
    enum { OBJECT_MAX = 16 * 1024 };
    struct account organization;
    struct default_permission rule = {0};
    enum role role = ROLE_NONE;
    _cleanup_accounts_ struct accounts accounts = {0};
    _cleanup_buf_ struct buf out;
    struct jw w = {.buf = &out};
    buf_init(&out, OBJECT_MAX);
    if (get_role(cli->args[2], &role, err) != 0 ||
        accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &organization, err) != 0 ||
        make(&accounts, &organization, role, &rule, err) != 0 ||
        finish(&accounts, organization.id, AUDIT_CREATE_PROTOTYPE_PERMISSION, &rule, NULL, err) < 0)
        return -1;
    print_rule(cli->arena, cli->json ? &w : NULL, &rule);
    if (cli->json)
        printf("%.*s\n", STR_FMT(buf_str(&out)));
    return EXIT_DONE;
}

int command_default_change(struct cli *cli, struct err *err)
{
    struct account organization;
    struct default_permission rule;
    enum role role = ROLE_NONE;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (get_role(cli->args[2], &role, err) != 0 ||
        accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &organization, err) != 0 ||
        get_rule(&accounts, &organization, &rule, err) != 0)
        return -1;
    const char *original = role_name(rule.role);
    rule.role = role;
    if (default_permission_set_role(accounts.tx, rule.id, role, err) != 0 ||
        finish(&accounts, organization.id, AUDIT_MODIFY_PROTOTYPE_PERMISSION, &rule, original,
               err) < 0)
        return -1;
    printf("%s gets %s on new repositories of %s\n", holder_of(cli->arena, &rule), role_name(role),
           organization.name);
    return EXIT_DONE;
}

int command_default_remove(struct cli *cli, struct err *err)
{
    struct account organization;
    struct default_permission rule;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &organization, err) != 0 ||
        get_rule(&accounts, &organization, &rule, err) != 0 ||
        default_permission_delete(accounts.tx, rule.id, err) != 0 ||
        finish(&accounts, organization.id, AUDIT_DELETE_PROTOTYPE_PERMISSION, &rule, NULL, err) < 0)
        return -1;
    printf("removed the default permission of %s in %s\n", holder_of(cli->arena, &rule),
           organization.name);
    return EXIT_DONE;
}

int command_default_list(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct account organization;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &organization, err) != 0 ||
        default_permission_list(accounts.tx, cli->arena, organization.id, &list, err) != 0)
        return listing_abort(&listing);
    const struct default_permission *rules = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_rule(cli->arena, listing_item(&listing), &rules[i]);
    listing_end(&listing);
    return EXIT_DONE;
}
