/* SPDX-License-Identifier: Apache-2.0 */
/* wharf app: OAuth applications of an organization. The client secret is printed when it is made;
 * the API shows it again to who administers the organization. */
#include <stdio.h>
#include <string.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "domain/oauth_application.h"

enum { NAME_MAX_BYTES = 255, URI_MAX_BYTES = 2048, LINE_MAX_BYTES = 64 * 1024 };

/* The application args[1] of the organization args[0]. */
static int get_application(struct accounts *accounts, struct oauth_application *out,
                           struct err *err)
{
    struct cli *cli = accounts->cli;
    struct account organization;
    struct oauth_application application;
    if (accounts_get_organization(accounts, cli->args[0], &organization, err) != 0)
        return -1;
    int found = oauth_application_find(accounts->tx, cli->arena, cli->args[1], &application, err);
    if (found < 0)
        return -1;
    if (found == 0 || application.organization_id != organization.id)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no application %.40s; wharf app list %.200s",
                       organization.name, cli->args[1], organization.name);
    *out = application;
    return 0;
}

static int audit(struct accounts *accounts, enum audit_kind kind,
                 const struct oauth_application *application, struct err *err)
{
    return accounts_audit(accounts, application->organization_id, err, kind, "application_name",
                          application->name, "client_id", application->client_id, NULL);
}

static void print_secret(const struct cli *cli, const struct oauth_application *application,
                         const char *secret)
{
    if (!cli->json) {
        printf("client id: %s\nclient secret: %s\n", application->client_id, secret);
        return;
    }
    _cleanup_buf_ struct buf line;
    struct jw w = {.buf = &line};
    buf_init(&line, LINE_MAX_BYTES);
    jw_begin_object(&w);
    jw_member_text(&w, "client_id", application->client_id);
    jw_member_text(&w, "client_secret", secret);
    jw_member_text(&w, "name", application->name);
    jw_member_text(&w, "redirect_uri", application->redirect_uri);
    jw_end_object(&w);
    printf("%.*s\n", STR_FMT(buf_str(&line)));
}

static void print_application(struct jw *json, const struct oauth_application *application)
{
    if (!json) {
        printf("%s  %-30s %s\n", application->client_id, application->name,
               application->redirect_uri);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "client_id", application->client_id);
    jw_member_text(json, "name", application->name);
    jw_member_text(json, "description", application->description);
    jw_member_text(json, "application_uri", application->application_uri);
    jw_member_text(json, "redirect_uri", application->redirect_uri);
    jw_end_object(json);
}

int command_app_list(struct cli *cli, struct err *err)
{
    struct account organization;
    struct listing listing;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_READ, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &organization, err) != 0 ||
        oauth_application_list(accounts.tx, cli->arena, organization.id, 0, 0, &list, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    const struct oauth_application *applications = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_application(listing_item(&listing), &applications[i]);
    listing_end(&listing);
    return EXIT_DONE;
}

static int check_length(const char *what, const char *text, int max, struct err *err)
{
    if (strlen(text) > (size_t)max)
        return err_set(err, ERR_INVALID, "%s may have %d bytes", what, max);
    return 0;
}

int command_app_create(struct cli *cli, struct err *err)
{
    struct secrets secrets;
    struct account organization;
    struct oauth_application made;
    struct oauth_application_info info = {
        .name = cli->args[1],
        .description = "",
        .application_uri = "",
        .redirect_uri = cli->arg_count > 2 ? cli->args[2] : "",
    };
    _cleanup_accounts_ struct accounts accounts = {0};
    if (check_length("the name", info.name, NAME_MAX_BYTES, err) != 0 ||
        check_length("the address", info.redirect_uri, URI_MAX_BYTES, err) != 0 ||
        stores_load_secrets(cli, &secrets, err) != 0)
        return -1;
    struct str sealed = oauth_application_draw_secret(cli->arena, &secrets.store);
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        accounts_get_organization(&accounts, cli->args[0], &organization, err) != 0 ||
        oauth_application_create(accounts.tx, cli->arena, organization.id, &info, sealed, &made,
                                 err) != 0 ||
        audit(&accounts, AUDIT_CREATE_APPLICATION, &made, err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    print_secret(cli, &made, oauth_application_secret(cli->arena, &secrets.store, &made));
    return EXIT_DONE;
}

int command_app_renew(struct cli *cli, struct err *err)
{
    struct secrets secrets;
    struct oauth_application application;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (stores_load_secrets(cli, &secrets, err) != 0)
        return -1;
    struct str sealed = oauth_application_draw_secret(cli->arena, &secrets.store);
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_application(&accounts, &application, err) != 0 ||
        oauth_application_set_secret(accounts.tx, application.id, sealed, err) != 0 ||
        audit(&accounts, AUDIT_RESET_APPLICATION_CLIENT_SECRET, &application, err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    application.secret_sealed = sealed;
    print_secret(cli, &application,
                 oauth_application_secret(cli->arena, &secrets.store, &application));
    return EXIT_DONE;
}

int command_app_delete(struct cli *cli, struct err *err)
{
    struct oauth_application application;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_WRITE, &accounts, err) != 0 ||
        get_application(&accounts, &application, err) != 0 ||
        oauth_application_delete(accounts.tx, application.id, err) != 0 ||
        audit(&accounts, AUDIT_DELETE_APPLICATION, &application, err) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("deleted application %s (%s) with its tokens\n", application.client_id,
           application.name);
    return EXIT_DONE;
}
