/* SPDX-License-Identifier: Apache-2.0 */
/* wharf permission: who may do what with a repository, and why. The decisions are those that the
 * server makes, by the same function and the same configuration. */
#include "auth/permission.h"

#include <stdio.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "app/stores.h"
#include "domain/account.h"
#include "domain/grant.h"

enum { PAGE = 500, OBJECT_MAX = 1024 * 1024 };

struct subject {
    struct settings settings;
    struct repository_name name;
    struct account owner;
    struct repository repository;
    struct account account;
};

static int refuse_account(const char *name, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "there is no account %.200s", name);
}

static int find_account(struct db_tx *tx, struct arena *arena, const char *name,
                        struct account *out, struct err *err)
{
    int found = account_find_by_name(tx, arena, name, out, err);
    return found == 0 ? refuse_account(name, err) : found < 0 ? -1 : 0;
}

static int refuse_repository(const struct subject *subject, struct err *err)
{
    return err_set(err, ERR_NAME_UNKNOWN, "there is no repository %.200s", subject->name.full);
}

static int find_repository(struct db_tx *tx, struct arena *arena, struct subject *subject,
                           struct err *err)
{
    if (find_account(tx, arena, subject->name.namespace_name, &subject->owner, err) != 0)
        return -1;
    int found = repository_find(tx, arena, &subject->name, &subject->repository, err);
    return found == 0 ? refuse_repository(subject, err) : found < 0 ? -1 : 0;
}

/* --- explain --- */

static void print_grants(const struct list *grants)
{
    const struct grant_reason *rows = grants->items;
    for (size_t i = 0; i < grants->count; i++) {
        if (!rows[i].team)
            printf("  given %s on the repository\n", role_name(rows[i].role));
        else if (rows[i].team_role == TEAM_ADMIN)
            printf("  member of the team %s, which administers the organization\n", rows[i].team);
        else
            printf("  member of the team %s, which was given %s on the repository\n", rows[i].team,
                   role_name(rows[i].role));
    }
}

static void print_text(const struct subject *subject, const struct permission_decision *decision,
                       const struct list *grants)
{
    printf("%s on %s:\n", subject->account.name, subject->name.full);
    if (!subject->account.enabled)
        printf("  this account is disabled: none of this can be used\n");
    for (size_t i = 0; i < PERMISSION_RIGHTS; i++)
        printf("  %-7s %s: %s\n", permission_right_name(i), decision->reasons[i] ? "yes" : "no",
               decision->reasons[i] ? decision->reasons[i] : "nothing allows it");
    print_grants(grants);
}

