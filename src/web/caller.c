/* SPDX-License-Identifier: Apache-2.0 */
/* Callers of the API. */
#include "caller.h"

#include "auth/oauth_scope.h"
#include "base/log.h"
#include "domain/account.h"
#include "domain/oauth_token.h"

static const struct secrets *secrets_of(const struct call *call)
{
    return auth_secrets(call->service->auth);
}

/* The value of a cookie, or an empty slice (RFC 6265 section 4.2). */
static struct str find_cookie(const struct request *request, const char *name)
{
    struct str header, part;
    size_t index = 0;
    while (request_next_header(request, STR("Cookie"), &index, &header)) {
        while (str_cut(&header, ';', &part)) {
            ptrdiff_t equals = str_find(part, '=');
            if (equals > 0 && str_eq_text(str_trim(str_sub(part, 0, (size_t)equals)), name))
                return str_trim(str_sub(part, (size_t)equals + 1, part.len));
        }
    }
    return (struct str){0};
}

static void set_identity(struct call *call, const struct identity *identity)
{
    struct identity *kept = arena_memdup(call->arena, identity, sizeof *identity);
    call->identity = kept;
    call->space = call->account;
    call->reply->user = kept->name;
}

/* It is not worth failing a request that this could not be written. */
static void touch(struct call *call, const struct oauth_token *token)
{
    struct err ignored;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call->now_ms - token->last_accessed_ms < call->rules->oauth_touch_ms ||
        call->rules->read_only || db_begin(call->service->db, DB_WRITE_RELAXED, &tx, &ignored) != 0)
        return;
    if (oauth_token_touch(tx, token->id, call->now_ms, &ignored) == 0)
        (void)db_commit(&tx, &ignored);
}

/* 1 known, 0 not, -1. */
static int load_token(struct call *call, struct str text, struct oauth_token *token,
                      struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = oauth_token_find(tx, call->arena, text, call->now_ms, token, err);
    if (found > 0)
        found = account_find_by_id(tx, call->arena, token->account_id, &call->account, err);
    return found;
}

static int by_token(struct call *call, struct str text, struct err *err)
{
    struct oauth_token token;
    int found = load_token(call, text, &token, err);
    if (found <= 0 || !call->account.enabled || call->account.kind != ACCOUNT_USER) {
        call->account = (struct account){0};
        return found < 0 ? -1 : 0;
    }
    const struct auth_config *rules = auth_rules(call->service->auth);
    struct identity identity = identity_limited(identity_of_account(rules, &call->account),
                                                oauth_scope_parse(str_of(token.scope)));
    identity.token_uuid = token.uuid;
    identity.token_client_id = token.client_id;
    identity.token_application = token.application_name;
    set_identity(call, &identity);
    touch(call, &token);
    return 0;
}

static int load_account(struct call *call, const char *uuid, struct account *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(call->service->db, DB_READ, &tx, err) != 0
               ? -1
               : account_find_by_uuid(tx, call->arena, uuid, out, err);
}

static int by_cookie(struct call *call, struct err *err)
{
    struct str cookie = find_cookie(call->request, call->rules->session_cookie);
    if (!cookie.len || !session_parse(secrets_of(call), call->arena, cookie,
                                      call->rules->session_ms, call->now_ms, &call->session))
        return 0;
    if (!call->session.uuid)
        return 0;
    int found = load_account(call, call->session.uuid, &call->account, err);
    if (found < 0)
        return -1;
    if (found == 0 || !call->account.enabled ||
        call->session.epoch != call->account.session_epoch) {
        call->account = (struct account){0};
        call->session.uuid = NULL;
        return 0;
    }
    struct identity identity = identity_of_account(auth_rules(call->service->auth), &call->account);
    identity.login_ms = call->session.login_ms;
    identity.browser = true;
    set_identity(call, &identity);
    return 0;
}

static bool is_read(enum method method)
{
    return method == METHOD_GET || method == METHOD_HEAD;
}

static int check_csrf(struct call *call, struct err *err)
{
    struct str token = request_header(call->request, STR("X-CSRF-Token"));
    if (is_read(call->request->method) || call->route->flags & ROUTE_NO_CSRF)
        return 0;
    if (!call->session.nonce[0] || !session_csrf_ok(secrets_of(call), &call->session, token))
        return err_set(err, ERR_CSRF, "CSRF token was invalid or missing.");
    return 0;
}

/* A link on another page makes a browser ask, but not with this header. */
static int check_xhr(struct call *call, struct err *err)
{
    struct str agent = request_header(call->request, STR("User-Agent"));
    struct str with = request_header(call->request, STR("X-Requested-With"));
    if (!call->rules->xhr_only || !is_read(call->request->method) ||
        call->route->flags & ROUTE_PAGE || !str_starts(agent, STR("Mozilla/")) ||
        str_eq_case(with, STR("XMLHttpRequest")))
        return 0;
    return err_set(err, ERR_INVALID,
                   "API calls from a browser need X-Requested-With: "
                   "XMLHttpRequest");
}

int caller_find(struct call *call, struct err *err)
{
    struct str rest = str_trim(request_header(call->request, STR("Authorization"))), scheme;
    if (str_cut(&rest, ' ', &scheme) && str_eq_case(scheme, STR("bearer"))) {
        if (by_token(call, str_trim(rest), err) != 0)
            return -1;
        if (call->account.id)
            return 0;
    }
    if (by_cookie(call, err) != 0 || check_xhr(call, err) != 0)
        return -1;
    return check_csrf(call, err);
}

static void set_cookie(struct call *call)
{
    enum { MS = 1000 };
    bool secure = call->request->tls || strcmp(call->rules->scheme, "https") == 0;
    reply_headerf(
        call->reply, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
        call->rules->session_cookie, session_format(secrets_of(call), call->arena, &call->session),
        (long long)(call->rules->session_ms / MS), secure ? "; Secure" : "");
}

static const char *csrf_text(struct call *call)
{
    char text[SESSION_CSRF_SIZE];
    session_csrf(secrets_of(call), &call->session, text);
    return arena_strdup(call->arena, text);
}

void caller_begin_session(struct call *call, const char *account_uuid, int64_t session_epoch)
{
    call->session = session_new(account_uuid, session_epoch, call->now_ms);
    set_cookie(call);
    reply_header(call->reply, "X-Next-CSRF-Token", csrf_text(call));
}

const char *caller_csrf(struct call *call)
{
    if (!call->session.nonce[0]) {
        call->session = session_new(NULL, 0, call->now_ms);
        set_cookie(call);
    }
    return csrf_text(call);
}
