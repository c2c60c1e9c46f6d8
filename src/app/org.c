/* SPDX-License-Identifier: Apache-2.0 */
/* wharf org: organizations from the command line; and the end and new names of users, which are the
 * same. */
#include <stdio.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "base/clock.h"
#include "domain/account_delete.h"
#include "domain/member.h"
#include "domain/organization.h"

int command_org_create(struct cli *cli, struct err *err)
{
    struct account owner, made;
    struct account_new in = {.name = cli->args[0], .email = cli->email};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_user(&accounts, cli->args[1], &owner, err) != 0 ||
        organization_create(accounts.tx, cli->arena, &in, owner.id, accounts.now_ms, &made, err) !=
            0 ||
        accounts_audit(&accounts, made.id, err, AUDIT_ORG_CREATE, "namespace", made.name, NULL) !=
            0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("created organization %s of %s\n", made.name, owner.name);
    return EXIT_DONE;
}

static int delete_account(struct accounts *accounts, const struct account *account,
                          enum audit_kind kind, struct err *err)
{
    if (account_delete(accounts->tx, account, accounts->now_ms, err) != 0 ||
        accounts_audit(accounts, account->id, err, kind, "namespace", account->name, NULL) != 0 ||
        db_commit(&accounts->tx, err) != 0)
        return -1;
    printf("deleted %s; its repositories are collected in the background\n", account->name);
    return EXIT_DONE;
}

int command_org_delete(struct cli *cli, struct err *err)
{
    struct account account;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &account, err) != 0)
        return -1;
    return delete_account(&accounts, &account, AUDIT_ORG_DELETE, err);
}

static int rename_account(struct accounts *accounts, const struct account *account, struct err *err)
{
    struct cli *cli = accounts->cli;
    if (account_rename(accounts->tx, cli->arena, account, cli->args[1], err) != 0 ||
        accounts_audit(accounts, account->id, err, AUDIT_ORG_CHANGE_NAME, "old_name", account->name,
                       "new_name", cli->args[1], NULL) != 0 ||
        db_commit(&accounts->tx, err) != 0)
        return -1;
    printf("renamed %s to %s\n", account->name, cli->args[1]);
    return EXIT_DONE;
}

int command_org_rename(struct cli *cli, struct err *err)
{
    struct account account;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &account, err) != 0)
        return -1;
    return rename_account(&accounts, &account, err);
}

int command_org_takeover(struct cli *cli, struct err *err)
{
    struct account account, user;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &account, err) != 0 ||
        accounts_get_user(&accounts, cli->args[1], &user, err) != 0)
        return -1;
    if (!user.enabled)
        return err_set(err, ERR_INVALID, "the user %.200s is disabled", user.name);
    const char *id = arena_printf(cli->arena, "%lld", (long long)account.id);
    if (organization_take(accounts.tx, cli->arena, account.id, user.id, err) != 0 ||
        accounts_audit(&accounts, account.id, err, AUDIT_TAKE_OWNERSHIP, "entity_id", id,
                       "namespace", account.name, "was_user", "false", "superuser", user.name,
                       NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("%s administers %s now\n", user.name, account.name);
    return EXIT_DONE;
}

static void print_organization(struct jw *json, const struct account *row)
{
    char created[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(row->created_ms, created);
    if (!json) {
        printf("%-30s %s  %s\n", row->name, created, row->email ? row->email : "");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "name", row->name);
    jw_member_text(json, "email", row->email);
    jw_member_text(json, "created", created);
    jw_end_object(json);
}

int command_org_list(struct cli *cli, struct err *err)
{
    struct listing listing;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (accounts_open(cli, DB_READ, &accounts, err) != 0)
        return listing_abort(&listing);
    const char *after = cli->after;
    for (int64_t want; (want = listing_want(&listing, ACCOUNT_PAGE_MAX)) > 0;) {
        struct list page = {0};
        struct account_page query = {ACCOUNT_ORGANIZATION, true, after, want};
        if (account_list(accounts.tx, cli->arena, &query, &page, err) != 0)
            return listing_abort(&listing);
        const struct account *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_organization(listing_item(&listing), &rows[i]);
        if ((int64_t)page.count < want)
            break;
        after = rows[page.count - 1].name;
    }
    listing_end(&listing);
    return EXIT_DONE;
}

/* One line or object for each team of each member. */
int command_org_members(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct account organization;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &organization, err) != 0 ||
        member_list_teams(accounts.tx, cli->arena, organization.id, 0, &list, err) != 0)
        return listing_abort(&listing);
    const struct member_link *links = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct jw *json = listing_item(&listing);
        if (!json) {
            printf("%-30s %s\n", links[i].account, links[i].name);
            continue;
        }
        jw_begin_object(json);
        jw_member_text(json, "name", links[i].account);
        jw_member_text(json, "team", links[i].name);
        jw_end_object(json);
    }
    listing_end(&listing);
    return EXIT_DONE;
}
