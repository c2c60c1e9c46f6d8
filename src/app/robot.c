/* SPDX-License-Identifier: Apache-2.0 */
/* wharf robot: robot accounts from the command line. A token is printed when it is made, and on
 * demand: it is kept sealed with the key that the configuration and the database have. */
#include "domain/robot.h"

#include <stdio.h>
#include <string.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "auth/robot_login.h"
#include "base/clock.h"

static int get_robot(struct accounts *accounts, struct robot *out, struct err *err)
{
    const char *name = accounts->cli->args[0];
    int found = robot_find(accounts->tx, accounts->cli->arena, name, out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no robot account %.200s", name);
    return found < 0 ? -1 : 0;
}

/* The name cut at its '+'. */
static int split_name(struct cli *cli, const char **owner_out, const char **short_out,
                      struct err *err)
{
    struct str rest = str_of(cli->args[0]), owner;
    if (!str_cut(&rest, '+', &owner) || !rest.ptr)
        return err_set(err, ERR_INVALID, "a robot account is named NAMESPACE+NAME");
    *owner_out = arena_text(cli->arena, owner);
    *short_out = arena_text(cli->arena, rest);
    return 0;
}

static void print_token(const struct cli *cli, const char *name, const char *token)
{
    enum { LINE_MAX_BYTES = 2048 };
    if (!cli->json) {
        printf("%s\n", token);
        return;
    }
    _cleanup_buf_ struct buf line;
    struct jw w = {.buf = &line};
    buf_init(&line, LINE_MAX_BYTES);
    jw_begin_object(&w);
    jw_member_text(&w, "name", name);
    jw_member_text(&w, "token", token);
    jw_end_object(&w);
    printf("%.*s\n", STR_FMT(buf_str(&line)));
}

int command_robot_create(struct cli *cli, struct err *err)
{
    struct account owner;
    struct robot made;
    struct robot_new in = {.owner = &owner};
    struct secrets secrets;
    const char *owner_name;
    _cleanup_accounts_ struct accounts accounts = {0};
    in.description = cli->arg_count > 1 ? cli->args[1] : NULL;
    if (in.description && strlen(in.description) > ROBOT_DESCRIPTION_MAX)
        return err_set(err, ERR_INVALID, "the description may have %d bytes",
                       ROBOT_DESCRIPTION_MAX);
    if (split_name(cli, &owner_name, &in.short_name, err) != 0 ||
        stores_load_secrets(cli, &secrets, err) != 0 ||
        accounts_open(cli, DB_WRITE, &accounts, err) != 0)
        return -1;
    if (!robot_login_allowed(&accounts.settings.auth, cli->args[0]))
        return err_set(err, ERR_INVALID, "ROBOTS_DISALLOW is set: %.200s could not log in",
                       cli->args[0]);
    if (accounts_get_namespace(&accounts, owner_name, &owner, err) != 0 ||
        robot_create(accounts.tx, cli->arena, &secrets.store, &in, accounts.now_ms, &made, err) !=
            0 ||
        accounts_audit(&accounts, owner.id, err, AUDIT_CREATE_ROBOT, "robot", in.short_name,
                       "description", made.description, "unstructured_metadata", made.metadata,
                       NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    print_token(cli, made.name, robot_token(cli->arena, &secrets.store, &made));
    return EXIT_DONE;
}

int command_robot_delete(struct cli *cli, struct err *err)
{
    struct robot robot;
    const char *owner, *short_name;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (split_name(cli, &owner, &short_name, err) != 0 ||
        accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_robot(&accounts, &robot, err) != 0 || robot_delete(accounts.tx, robot.id, err) != 0 ||
        accounts_audit(&accounts, robot.owner_id, err, AUDIT_DELETE_ROBOT, "robot", short_name,
                       NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("deleted robot account %s\n", robot.name);
    return EXIT_DONE;
}

int command_robot_token(struct cli *cli, struct err *err)
{
    struct robot robot;
    struct secrets secrets;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (stores_load_secrets(cli, &secrets, err) != 0 ||
        accounts_open(cli, DB_READ, &accounts, err) != 0 || get_robot(&accounts, &robot, err) != 0)
        return -1;
    const char *token = robot_token(cli->arena, &secrets.store, &robot);
    if (!token)
        return err_set(err, ERR_CONFLICT,
                       "the token was sealed with another DATABASE_SECRET_KEY; wharf robot renew "
                       "makes a new one");
    print_token(cli, robot.name, token);
    return EXIT_DONE;
}

int command_robot_renew(struct cli *cli, struct err *err)
{
    struct robot robot;
    struct secrets secrets;
    const char *owner, *short_name;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (split_name(cli, &owner, &short_name, err) != 0 ||
        stores_load_secrets(cli, &secrets, err) != 0 ||
        accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_robot(&accounts, &robot, err) != 0 ||
        robot_renew_token(accounts.tx, cli->arena, &secrets.store, &robot, err) != 0 ||
        accounts_audit(&accounts, robot.owner_id, err, AUDIT_REGENERATE_ROBOT_TOKEN, "robot",
                       short_name, NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    print_token(cli, robot.name, robot_token(cli->arena, &secrets.store, &robot));
    return EXIT_DONE;
}

static void print_robot(struct jw *json, const struct robot *robot)
{
    char created[CLOCK_RFC3339_SIZE], used[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(robot->created_ms, created);
    clock_format_rfc3339(robot->last_accessed_ms, used);
    const char *last = robot->last_accessed_ms ? used : NULL;
    if (!json) {
        printf("%-40s %s  %s  %s\n", robot->name, created, last ? last : "never used",
               robot->description);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "name", robot->name);
    jw_member_text(json, "description", robot->description);
    jw_member_text(json, "created", created);
    jw_member_text(json, "last_accessed", last);
    jw_end_object(json);
}

int command_robot_list(struct cli *cli, struct err *err)
{
    enum { PAGE = 500 };
    struct listing listing;
    struct account owner;
    const char *after = cli->after;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        accounts_get_namespace(&accounts, cli->args[0], &owner, err) != 0)
        return listing_abort(&listing);
    for (int64_t want; (want = listing_want(&listing, PAGE)) > 0;) {
        struct list page = {0};
        if (robot_list(accounts.tx, cli->arena, owner.id, after, want, &page, err) != 0)
            return listing_abort(&listing);
        const struct robot *robots = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_robot(listing_item(&listing), &robots[i]);
        if ((int64_t)page.count < want)
            break;
        after = robots[page.count - 1].name;
    }
    listing_end(&listing);
    return EXIT_DONE;
}
