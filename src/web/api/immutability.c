/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that make tags immutable by their names, of organizations and of repositories: the same
 * handlers, as call->repository has no id where the path names none. */
#include "api.h"
#include "codec/jw.h"
#include "domain/immutability_policy.h"
#include "domain/immutability_sweep.h"

/* Steps over existing tags that a request waits for; what is left then is done in the background.
 */
enum { STEPS_AT_ONCE = 20, PATTERN_TEXT_MAX = 1024, VIEW_MAX = 4096 };

struct policy_body {
    const char *tag_pattern;
    bool matches;
    bool has_matches;
};

static const struct field policy_fields[] = {
    F_TEXT(struct policy_body, tag_pattern, "tagPattern", FIELD_REQUIRED, .max = PATTERN_TEXT_MAX),
    F_BOOL(struct policy_body, matches, "tagPatternMatches", 0,
           .seen = offsetof(struct policy_body, has_matches)),
};
static const struct schema policy_schema = SCHEMA(struct policy_body, policy_fields);

static struct immutability_scope scope_of(const struct call *call)
{
    return (struct immutability_scope){call->space.id, call->repository.id};
}

static bool matches_of(const struct policy_body *body)
{
    return !body->has_matches || body->matches;
}

static int refuse_absent(struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "Not Found");
}

static void write_policy(struct jw *w, const struct immutability_policy *policy)
{
    jw_begin_object(w);
    jw_member_text(w, "uuid", policy->uuid);
    jw_member_text(w, "tagPattern", policy->tag_pattern);
    jw_member_bool(w, "tagPatternMatches", policy->matches);
    jw_end_object(w);
}

