/* SPDX-License-Identifier: Apache-2.0 */
/* wharf quota: what a namespace uses and may use, from the command line. */
#include "domain/quota.h"

#include <stdio.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "base/size.h"
#include "codec/jw.h"
#include "domain/usage.h"

/* What is shown of a namespace. */
struct shown {
    struct account space;
    bool found; /* there is a quota */
    struct quota quota;
    int64_t used;
    enum usage_state state;
    struct list repositories; /* struct usage_repository */
};

static int get_quota(struct accounts *accounts, const struct account *space, struct quota *out,
                     struct err *err)
{
    int found = quota_find(accounts->tx, accounts->cli->arena, space->id, out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no quota; wharf quota set gives it one",
                       space->name);
    return found < 0 ? -1 : 0;
}

static const char *number(struct cli *cli, int64_t value)
{
    return arena_printf(cli->arena, "%lld", (long long)value);
}

static const char *text_of(struct cli *cli, int64_t bytes)
{
    char text[SIZE_TEXT_MAX];
    size_format(bytes, text);
    return arena_strdup(cli->arena, text);
}

/* ---- set ---- */

static int set(struct accounts *accounts, const struct account *space, int64_t bytes,
               struct err *err)
{
    struct cli *cli = accounts->cli;
    struct quota quota;
    int found = quota_find(accounts->tx, cli->arena, space->id, &quota, err);
    if (found < 0)
        return -1;
    if (found == 0)
        return quota_create(accounts->tx, cli->arena, space->id, bytes, err) != 0
                   ? -1
                   : accounts_audit(accounts, space->id, err, AUDIT_ORG_CREATE_QUOTA, "namespace",
                                    space->name, "limit_bytes", number(cli, bytes), "limit",
                                    text_of(cli, bytes), NULL);
    int64_t previous = quota.limit_bytes;
    if (quota_set_bytes(accounts->tx, &quota, bytes, err) != 0)
        return -1;
    return accounts_audit(accounts, space->id, err, AUDIT_ORG_CHANGE_QUOTA, "namespace",
                          space->name, "limit_bytes", number(cli, bytes), "limit",
                          text_of(cli, bytes), "previous_limit_bytes", number(cli, previous),
                          "previous_limit", text_of(cli, previous), NULL);
}

int command_quota_set(struct cli *cli, struct err *err)
{
    struct account space;
    int64_t bytes;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (size_parse(str_of(cli->args[1]), &bytes, err) != 0 ||
        accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_namespace(&accounts, cli->args[0], &space, err) != 0 ||
        set(&accounts, &space, bytes, err) != 0 || db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("%s may use %s\n", space.name, text_of(cli, bytes));
    return EXIT_DONE;
}

/* ---- limit ---- */

static int drop_limits(struct accounts *accounts, const struct account *space,
                       const struct quota *quota, enum quota_kind kind, struct err *err)
{
    const struct quota_limit *limits = quota->limits.items;
    for (size_t i = 0; i < quota->limits.count; i++) {
        if (limits[i].kind == (int64_t)kind &&
            (quota_limit_delete(accounts->tx, &limits[i], err) != 0 ||
             accounts_audit(accounts, space->id, err, AUDIT_ORG_DELETE_QUOTA_LIMIT, "namespace",
                            space->name, "limit_id", number(accounts->cli, limits[i].id), "type",
                            quota_kind_name(kind), "threshold_percent",
                            number(accounts->cli, limits[i].percent), NULL) != 0))
            return -1;
    }
    return 0;
}

static int add_limit(struct accounts *accounts, const struct account *space,
                     const struct quota *quota, enum quota_kind kind, int64_t percent,
                     struct err *err)
{
    if (quota_limit_create(accounts->tx, quota, kind, percent, err) != 0)
        return -1;
    return accounts_audit(accounts, space->id, err, AUDIT_ORG_CREATE_QUOTA_LIMIT, "namespace",
                          space->name, "type", quota_kind_name(kind), "threshold_percent",
                          number(accounts->cli, percent), NULL);
}

int command_quota_limit(struct cli *cli, struct err *err)
{
    struct account space;
    struct quota quota;
    uint64_t percent = 0;
    enum quota_kind kind = quota_kind_parse(cli->args[1]);
    bool none = strcmp(cli->args[2], "none") == 0;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (kind == QUOTA_NOTHING)
        return err_set(err, ERR_INVALID, "a limit is warning or reject");
    if (!none && !str_to_u64(str_of(cli->args[2]), QUOTA_PERCENT_MAX, &percent))
        return err_set(err, ERR_INVALID, "a limit is a percentage from 1 to 100, or none");
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_namespace(&accounts, cli->args[0], &space, err) != 0 ||
        get_quota(&accounts, &space, &quota, err) != 0)
        return -1;
    int done = none ? drop_limits(&accounts, &space, &quota, kind, err)
                    : add_limit(&accounts, &space, &quota, kind, (int64_t)percent, err);
    if (done != 0 || db_commit(&accounts.tx, err) != 0)
        return -1;
    if (none)
        printf("%s has no %s limit\n", space.name, quota_kind_name(kind));
    else
        printf("%s has a %s limit at %s\n", space.name, quota_kind_name(kind),
               text_of(cli, quota_part(quota.limit_bytes, (int64_t)percent)));
    return EXIT_DONE;
}

