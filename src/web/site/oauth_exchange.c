/* SPDX-License-Identifier: Apache-2.0 */
/* POST /oauth/access_token: an application's server exchanges a code for a token (RFC 6749, 4.1.3),
 * once. It must prove that it is the application, repeat where the code was sent to, and show the
 * proof key (RFC 7636) that the code is bound to, if it is. Beside it
 * /oauth/localapp, the page that takes the place of an application that one does not have. */
#include "auth/basic.h"
#include "auth/oauth_redirect.h"
#include "auth/oauth_scope.h"
#include "base/rand.h"
#include "codec/form.h"
#include "domain/oauth_application.h"
#include "domain/oauth_code.h"
#include "domain/oauth_expire.h"
#include "domain/oauth_token.h"
#include "html.h"
#include "oauth_page.h"
#include "site.h"
#include "web/api/oauth_view.h"

enum { SECOND_MS = 1000, BODY_MAX = 4096, PAGE_MAX = 64 * 1024 };

struct exchange {
    const char *grant_type;
    const char *client_id;
    const char *client_secret;
    const char *redirect_uri;
    const char *code;
    const char *code_verifier;
    const char *scope;
};

static const struct field exchange_fields[] = {
    F_TEXT(struct exchange, grant_type, "grant_type", 0, .max = 64),
    F_TEXT(struct exchange, client_id, "client_id", 0, .max = 255),
    F_TEXT(struct exchange, client_secret, "client_secret", FIELD_SECRET, .max = 255),
    F_TEXT(struct exchange, redirect_uri, "redirect_uri", 0, .max = OAUTH_REDIRECT_MAX),
    F_TEXT(struct exchange, code, "code", FIELD_SECRET, .max = 255),
    F_TEXT(struct exchange, code_verifier, "code_verifier", FIELD_SECRET, .max = 255),
    F_TEXT(struct exchange, scope, "scope", 0, .max = 255),
};
static const struct schema exchange_schema = SCHEMA(struct exchange, exchange_fields);

/* Answer as RFC 6749, 5.2 says: a client that came with a header is told to try again with one.
 * Returns 0: there is a reply. */
static int refuse(struct call *call, const char *error, struct err *err)
{
    int status = 400;
    if (strcmp(error, "invalid_client") == 0 &&
        request_header(call->request, STR("Authorization")).len > 0) {
        status = 401;
        reply_header(call->reply, "WWW-Authenticate", "Basic realm=\"oauth\"");
    }
    return call_reply_text(call, status, "error", error, err);
}

static bool is_complete(const struct exchange *in)
{
    return in->grant_type && in->client_id && in->redirect_uri && in->code && in->scope;
}

/* The secret in the request, or the password of a Basic header whose name is the client's id. */
static struct str secret_of(struct call *call, const struct exchange *in)
{
    struct basic basic;
    struct str header = request_header(call->request, STR("Authorization"));
    if (in->client_secret)
        return str_of(in->client_secret);
    if (basic_parse(call->arena, header, &basic) && strcmp(basic.username, in->client_id) == 0)
        return basic.password;
    return (struct str){0};
}

static bool secret_is_right(struct call *call, const struct oauth_application *application,
                            struct str given)
{
    _cleanup_buf_ struct buf secret;
    buf_init(&secret, OAUTH_CLIENT_SECRET_LEN + 1);
    return seal_open(&auth_secrets(call->service->auth)->store, application->secret_sealed,
                     &secret) &&
           secret.len > 0 && secret_eq(buf_str(&secret), given);
}

/* 1 the application has proved itself, 0, -1. */
static int check_client(struct call *call, const struct exchange *in, struct oauth_application *out,
                        struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = oauth_application_find(tx, call->arena, in->client_id, out, err);
    return found > 0 ? secret_is_right(call, out, secret_of(call, in)) : found;
}

/* What the audit entry needs: who, and in whose log. */
static int set_caller(struct call *call, struct db_tx *tx, const struct oauth_code *code,
                      const struct oauth_application *application, struct err *err)
{
    if (account_find_by_id(tx, call->arena, code->account_id, &call->account, err) < 0 ||
        account_find_by_id(tx, call->arena, application->organization_id, &call->space, err) < 0)
        return -1;
    struct identity who = identity_of_account(auth_rules(call->service->auth), &call->account);
    call->identity = arena_memdup(call->arena, &who, sizeof who);
    return 0;
}

/* Whoever has a code but not its secret gets no second guess, and nor does anybody else. */
static int burn(struct db_tx **tx, const struct oauth_code *code, struct err *err)
{
    return oauth_code_take(*tx, code->id, err) < 0 || db_commit(tx, err) != 0 ? -1 : 0;
}

