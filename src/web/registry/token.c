/* SPDX-License-Identifier: Apache-2.0 */
/* /v2/auth: credentials in, registry token out. As with Quay, what is asked but not allowed is left
 * out of the token without a word, and a push to a repository that does not exist creates it here.
 * Beyond Quay: the answer carries what other token servers send (access_token, expires_in,
 * issued_at), and the OAuth 2 form of the request (POST) works too. */
#include "auth/basic.h"
#include "auth/oauth_scope.h"
#include "auth/permission.h"
#include "auth/scope.h"
#include "base/clock.h"
#include "codec/form.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "domain/organization.h"
#include "domain/plan.h"
#include "registry.h"
#include "web/events.h"
#include "web/record.h"

enum { FORM_MAX = 64 * 1024 };

struct token_query {
    const char *service;
    struct texts scopes;
    const char *grant_type; /* these three of the form only */
    const char *username;
    const char *password;
};

static const struct field token_query_fields[] = {
    F_TEXT(struct token_query, service, "service", 0, .max = 512),
    F_TEXTS(struct token_query, scopes, "scope", 0, .max = SCOPE_COUNT_MAX),
};
static const struct schema token_query_schema = SCHEMA(struct token_query, token_query_fields);

static const struct field token_form_fields[] = {
    F_TEXT(struct token_query, service, "service", 0, .max = 512),
    F_TEXTS(struct token_query, scopes, "scope", 0, .max = SCOPE_COUNT_MAX),
    F_TEXT(struct token_query, grant_type, "grant_type", FIELD_REQUIRED, .max = 64),
    F_TEXT(struct token_query, username, "username", 0, .max = BASIC_USERNAME_MAX),
    F_TEXT(struct token_query, password, "password", FIELD_SECRET, .max = 4096),
};
static const struct schema token_form_schema = SCHEMA(struct token_query, token_form_fields);

static int create_on_push(struct call *call, const struct identity *who, const struct scope *scope,
                          const struct account *owner, struct err *err)
{
    const struct service_rules *rules = call->rules;
    if (rules->read_only || rules->pushes_disabled)
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    if (rules->create_private && plan_check_private(tx, owner->id, rules->private_max, err) != 0)
        return -1;
    struct repository_new in = {
        .namespace_id = owner->id,
        .creator_id = who->account_id,
        .name = scope->repository,
        .is_public = !rules->create_private,
    };
    int64_t id = repository_create_for(tx, &in, call->now_ms, err);
    if (id < 0)
        return err->code == ERR_EXISTS ? 0 : -1; /* another push was first */
    call->identity = arena_memdup(call->arena, who, sizeof *who);
    call->space = *owner;
    call->repository.id = id;
    if (call_audit(call, tx, err, AUDIT_CREATE_REPO, "repo", scope->repository, "namespace",
                   owner->name, NULL) != 0)
        return -1;
    return db_commit(&tx, err);
}

static bool may_create_namespace(const struct call *call, const struct identity *who)
{
    const struct service_rules *rules = call->rules;
    bool person = who->kind != IDENTITY_ROBOT && who->account_id != 0;
    bool admitted = !who->restricted && (!rules->org_creation_limited || who->superuser);
    return rules->create_namespace && !rules->read_only && !rules->pushes_disabled && person &&
           admitted && who->scopes & OAUTH_USER_ADMIN;
}

/* CREATE_NAMESPACE_ON_PUSH: who pushes into a namespace that does not exist gets it, as an
 * organization. */
static int create_namespace(struct call *call, const struct identity *who,
                            const struct scope *scope, struct err *err)
{
    struct account made;
    struct account_new in = {.name = scope->namespace_name};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    if (organization_create(tx, call->arena, &in, who->account_id, call->now_ms, &made, err) != 0)
        return err->code == ERR_EXISTS ? 0 : -1; /* another push was first */
    call->identity = arena_memdup(call->arena, who, sizeof *who);
    call->space = made;
    if (call_audit(call, tx, err, AUDIT_ORG_CREATE, "email", NULL, "namespace", made.name, NULL) !=
        0)
        return -1;
    return db_commit(&tx, err);
}

