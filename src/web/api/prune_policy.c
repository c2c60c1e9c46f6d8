/* SPDX-License-Identifier: Apache-2.0 */
/* Policies by which tags are pruned: of an organization, of the user himself, of a repository. The
 * three differ in their path only. */
#include "domain/prune_policy.h"

#include "api.h"
#include "base/pattern.h"
#include "codec/json.h"
#include "codec/jw.h"

enum { RAW_MAX = 16 * 1024 };

struct policy_body {
    const char *method;
    struct json_t *value; /* a number or a text */
    const char *pattern;
    bool matches;
};

static const struct field policy_fields[] = {
    F_TEXT(struct policy_body, method, "method", FIELD_REQUIRED, .values = prune_policy_methods),
    F_JSON(struct policy_body, value, "value", FIELD_REQUIRED),
    F_TEXT(struct policy_body, pattern, "tagPattern", FIELD_NULLABLE, .max = 2 * PATTERN_MAX),
    F_BOOL(struct policy_body, matches, "tagPatternMatches", FIELD_NULLABLE),
};
static const struct schema policy_schema = SCHEMA(struct policy_body, policy_fields);

static struct prune_subject subject_of(const struct call *call)
{
    return (struct prune_subject){call->space.id, call->repository.id};
}

/* A count is a number and an age a text, and neither is the other. */
static int read_value(struct call *call, const json_t *value, int64_t method, const char **out,
                      struct err *err)
{
    if (method == PRUNE_BY_NUMBER && json_is_integer(value)) {
        *out = arena_printf(call->arena, "%lld", (long long)json_integer_value(value));
        return 0;
    }
    if (method == PRUNE_BY_AGE && json_is_string(value)) {
        *out = arena_strdup(call->arena, json_string_value(value));
        return 0;
    }
    return err_set(err, ERR_INVALID,
                   method == PRUNE_BY_NUMBER ? "value: must be a whole number above 0"
                                             : "value: must be an age such as \"7d\"");
}

/* The body, which a schema alone cannot check: a value may be of two types. */
static int read_policy(struct call *call, struct prune_policy *out, struct err *err)
{
    struct policy_body body = {.matches = true};
    json_auto_t *document = NULL;
    if (json_parse(call->raw, RAW_MAX, &document, err) != 0 ||
        json_decode(call->arena, &policy_schema, document, &body, err) != 0)
        return -1;
    struct prune_policy policy = {
        .uuid = call_value(call, "policy_uuid"),
        .method = prune_policy_method_parse(str_of(body.method)),
        .matches = body.matches,
    };
    if (read_value(call, body.value, policy.method, &policy.value, err) != 0)
        return -1;
    if (body.pattern)
        policy.pattern = arena_text(call->arena, str_trim(str_of(body.pattern)));
    *out = policy;
    return 0;
}

static void write_policy(struct jw *w, const struct prune_policy *policy)
{
    int64_t limit;
    jw_begin_object(w);
    jw_member_text(w, "uuid", policy->uuid);
    jw_member_text(w, "method", prune_policy_method_name(policy->method));
    if (policy->method == PRUNE_BY_NUMBER && prune_policy_limit(policy, &limit))
        jw_member_int(w, "value", limit);
    else
        jw_member_text(w, "value", policy->value);
    jw_member_text(w, "tagPattern", policy->pattern);
    jw_member_bool(w, "tagPatternMatches", policy->matches);
    jw_end_object(w);
}

static int reply_uuid(struct call *call, int status, const char *uuid, struct err *err)
{
    return call_reply_text(call, status, "uuid", uuid, err);
}

static int policies_get(struct call *call, struct err *err)
{
    struct prune_subject subject = subject_of(call);
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        prune_policy_list(tx, call->arena, &subject, &list, err) != 0)
        return -1;
    const struct prune_policy *policies = list.items;
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

/* Quay's kinds are three for namespaces, and three for repositories. */
static enum audit_kind kind_of(const struct call *call, enum audit_kind of_namespace,
                               enum audit_kind of_repository)
{
    return call->repository.id ? of_repository : of_namespace;
}

static int audit_change(struct call *call, struct db_tx *tx, enum audit_kind kind,
                        const struct prune_policy *policy, struct err *err)
{
    const char *repository = call->repository.id ? call->repository.name : NULL;
    return call_audit(call, tx, err, kind, "method", prune_policy_method_name(policy->method),
                      "value", policy->value, "tag_pattern", policy->pattern, "tag_pattern_matches",
                      policy->matches ? "true" : "false", "policy_uuid", policy->uuid, "namespace",
                      call->space.name, repository ? "repo" : NULL, repository, NULL);
}

