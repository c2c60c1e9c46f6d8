/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the user of a command. */
#include "app/user_work.h"

int user_work_begin(struct cli *cli, enum db_mode mode, struct user_work *work, struct err *err)
{
    if (stores_open_cli(cli, &work->settings, &work->stores, err) != 0 ||
        db_begin(work->stores.db, mode, &work->tx, err) != 0)
        return -1;
    int found = account_find_by_name(work->tx, cli->arena, cli->args[0], &work->user, err);
    if (found < 0)
        return -1;
    if (found == 0 || work->user.kind != ACCOUNT_USER)
        return err_set(err, ERR_NOT_FOUND, "there is no user %.200s; wharf user list shows all",
                       cli->args[0]);
    return 0;
}

void user_work_done(struct user_work *work)
{
    db_end(&work->tx);
    stores_close(&work->stores);
}