/* Make the token, using the code up: NULL when done, else RFC 6749's name of what is wrong. */
static int use_code(struct call *call, const struct exchange *in,
                    const struct oauth_application *application,
                    char token_out[OAUTH_TOKEN_LEN + 1], const char **wrong_out, struct err *err)
{
    struct oauth_code code;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    *wrong_out = "invalid_grant";
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = oauth_code_find(tx, call->arena, str_of(in->code), application->id, call->now_ms,
                                &code, err);
    if (found <= 0)
        return found;
    if (!oauth_code_proved(&code, str_of(in->code_verifier ? in->code_verifier : "")))
        return burn(&tx, &code, err);
    if (strcmp(code.redirect_uri, in->redirect_uri) != 0)
        return 0;
    unsigned asked = oauth_scope_asked(str_of(in->scope));
    if (asked == 0 || asked != oauth_scope_asked(str_of(code.scope))) {
        *wrong_out = "invalid_scope";
        return 0;
    }
    int taken = oauth_code_take(tx, code.id, err);
    if (taken <= 0)
        return taken;
    struct oauth_token_new new = {
        .application_id = application->id,
        .account_id = code.account_id,
        .scope = code.scope,
        .lifetime_ms = OAUTH_TOKEN_LIFETIME_S * SECOND_MS,
    };
    if (set_caller(call, tx, &code, application, err) != 0 ||
        oauth_expire(tx, call->now_ms, err) != 0 ||
        oauth_token_create(tx, &new, call->now_ms, token_out, err) != 0 ||
        call_audit(call, tx, err, AUDIT_CREATE_OAUTH_API_TOKEN, "application_name",
                   application->name, "client_id", application->client_id, "scope", code.scope,
                   NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    *wrong_out = NULL;
    return 0;
}

static int reply_token(struct call *call, const char *token, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "access_token", token);
    jw_member_text(&w, "token_type", "Bearer");
    jw_member_int(&w, "expires_in", OAUTH_TOKEN_LIFETIME_S);
    jw_member_text(&w, "refresh_token", NULL);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int exchange_post(struct call *call, struct err *err)
{
    struct exchange in = {0};
    struct oauth_application application;
    char token[OAUTH_TOKEN_LEN + 1];
    const char *wrong;
    reply_header(call->reply, "Cache-Control", "no-store");
    reply_header(call->reply, "Pragma", "no-cache");
    if (form_decode(call->arena, &exchange_schema, call->request->query, &in, err) != 0 ||
        form_decode(call->arena, &exchange_schema, call->raw, &in, err) != 0 || !is_complete(&in))
        return refuse(call, "invalid_request", err);
    if (strcmp(in.grant_type, "authorization_code") != 0)
        return refuse(call, "unsupported_grant_type", err);
    int proved = check_client(call, &in, &application, err);
    if (proved <= 0)
        return proved < 0 ? -1 : refuse(call, "invalid_client", err);
    if (use_code(call, &in, &application, token, &wrong, err) != 0)
        return -1;
    return wrong ? refuse(call, wrong, err) : reply_token(call, token, err);
}

struct local_query {
    const char *scope;
    const char *format;
};

static const struct field local_fields[] = {
    F_TEXT(struct local_query, scope, "scope", 0, .max = 255),
    F_TEXT(struct local_query, format, "format", 0, .max = 16),
};
static const struct schema local_schema = SCHEMA(struct local_query, local_fields);

static int local_json(struct call *call, const char *scope, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, PAGE_MAX);
    jw_begin_object(&w);
    oauth_view_scopes(&w, scope);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* The token stands behind the '#', which browsers keep to themselves: the page's own script shows
 * it, as text. */
static int local_html(struct call *call, struct err *err)
{
    enum { NONCE_LEN = 32 };
    char nonce[NONCE_LEN + 1];
    _cleanup_buf_ struct buf page;
    buf_init(&page, PAGE_MAX);
    rand_token(nonce, NONCE_LEN);
    html_begin(&page, "Your access token");
    buf_add_text(&page, "<p>Send it as <code>Authorization: Bearer TOKEN</code>. It is shown this "
                        "once: keep it like a password.</p>\n"
                        "<p><code id=\"token\">There is no token in this address.</code></p>\n");
    buf_printf(&page, "<script nonce=\"%s\">\n", nonce);
    buf_add_text(&page,
                 "var token = new URLSearchParams(location.hash.slice(1)).get('access_token');\n"
                 "if (token) document.getElementById('token').textContent = token;\n"
                 "history.replaceState(null, '', location.pathname);\n</script>\n");
    html_end(&page);
    return html_reply(call, 200, &page, nonce, err);
}

static int localapp_get(struct call *call, struct err *err)
{
    const struct local_query *query = call->query;
    bool json = query->format && strcmp(query->format, "json") == 0;
    if (!query->scope || !*query->scope)
        return oauth_page_message(call, json, 200, "Authorization canceled", err);
    return json ? local_json(call, query->scope, err) : local_html(call, err);
}

static const struct route oauth_exchange_routes[] = {
    {METHOD_POST, "/oauth/access_token", "oauth_exchange", "Exchange a code for a token.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS | ROUTE_NO_CSRF,
     .raw_max = OAUTH_FORM_MAX, .handler = exchange_post},
    {METHOD_GET, "/oauth/localapp", "oauth_local", "Show the token that came in the address.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .query = &local_schema, .handler = localapp_get},
};
const struct route_table site_oauth_exchange_table = ROUTES(oauth_exchange_routes);
