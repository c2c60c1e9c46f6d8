/* SPDX-License-Identifier: Apache-2.0 */
/* wharf terms: what an organization asks of those who pull, who has accepted it, and who may pull.
 * Accepting is the user's own affair, and so there is no command for it. */
#include "domain/terms.h"

#include <stdio.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/quote.h"

static int open_organization(struct cli *cli, enum db_mode mode, struct accounts *accounts,
                             struct account *organization, struct err *err)
{
    if (accounts_open(cli, mode, accounts, err) != 0)
        return -1;
    return accounts_get_organization(accounts, cli->args[0], organization, err);
}

static const char *number_text(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%lld", (long long)number);
}

static void write_date(struct jw *w, const char *key, int64_t at_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(at_ms, text);
    jw_member_text(w, key, at_ms ? text : NULL);
}

static int print_json(const struct account *organization, const struct terms *terms,
                      struct err *err)
{
    enum { OBJECT_MAX = 1024 * 1024 };
    _cleanup_buf_ struct buf out;
    struct jw w = {.buf = &out};
    buf_init(&out, OBJECT_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "organization", organization->name);
    jw_member_text(&w, "pull_policy", terms_policy_name(organization->pull_policy));
    jw_member_int(&w, "version", terms->version);
    jw_member_text(&w, "content", terms->content);
    write_date(&w, "published", terms->created_ms);
    jw_end_object(&w);
    if (!buf_ok(&out))
        return err_set(err, ERR_TOO_LARGE, "the terms are too large");
    printf("%s\n", out.ptr);
    return EXIT_DONE;
}

int command_terms_show(struct cli *cli, struct err *err)
{
    struct account organization;
    struct terms terms = {0};
    uint64_t version = 0;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (cli->args[1] && (!str_to_u64(str_of(cli->args[1]), INT64_MAX, &version) || version == 0))
        return err_set(err, ERR_INVALID, "%.40s: a version is a number from 1", cli->args[1]);
    if (open_organization(cli, DB_READ, &accounts, &organization, err) != 0)
        return -1;
    int found = terms_find(accounts.tx, cli->arena, organization.id, (int64_t)version, &terms, err);
    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no %s", organization.name,
                       version ? "such version of its terms" : "terms");
    if (cli->json)
        return print_json(&organization, &terms, err);
    size_t len = strlen(terms.content);
    printf("%s%s", terms.content, terms.content[len - 1] == '\n' ? "" : "\n");
    return EXIT_DONE;
}

/* --- lists --- */