/* ---- remove ---- */

int command_quota_remove(struct cli *cli, struct err *err)
{
    struct account space;
    struct quota quota;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_namespace(&accounts, cli->args[0], &space, err) != 0 ||
        get_quota(&accounts, &space, &quota, err) != 0 ||
        quota_delete(accounts.tx, &quota, err) != 0 ||
        accounts_audit(&accounts, space.id, err, AUDIT_ORG_DELETE_QUOTA, "namespace", space.name,
                       "quota_id", number(cli, quota.id), "limit_bytes",
                       number(cli, quota.limit_bytes), "limit", text_of(cli, quota.limit_bytes),
                       NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("%s has no quota\n", space.name);
    return EXIT_DONE;
}

/* ---- show ---- */

static void print_lines(struct cli *cli, const struct shown *shown, int64_t system)
{
    const struct quota_limit *limits = shown->quota.limits.items;
    const struct usage_repository *repositories = shown->repositories.items;
    printf("%s uses %s", shown->space.name, text_of(cli, shown->used));
    if (shown->found)
        printf(" of %s\n", text_of(cli, shown->quota.limit_bytes));
    else if (system)
        printf(" of %s, as all without a quota\n", text_of(cli, system));
    else
        printf(", and has no quota\n");
    for (size_t i = 0; i < shown->quota.limits.count; i++)
        printf("  %-8s at %3lld %%: %s\n", quota_kind_name(limits[i].kind),
               (long long)limits[i].percent,
               text_of(cli, quota_part(shown->quota.limit_bytes, limits[i].percent)));
    for (size_t i = 0; i < shown->repositories.count; i++)
        printf("  %-40s %s\n", repositories[i].name, text_of(cli, repositories[i].bytes));
    if (shown->state != USAGE_COMPLETE)
        printf("not everything has been counted yet (%s)\n", usage_state_names[shown->state]);
}

static void write_limits(struct jw *w, const struct quota *quota)
{
    const struct quota_limit *limits = quota->limits.items;
    jw_key(w, "limits");
    jw_begin_array(w);
    for (size_t i = 0; i < quota->limits.count; i++) {
        jw_begin_object(w);
        jw_member_text(w, "type", quota_kind_name(limits[i].kind));
        jw_member_int(w, "percent", limits[i].percent);
        jw_member_int(w, "bytes", quota_part(quota->limit_bytes, limits[i].percent));
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void write_repositories(struct jw *w, const struct list *list)
{
    const struct usage_repository *repositories = list->items;
    jw_key(w, "repositories");
    jw_begin_array(w);
    for (size_t i = 0; i < list->count; i++) {
        jw_begin_object(w);
        jw_member_text(w, "name", repositories[i].name);
        jw_member_int(w, "bytes", repositories[i].bytes);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void print_json(const struct shown *shown, int64_t system)
{
    enum { TEXT_MAX = 1024 * 1024 };
    _cleanup_buf_ struct buf text;
    struct jw w = {.buf = &text};
    int64_t limit = shown->found ? shown->quota.limit_bytes : system;
    buf_init(&text, TEXT_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "namespace", shown->space.name);
    jw_member_int(&w, "used_bytes", shown->used);
    jw_key(&w, "limit_bytes");
    if (limit)
        jw_int(&w, limit);
    else
        jw_null(&w);
    jw_member_bool(&w, "system_default", !shown->found && limit);
    write_limits(&w, &shown->quota);
    jw_member_text(&w, "backfill", usage_state_names[shown->state]);
    write_repositories(&w, &shown->repositories);
    jw_end_object(&w);
    printf("%.*s\n", STR_FMT(buf_str(&text)));
}

int command_quota_show(struct cli *cli, struct err *err)
{
    struct shown shown = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        accounts_get_namespace(&accounts, cli->args[0], &shown.space, err) != 0)
        return -1;
    int64_t id = shown.space.id;
    int found = quota_find(accounts.tx, cli->arena, id, &shown.quota, err);
    if (found < 0 || usage_of_namespace(accounts.tx, cli->arena, id, &shown.used, err) != 0 ||
        usage_state_get(accounts.tx, cli->arena, &shown.state, err) != 0 ||
        usage_list(accounts.tx, cli->arena, id, cli->after, USAGE_LIST_MAX, &shown.repositories,
                   err) != 0)
        return -1;
    shown.found = found;
    int64_t system = accounts.settings.rules.quota_system_bytes;
    if (cli->json)
        print_json(&shown, system);
    else
        print_lines(cli, &shown, system);
    return EXIT_DONE;
}