static void write_grants(struct jw *w, const struct list *grants)
{
    const struct grant_reason *rows = grants->items;
    jw_key(w, "grants");
    jw_begin_array(w);
    for (size_t i = 0; i < grants->count; i++) {
        jw_begin_object(w);
        jw_member_text(w, "role", rows[i].role ? role_name(rows[i].role) : NULL);
        jw_member_text(w, "team", rows[i].team);
        jw_member_text(w, "team_role", rows[i].team ? role_team_name(rows[i].team_role) : NULL);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static int print_json(const struct subject *subject, const struct permission_decision *decision,
                      const struct list *grants, struct err *err)
{
    _cleanup_buf_ struct buf out;
    struct jw w = {.buf = &out};
    buf_init(&out, OBJECT_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "account", subject->account.name);
    jw_member_bool(&w, "enabled", subject->account.enabled);
    jw_member_text(&w, "repository", subject->name.full);
    jw_key(&w, "rights");
    jw_begin_array(&w);
    for (size_t i = 0; i < PERMISSION_RIGHTS; i++) {
        jw_begin_object(&w);
        jw_member_text(&w, "right", permission_right_name(i));
        jw_member_bool(&w, "allowed", decision->reasons[i] != NULL);
        jw_member_text(&w, "reason", decision->reasons[i]);
        jw_end_object(&w);
    }
    jw_end_array(&w);
    write_grants(&w, grants);
    jw_end_object(&w);
    if (!buf_ok(&out))
        return err_set(err, ERR_TOO_LARGE, "the answer is too large");
    printf("%s\n", out.ptr);
    return 0;
}

int command_permission_explain(struct cli *cli, struct err *err)
{
    struct subject subject = {0};
    struct permission_decision decision;
    struct list grants = {0};
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (stores_open_cli(cli, &subject.settings, &stores, err) != 0 ||
        named_parse_text(cli, &subject.settings, cli->args[1], &subject.name, err) != 0 ||
        db_begin(stores.db, DB_READ, &tx, err) != 0 ||
        find_account(tx, cli->arena, cli->args[0], &subject.account, err) != 0)
        return -1;
    struct identity identity = identity_of_account(&subject.settings.auth, &subject.account);
    if (permission_decide(&subject.settings.auth, tx, cli->arena, &identity, &subject.name,
                          &decision, err) != 0)
        return -1;
    if (!decision.space.id)
        return refuse_account(subject.name.namespace_name, err);
    if (!decision.repository.id)
        return refuse_repository(&subject, err);
    if (grant_list_reasons(tx, cli->arena, subject.account.id, decision.repository.id,
                           decision.space.id, &grants, err) != 0)
        return -1;
    if (cli->json)
        return print_json(&subject, &decision, &grants, err) != 0 ? -1 : EXIT_DONE;
    print_text(&subject, &decision, &grants);
    return EXIT_DONE;
}

/* --- list --- */

static const char *why(struct arena *arena, const struct subject *subject,
                       const struct grant_way *row)
{
    if (row->team_role == TEAM_ADMIN)
        return arena_printf(arena, "the team %s administers the organization", row->team);
    if (row->team[0])
        return arena_printf(arena, "given to the team %s", row->team);
    if (strcmp(row->account, subject->owner.name) == 0)
        return "owner of the namespace";
    return "given to the account";
}

static void print_holder(struct jw *json, const char *who, bool enabled, const char *right,
                         const char *team, const char *reason)
{
    if (!json) {
        printf("%-32s %-6s %s%s\n", who, right, reason,
               enabled ? "" : " (the account is disabled)");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "account", who);
    jw_member_bool(json, "enabled", enabled);
    jw_member_text(json, "right", right);
    jw_member_text(json, "team", team);
    jw_member_text(json, "reason", reason);
    jw_end_object(json);
}

/* Those who may without anything given to them. */
static void print_others(struct listing *listing, const struct subject *subject, enum role least)
{
    static const char *const public_to[] = {
        [PULL_EVERYBODY] = "(everybody)",
        [PULL_ACCOUNTS] = "(every account)",
        [PULL_TERMS] = "(who has accepted the terms)",
    };
    const struct auth_config *auth = &subject->settings.auth;
    if (subject->repository.is_public && least <= ROLE_READ && listing->left > 0) {
        bool closed = subject->owner.pull_policy == PULL_EVERYBODY && !auth->anonymous_access;
        print_holder(listing_item(listing),
                     public_to[closed ? PULL_ACCOUNTS : subject->owner.pull_policy], true, "read",
                     NULL, "the repository is public");
    }
    if (auth->superusers_full_access && listing->left > 0)
        print_holder(listing_item(listing), "(superusers)", true, "admin", NULL,
                     "superusers have full access");
    if (auth->readonly_superusers.count > 0 && least <= ROLE_READ && listing->left > 0)
        print_holder(listing_item(listing), "(read-only superusers)", true, "read", NULL,
                     "read-only superusers may read everything");
}

static int print_holders(struct cli *cli, struct db_tx *tx, struct listing *listing,
                         const struct subject *subject, enum role least, struct err *err)
{
    /* Behind all teams of that account. */
    struct grant_way last = {.account = cli->after ? cli->after : "",
                             .team = cli->after ? "\U0010FFFF" : ""};
    for (int64_t want; (want = listing_want(listing, PAGE)) > 0;) {
        struct list page = {0};
        if (grant_list_ways(tx, cli->arena, subject->repository.id, subject->owner.id, least, &last,
                            want, &page, err) != 0)
            return -1;
        const struct grant_way *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_holder(listing_item(listing), rows[i].account, rows[i].enabled,
                         role_name(rows[i].role), rows[i].team[0] ? rows[i].team : NULL,
                         why(cli->arena, subject, &rows[i]));
        if ((int64_t)page.count < want)
            break;
        last = rows[page.count - 1];
    }
    return 0;
}

int command_permission_list(struct cli *cli, struct err *err)
{
    struct subject subject = {0};
    struct listing listing;
    enum role least = cli->args[1] ? role_parse(cli->args[1]) : ROLE_READ;
    _cleanup_stores_ struct stores stores = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (least == ROLE_NONE)
        return err_set(err, ERR_INVALID, "%.40s: must be read, write or admin", cli->args[1]);
    if (stores_open_cli(cli, &subject.settings, &stores, err) != 0 ||
        named_parse(cli, &subject.settings, &subject.name, err) != 0 ||
        db_begin(stores.db, DB_READ, &tx, err) != 0 ||
        find_repository(tx, cli->arena, &subject, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    if (print_holders(cli, tx, &listing, &subject, least, err) != 0)
        return listing_abort(&listing);
    print_others(&listing, &subject, least);
    listing_end(&listing);
    return EXIT_DONE;
}
