/* SPDX-License-Identifier: Apache-2.0 */
/* wharf apptoken: passwords of a user for programs ($app), from the command line. */
#include "domain/app_token.h"

#include <stdio.h>
#include <string.h>

#include "app/audited.h"
#include "app/commands.h"
#include "app/listing.h"
#include "app/stores.h"
#include "app/user_work.h"
#include "base/clock.h"

static void write_time(struct jw *w, const char *key, int64_t wall_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    if (wall_ms)
        clock_format_rfc3339(wall_ms, text);
    jw_member_text(w, key, wall_ms ? text : NULL);
}

static void print_token(struct jw *json, const struct app_token *token)
{
    char created[CLOCK_RFC3339_SIZE], expires[CLOCK_RFC3339_SIZE] = "never";
    if (!json) {
        clock_format_rfc3339(token->created_ms, created);
        if (token->expires_ms)
            clock_format_rfc3339(token->expires_ms, expires);
        printf("%s  %s  %-20s  %s\n", token->uuid, created, expires, token->title);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "uuid", token->uuid);
    jw_member_text(json, "title", token->title);
    write_time(json, "created", token->created_ms);
    write_time(json, "last_accessed", token->last_accessed_ms);
    write_time(json, "expires", token->expires_ms);
    jw_end_object(json);
}

int command_apptoken_list(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct list list = {0};
    _cleanup_user_work_ struct user_work work = {0};
    if (user_work_begin(cli, DB_READ, &work, err) != 0 ||
        app_token_list(work.tx, cli->arena, work.user.id, INT64_MAX, &list, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    const struct app_token *tokens = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_token(listing_item(&listing), &tokens[i]);
    listing_end(&listing);
    return EXIT_DONE;
}

static void print_new(const struct cli *cli, const struct app_token *token, const char *text)
{
    enum { LINE_MAX_BYTES = 4096 };
    if (!cli->json) {
        printf("%s\n", text);
        return;
    }
    _cleanup_buf_ struct buf line;
    struct jw w = {.buf = &line};
    buf_init(&line, LINE_MAX_BYTES);
    jw_begin_object(&w);
    jw_member_text(&w, "uuid", token->uuid);
    jw_member_text(&w, "title", token->title);
    write_time(&w, "expires", token->expires_ms);
    jw_member_text(&w, "token_code", text);
    jw_end_object(&w);
    printf("%.*s\n", STR_FMT(buf_str(&line)));
}

int command_apptoken_create(struct cli *cli, struct err *err)
{
    struct secrets secrets;
    struct app_token token;
    _cleanup_user_work_ struct user_work work = {0};
    if (strlen(cli->args[1]) > APP_TOKEN_TITLE_MAX || cli->args[1][0] == '\0')
        return err_set(err, ERR_INVALID, "the title must have 1 to %d bytes", APP_TOKEN_TITLE_MAX);
    if (stores_load_secrets(cli, &secrets, err) != 0 ||
        user_work_begin(cli, DB_WRITE, &work, err) != 0 ||
        app_token_create(work.tx, cli->arena, &secrets.store, work.user.id, cli->args[1],
                         clock_wall_ms(), work.settings.rules.app_token_ms, &token, err) != 0 ||
        audited_write(work.tx, cli->arena, AUDIT_CREATE_APP_SPECIFIC_TOKEN, work.user.id, err,
                      "app_specific_token_title", token.title, "app_specific_token", token.uuid,
                      NULL) != 0 ||
        db_commit(&work.tx, err) != 0)
        return -1;
    print_new(cli, &token, app_token_text(cli->arena, &secrets.store, &token));
    return EXIT_DONE;
}

int command_apptoken_delete(struct cli *cli, struct err *err)
{
    struct app_token token = {0};
    _cleanup_user_work_ struct user_work work = {0};
    if (user_work_begin(cli, DB_WRITE, &work, err) != 0)
        return -1;
    int found = app_token_find_own(work.tx, cli->arena, work.user.id, cli->args[1], &token, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no app token with that UUID",
                       work.user.name);
    if (found < 0 || app_token_delete(work.tx, token.id, err) != 0 ||
        audited_write(work.tx, cli->arena, AUDIT_REVOKE_APP_SPECIFIC_TOKEN, work.user.id, err,
                      "app_specific_token_title", token.title, "app_specific_token", token.uuid,
                      NULL) != 0 ||
        db_commit(&work.tx, err) != 0)
        return -1;
    printf("revoked %s\n", token.uuid);
    return EXIT_DONE;
}
