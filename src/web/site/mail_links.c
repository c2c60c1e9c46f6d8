/* SPDX-License-Identifier: Apache-2.0 */
/* Where the links in mails lead: /confirm and /recovery. A code works once. Who comes by a code to
 * an address that has been the account's all along is signed in; who confirms a new address is not,
 * since a mistyped one is somebody else's. */
#include "auth/identity.h"
#include "domain/account.h"
#include "domain/account_profile.h"
#include "domain/mail_code.h"
#include "site.h"
#include "web/caller.h"
#include "web/letters.h"

struct link_query {
    const char *code;
};

static const struct field link_fields[] = {
    F_TEXT(struct link_query, code, "code", FIELD_REQUIRED | FIELD_SECRET, .max = 255),
};
static const struct schema link_schema = SCHEMA(struct link_query, link_fields);

static int redirect(struct call *call, const char *to)
{
    reply_header(call->reply, "Location", to);
    reply_header(call->reply, "Cache-Control", "no-store");
    reply_header(call->reply, "Referrer-Policy", "no-referrer");
    reply_status(call->reply, 302);
    return 0;
}

static int refuse(struct call *call)
{
    static const char page[] = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                               "<title>wharf</title><p>This link is not valid any more. Ask for a "
                               "new one.</p></html>\n";
    reply_header(call->reply, "Content-Security-Policy", "default-src 'none'");
    reply_bytes(call->reply, 404, "text/html; charset=utf-8", STR(page));
    return 0;
}

/* Programs that look at links before their reader does must not use them up. */
static bool only_looks(struct call *call)
{
    if (call->request->method != METHOD_HEAD)
        return false;
    reply_bytes(call->reply, 200, "text/html; charset=utf-8", STR(""));
    return true;
}

/* The code and the enabled user it was made for: 1, 0, -1. */
static int use_code(struct call *call, struct db_tx *tx, struct mail_code *code,
                    struct account *user, struct err *err)
{
    const struct link_query *query = call->query;
    int found = mail_code_use(tx, call->arena, str_of(query->code), call->now_ms, code, err);
    if (found > 0)
        found = account_find_by_id(tx, call->arena, code->account_id, user, err);
    if (found <= 0)
        return found;
    /* For the audit log: who has the code acts as the user. */
    struct identity identity = identity_of_account(auth_rules(call->service->auth), user);
    call->identity = arena_memdup(call->arena, &identity, sizeof identity);
    call->space = *user;
    return user->enabled && user->kind == ACCOUNT_USER;
}

static int take_address(struct call *call, struct db_tx *tx, const struct account *user,
                        const char *email, struct err *err)
{
    if (account_set_email(tx, call->arena, user->id, email, err) != 0 ||
        account_set_verified(tx, user->id, true, err) != 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_USER_CHANGE_EMAIL, "email", email, "old_email",
                      user->email, NULL);
}

/* One link to confirm has done its work: the others, which sign in as well, end. */
static int settle_address(struct db_tx *tx, const struct account *user, struct err *err)
{
    return account_set_verified(tx, user->id, true, err) != 0
               ? -1
               : mail_code_cancel(tx, MAIL_CONFIRM, user->id, err);
}

static int confirm_get(struct call *call, struct err *err)
{
    struct mail_code code = {0};
    struct account user = {0};
    if (only_looks(call))
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int good = use_code(call, tx, &code, &user, err);
    if (good < 0)
        return -1;
    bool confirms = code.purpose == MAIL_CONFIRM, changes = code.purpose == MAIL_CHANGE;
    if (!good || (!confirms && !changes))
        return refuse(call);
    int done = changes ? take_address(call, tx, &user, code.email, err)
                       : settle_address(tx, &user, err);
    if (done != 0 || db_commit(&tx, err) != 0)
        return -1;
    if (changes) {
        letter_email_changed(call, user.email, user.name, code.email);
        return redirect(call, arena_printf(call->arena, "/user/%s?tab=settings", user.name));
    }
    caller_begin_session(call, user.uuid, user.session_epoch);
    return redirect(call, "/");
}

static int recovery_get(struct call *call, struct err *err)
{
    struct mail_code code = {0};
    struct account user = {0};
    if (only_looks(call))
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int good = use_code(call, tx, &code, &user, err);
    if (good < 0)
        return -1;
    if (!good || code.purpose != MAIL_RECOVER)
        return refuse(call);
    /* He has read the mailbox: the address is his, and guesses of others lock him out no more. */
    if (settle_address(tx, &user, err) != 0 || account_login_cleared(tx, user.id, err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    caller_begin_session(call, user.uuid, user.session_epoch);
    return redirect(call,
                    arena_printf(call->arena, "/user/%s?tab=settings&action=password", user.name));
}

static const struct route mail_link_routes[] = {
    {METHOD_GET, "/confirm", "confirm_email", "Follow a mail's link: confirm an address.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .writes = true, .feature = FEATURE_MAILING,
     .query = &link_schema, .handler = confirm_get},
    {METHOD_GET, "/recovery", "recover_account", "Follow a mail's link: sign in without password.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .writes = true, .feature = FEATURE_MAILING,
     .query = &link_schema, .handler = recovery_get},
};
const struct route_table site_mail_links_table = ROUTES(mail_link_routes);
