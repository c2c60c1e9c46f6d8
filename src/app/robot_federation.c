/* SPDX-License-Identifier: Apache-2.0 */
/* wharf robot federation: the foreign identities that belong to a robot account. */
#include <stdio.h>
#include <string.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "domain/robot.h"

enum { IDENTITY_TEXT_MAX = 255, CONFIG_TEXT_MAX = 128 * 1024 };

/* A robot account with its identities, which this may change in place. */
struct federation {
    struct robot robot;
    struct robot_identity all[ROBOT_IDENTITIES_MAX + 1];
    size_t count;
};

static int load(struct cli *cli, enum db_mode mode, struct accounts *accounts,
                struct federation *out, struct err *err)
{
    struct list list = {0};
    if (accounts_open(cli, mode, accounts, err) != 0)
        return -1;
    int found = robot_find(accounts->tx, cli->arena, cli->args[0], &out->robot, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no robot account %.200s", cli->args[0]);
    if (found < 0 ||
        robot_list_identities(accounts->tx, cli->arena, out->robot.id, &list, err) != 0)
        return -1;
    const struct robot_identity *all = list.items;
    out->count = list.count;
    for (size_t i = 0; i < list.count; i++)
        out->all[i] = all[i];
    return 0;
}

static void write_identity(struct jw *w, const struct robot_identity *identity)
{
    jw_begin_object(w);
    jw_member_text(w, "issuer", identity->issuer);
    jw_member_text(w, "subject", identity->subject);
    jw_end_object(w);
}

/* The audit log has the list as the API takes it. */
static const char *config_text(struct arena *arena, const struct federation *federation)
{
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    buf_init(&text, CONFIG_TEXT_MAX);
    jw_begin_array(&w);
    for (size_t i = 0; i < federation->count; i++)
        write_identity(&w, &federation->all[i]);
    jw_end_array(&w);
    return arena_text(arena, buf_str(&text));
}

/* Put the identities in place of those that are stored. */
static int store(struct accounts *accounts, const struct federation *federation, struct err *err)
{
    const struct robot *robot = &federation->robot;
    struct list list = {(void *)federation->all, federation->count};
    const char *short_name = strchr(robot->name, '+') + 1;
    if (robot_put_identities(accounts->tx, robot->id, &list, err) != 0)
        return -1;
    int audited = federation->count
                      ? accounts_audit(accounts, robot->owner_id, err,
                                       AUDIT_CREATE_ROBOT_FEDERATION, "config",
                                       config_text(accounts->cli->arena, federation), "robot",
                                       short_name, NULL)
                      : accounts_audit(accounts, robot->owner_id, err,
                                       AUDIT_DELETE_ROBOT_FEDERATION, "robot", short_name, NULL);
    return audited != 0 ? -1 : db_commit(&accounts->tx, err);
}

int command_federation_list(struct cli *cli, struct err *err)
{
    struct federation federation;
    struct listing listing;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (load(cli, DB_READ, &accounts, &federation, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    for (size_t i = 0; i < federation.count; i++) {
        struct jw *json = listing_item(&listing);
        if (json)
            write_identity(json, &federation.all[i]);
        else
            printf("%-40s %s\n", federation.all[i].issuer, federation.all[i].subject);
    }
    listing_end(&listing);
    return EXIT_DONE;
}

int command_federation_add(struct cli *cli, struct err *err)
{
    struct federation federation;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (strlen(cli->args[1]) > IDENTITY_TEXT_MAX || strlen(cli->args[2]) > IDENTITY_TEXT_MAX)
        return err_set(err, ERR_INVALID, "issuer and subject may have %d bytes each",
                       IDENTITY_TEXT_MAX);
    if (load(cli, DB_WRITE, &accounts, &federation, err) != 0)
        return -1;
    federation.all[federation.count++] = (struct robot_identity){cli->args[1], cli->args[2]};
    if (store(&accounts, &federation, err) != 0)
        return -1;
    printf("%s of %s belongs to %s now\n", cli->args[2], cli->args[1], federation.robot.name);
    return EXIT_DONE;
}

int command_federation_remove(struct cli *cli, struct err *err)
{
    struct federation federation;
    size_t left = 0;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (load(cli, DB_WRITE, &accounts, &federation, err) != 0)
        return -1;
    for (size_t i = 0; i < federation.count; i++) {
        const struct robot_identity *one = &federation.all[i];
        if (strcmp(one->issuer, cli->args[1]) != 0 || strcmp(one->subject, cli->args[2]) != 0)
            federation.all[left++] = *one;
    }
    if (left == federation.count)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no such identity", federation.robot.name);
    federation.count = left;
    if (store(&accounts, &federation, err) != 0)
        return -1;
    printf("removed an identity of %s; %zu left\n", federation.robot.name, left);
    return EXIT_DONE;
}

int command_federation_clear(struct cli *cli, struct err *err)
{
    struct federation federation;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (load(cli, DB_WRITE, &accounts, &federation, err) != 0)
        return -1;
    federation.count = 0;
    if (store(&accounts, &federation, err) != 0)
        return -1;
    printf("removed all identities of %s\n", federation.robot.name);
    return EXIT_DONE;
}
