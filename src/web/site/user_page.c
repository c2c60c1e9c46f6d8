/* SPDX-License-Identifier: Apache-2.0 */
/* /user/<name>, where the links of mails end: a page of the account itself, to choose a new
 * password on. It needs no script, so that it works before there is a web UI, whose address it has.
 */
#include "codec/form.h"
#include "html.h"
#include "oauth_page.h"
#include "site.h"
#include "web/api/password_change.h"
#include "web/caller.h"
#include "web/rights.h"

enum { PAGE_MAX = 64 * 1024, FORM_MAX = 16 * 1024 };

struct password_form {
    const char *password;
    const char *again;
    const char *csrf_token;
};

static const struct field form_fields[] = {
    F_TEXT(struct password_form, password, "password", FIELD_REQUIRED | FIELD_SECRET, .max = 4096),
    F_TEXT(struct password_form, again, "again", FIELD_REQUIRED | FIELD_SECRET, .max = 4096),
    F_TEXT(struct password_form, csrf_token, "_csrf_token", FIELD_SECRET, .max = 128),
};
static const struct schema form_schema = SCHEMA(struct password_form, form_fields);

static int nobody_page(struct call *call, struct err *err)
{
    _cleanup_buf_ struct buf page;
    buf_init(&page, PAGE_MAX);
    html_begin(&page, "Nobody is signed in");
    buf_add_text(&page, "<p>If you came here by the link of a mail to confirm an address, that is "
                        "done.</p>\n<p>If you have forgotten your password, ask for a mail that "
                        "lets you choose a new one.</p>\n");
    html_end(&page);
    return html_reply(call, 401, &page, NULL, err);
}

/* `problem` NULL: none yet. */
static int form_page(struct call *call, int status, const char *problem, struct err *err)
{
    const char *csrf = caller_csrf(call);
    _cleanup_buf_ struct buf page;
    buf_init(&page, PAGE_MAX);
    html_begin(&page, "Choose a new password");
    buf_add_text(&page, "<p>For the account <strong>");
    html_text(&page, call->account.name);
    buf_add_text(&page, "</strong>. Everybody who is signed in with the old password will be "
                        "signed out.</p>\n");
    if (problem) {
        buf_add_text(&page, "<p class=\"danger\">");
        html_text(&page, problem);
        buf_add_text(&page, "</p>\n");
    }
    buf_add_text(&page, "<form method=\"post\" action=\"/user/");
    html_text(&page, call->account.name);
    buf_add_text(&page, "\">\n<input type=\"hidden\" name=\"username\" autocomplete=\"username\" "
                        "value=\"");
    html_text(&page, call->account.name);
    buf_add_text(&page, "\">\n<p><label>New password<br><input type=\"password\" name=\"password\" "
                        "autocomplete=\"new-password\" required autofocus></label></p>\n"
                        "<p><label>The same again<br><input type=\"password\" name=\"again\" "
                        "autocomplete=\"new-password\" required></label></p>\n");
    html_hidden(&page, "_csrf_token", csrf);
    buf_add_text(&page, "<button type=\"submit\">Change password</button>\n</form>\n");
    html_end(&page);
    return html_reply(call, status, &page, NULL, err);
}

/* The page of an account is for the account: 1 it is him, 0 the reply is there, -1. */
static int check_caller(struct call *call, struct err *err)
{
    if (!call->identity->browser)
        return nobody_page(call, err);
    if (strcmp(call->account.name, call_value(call, "username")) != 0)
        return err_set(err, ERR_NOT_FOUND, "There is no such page for you");
    if (!rights_is_fresh(call))
        return err_set(err, ERR_FRESH_LOGIN,
                       "You have been signed in for too long to change the password: sign in anew, "
                       "or ask for a mail that lets you choose a new one");
    return 1;
}

static int user_page_get(struct call *call, struct err *err)
{
    int good = check_caller(call, err);
    if (good < 0)
        return oauth_page_error(call, false, err);
    return good > 0 ? form_page(call, 200, NULL, err) : 0;
}

static int check_form(struct call *call, const struct password_form *form, struct err *err)
{
    if (!form->csrf_token || !call->session.nonce[0] ||
        !session_csrf_ok(auth_secrets(call->service->auth), &call->session,
                         str_of(form->csrf_token)))
        return err_set(err, ERR_CSRF, "CSRF token was invalid or missing.");
    if (strcmp(form->password, form->again) != 0)
        return err_set(err, ERR_INVALID, "These were two different passwords.");
    return 0;
}

static int change(struct call *call, struct str password, struct err *err)
{
    const char *hash = NULL;
    struct account changed = {0};
    if (password_change_prepare(call, password, &hash, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || password_change_apply(call, tx, hash, err) != 0 ||
        account_find_by_id(tx, call->arena, call->account.id, &changed, err) < 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    password_change_tell(call, &changed);
    return 0;
}

static int user_page_post(struct call *call, struct err *err)
{
    struct password_form form = {0};
    int good = check_caller(call, err);
    if (good == 0)
        return 0;
    if (good > 0 && form_decode(call->arena, &form_schema, call->raw, &form, err) == 0 &&
        check_form(call, &form, err) == 0 && change(call, str_of(form.password), err) == 0)
        return oauth_page_message(call, false, 200, "Your password was changed.", err);
    if (good > 0 && err->code == ERR_INVALID)
        return form_page(call, 400, arena_strdup(call->arena, err->msg), err);
    return oauth_page_error(call, false, err);
}

static const struct route user_page_routes[] = {
    {METHOD_GET, "/user/{username}", "user_page", "A page to choose a new password on.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_PAGE,
     .handler = user_page_get},
    {METHOD_POST, "/user/{username}", "user_page_password", "Change the password by that page.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_NO_CSRF,
     .raw_max = FORM_MAX, .handler = user_page_post},
};
const struct route_table site_user_page_table = ROUTES(user_page_routes);
