/* SPDX-License-Identifier: Apache-2.0 */
/* The terms of an organization, who accepted them, and who may pull: beyond Quay's API, with the
 * same conventions. Anybody may read terms. A user accepts the version he names, so that nobody
 * accepts what he has not seen. */
#include "domain/terms.h"

#include "api.h"
#include "codec/jw.h"
#include "page_token.h"
#include "view.h"
#include "web/rights.h"

enum { TERMS_REPLY_MAX = 1024 * 1024, TERMS_BODY_MAX = 4 * TERMS_CONTENT_MAX };

struct terms_query {
    int64_t version;
    const char *next_page;
};

struct terms_body {
    const char *content;
    int64_t version;
    const char *policy;
};

static const struct field version_query_fields[] = {
    F_INT(struct terms_query, version, "version", 0, .min = 0, .max = INT64_MAX),
};
static const struct schema version_query = SCHEMA(struct terms_query, version_query_fields);

static const struct field page_query_fields[] = {
    F_TEXT(struct terms_query, next_page, "next_page", 0, .max = PAGE_TOKEN_MAX),
};
static const struct schema page_query = SCHEMA(struct terms_query, page_query_fields);

static const struct field publish_fields[] = {
    F_TEXT(struct terms_body, content, "content", FIELD_REQUIRED, .max = TERMS_CONTENT_MAX),
};
static const struct schema publish_schema = SCHEMA(struct terms_body, publish_fields);

static const struct field accept_fields[] = {
    F_INT(struct terms_body, version, "version", FIELD_REQUIRED, .min = 1, .max = INT64_MAX),
};
static const struct schema accept_schema = SCHEMA(struct terms_body, accept_fields);

static const struct field policy_fields[] = {
    F_TEXT(struct terms_body, policy, "policy", FIELD_REQUIRED, .values = terms_policy_names),
};
static const struct schema policy_schema = SCHEMA(struct terms_body, policy_fields);

static const char *number_text(struct call *call, int64_t number)
{
    return arena_printf(call->arena, "%lld", (long long)number);
}

/* --- terms --- */

static int load_terms(struct call *call, struct terms *terms, int64_t *accepted, struct err *err)
{
    const struct terms_query *query = call->query;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = terms_find(tx, call->arena, call->space.id, query->version, terms, err);
    if (found < 0)
        return -1;
    if (found == 0 && query->version != 0)
        return err_set(err, ERR_NOT_FOUND, "there is no such version of the terms");
    return call->account.id
               ? terms_accepted_version(tx, call->space.id, call->account.id, accepted, err)
               : 0;
}

static int terms_get(struct call *call, struct err *err)
{
    struct terms terms = {0};
    int64_t accepted = 0;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, TERMS_REPLY_MAX);
    if (load_terms(call, &terms, &accepted, err) != 0)
        return -1;
    jw_begin_object(&w);
    jw_member_text(&w, "organization", call->space.name);
    jw_member_text(&w, "pull_policy", terms_policy_name(call->space.pull_policy));
    jw_member_int(&w, "version", terms.version);
    jw_member_text(&w, "content", terms.content);
    view_date(&w, "published", terms.created_ms);
    jw_member_int(&w, "accepted_version", accepted);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int64_t cursor_of(struct call *call)
{
    const struct terms_query *query = call->query;
    const char *cursor = page_token_read(call, query->next_page);
    uint64_t number = 0;
    return cursor && str_to_u64(str_of(cursor), INT64_MAX, &number) ? (int64_t)number : 0;
}

