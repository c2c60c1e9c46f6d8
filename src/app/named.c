/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the repository that a command names. */
#include "named.h"

int named_parse_text(struct cli *cli, const struct settings *settings, const char *text,
                     struct repository_name *out, struct err *err)
{
    struct name_rules rules = {.library = settings->rules.library,
                               .hostname = settings->rules.hostname,
                               .nested = settings->rules.nested_names};
    return name_parse_repository(cli->arena, str_of(text), &rules, out, err);
}

int named_parse(struct cli *cli, const struct settings *settings, struct repository_name *out,
                struct err *err)
{
    return named_parse_text(cli, settings, cli->args[0], out, err);
}

static int find(struct db_tx *tx, struct arena *arena, struct named *io, struct err *err)
{
    int found = repository_find(tx, arena, &io->name, &io->repository, err);
    if (found == 0)
        return err_set(err, ERR_NAME_UNKNOWN, "there is no repository %.200s", io->name.full);
    return found < 0 ? -1 : 0;
}

int named_open(struct cli *cli, struct stores *stores, struct db_tx **tx_out, struct named *out,
               struct err *err)
{
    *out = (struct named){0};
    if (stores_open_cli(cli, &out->settings, stores, err) != 0 ||
        named_parse(cli, &out->settings, &out->name, err) != 0 ||
        db_begin(stores->db, DB_WRITE, tx_out, err) != 0)
        return -1;
    return find(*tx_out, cli->arena, out, err);
}

int named_get(struct accounts *accounts, const char *text, struct named *out, struct err *err)
{
    struct cli *cli = accounts->cli;
    *out = (struct named){.settings = accounts->settings};
    if (named_parse_text(cli, &out->settings, text, &out->name, err) != 0 ||
        find(accounts->tx, cli->arena, out, err) != 0)
        return -1;
    accounts->repository_id = out->repository.id;
    return 0;
}

int named_check_writable(const struct named *named, struct err *err)
{
    if (named->repository.state != REPOSITORY_NORMAL)
        return err_set(err, ERR_READ_ONLY, "repository %.200s is read-only", named->name.full);
    return 0;
}
