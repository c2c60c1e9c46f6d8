/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the accounts and teams that a command names. */
#include "accounts.h"

#include "base/clock.h"
#include "codec/jw.h"
#include "domain/audit.h"

int accounts_open(struct cli *cli, enum db_mode mode, struct accounts *out, struct err *err)
{
    out->cli = cli;
    out->now_ms = clock_wall_ms();
    return stores_open_cli(cli, &out->settings, &out->stores, err) != 0 ||
                   db_begin(out->stores.db, mode, &out->tx, err) != 0
               ? -1
               : 0;
}

void accounts_close(struct accounts *accounts)
{
    db_end(&accounts->tx);
    stores_close(&accounts->stores);
}

/* An account of one of two kinds. */
static int get(struct accounts *accounts, const char *name, int64_t kind, int64_t or_kind,
               const char *what, struct account *out, struct err *err)
{
    int found = account_find_by_name(accounts->tx, accounts->cli->arena, name, out, err);
    if (found < 0)
        return -1;
    if (found == 0 || (out->kind != kind && out->kind != or_kind))
        return err_set(err, ERR_NOT_FOUND, "there is no %s %.200s", what, name);
    return 0;
}

int accounts_get_user(struct accounts *accounts, const char *name, struct account *out,
                      struct err *err)
{
    return get(accounts, name, ACCOUNT_USER, ACCOUNT_USER, "user", out, err);
}

int accounts_get_organization(struct accounts *accounts, const char *name, struct account *out,
                              struct err *err)
{
    return get(accounts, name, ACCOUNT_ORGANIZATION, ACCOUNT_ORGANIZATION, "organization", out,
               err);
}

int accounts_get_holder(struct accounts *accounts, const char *name, struct account *out,
                        struct err *err)
{
    return get(accounts, name, ACCOUNT_USER, ACCOUNT_ROBOT, "user or robot account", out, err);
}

int accounts_get_namespace(struct accounts *accounts, const char *name, struct account *out,
                           struct err *err)
{
    return get(accounts, name, ACCOUNT_USER, ACCOUNT_ORGANIZATION, "user or organization", out,
               err);
}

int accounts_get_team(struct accounts *accounts, const struct account *organization,
                      const char *name, struct team *out, struct err *err)
{
    int found = team_find(accounts->tx, accounts->cli->arena, organization->id, name, out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no team %.200s in %.200s", name,
                       organization->name);
    return found < 0 ? -1 : 0;
}

int accounts_audit(struct accounts *accounts, int64_t namespace_id, struct err *err,
                   enum audit_kind kind, ...)
{
    enum { METADATA_MAX = 64 * 1024 };
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    va_list pairs;
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    va_start(pairs, kind);
    for (const char *key = va_arg(pairs, const char *); key; key = va_arg(pairs, const char *))
        jw_member_text(&w, key, va_arg(pairs, const char *));
    va_end(pairs);
    jw_end_object(&w);
    if (!buf_ok(&metadata))
        return err_set(err, ERR_TOO_LARGE, "this is too much text for the audit log");
    struct audit_entry entry = {
        .kind = kind,
        .namespace_id = namespace_id,
        .repository_id = accounts->repository_id,
        .metadata = arena_text(accounts->cli->arena, buf_str(&metadata)),
    };
    return audit_write(accounts->tx, &entry, accounts->now_ms, err);
}