static int versions_get(struct call *call, struct err *err)
{
    struct list found = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, TERMS_REPLY_MAX);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        terms_list(tx, call->arena, call->space.id, cursor_of(call), TERMS_PAGE_MAX, &found, err) !=
            0)
        return -1;
    const struct terms *rows = found.items;
    jw_begin_object(&w);
    jw_key(&w, "versions");
    jw_begin_array(&w);
    for (size_t i = 0; i < found.count; i++) {
        jw_begin_object(&w);
        jw_member_int(&w, "version", rows[i].version);
        view_date(&w, "published", rows[i].created_ms);
        jw_end_object(&w);
    }
    jw_end_array(&w);
    if (found.count == TERMS_PAGE_MAX && rows[found.count - 1].version > 1)
        jw_member_text(&w, "next_page",
                       page_token_make(call, number_text(call, rows[found.count - 1].version)));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int reply_version(struct call *call, int64_t version, struct err *err)
{
    enum { BODY_MAX = 256 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_int(&w, "version", version);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int terms_put(struct call *call, struct err *err)
{
    const struct terms_body *body = call->body;
    int64_t version;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        terms_publish(tx, call->space.id, body->content, call->now_ms, &version, err) != 0 ||
        call_audit(call, tx, err, AUDIT_TERMS_PUBLISH, "namespace", call->space.name, "version",
                   number_text(call, version), NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_version(call, version, err);
}

/* --- acceptances --- */

static int accept_post(struct call *call, struct err *err)
{
    const struct terms_body *body = call->body;
    if (call->account.kind != ACCOUNT_USER)
        return err_set(err, ERR_DENIED, "only a user can accept terms");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int done = terms_accept(tx, call->space.id, call->account.id, body->version,
                            call->request->remote, call->now_ms, err);
    if (done < 0)
        return -1;
    if (done > 0 &&
        (call_audit(call, tx, err, AUDIT_TERMS_ACCEPT, "namespace", call->space.name, "username",
                    call->account.name, "version", number_text(call, body->version), NULL) != 0 ||
         db_commit(&tx, err) != 0))
        return -1;
    return reply_version(call, body->version, err);
}

static int revoke(struct call *call, const struct account *whose, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int done = terms_revoke(tx, call->space.id, whose->id, call->now_ms, err);
    if (done == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no acceptance to revoke");
    if (done < 0 ||
        call_audit(call, tx, err, AUDIT_TERMS_REVOKE, "namespace", call->space.name, "username",
                   whose->name, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static int acceptance_delete(struct call *call, struct err *err)
{
    return revoke(call, &call->account, err);
}

static int find_user(struct call *call, struct account *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = account_find_by_name(tx, call->arena, call_value(call, "username"), out, err);
    return found == 0 ? err_set(err, ERR_NOT_FOUND, "Not Found") : found < 0 ? -1 : 0;
}

static int acceptance_delete_of(struct call *call, struct err *err)
{
    struct account whose = {0};
    return find_user(call, &whose, err) != 0 ? -1 : revoke(call, &whose, err);
}

static void write_acceptance(struct jw *w, const struct terms_acceptance *acceptance)
{
    jw_begin_object(w);
    jw_member_text(w, "username", acceptance->account);
    jw_member_int(w, "version", acceptance->version);
    view_date(w, "accepted", acceptance->accepted_ms);
    view_date(w, "revoked", acceptance->revoked_ms);
    jw_member_text(w, "ip", acceptance->ip);
    jw_end_object(w);
}

static int acceptances_get(struct call *call, struct err *err)
{
    struct list found = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, TERMS_REPLY_MAX);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        terms_list_acceptances(tx, call->arena, call->space.id, cursor_of(call), TERMS_PAGE_MAX,
                               &found, err) != 0)
        return -1;
    const struct terms_acceptance *rows = found.items;
    jw_begin_object(&w);
    jw_key(&w, "acceptances");
    jw_begin_array(&w);
    for (size_t i = 0; i < found.count; i++)
        write_acceptance(&w, &rows[i]);
    jw_end_array(&w);
    if (found.count == TERMS_PAGE_MAX)
        jw_member_text(&w, "next_page",
                       page_token_make(call, number_text(call, rows[found.count - 1].id)));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* --- pull policy --- */

static int policy_put(struct call *call, struct err *err)
{
    const struct terms_body *body = call->body;
    int policy = terms_policy_parse(body->policy);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        terms_set_policy(tx, call->space.id, policy, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_CHANGE_PULL_POLICY, "namespace", call->space.name,
                   "policy", body->policy, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_bytes(call->reply, 200, "application/json", STR("{\"success\": true}"));
    return 0;
}

static const struct route terms_routes[] = {
    {METHOD_GET, "/api/v1/organization/{orgname}/terms", "getOrganizationTerms",
     "Get the terms of an organization, and which version the caller has accepted.",
     .auth = ROUTE_API, .errors = ERRORS_API, .query = &version_query, .handler = terms_get},
    {METHOD_PUT, "/api/v1/organization/{orgname}/terms", "publishOrganizationTerms",
     "Publish a new version of the terms.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .body = &publish_schema,
     .body_max = TERMS_BODY_MAX, .handler = terms_put},
    {METHOD_GET, "/api/v1/organization/{orgname}/terms/versions", "listOrganizationTerms",
     "List the versions of the terms.", .auth = ROUTE_API, .errors = ERRORS_API,
     .query = &page_query, .handler = versions_get},
    {METHOD_POST, "/api/v1/organization/{orgname}/terms/accept", "acceptOrganizationTerms",
     "Accept a version of the terms.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .body = &accept_schema, .handler = accept_post},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/terms/acceptance", "revokeOrganizationTerms",
     "Take back that the terms were accepted.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .handler = acceptance_delete},
    {METHOD_GET, "/api/v1/organization/{orgname}/terms/acceptances",
     "listOrganizationTermsAcceptances", "List who has accepted the terms.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .query = &page_query,
     .handler = acceptances_get},
    {METHOD_DELETE, "/api/v1/organization/{orgname}/terms/acceptances/{username}",
     "revokeOrganizationTermsOf", "Have a user accept the terms again before the next pull.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .handler = acceptance_delete_of},
    {METHOD_PUT, "/api/v1/organization/{orgname}/pullpolicy", "changeOrganizationPullPolicy",
     "Say who may pull what is public: everybody, accounts, or who has accepted the terms.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .body = &policy_schema, .handler = policy_put},
};
const struct route_table api_terms_table = ROUTES(terms_routes);
