/* SPDX-License-Identifier: Apache-2.0 */
/* wharf token: tokens from the command line, so that a script has a first one. Those of a user are
 * OAuth tokens for the API and for logins as $oauthtoken; those of a repository are for logins as
 * $token. */
#include <stdio.h>

#include "app/commands.h"
#include "app/named.h"
#include "app/stores.h"
#include "auth/oauth_scope.h"
#include "base/clock.h"
#include "codec/jw.h"
#include "domain/access_token.h"
#include "domain/account.h"
#include "domain/oauth_application.h"
#include "domain/oauth_expire.h"
#include "domain/oauth_token.h"

enum { LINE_MAX_BYTES = 4096, DAY_S = 24 * 3600, SECOND_MS = 1000 };

static const uint64_t DAYS_MAX = 36525; /* a century */

static int find_user(struct cli *cli, struct db_tx *tx, struct account *out, struct err *err)
{
    int found = account_find_by_name(tx, cli->arena, cli->user, out, err);
    if (found < 0)
        return -1;
    if (found == 0 || out->kind != ACCOUNT_USER)
        return err_set(err, ERR_NOT_FOUND, "there is no user %.200s; wharf user list shows all",
                       cli->user);
    return 0;
}

/* Seconds of --days, or `unless` without it. */
static int lifetime(const struct cli *cli, int64_t unless, int64_t *out, struct err *err)
{
    uint64_t days;
    *out = unless;
    if (!cli->days)
        return 0;
    if (!str_to_u64(str_of(cli->days), DAYS_MAX, &days) || days == 0)
        return err_set(err, ERR_INVALID, "--days: must be a number from 1 to %llu",
                       (unsigned long long)DAYS_MAX);
    *out = (int64_t)days * DAY_S;
    return 0;
}

static int create_for_user(struct cli *cli, struct db_tx *tx, int64_t now_ms,
                           char text[OAUTH_TOKEN_LEN + 1], struct err *err)
{
    struct account user;
    int64_t application_id, lifetime_s;
    unsigned asked = oauth_scope_asked(str_of(cli->scope));
    if (asked == 0)
        return err_set(err, ERR_INVALID,
                       "--scope: names of scopes are needed, such as \"repo:read org:admin\"");
    if (lifetime(cli, OAUTH_TOKEN_LIFETIME_S, &lifetime_s, err) != 0 ||
        find_user(cli, tx, &user, err) != 0 ||
        oauth_application_internal(tx, cli->arena, user.id, &application_id, err) != 0)
        return -1;
    struct oauth_token_new in = {
        .application_id = application_id,
        .account_id = user.id,
        .created_by = user.id,
        .name = cli->arg_count ? cli->args[0] : NULL,
        .scope = oauth_scope_format(cli->arena, asked),
        .lifetime_ms = lifetime_s * SECOND_MS,
    };
    return oauth_token_create(tx, &in, now_ms, text, err);
}

int command_token_create(struct cli *cli, struct err *err)
{
    struct settings settings;
    char text[OAUTH_TOKEN_LEN + 1];
    int64_t now_ms = clock_wall_ms();
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!cli->user || !cli->scope)
        return err_set(err, ERR_INVALID, "%s is needed",
                       cli->user ? "--scope (what may the token do?)" : "--user (whose token?)");
    if (stores_open_cli(cli, &settings, &stores, err) != 0 ||
        db_begin(stores.db, DB_WRITE, &tx, err) != 0 || oauth_expire(tx, now_ms, err) != 0 ||
        create_for_user(cli, tx, now_ms, text, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    printf("%s\n", text);
    explicit_bzero(text, sizeof text);
    return EXIT_DONE;
}

int command_repo_token(struct cli *cli, struct err *err)
{
    struct named named;
    int64_t lifetime_s, now_ms = clock_wall_ms();
    char text[ACCESS_TOKEN_LEN + 1];
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    enum role role = cli->role ? role_parse(cli->role) : ROLE_READ;
    if (role == ROLE_NONE)
        return err_set(err, ERR_INVALID, "--role: must be read, write or admin");
    if (lifetime(cli, 0, &lifetime_s, err) != 0 || named_open(cli, &stores, &tx, &named, err) != 0)
        return -1;
    struct access_token_new in = {
        .repository_id = named.repository.id,
        .name = cli->arg_count > 1 ? cli->args[1] : "command line",
        .role = role,
        .expires_ms = lifetime_s ? now_ms + lifetime_s * SECOND_MS : 0,
    };
    if (oauth_expire(tx, now_ms, err) != 0 ||
        access_token_create(tx, &in, now_ms, text, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    printf("%s\n", text);
    explicit_bzero(text, sizeof text);
    return EXIT_DONE;
}

static void print_token(const struct cli *cli, const struct oauth_token_row *token)
{
    char expires[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(token->expires_ms, expires);
    if (!cli->json) {
        printf("%s  %s  %-20s  %s\n", token->uuid, expires, token->name ? token->name : "-",
               token->scope);
        return;
    }
    _cleanup_buf_ struct buf line;
    struct jw w = {.buf = &line};
    buf_init(&line, LINE_MAX_BYTES);
    jw_begin_object(&w);
    jw_member_text(&w, "uuid", token->uuid);
    jw_member_text(&w, "name", token->name);
    jw_member_text(&w, "scope", token->scope);
    jw_member_text(&w, "application", token->application_name);
    jw_member_text(&w, "expires", expires);
    jw_end_object(&w);
    printf("%.*s\n", STR_FMT(buf_str(&line)));
}

int command_token_list(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct account user;
    struct list list;
    int64_t after = 0;
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!cli->user)
        return err_set(err, ERR_INVALID, "--user: whose tokens?");
    if (stores_open_cli(cli, &settings, &stores, err) != 0 ||
        db_begin(stores.db, DB_READ, &tx, err) != 0 || find_user(cli, tx, &user, err) != 0)
        return -1;
    do {
        if (oauth_token_list_of_account(tx, cli->arena, user.id, clock_wall_ms(), after,
                                        OAUTH_TOKEN_PAGE_MAX, &list, err) != 0)
            return -1;
        const struct oauth_token_row *items = list.items;
        for (size_t i = 0; i < list.count; i++)
            print_token(cli, &items[i]);
        if (list.count)
            after = items[list.count - 1].id;
    } while (list.count == OAUTH_TOKEN_PAGE_MAX);
    return EXIT_DONE;
}

/* 1 deleted, 0 none, -1. */
static int delete_token(struct cli *cli, struct db_tx *tx, struct err *err)
{
    struct oauth_token token;
    struct access_token access;
    const char *uuid = cli->args[0];
    int64_t now_ms = clock_wall_ms();
    int found = oauth_token_find_by_uuid(tx, cli->arena, uuid, now_ms, &token, err);
    if (found != 0)
        return found < 0 ? -1 : oauth_token_delete(tx, token.id, err);
    found = access_token_find_by_uuid(tx, cli->arena, uuid, now_ms, &access, err);
    return found <= 0 ? found : access_token_delete(tx, access.id, err);
}

int command_token_delete(struct cli *cli, struct err *err)
{
    struct settings settings;
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (stores_open_cli(cli, &settings, &stores, err) != 0 ||
        db_begin(stores.db, DB_WRITE, &tx, err) != 0)
        return -1;
    int deleted = delete_token(cli, tx, err);
    if (deleted == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no token with that UUID");
    if (deleted < 0 || db_commit(&tx, err) != 0)
        return -1;
    printf("revoked %s\n", cli->args[0]);
    return EXIT_DONE;
}
