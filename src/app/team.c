/* SPDX-License-Identifier: Apache-2.0 */
/* wharf team: teams of an organization from the command line. */
#include "domain/team.h"

#include <stdio.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "domain/robot.h"

static int get_organization(struct accounts *accounts, struct account *out, struct err *err)
{
    return accounts_get_organization(accounts, accounts->cli->args[0], out, err);
}

static int get_both(struct accounts *accounts, struct account *organization, struct team *team,
                    struct err *err)
{
    if (get_organization(accounts, organization, err) != 0)
        return -1;
    return accounts_get_team(accounts, organization, accounts->cli->args[1], team, err);
}

static int finish(struct accounts *accounts, struct err *err)
{
    return db_commit(&accounts->tx, err) != 0 ? -1 : EXIT_DONE;
}

int command_team_create(struct cli *cli, struct err *err)
{
    struct account organization;
    const char *role = cli->role ? cli->role : "member";
    struct team team = {.name = cli->args[1], .role = role_team_parse(role)};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (team.role == TEAM_NONE)
        return err_set(err, ERR_INVALID, "--role: must be member, creator or admin");
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_organization(&accounts, &organization, err) != 0)
        return -1;
    team.organization_id = organization.id;
    if (team_create(accounts.tx, &team, err) < 0 ||
        accounts_audit(&accounts, organization.id, err, AUDIT_ORG_CREATE_TEAM, "team", team.name,
                       NULL) != 0 ||
        finish(&accounts, err) < 0)
        return -1;
    printf("created team %s (%s) in %s\n", team.name, role, organization.name);
    return EXIT_DONE;
}

int command_team_delete(struct cli *cli, struct err *err)
{
    struct account organization;
    struct team team;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_both(&accounts, &organization, &team, err) != 0 ||
        team_delete(accounts.tx, team.id, err) != 0 ||
        team_check_admin_left(accounts.tx, organization.id, err) != 0 ||
        accounts_audit(&accounts, organization.id, err, AUDIT_ORG_DELETE_TEAM, "team", team.name,
                       NULL) != 0 ||
        finish(&accounts, err) < 0)
        return -1;
    printf("deleted team %s of %s\n", team.name, organization.name);
    return EXIT_DONE;
}

int command_team_add(struct cli *cli, struct err *err)
{
    struct account organization, who;
    struct team team;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_both(&accounts, &organization, &team, err) != 0 ||
        accounts_get_holder(&accounts, cli->args[2], &who, err) != 0 ||
        robot_check_home(&who, organization.name, err) != 0)
        return -1;
    int added = team_add_member(accounts.tx, team.id, who.id, err);
    if (added < 0 ||
        (added && accounts_audit(&accounts, organization.id, err, AUDIT_ORG_ADD_TEAM_MEMBER,
                                 "member", who.name, "team", team.name, NULL) != 0) ||
        finish(&accounts, err) < 0)
        return -1;
    printf("%s is in team %s of %s\n", who.name, team.name, organization.name);
    return EXIT_DONE;
}

int command_team_remove(struct cli *cli, struct err *err)
{
    struct account organization, who;
    struct team team;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_both(&accounts, &organization, &team, err) != 0 ||
        accounts_get_holder(&accounts, cli->args[2], &who, err) != 0)
        return -1;
    int removed = team_remove_member(accounts.tx, team.id, who.id, err);
    if (removed == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s is not in team %.200s", who.name, team.name);
    if (removed < 0 || team_check_admin_left(accounts.tx, organization.id, err) != 0 ||
        accounts_audit(&accounts, organization.id, err, AUDIT_ORG_REMOVE_TEAM_MEMBER, "member",
                       who.name, "team", team.name, NULL) != 0 ||
        finish(&accounts, err) < 0)
        return -1;
    printf("%s is not in team %s of %s any more\n", who.name, team.name, organization.name);
    return EXIT_DONE;
}

static void print_team(struct jw *json, const struct team_summary *team)
{
    if (!json) {
        printf("%-30s %-8s %5lld members %5lld repositories\n", team->name,
               role_team_name(team->role), (long long)team->members, (long long)team->repositories);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "name", team->name);
    jw_member_text(json, "role", role_team_name(team->role));
    jw_member_text(json, "description", team->description);
    jw_member_int(json, "members", team->members);
    jw_member_int(json, "repositories", team->repositories);
    jw_end_object(json);
}

int command_team_list(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct account organization;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        get_organization(&accounts, &organization, err) != 0 ||
        team_list(accounts.tx, cli->arena, organization.id, 0, &list, err) != 0)
        return listing_abort(&listing);
    const struct team_summary *teams = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_team(listing_item(&listing), &teams[i]);
    listing_end(&listing);
    return EXIT_DONE;
}

static void print_member(struct jw *json, const struct team_member *member)
{
    const char *kind = member->kind == ACCOUNT_ROBOT ? "robot" : "user";
    if (!json) {
        printf("%-40s %s\n", member->name, kind);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "name", member->name);
    jw_member_text(json, "kind", kind);
    jw_end_object(json);
}

int command_team_members(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct account organization;
    struct team team;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        get_both(&accounts, &organization, &team, err) != 0 ||
        team_list_members(accounts.tx, cli->arena, team.id, &list, err) != 0)
        return listing_abort(&listing);
    const struct team_member *members = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_member(listing_item(&listing), &members[i]);
    listing_end(&listing);
    return EXIT_DONE;
}
