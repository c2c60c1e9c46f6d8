/* SPDX-License-Identifier: Apache-2.0 */
/* wharf permission give and take: rights on a repository. Who gets one is a user or a robot by its
 * name, or a team of the organization as "team:NAME". */
#include <stdio.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/named.h"
#include "domain/grant.h"
#include "domain/robot.h"

static const char team_prefix[] = "team:";

struct given {
    struct account space;
    struct repository_name name;
    struct repository repository;
    struct account account; /* id 0: it is the team */
    struct team team;
};

static int find(struct accounts *accounts, struct given *out, struct err *err)
{
    struct cli *cli = accounts->cli;
    struct str who = str_of(cli->args[1]);
    if (named_parse(cli, &accounts->settings, &out->name, err) != 0 ||
        accounts_get_namespace(accounts, out->name.namespace_name, &out->space, err) != 0)
        return -1;
    int found = repository_find(accounts->tx, cli->arena, &out->name, &out->repository, err);
    if (found <= 0)
        return found < 0 ? -1
                         : err_set(err, ERR_NAME_UNKNOWN, "there is no repository %.200s",
                                   out->name.full);
    accounts->repository_id = out->repository.id;
    if (str_starts(who, STR("team:")))
        return accounts_get_team(accounts, &out->space, cli->args[1] + strlen(team_prefix),
                                 &out->team, err);
    if (accounts_get_holder(accounts, cli->args[1], &out->account, err) != 0)
        return -1;
    if (out->account.id == out->space.id)
        return err_set(err, ERR_INVALID, "the owner of a namespace has all rights in it");
    return 0;
}

static int audit(struct accounts *accounts, const struct given *given, enum audit_kind kind,
                 const char *role, struct err *err)
{
    bool team = given->account.id == 0;
    return accounts_audit(accounts, given->space.id, err, kind, "repo", given->repository.name,
                          team ? "team" : "username", team ? given->team.name : given->account.name,
                          role ? "role" : NULL, role, NULL);
}

int command_permission_give(struct cli *cli, struct err *err)
{
    struct given given = {0};
    enum role role = role_parse(cli->args[2]);
    _cleanup_accounts_ struct accounts accounts = {0};
    if (role == ROLE_NONE)
        return err_set(err, ERR_INVALID, "the right must be read, write or admin");
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 || find(&accounts, &given, err) != 0 ||
        (given.account.id && robot_check_home(&given.account, given.space.name, err) != 0))
        return -1;
    int put = given.account.id
                  ? grant_put_account(accounts.tx, given.repository.id, given.account.id, role, err)
                  : grant_put_team(accounts.tx, given.repository.id, given.team.id, role, err);
    if (put != 0 ||
        audit(&accounts, &given, AUDIT_CHANGE_REPO_PERMISSION, cli->args[2], err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("%s has the right %s on %s\n", cli->args[1], cli->args[2], given.name.full);
    return EXIT_DONE;
}

int command_permission_take(struct cli *cli, struct err *err)
{
    struct given given = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 || find(&accounts, &given, err) != 0)
        return -1;
    int taken = given.account.id
                    ? grant_delete_account(accounts.tx, given.repository.id, given.account.id, err)
                    : grant_delete_team(accounts.tx, given.repository.id, given.team.id, err);
    if (taken == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no right of its own on %.200s", cli->args[1],
                       given.name.full);
    if (taken < 0 || audit(&accounts, &given, AUDIT_DELETE_REPO_PERMISSION, NULL, err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("%s has no right of its own on %s any more\n", cli->args[1], given.name.full);
    return EXIT_DONE;
}
