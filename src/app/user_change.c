/* SPDX-License-Identifier: Apache-2.0 */
/* wharf user delete, rename, convert, verify, email: changes of users that take more than a flag.
 */
#include <stdio.h>

#include "app/audited.h"
#include "app/commands.h"
#include "app/user_work.h"
#include "base/clock.h"
#include "codec/jw.h"
#include "domain/account_delete.h"
#include "domain/account_profile.h"

/* Commit, and say what was done: {"user", "done"[, "now"]}, or a line. */
static int finish(const struct cli *cli, struct user_work *work, const char *done, const char *now,
                  struct err *err)
{
    enum { LINE_MAX_BYTES = 4096 };
    if (db_commit(&work->tx, err) != 0)
        return -1;
    if (!cli->json) {
        printf("%s user %s%s%s\n", done, cli->args[0], now ? ": now " : "", now ? now : "");
        return EXIT_DONE;
    }
    _cleanup_buf_ struct buf line;
    struct jw w = {.buf = &line};
    buf_init(&line, LINE_MAX_BYTES);
    jw_begin_object(&w);
    jw_member_text(&w, "user", cli->args[0]);
    jw_member_text(&w, "done", done);
    if (now)
        jw_member_text(&w, "now", now);
    jw_end_object(&w);
    printf("%.*s\n", STR_FMT(buf_str(&line)));
    return EXIT_DONE;
}

int command_user_delete(struct cli *cli, struct err *err)
{
    _cleanup_user_work_ struct user_work work = {0};
    if (user_work_begin(cli, DB_WRITE, &work, err) != 0)
        return -1;
    int alone = account_check_not_sole_admin(work.tx, cli->arena, work.user.id, err);
    if (alone != 0 && !(cli->force && err->code == ERR_INVALID))
        return -1;
    if (audited_write(work.tx, cli->arena, AUDIT_USER_DELETE, work.user.id, err, "username",
                      work.user.name, NULL) != 0 ||
        account_delete(work.tx, &work.user, clock_wall_ms(), err) != 0)
        return -1;
    return finish(cli, &work, "deleted", NULL, err);
}

int command_user_rename(struct cli *cli, struct err *err)
{
    _cleanup_user_work_ struct user_work work = {0};
    if (user_work_begin(cli, DB_WRITE, &work, err) != 0 ||
        account_rename(work.tx, cli->arena, &work.user, cli->args[1], err) != 0 ||
        audited_write(work.tx, cli->arena, AUDIT_USER_CHANGE_NAME, work.user.id, err,
                      "old_username", work.user.name, NULL) != 0)
        return -1;
    return finish(cli, &work, "renamed", cli->args[1], err);
}

int command_user_convert(struct cli *cli, struct err *err)
{
    struct account admin;
    _cleanup_user_work_ struct user_work work = {0};
    if (user_work_begin(cli, DB_WRITE, &work, err) != 0)
        return -1;
    int found = account_find_by_name(work.tx, cli->arena, cli->args[1], &admin, err);
    if (found < 0)
        return -1;
    if (found == 0 || admin.kind != ACCOUNT_USER || !admin.enabled || admin.id == work.user.id)
        return err_set(err, ERR_INVALID, "%.200s cannot administer it: name another, enabled user",
                       cli->args[1]);
    if (account_check_not_sole_admin(work.tx, cli->arena, work.user.id, err) != 0 ||
        account_convert(work.tx, work.user.id, admin.id, err) != 0 ||
        audited_write(work.tx, cli->arena, AUDIT_ACCOUNT_CONVERT, work.user.id, err, NULL) != 0)
        return -1;
    return finish(cli, &work, "converted", "an organization", err);
}

int command_user_verify(struct cli *cli, struct err *err)
{
    _cleanup_user_work_ struct user_work work = {0};
    if (user_work_begin(cli, DB_WRITE, &work, err) != 0 ||
        account_set_verified(work.tx, work.user.id, true, err) != 0)
        return -1;
    return finish(cli, &work, "verified", NULL, err);
}

int command_user_email(struct cli *cli, struct err *err)
{
    _cleanup_user_work_ struct user_work work = {0};
    const char *email = cli->arg_count > 1 ? cli->args[1] : NULL;
    if (user_work_begin(cli, DB_WRITE, &work, err) != 0 ||
        account_set_email(work.tx, cli->arena, work.user.id, email, err) != 0 ||
        audited_write(work.tx, cli->arena, AUDIT_USER_CHANGE_EMAIL, work.user.id, err, "email",
                      email, "old_email", work.user.email, NULL) != 0)
        return -1;
    return finish(cli, &work, "changed", email ? email : "without an address", err);
}
