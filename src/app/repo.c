/* SPDX-License-Identifier: Apache-2.0 */
/* wharf repo: repositories from the command line. */
#include <stdio.h>
#include <string.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "app/stores.h"
#include "base/clock.h"
#include "base/quote.h"
#include "domain/account.h"

enum { PAGE = 500 };

/* An entry about the repository, as the API writes it. */
static int audit(struct accounts *accounts, int64_t namespace_id,
                 const struct repository_name *name, enum audit_kind kind, const char *visibility,
                 struct err *err)
{
    return accounts_audit(accounts, namespace_id, err, kind, "repo", name->path, "namespace",
                          name->namespace_name, visibility ? "visibility" : NULL, visibility, NULL);
}

int command_repo_create(struct cli *cli, struct err *err)
{
    struct repository_name name;
    struct account owner;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        named_parse(cli, &accounts.settings, &name, err) != 0)
        return -1;
    int found = account_find_by_name(accounts.tx, cli->arena, name.namespace_name, &owner, err);
    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no user or organization %.200s",
                       name.namespace_name);
    accounts.repository_id = repository_create(accounts.tx, owner.id, name.path, cli->is_public,
                                               accounts.now_ms, err);
    if (accounts.repository_id < 0 ||
        audit(&accounts, owner.id, &name, AUDIT_CREATE_REPO, NULL, err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("created %s repository %s\n", cli->is_public ? "public" : "private", name.full);
    return EXIT_DONE;
}

int command_repo_delete(struct cli *cli, struct err *err)
{
    struct named named;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        named_get(&accounts, cli->args[0], &named, err) != 0 ||
        repository_delete(accounts.tx, named.repository.id, accounts.now_ms, err) != 0 ||
        audit(&accounts, named.repository.namespace_id, &named.name, AUDIT_DELETE_REPO, NULL,
              err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("deleted repository %s; its content is collected in the background\n", named.name.full);
    return EXIT_DONE;
}

static int set_public(struct cli *cli, bool is_public, struct err *err)
{
    struct named named;
    const char *visibility = is_public ? "public" : "private";
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        named_get(&accounts, cli->args[0], &named, err) != 0 ||
        repository_set_public(accounts.tx, named.repository.id, is_public, err) != 0 ||
        audit(&accounts, named.repository.namespace_id, &named.name, AUDIT_CHANGE_REPO_VISIBILITY,
              visibility, err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("repository %s is %s now\n", named.name.full, visibility);
    return EXIT_DONE;
}

int command_repo_public(struct cli *cli, struct err *err)
{
    return set_public(cli, true, err);
}

int command_repo_private(struct cli *cli, struct err *err)
{
    return set_public(cli, false, err);
}

/* As commands name the states, in the order of enum repository_state. */
static const char *const states[] = {"normal", "read-only", "mirror"};

static const char *state_name(int64_t state)
{
    return states[state];
}

static void print_repository(struct jw *json, const struct repository *row)
{
    if (!json) {
        printf("%s/%-40s %-8s %s\n", row->namespace_name, row->name,
               row->is_public ? "public" : "private", state_name(row->state));
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "namespace", row->namespace_name);
    jw_member_text(json, "name", row->name);
    jw_member_bool(json, "is_public", row->is_public);
    jw_member_text(json, "state", state_name(row->state));
    jw_end_object(json);
}

int command_repo_list(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct listing listing;
    struct repository_name last, *after = NULL;
    struct repository_filter filter = {.all = true, .namespace_name = cli->args[0]};
    _cleanup_stores_ struct stores stores = {0};
    if (listing_begin(&listing, cli, err) != 0 ||
        stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    if (cli->after) {
        struct name_rules rules = {.nested = true};
        if (name_parse_repository(cli->arena, str_of(cli->after), &rules, &last, err) != 0)
            return listing_abort(&listing);
        after = &last;
    }
    for (int64_t want; (want = listing_want(&listing, PAGE)) > 0;) {
        struct list page = {0};
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        if (db_begin(stores.db, DB_READ, &tx, err) != 0 ||
            repository_list(tx, cli->arena, &filter, after, want, &page, err) != 0)
            return listing_abort(&listing);
        const struct repository *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_repository(listing_item(&listing), &rows[i]);
        if ((int64_t)page.count < want)
            break;
        last = (struct repository_name){"", rows[page.count - 1].namespace_name,
                                        rows[page.count - 1].name};
        after = &last;
    }
    listing_end(&listing);
    return EXIT_DONE;
}

/* ---- one repository ---- */

static void write_detail(struct jw *w, const struct repository *row,
                         const struct repository_detail *detail)
{
    char created[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(row->created_ms, created);
    jw_begin_object(w);
    jw_member_text(w, "namespace", row->namespace_name);
    jw_member_text(w, "name", row->name);
    jw_member_bool(w, "is_public", row->is_public);
    jw_member_text(w, "state", state_name(row->state));
    jw_member_text(w, "created", created);
    jw_member_int(w, "tag_expiration_s", detail->tag_expiration_ms / 1000);
    jw_member_text(w, "description", detail->description);
    jw_end_object(w);
}

static int print_detail(const struct cli *cli, const struct repository *row,
                        const struct repository_detail *detail, struct err *err)
{
    _cleanup_buf_ struct buf out;
    struct jw w = {.buf = &out};
    buf_init(&out, (size_t)8 * REPOSITORY_DESCRIPTION_MAX);
    if (!cli->json) {
        print_repository(NULL, row);
        if (detail->description && detail->description[0])
            printf("\n%s\n", detail->description);
        return EXIT_DONE;
    }
    write_detail(&w, row, detail);
    if (!buf_ok(&out))
        return err_set(err, ERR_TOO_LARGE, "the answer is too large");
    printf("%.*s\n", STR_FMT(buf_str(&out)));
    return EXIT_DONE;
}

int command_repo_show(struct cli *cli, struct err *err)
{
    struct named named;
    struct repository_detail detail = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        named_get(&accounts, cli->args[0], &named, err) != 0 ||
        repository_get_detail(accounts.tx, cli->arena, named.repository.id, 0,
                              accounts.settings.manifests.window_ms, &detail, err) != 0)
        return -1;
    return print_detail(cli, &named.repository, &detail, err);
}

int command_repo_describe(struct cli *cli, struct err *err)
{
    struct named named;
    const char *text = cli->args[1];
    struct str audited = str_clip(str_of(text), REPOSITORY_DESCRIPTION_AUDITED_MAX);
    _cleanup_accounts_ struct accounts accounts = {0};
    if (strlen(text) > REPOSITORY_DESCRIPTION_MAX || !utf8_valid(str_of(text)))
        return err_set(err, ERR_INVALID, "a description is UTF-8 text of at most %d bytes",
                       REPOSITORY_DESCRIPTION_MAX);
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        named_get(&accounts, cli->args[0], &named, err) != 0 ||
        repository_set_description(accounts.tx, named.repository.id, text, err) != 0 ||
        accounts_audit(&accounts, named.repository.namespace_id, err, AUDIT_SET_REPO_DESCRIPTION,
                       "repo", named.name.path, "namespace", named.name.namespace_name,
                       "description", arena_text(cli->arena, audited), NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("described repository %s\n", named.name.full);
    return EXIT_DONE;
}

int command_repo_state(struct cli *cli, struct err *err)
{
    struct named named;
    size_t state = 0;
    _cleanup_accounts_ struct accounts accounts = {0};
    while (state < ARRAY_LEN(states) && strcmp(states[state], cli->args[1]) != 0)
        state++;
    if (state == ARRAY_LEN(states))
        return err_set(err, ERR_INVALID, "the state must be normal, read-only or mirror");
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        named_get(&accounts, cli->args[0], &named, err) != 0 ||
        repository_set_state(accounts.tx, named.repository.id, (enum repository_state)state, err) !=
            0 ||
        accounts_audit(&accounts, named.repository.namespace_id, err, AUDIT_CHANGE_REPO_STATE,
                       "repo", named.name.path, "namespace", named.name.namespace_name,
                       "state_changed", repository_state_names[state], NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("repository %s is %s now\n", named.name.full, states[state]);
    return EXIT_DONE;
}
