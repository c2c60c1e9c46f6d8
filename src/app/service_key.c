/* SPDX-License-Identifier: Apache-2.0 */
/* wharf key: service keys. A key made here is approved at once; its private half is printed this
 * one time and kept nowhere. */
#include "domain/service_key.h"

#include <stdio.h>
#include <string.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "base/clock.h"
#include "domain/service_key_admin.h"

enum { TEXT_MAX_BYTES = 255, NOTES_MAX_BYTES = 4096, LINE_MAX_BYTES = 64 * 1024 };

static const int64_t SECOND_MS = 1000, DAY_MS = 24 * 3600 * SECOND_MS;
static const uint64_t DAYS_MAX = 36525; /* a century */

/* Seconds, as the audit log has them; NULL: never. */
static const char *date_of(struct accounts *accounts, int64_t ms)
{
    return ms ? arena_printf(accounts->cli->arena, "%lld", (long long)(ms / SECOND_MS)) : NULL;
}

static int get_key(struct accounts *accounts, struct service_key_admin *out, struct err *err)
{
    struct cli *cli = accounts->cli;
    int found = service_key_admin_find(accounts->tx, cli->arena, cli->args[0], out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no service key %.100s; wharf key list",
                       cli->args[0]);
    return found < 0 ? -1 : 0;
}

static void write_date(struct jw *w, const char *name, int64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(ms, text);
    jw_member_text(w, name, ms ? text : NULL);
}

static void print_key(struct jw *json, const struct service_key_admin *key)
{
    char expires[CLOCK_RFC3339_SIZE] = "never";
    if (!json) {
        if (key->expires_ms)
            clock_format_rfc3339(key->expires_ms, expires);
        printf("%s  %-12s  %-20s  %s  %s\n", key->kid, key->approved ? "approved" : "not approved",
               expires, key->service, key->name);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "kid", key->kid);
    jw_member_text(json, "service", key->service);
    jw_member_text(json, "name", key->name);
    write_date(json, "created", key->created_ms);
    write_date(json, "expires", key->expires_ms);
    jw_member_bool(json, "approved", key->approved);
    jw_member_text(json, "approver", key->approver_name);
    jw_member_text(json, "notes", key->approval_notes ? key->approval_notes : "");
    jw_end_object(json);
}

int command_key_list(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        service_key_admin_list(accounts.tx, cli->arena, &list, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    const struct service_key_admin *keys = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_key(listing_item(&listing), &keys[i]);
    listing_end(&listing);
    return EXIT_DONE;
}

/* The words and --days; without it the key is good for ever. */
static int read_new(const struct cli *cli, int64_t now_ms, struct service_key *out, struct err *err)
{
    uint64_t days = 0;
    *out = (struct service_key){
        .service = cli->args[0],
        .name = cli->arg_count > 1 ? cli->args[1] : "",
        .created_ms = now_ms,
        .approved = true,
    };
    if (!out->service[0] || strlen(out->service) > TEXT_MAX_BYTES ||
        strlen(out->name) > TEXT_MAX_BYTES)
        return err_set(err, ERR_INVALID, "a service has 1 to %d bytes, the name at most as many",
                       TEXT_MAX_BYTES);
    if (cli->days && (!str_to_u64(str_of(cli->days), DAYS_MAX, &days) || days == 0))
        return err_set(err, ERR_INVALID, "--days: must be a number from 1 to %llu",
                       (unsigned long long)DAYS_MAX);
    out->expires_ms = days ? now_ms + (int64_t)days * DAY_MS : 0;
    return 0;
}

static void print_new(const struct cli *cli, const struct service_key *key, const char *public_pem,
                      const char *private_pem)
{
    if (!cli->json) {
        printf("kid: %s\n%s", key->kid, private_pem);
        return;
    }
    _cleanup_buf_ struct buf line;
    struct jw w = {.buf = &line};
    buf_init(&line, LINE_MAX_BYTES);
    jw_begin_object(&w);
    jw_member_text(&w, "kid", key->kid);
    jw_member_text(&w, "name", key->name);
    jw_member_text(&w, "service", key->service);
    jw_member_text(&w, "public_key", public_pem);
    jw_member_text(&w, "private_key", private_pem);
    jw_end_object(&w);
    printf("%.*s\n", STR_FMT(buf_str(&line)));
}

int command_key_create(struct cli *cli, struct err *err)
{
    struct service_key key;
    const char *public_pem, *private_pem;
    _cleanup_accounts_ struct accounts accounts = {0};
    /* Making the key takes a while: before the transaction. */
    if (read_new(cli, clock_wall_ms(), &key, err) != 0 ||
        service_key_admin_generate(cli->arena, &key, &public_pem, &private_pem, err) != 0 ||
        accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        service_key_admin_create(accounts.tx, cli->arena, &key, NULL, 0, NULL, err) != 0 ||
        accounts_audit(&accounts, 0, err, AUDIT_SERVICE_KEY_CREATE, "kid", key.kid, "preshared",
                       "true", "service", key.service, "name", key.name, "expiration_date",
                       date_of(&accounts, key.expires_ms), "auto_approved", "true", NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    print_new(cli, &key, public_pem, private_pem);
    return EXIT_DONE;
}

int command_key_approve(struct cli *cli, struct err *err)
{
    struct service_key_admin key = {0};
    const char *notes = cli->arg_count > 1 ? cli->args[1] : NULL;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (notes && strlen(notes) > NOTES_MAX_BYTES)
        return err_set(err, ERR_INVALID, "the notes may have %d bytes", NOTES_MAX_BYTES);
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 || get_key(&accounts, &key, err) != 0)
        return -1;
    if (key.approved)
        return err_set(err, ERR_INVALID, "the key has been approved already");
    if (service_key_admin_approve(accounts.tx, key.id, 0, notes, accounts.now_ms, err) != 0 ||
        accounts_audit(&accounts, 0, err, AUDIT_SERVICE_KEY_APPROVE, "kid", key.kid, "service",
                       key.service, "name", key.name, "expiration_date",
                       date_of(&accounts, key.expires_ms), NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("approved key %s of %s\n", key.kid, key.service);
    return EXIT_DONE;
}

int command_key_delete(struct cli *cli, struct err *err)
{
    struct service_key_admin key = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 || get_key(&accounts, &key, err) != 0 ||
        service_key_admin_delete(accounts.tx, key.id, err) != 0 ||
        accounts_audit(&accounts, 0, err, AUDIT_SERVICE_KEY_DELETE, "kid", key.kid, "service",
                       key.service, "name", key.name, "created_date",
                       date_of(&accounts, key.created_ms), "expiration_date",
                       date_of(&accounts, key.expires_ms), NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("deleted key %s of %s\n", key.kid, key.service);
    return EXIT_DONE;
}