static int look_up(struct call *call, const struct identity *who, const struct scope *scope,
                   struct permission_decision *out, struct err *err)
{
    struct repository_name name = {scope->requested, scope->namespace_name, scope->repository};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        permission_decide(auth_rules(call->service->auth), tx, call->arena, who, &name, out, err) !=
            0)
        return -1;
    if (out->space.id && !out->space.enabled)
        return err_set(err, ERR_READ_ONLY, "namespace %.200s is disabled", scope->namespace_name);
    return 0;
}

static int grant_repository(struct call *call, const struct identity *who,
                            const struct scope *scope, struct token_access *out, struct err *err)
{
    struct permission_decision found;
    if (look_up(call, who, scope, &found, err) != 0)
        return -1;
    if (!found.space.id && scope->actions & SCOPE_PUSH && may_create_namespace(call, who) &&
        (create_namespace(call, who, scope, err) != 0 ||
         look_up(call, who, scope, &found, err) != 0))
        return -1;
    bool create = found.space.id && !found.repository.id && (scope->actions & SCOPE_PUSH) &&
                  (found.access & ACCESS_CREATE);
    if (create && (create_on_push(call, who, scope, &found.space, err) != 0 ||
                   look_up(call, who, scope, &found, err) != 0))
        return -1;
    /* As with Quay: a restricted user pushes nothing into the namespace of his own. */
    bool shut = who->restricted && found.space.id == who->account_id;
    bool writable = found.repository.id && found.repository.state == REPOSITORY_NORMAL && !shut;
    out->actions = permission_actions(scope->actions, found.access, writable);
    out->space = found.space.uuid;
    return 0;
}

/* The token's "access", one entry for each scope that was asked for. */
static int grant_all(struct call *call, const struct identity *who, const struct list *scopes,
                     struct token_access *out, struct err *err)
{
    const struct scope *asked = scopes->items;
    for (size_t i = 0; i < scopes->count; i++) {
        out[i] = (struct token_access){.kind = asked[i].kind, .name = asked[i].requested};
        if (asked[i].kind == SCOPE_CATALOG)
            out[i].actions = asked[i].actions; /* the catalog shows what the caller may see */
        else if (grant_repository(call, who, &asked[i], &out[i], err) != 0)
            return -1;
    }
    return 0;
}

static int write_token(struct call *call, const char *token, struct err *err)
{
    char issued[CLOCK_RFC3339_SIZE];
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, 2 * TOKEN_BYTES_MAX + 1024);
    clock_format_rfc3339(call->now_ms, issued);
    jw_begin_object(&w);
    jw_member_text(&w, "token", token);
    jw_member_text(&w, "access_token", token);
    jw_member_int(&w, "expires_in", TOKEN_LIFETIME_S);
    jw_member_text(&w, "issued_at", issued);
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-cache, no-store, must-revalidate");
    return call_reply_json(call, 200, &body, err);
}

static int refuse_anonymous(struct call *call, struct err *err)
{
    reply_header(call->reply, "WWW-Authenticate", "Basic realm=\"wharf\"");
    return err_set(err, ERR_UNAUTHORIZED, "log in first: no credentials were sent");
}

/* Tell the pages that the user has open what his command line is doing. */
static void tell_user(struct call *call, const struct identity *who, const struct list *scopes)
{
    enum { DATA_MAX = 2048 };
    const struct scope *scope = scopes->items;
    bool repository = scopes->count > 0 && scope->kind == SCOPE_REPOSITORY;
    if (!who->account_id)
        return;
    _cleanup_buf_ struct buf data;
    struct jw w = {.buf = &data};
    buf_init(&data, DATA_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "action",
                   !repository                   ? "login"
                   : scope->actions & SCOPE_PUSH ? "push_start"
                                                 : "pull_start");
    if (repository) {
        jw_member_text(&w, "namespace", scope->namespace_name);
        jw_member_text(&w, "repository", scope->repository);
    }
    jw_end_object(&w);
    if (buf_ok(&data))
        events_publish(call->service->events, who->account_id, "docker-cli", buf_str(&data));
}

