/* SPDX-License-Identifier: Apache-2.0 */
/* wharf message: what the operator has to say, on every page. As over the API, the audit log says
 * nothing of it. */
#include "domain/message.h"

#include <stdio.h>
#include <string.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "base/quote.h"

static void write_message(struct jw *w, const struct message *message)
{
    jw_begin_object(w);
    jw_member_text(w, "uuid", message->uuid);
    jw_member_text(w, "content", message->content);
    jw_member_text(w, "severity", message->severity);
    jw_member_text(w, "media_type", message->media_type);
    jw_end_object(w);
}

int command_message_list(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        message_list(accounts.tx, cli->arena, &list, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    const struct message *messages = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct jw *json = listing_item(&listing);
        if (json)
            write_message(json, &messages[i]);
        else
            printf("%s  %-7s %s\n", messages[i].uuid, messages[i].severity, messages[i].content);
    }
    listing_end(&listing);
    return EXIT_DONE;
}

static int check(const struct message *message, struct err *err)
{
    size_t len = strlen(message->content);
    if (strcmp(message->severity, "info") != 0 && strcmp(message->severity, "warning") != 0 &&
        strcmp(message->severity, "error") != 0)
        return err_set(err, ERR_INVALID, "the severity must be info, warning or error");
    if (len > MESSAGE_CONTENT_MAX || !utf8_valid(str_of(message->content)))
        return err_set(err, ERR_INVALID, "a message is UTF-8 text of at most %d bytes",
                       MESSAGE_CONTENT_MAX);
    return 0;
}

/* The newest one is the last of the list. */
static int make(struct accounts *accounts, const struct message *in, struct message *out,
                struct err *err)
{
    struct arena *arena = accounts->cli->arena;
    struct list list = {0};
    if (message_create(accounts->tx, arena, in, err) != 0 ||
        message_list(accounts->tx, arena, &list, err) != 0 || db_commit(&accounts->tx, err) != 0)
        return -1;
    const struct message *messages = list.items;
    *out = messages[list.count - 1];
    return 0;
}

int command_message_add(struct cli *cli, struct err *err)
{
    struct message made, message = {
                             .severity = cli->args[0],
                             .content = cli->args[1],
                             .media_type = cli->markdown ? "text/markdown" : "text/plain",
                         };
    _cleanup_accounts_ struct accounts accounts = {0};
    _cleanup_buf_ struct buf out;
    struct jw w = {.buf = &out};
    buf_init(&out, (size_t)8 * MESSAGE_CONTENT_MAX);
    if (check(&message, err) != 0 || accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        make(&accounts, &message, &made, err) != 0)
        return -1;
    write_message(&w, &made);
    if (cli->json)
        printf("%.*s\n", STR_FMT(buf_str(&out)));
    else
        printf("every page shows the message %s now\n", made.uuid);
    return EXIT_DONE;
}

int command_message_remove(struct cli *cli, struct err *err)
{
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0)
        return -1;
    int done = message_delete(accounts.tx, cli->args[0], err);
    if (done == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no message %.40s", cli->args[0]);
    if (done < 0 || db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("removed message %s\n", cli->args[0]);
    return EXIT_DONE;
}