static void print_version(struct jw *json, const struct terms *terms)
{
    char published[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(terms->created_ms, published);
    if (!json) {
        printf("%6lld  %s\n", (long long)terms->version, published);
        return;
    }
    jw_begin_object(json);
    jw_member_int(json, "version", terms->version);
    jw_member_text(json, "published", published);
    jw_end_object(json);
}

int command_terms_versions(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct account organization;
    int64_t before = 0;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (open_organization(cli, DB_READ, &accounts, &organization, err) != 0)
        return listing_abort(&listing);
    for (int64_t want; (want = listing_want(&listing, TERMS_PAGE_MAX)) > 0;) {
        struct list page = {0};
        if (terms_list(accounts.tx, cli->arena, organization.id, before, want, &page, err) != 0)
            return listing_abort(&listing);
        const struct terms *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_version(listing_item(&listing), &rows[i]);
        if ((int64_t)page.count < want)
            break;
        before = rows[page.count - 1].version;
    }
    listing_end(&listing);
    return EXIT_DONE;
}

static void print_acceptance(struct jw *json, const struct terms_acceptance *row)
{
    char accepted[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(row->accepted_ms, accepted);
    if (!json) {
        printf("%-32s %6lld  %s  %s%s\n", row->account, (long long)row->version, accepted,
               row->ip ? row->ip : "", row->revoked_ms ? " (revoked)" : "");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "username", row->account);
    jw_member_int(json, "version", row->version);
    jw_member_text(json, "accepted", accepted);
    write_date(json, "revoked", row->revoked_ms);
    jw_member_text(json, "ip", row->ip);
    jw_end_object(json);
}

int command_terms_acceptances(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct account organization;
    int64_t last = 0;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (open_organization(cli, DB_READ, &accounts, &organization, err) != 0)
        return listing_abort(&listing);
    for (int64_t want; (want = listing_want(&listing, TERMS_PAGE_MAX)) > 0;) {
        struct arena arena = {0};
        struct list page = {0};
        if (terms_list_acceptances(accounts.tx, &arena, organization.id, last, want, &page, err) !=
            0) {
            arena_done(&arena);
            return listing_abort(&listing);
        }
        const struct terms_acceptance *rows = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_acceptance(listing_item(&listing), &rows[i]);
        bool more = (int64_t)page.count == want;
        last = more ? rows[page.count - 1].id : 0;
        arena_done(&arena);
        if (!more)
            break;
    }
    listing_end(&listing);
    return EXIT_DONE;
}

/* --- changes --- */

/* The text in a file, "-": of standard input. */
static int read_text(struct cli *cli, const char *path, const char **out, struct err *err)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, TERMS_CONTENT_MAX);
    if (file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, &text, err) != 0)
        return -1;
    struct str read = buf_str(&text);
    if (!utf8_valid(read) || (read.len > 0 && memchr(read.ptr, '\0', read.len)))
        return err_set(err, ERR_INVALID, "%.200s: is not text in UTF-8", path);
    *out = arena_text(cli->arena, read);
    return 0;
}

int command_terms_publish(struct cli *cli, struct err *err)
{
    struct account organization;
    const char *content = NULL;
    int64_t version;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (read_text(cli, cli->args[1], &content, err) != 0 ||
        open_organization(cli, DB_WRITE, &accounts, &organization, err) != 0 ||
        terms_publish(accounts.tx, organization.id, content, accounts.now_ms, &version, err) != 0 ||
        accounts_audit(&accounts, organization.id, err, AUDIT_TERMS_PUBLISH, "namespace",
                       organization.name, "version", number_text(cli->arena, version), NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf(cli->json ? "{\"version\": %lld}\n" : "published version %lld of the terms\n",
           (long long)version);
    return EXIT_DONE;
}

int command_terms_revoke(struct cli *cli, struct err *err)
{
    struct account organization, user;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (open_organization(cli, DB_WRITE, &accounts, &organization, err) != 0 ||
        accounts_get_user(&accounts, cli->args[1], &user, err) != 0)
        return -1;
    int done = terms_revoke(accounts.tx, organization.id, user.id, accounts.now_ms, err);
    if (done == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has not accepted the terms of %.200s", user.name,
                       organization.name);
    if (done < 0 ||
        accounts_audit(&accounts, organization.id, err, AUDIT_TERMS_REVOKE, "namespace",
                       organization.name, "username", user.name, NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("%s has to accept the terms of %s again\n", user.name, organization.name);
    return EXIT_DONE;
}

int command_terms_policy(struct cli *cli, struct err *err)
{
    struct account organization;
    int policy = terms_policy_parse(cli->args[1]);
    _cleanup_accounts_ struct accounts accounts = {0};
    if (policy < 0)
        return err_set(err, ERR_INVALID, "the policy must be everybody, accounts or terms");
    if (open_organization(cli, DB_WRITE, &accounts, &organization, err) != 0 ||
        terms_set_policy(accounts.tx, organization.id, policy, err) != 0 ||
        accounts_audit(&accounts, organization.id, err, AUDIT_ORG_CHANGE_PULL_POLICY, "namespace",
                       organization.name, "policy", cli->args[1], NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("pull policy of %s: %s\n", organization.name, cli->args[1]);
    return EXIT_DONE;
}