static int issue(struct call *call, const struct identity *who, const struct token_query *query,
                 struct err *err)
{
    const struct service_rules *rules = call->rules;
    struct scope_rules scope_rules = {rules->hostname, rules->library, rules->nested_names};
    struct list scopes = {0};
    char *token;
    if (scope_parse(call->arena, &query->scopes, &scope_rules, &scopes, err) != 0)
        return -1;
    bool anonymous = who->kind == IDENTITY_ANONYMOUS;
    if (anonymous && (scopes.count == 0 || !auth_rules(call->service->auth)->anonymous_access))
        return refuse_anonymous(call, err);
    struct token_access *access = arena_array(call->arena, scopes.count, sizeof *access);
    if (scopes.count == 0)
        record_login(call, who, "v2auth");
    if (grant_all(call, who, &scopes, access, err) != 0 ||
        token_issue(call->service->auth, call->arena, who, access, scopes.count,
                    query->service ? query->service : rules->hostname, call->now_ms, &token,
                    err) != 0)
        return -1;
    tell_user(call, who, &scopes);
    return write_token(call, token, err);
}

/* A refused login says so in the log line, too. */
static int refuse_login(struct call *call, const char *username, const struct err *err)
{
    if (err->code == ERR_UNAUTHORIZED)
        record_login_failure(call, username, "v2auth", err->msg);
    if (err->code == ERR_UNAUTHORIZED)
        reply_header(call->reply, "WWW-Authenticate", "Basic realm=\"wharf\"");
    return -1;
}

static int token_get(struct call *call, struct err *err)
{
    struct str header = request_header(call->request, STR("Authorization"));
    struct identity who = identity_anonymous;
    struct basic basic;
    if (header.ptr && basic_parse(call->arena, header, &basic)) {
        if (basic_login(call->service->auth, call->arena, &basic, call->now_ms, &who,
                        &call->retry_after_s, err) != 0)
            return refuse_login(call, basic.username, err);
        call->reply->user = who.name;
    }
    return issue(call, &who, call->query, err);
}

static int token_post(struct call *call, struct err *err)
{
    struct token_query query = {0};
    struct identity who;
    if (form_decode(call->arena, &token_form_schema, call->raw, &query, err) != 0)
        return -1;
    if (strcmp(query.grant_type, "password") != 0)
        return err_set(err, ERR_UNSUPPORTED, "grant_type: only password is supported here");
    if (!query.username || !query.password)
        return err_set(err, ERR_UNAUTHORIZED, "username and password are required");
    struct basic basic = {basic_kind_of(str_of(query.username)), query.username,
                          str_of(query.password)};
    if (basic_login(call->service->auth, call->arena, &basic, call->now_ms, &who,
                    &call->retry_after_s, err) != 0)
        return refuse_login(call, basic.username, err);
    call->reply->user = who.name;
    return issue(call, &who, &query, err);
}

static const struct route token_routes[] = {
    {METHOD_GET, "/v2/auth", "registry_token", "Get a registry token for the given scopes.",
     .auth = ROUTE_OPEN, .errors = ERRORS_OCI, .query = &token_query_schema, .handler = token_get},
    {METHOD_POST, "/v2/auth", "registry_token_form", "The same, as an OAuth 2 form.",
     .auth = ROUTE_OPEN, .errors = ERRORS_OCI, .raw_max = FORM_MAX, .handler = token_post},
};
const struct route_table registry_token_table = ROUTES(token_routes);