static int policies_post(struct call *call, struct err *err)
{
    struct prune_subject subject = subject_of(call);
    struct prune_policy policy;
    enum audit_kind kind = kind_of(call, AUDIT_CREATE_NAMESPACE_AUTOPRUNE_POLICY,
                                   AUDIT_CREATE_REPOSITORY_AUTOPRUNE_POLICY);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (read_policy(call, &policy, err) != 0 || call_begin_write(call, &tx, err) != 0 ||
        prune_policy_create(tx, call->arena, &subject, &policy, call->now_ms, &policy.uuid, err) !=
            0 ||
        audit_change(call, tx, kind, &policy, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return reply_uuid(call, 201, policy.uuid, err);
}

static int check_found(int found, struct err *err)
{
    return found == 0 ? err_set(err, ERR_NOT_FOUND, "Not Found") : found < 0 ? -1 : 0;
}

static int policy_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 8192 };
    struct prune_subject subject = subject_of(call);
    struct prune_policy policy;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        check_found(prune_policy_find(tx, call->arena, &subject, call_value(call, "policy_uuid"),
                                      &policy, err),
                    err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    write_policy(&w, &policy);
    return call_reply_json(call, 200, &body, err);
}

static int policy_put(struct call *call, struct err *err)
{
    struct prune_subject subject = subject_of(call);
    struct prune_policy policy;
    enum audit_kind kind = kind_of(call, AUDIT_UPDATE_NAMESPACE_AUTOPRUNE_POLICY,
                                   AUDIT_UPDATE_REPOSITORY_AUTOPRUNE_POLICY);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (read_policy(call, &policy, err) != 0 || call_begin_write(call, &tx, err) != 0 ||
        check_found(prune_policy_update(tx, call->arena, &subject, &policy, err), err) != 0 ||
        audit_change(call, tx, kind, &policy, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

static int policy_delete(struct call *call, struct err *err)
{
    struct prune_subject subject = subject_of(call);
    const char *uuid = call_value(call, "policy_uuid");
    const char *repository = call->repository.id ? call->repository.name : NULL;
    enum audit_kind kind = kind_of(call, AUDIT_DELETE_NAMESPACE_AUTOPRUNE_POLICY,
                                   AUDIT_DELETE_REPOSITORY_AUTOPRUNE_POLICY);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        check_found(prune_policy_delete(tx, call->arena, &subject, uuid, err), err) != 0 ||
        call_audit(call, tx, err, kind, "policy_uuid", uuid, "namespace", call->space.name,
                   repository ? "repo" : NULL, repository, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_uuid(call, 200, uuid, err);
}

#define ORGANIZATION "/api/v1/organization/{orgname}/autoprunepolicy/"
#define REPOSITORY   "/api/v1/repository/{repository+}/autoprunepolicy/"
#define SELF         "/api/v1/user/autoprunepolicy/"

static const struct route prune_policy_routes[] = {
    {METHOD_GET, ORGANIZATION, "listOrganizationAutoPrunePolicies",
     "List the auto-prune policies of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .feature = FEATURE_AUTO_PRUNE, .handler = policies_get},
    {METHOD_POST, ORGANIZATION, "createOrganizationAutoPrunePolicy",
     "Add an auto-prune policy to an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .feature = FEATURE_AUTO_PRUNE,
     .raw_max = RAW_MAX, .handler = policies_post},
    {METHOD_GET, ORGANIZATION "{policy_uuid}", "getOrganizationAutoPrunePolicy",
     "Show one auto-prune policy of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .feature = FEATURE_AUTO_PRUNE, .handler = policy_get},
    {METHOD_PUT, ORGANIZATION "{policy_uuid}", "updateOrganizationAutoPrunePolicy",
     "Replace an auto-prune policy of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .feature = FEATURE_AUTO_PRUNE,
     .raw_max = RAW_MAX, .handler = policy_put},
    {METHOD_DELETE, ORGANIZATION "{policy_uuid}", "deleteOrganizationAutoPrunePolicy",
     "Remove an auto-prune policy of an organization.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_ORG_ADMIN, .flags = ROUTE_FULL_ACCESS, .feature = FEATURE_AUTO_PRUNE,
     .handler = policy_delete},
    {METHOD_GET, REPOSITORY, "listRepositoryAutoPrunePolicies",
     "List the auto-prune policies of a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .feature = FEATURE_AUTO_PRUNE,
     .handler = policies_get},
    {METHOD_POST, REPOSITORY, "createRepositoryAutoPrunePolicy",
     "Add an auto-prune policy to a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_AUTO_PRUNE, .raw_max = RAW_MAX, .handler = policies_post},
    {METHOD_GET, REPOSITORY "{policy_uuid}", "getRepositoryAutoPrunePolicy",
     "Show one auto-prune policy of a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .feature = FEATURE_AUTO_PRUNE,
     .handler = policy_get},
    {METHOD_PUT, REPOSITORY "{policy_uuid}", "updateRepositoryAutoPrunePolicy",
     "Replace an auto-prune policy of a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_AUTO_PRUNE, .raw_max = RAW_MAX, .handler = policy_put},
    {METHOD_DELETE, REPOSITORY "{policy_uuid}", "deleteRepositoryAutoPrunePolicy",
     "Remove an auto-prune policy of a repository.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_AUTO_PRUNE, .handler = policy_delete},
    {METHOD_GET, SELF, "listUserAutoPrunePolicies", "List the auto-prune policies of the user.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .feature = FEATURE_AUTO_PRUNE, .handler = policies_get},
    {METHOD_POST, SELF, "createUserAutoPrunePolicy", "Add an auto-prune policy to the user.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_USER_ADMIN,
     .feature = FEATURE_AUTO_PRUNE, .raw_max = RAW_MAX, .handler = policies_post},
    {METHOD_GET, SELF "{policy_uuid}", "getUserAutoPrunePolicy",
     "Show one auto-prune policy of the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .feature = FEATURE_AUTO_PRUNE, .handler = policy_get},
    {METHOD_PUT, SELF "{policy_uuid}", "updateUserAutoPrunePolicy",
     "Replace an auto-prune policy of the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .feature = FEATURE_AUTO_PRUNE, .raw_max = RAW_MAX,
     .handler = policy_put},
    {METHOD_DELETE, SELF "{policy_uuid}", "deleteUserAutoPrunePolicy",
     "Remove an auto-prune policy of the user.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .feature = FEATURE_AUTO_PRUNE, .handler = policy_delete},
};
const struct route_table api_prune_policy_table = ROUTES(prune_policy_routes);