static int policies_get(struct call *call, struct err *err)
{
    struct immutability_scope scope = scope_of(call);
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        immutability_policy_list(tx, call->arena, &scope, &list, err) != 0)
        return -1;
    const struct immutability_policy *policies = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "policies");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_policy(&w, &policies[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int policy_get(struct call *call, struct err *err)
{
    struct immutability_scope scope = scope_of(call);
    struct immutability_policy policy;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = immutability_policy_find(tx, call->arena, &scope, call_value(call, "policy_uuid"),
                                         &policy, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_absent(err);
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, VIEW_MAX);
    write_policy(&w, &policy);
    return call_reply_json(call, 200, &body, err);
}

static int reply_uuid(struct call *call, int status, const char *uuid, struct err *err)
{
    return call_reply_text(call, status, "uuid", uuid, err);
}

static int audit(struct call *call, struct db_tx *tx, enum audit_kind kind, const char *pattern,
                 bool matches, struct err *err)
{
    const char *says = matches ? "true" : "false";
    if (call->repository.id)
        return call_audit(call, tx, err, kind, "namespace", call->space.name, "repo",
                          call->repository.name, "tag_pattern", pattern, "tag_pattern_matches",
                          says, NULL);
    return call_audit(call, tx, err, kind, "namespace", call->space.name, "tag_pattern", pattern,
                      "tag_pattern_matches", says, NULL);
}

/* The policy stands already: what fails here is tried again, and told of, in the background. */
static void sweep(struct call *call, const char *uuid)
{
    struct err ignored;
    int more = 1;
    for (int i = 0; i < STEPS_AT_ONCE && more > 0; i++)
        more = immutability_sweep_step(call->service->db, &call->service->manifests, uuid,
                                       &ignored);
}

static int policies_post(struct call *call, struct err *err)
{
    const struct policy_body *body = call->body;
    struct immutability_scope scope = scope_of(call);
    const char *pattern, *uuid;
    if (immutability_policy_check(call->arena, body->tag_pattern, &pattern, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        immutability_policy_create(tx, call->arena, &scope, pattern, matches_of(body), &uuid,
                                   err) != 0 ||
        audit(call, tx, AUDIT_CREATE_IMMUTABILITY_POLICY, pattern, matches_of(body), err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    sweep(call, uuid);
    return reply_uuid(call, 201, uuid, err);
}

static int policy_put(struct call *call, struct err *err)
{
    const struct policy_body *body = call->body;
    const char *uuid = call_value(call, "policy_uuid"), *pattern;
    struct immutability_scope scope = scope_of(call);
    if (immutability_policy_check(call->arena, body->tag_pattern, &pattern, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = immutability_policy_update(tx, call->arena, &scope, uuid, pattern, matches_of(body),
                                           err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_absent(err);
    if (audit(call, tx, AUDIT_UPDATE_IMMUTABILITY_POLICY, pattern, matches_of(body), err) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    sweep(call, uuid);
    reply_status(call->reply, 204);
    return 0;
}

static int policy_delete(struct call *call, struct err *err)
{
    const char *uuid = call_value(call, "policy_uuid");
    const char *repository = call->repository.id ? call->repository.name : NULL;
    struct immutability_scope scope = scope_of(call);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = immutability_policy_delete(tx, call->arena, &scope, uuid, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_absent(err);
    if (call_audit(call, tx, err, AUDIT_DELETE_IMMUTABILITY_POLICY, "namespace", call->space.name,
                   "policy_uuid", uuid, repository ? "repo" : NULL, repository, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_uuid(call, 200, uuid, err);
}

#define OF_ORGANIZATION "/api/v1/organization/{orgname}/immutabilitypolicy/"
#define OF_REPOSITORY   "/api/v1/repository/{repository+}/immutabilitypolicy/"

static const struct route immutability_routes[] = {
    {METHOD_GET, OF_ORGANIZATION, "listOrgImmutabilityPolicies",
     "List the policies of an organization that make tags immutable.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .feature = FEATURE_IMMUTABLE_TAGS,
     .handler = policies_get},
    {METHOD_POST, OF_ORGANIZATION, "createOrgImmutabilityPolicy",
     "Make tags of an organization immutable by their names.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_IMMUTABLE_TAGS, .body = &policy_schema, .handler = policies_post},
    {METHOD_GET, OF_ORGANIZATION "{policy_uuid}", "getOrgImmutabilityPolicy",
     "Show a policy of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .feature = FEATURE_IMMUTABLE_TAGS, .handler = policy_get},
    {METHOD_PUT, OF_ORGANIZATION "{policy_uuid}", "updateOrgImmutabilityPolicy",
     "Replace a policy of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .feature = FEATURE_IMMUTABLE_TAGS,
     .body = &policy_schema, .handler = policy_put},
    {METHOD_DELETE, OF_ORGANIZATION "{policy_uuid}", "deleteOrgImmutabilityPolicy",
     "Remove a policy of an organization; tags stay as they are.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_IMMUTABLE_TAGS, .handler = policy_delete},
    {METHOD_GET, OF_REPOSITORY, "listRepositoryImmutabilityPolicies",
     "List the policies of a repository that make tags immutable.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .feature = FEATURE_IMMUTABLE_TAGS,
     .handler = policies_get},
    {METHOD_POST, OF_REPOSITORY, "createRepositoryImmutabilityPolicy",
     "Make tags of a repository immutable by their names.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_IMMUTABLE_TAGS, .body = &policy_schema, .handler = policies_post},
    {METHOD_GET, OF_REPOSITORY "{policy_uuid}", "getRepositoryImmutabilityPolicy",
     "Show a policy of a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .feature = FEATURE_IMMUTABLE_TAGS,
     .handler = policy_get},
    {METHOD_PUT, OF_REPOSITORY "{policy_uuid}", "updateRepositoryImmutabilityPolicy",
     "Replace a policy of a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_IMMUTABLE_TAGS, .body = &policy_schema, .handler = policy_put},
    {METHOD_DELETE, OF_REPOSITORY "{policy_uuid}", "deleteRepositoryImmutabilityPolicy",
     "Remove a policy of a repository; tags stay as they are.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS, .feature = FEATURE_IMMUTABLE_TAGS, .handler = policy_delete},
};
const struct route_table api_immutability_table = ROUTES(immutability_routes);
