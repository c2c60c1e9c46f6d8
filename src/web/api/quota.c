/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas and their limits: of organizations for their members and for superusers who change them,
 * of users for themselves, and of either for superusers. The namespace is call->space. */
#include "api.h"
#include "people.h"
#include "quota_view.h"
#include "web/rights.h"

struct limit_body {
    const char *type;
    int64_t threshold_percent;
};

enum { TYPE_MAX = 16 };

static const struct field new_limit_fields[] = {
    F_TEXT(struct limit_body, type, "type", FIELD_REQUIRED, .max = TYPE_MAX),
    F_INT(struct limit_body, threshold_percent, "threshold_percent", FIELD_REQUIRED,
          .min = -INT32_MAX, .max = INT32_MAX),
};
static const struct schema new_limit_schema = SCHEMA(struct limit_body, new_limit_fields);

static const struct field limit_fields[] = {
    F_TEXT(struct limit_body, type, "type", 0, .max = TYPE_MAX),
    F_INT(struct limit_body, threshold_percent, "threshold_percent", 0, .min = -INT32_MAX,
          .max = INT32_MAX),
};
static const struct schema limit_schema = SCHEMA(struct limit_body, limit_fields);

/* ---- what a request is about ---- */

/* Quotas are there where superusers are; those of organizations are changed only by superusers who
 * may do everything. */
static int check(const struct call *call, struct err *err)
{
    if (!call_feature(call, FEATURE_SUPER_USERS))
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    if (call->route->method != METHOD_GET && call_value(call, "orgname") &&
        !rights_full_access(call))
        return rights_refuse(call, err);
    return 0;
}

/* The superuser's namespace becomes call->space; it may be a user or an organization. */
static int find_space(struct call *call, struct db_tx *tx, struct err *err)
{
    const char *name = call_value(call, "namespace");
    struct account found = {0};
    if (!name)
        return 0;
    if (account_find_by_name(tx, call->arena, name, &found, err) < 0)
        return -1;
    if (found.kind != ACCOUNT_USER && found.kind != ACCOUNT_ORGANIZATION)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    call->space = found;
    return 0;
}

static int begin(struct call *call, enum db_mode mode, struct db_tx **tx, struct err *err)
{
    if (check(call, err) != 0 || db_begin(call->service->db, mode, tx, err) != 0)
        return -1;
    return find_space(call, *tx, err);
}

/* 0 where the path has no number: no row has that. */
static int64_t id_of(const struct call *call, const char *name)
{
    uint64_t number;
    return str_to_u64(str_of(call_value(call, name)), INT64_MAX, &number) ? (int64_t)number : 0;
}

/* The quota that the path names. */
static int get_quota(struct call *call, struct db_tx *tx, struct quota *out, struct err *err)
{
    int found = quota_find(tx, call->arena, call->space.id, out, err);
    if (found < 0)
        return -1;
    if (found == 0 || id_of(call, "quota_id") != out->id)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return 0;
}

static int get_limit(struct call *call, struct db_tx *tx, struct quota *quota,
                     struct quota_limit **out, struct err *err)
{
    if (get_quota(call, tx, quota, err) != 0)
        return -1;
    *out = quota_limit_find(quota, id_of(call, "limit_id"));
    return *out ? 0 : err_set(err, ERR_NOT_FOUND, "Not Found");
}

/* ---- answers ---- */

enum { BODY_MAX = 64 * 1024 };

static int reply_quota(struct call *call, const struct quota *quota, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    quota_view_write(call, &w, quota);
    return call_reply_json(call, 200, &body, err);
}

static int reply_created(struct call *call, struct db_tx **tx, struct err *err)
{
    if (db_commit(tx, err) != 0)
        return -1;
    reply_bytes(call->reply, 201, "application/json", STR("\"Created\""));
    return 0;
}

static const char *number(struct call *call, int64_t value)
{
    return arena_printf(call->arena, "%lld", (long long)value);
}

/* ---- quotas ---- */

static int quotas_get(struct call *call, struct err *err)
{
    struct quota quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_READ, &tx, err) != 0)
        return -1;
    int found = quota_find(tx, call->arena, call->space.id, &quota, err);
    if (found < 0)
        return -1;
    bool organization = call_value(call, "orgname");
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_array(&w);
    if (found || (organization && call->rules->quota_system_bytes))
        quota_view_write(call, &w, found ? &quota : NULL);
    jw_end_array(&w);
    return call_reply_json(call, 200, &body, err);
}

static int quotas_post(struct call *call, struct err *err)
{
    int64_t bytes;
    int given = quota_body_bytes(call, &bytes, err);
    if (check(call, err) != 0 || given < 0)
        return -1;
    if (!given)
        return err_set(err, ERR_INVALID, "limit_bytes or limit is required");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_WRITE, &tx, err) != 0)
        return -1;
    if (quota_create(tx, call->arena, call->space.id, bytes, err) != 0)
        return err->code == ERR_EXISTS
                   ? err_set(err, ERR_INVALID, "Quota for '%s' already exists", call->space.name)
                   : -1;
    if (call_audit(call, tx, err, AUDIT_ORG_CREATE_QUOTA, "namespace", call->space.name,
                   "limit_bytes", number(call, bytes), "limit", quota_view_text(call->arena, bytes),
                   NULL) != 0)
        return -1;
    return reply_created(call, &tx, err);
}

static int quota_get(struct call *call, struct err *err)
{
    struct quota quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_READ, &tx, err) != 0 || get_quota(call, tx, &quota, err) != 0)
        return -1;
    return reply_quota(call, &quota, err);
}

static int change_bytes(struct call *call, struct db_tx *tx, struct quota *quota, int64_t bytes,
                        struct err *err)
{
    int64_t previous = quota->limit_bytes;
    if (quota_set_bytes(tx, quota, bytes, err) != 0)
        return -1;
    return call_audit(
        call, tx, err, AUDIT_ORG_CHANGE_QUOTA, "namespace", call->space.name, "limit_bytes",
        number(call, bytes), "limit", quota_view_text(call->arena, bytes), "previous_limit_bytes",
        number(call, previous), "previous_limit", quota_view_text(call->arena, previous), NULL);
}

/* A body without a size changes nothing. */
static int quota_put(struct call *call, struct err *err)
{
    struct quota quota;
    int64_t bytes;
    int given = quota_body_bytes(call, &bytes, err);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (given < 0 || begin(call, DB_WRITE, &tx, err) != 0 || get_quota(call, tx, &quota, err) != 0)
        return -1;
    if (given && (change_bytes(call, tx, &quota, bytes, err) != 0 || db_commit(&tx, err) != 0))
        return -1;
    return reply_quota(call, &quota, err);
}

static int quota_remove(struct call *call, struct err *err)
{
    struct quota quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_WRITE, &tx, err) != 0 || get_quota(call, tx, &quota, err) != 0 ||
        quota_delete(tx, &quota, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_DELETE_QUOTA, "namespace", call->space.name, "quota_id",
                   number(call, quota.id), "limit_bytes", number(call, quota.limit_bytes), "limit",
                   quota_view_text(call->arena, quota.limit_bytes), NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

/* ---- limits ---- */

static int limits_get(struct call *call, struct err *err)
{
    struct quota quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_READ, &tx, err) != 0 || get_quota(call, tx, &quota, err) != 0)
        return -1;
    const struct quota_limit *limits = quota.limits.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_array(&w);
    for (size_t i = 0; i < quota.limits.count; i++)
        quota_view_write_limit(&w, &limits[i]);
    jw_end_array(&w);
    return call_reply_json(call, 200, &body, err);
}

static int limits_post(struct call *call, struct err *err)
{
    const struct limit_body *in = call->body;
    struct quota quota;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_WRITE, &tx, err) != 0 || get_quota(call, tx, &quota, err) != 0 ||
        quota_limit_create(tx, &quota, quota_kind_parse(in->type), in->threshold_percent, err) !=
            0 ||
        call_audit(call, tx, err, AUDIT_ORG_CREATE_QUOTA_LIMIT, "namespace", call->space.name,
                   "type", quota_kind_name(quota_kind_parse(in->type)), "threshold_percent",
                   number(call, in->threshold_percent), NULL) != 0)
        return -1;
    return reply_created(call, &tx, err);
}

static int limit_get(struct call *call, struct err *err)
{
    struct quota quota;
    struct quota_limit *limit;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_READ, &tx, err) != 0 || get_limit(call, tx, &quota, &limit, err) != 0)
        return -1;
    if (!call_value(call, "orgname"))
        return reply_quota(call, &quota, err); /* so it is with a user's */
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    quota_view_write_limit(&w, limit);
    return call_reply_json(call, 200, &body, err);
}

static int limit_put(struct call *call, struct err *err)
{
    const struct limit_body *in = call->body;
    struct quota quota;
    struct quota_limit *limit;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_WRITE, &tx, err) != 0 || get_limit(call, tx, &quota, &limit, err) != 0)
        return -1;
    struct quota_limit before = *limit;
    enum quota_kind kind = call_has(call, "type") ? quota_kind_parse(in->type)
                                                  : (enum quota_kind)before.kind;
    int64_t percent = call_has(call, "threshold_percent") ? in->threshold_percent : before.percent;
    if (quota_limit_set(tx, &quota, limit, kind, percent, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_CHANGE_QUOTA_LIMIT, "namespace", call->space.name,
                   "type", quota_kind_name(kind), "threshold_percent", number(call, percent),
                   "previous_type", quota_kind_name(before.kind), "previous_threshold_percent",
                   number(call, before.percent), NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    return reply_quota(call, &quota, err);
}

static int limit_remove(struct call *call, struct err *err)
{
    struct quota quota;
    struct quota_limit *limit;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (begin(call, DB_WRITE, &tx, err) != 0 || get_limit(call, tx, &quota, &limit, err) != 0 ||
        quota_limit_delete(tx, limit, err) != 0 ||
        call_audit(call, tx, err, AUDIT_ORG_DELETE_QUOTA_LIMIT, "namespace", call->space.name,
                   "limit_id", number(call, limit->id), "type", quota_kind_name(limit->kind),
                   "threshold_percent", number(call, limit->percent), NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

/* ---- routes ---- */

#define QUOTA .auth = ROUTE_API, .errors = ERRORS_API, .feature = FEATURE_EDIT_QUOTA
#define MEMBER                                                                                     \
    QUOTA, .right = RIGHT_ORG_MEMBER, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER
#define OWN     QUOTA, .right = RIGHT_USER_ADMIN
#define CHANGE  QUOTA, .right = RIGHT_SUPERUSER
#define FRESH   CHANGE, .flags = ROUTE_FRESH_LOGIN
#define LIST    QUOTA, .right = RIGHT_SUPERUSER, .flags = ROUTE_READONLY_SUPERUSER | ROUTE_FRESH_LOGIN
#define ORG     "/api/v1/organization/{orgname}/quota"
#define USER    "/api/v1/user/quota"
#define ANY_ORG "/api/v1/superuser/organization/{namespace}/quota"
#define ANYBODY "/api/v1/superuser/users/{namespace}/quota"
#define ID      "/{quota_id}"
#define LIMIT   "/{quota_id}/limit"
#define ONE     "/{quota_id}/limit/{limit_id}"

static const struct route quota_routes[] = {
    {METHOD_GET, ORG, "listOrganizationQuota", "List the quota of an organization.", MEMBER,
     .handler = quotas_get},
    {METHOD_POST, ORG, "createOrganizationQuota", "Give an organization a quota.", CHANGE,
     .body = &quota_body_schema, .handler = quotas_post},
    {METHOD_GET, ORG ID, "getOrganizationQuota", "Get the quota of an organization.", MEMBER,
     .handler = quota_get},
    {METHOD_PUT, ORG ID, "changeOrganizationQuota", "Change the quota of an organization.", CHANGE,
     .body = &quota_body_schema, .handler = quota_put},
    {METHOD_DELETE, ORG ID, "deleteOrganizationQuota", "Remove the quota of an organization.",
     CHANGE, .handler = quota_remove},
    {METHOD_GET, ORG LIMIT, "listOrganizationQuotaLimit",
     "List the limits of an organization's quota.", MEMBER, .handler = limits_get},
    {METHOD_POST, ORG LIMIT, "createOrganizationQuotaLimit",
     "Add a limit to an organization's quota.", CHANGE, .body = &new_limit_schema,
     .handler = limits_post},
    {METHOD_GET, ORG ONE, "getOrganizationQuotaLimit", "Get a limit of an organization's quota.",
     MEMBER, .handler = limit_get},
    {METHOD_PUT, ORG ONE, "changeOrganizationQuotaLimit",
     "Change a limit of an organization's quota.", CHANGE, .body = &limit_schema,
     .handler = limit_put},
    {METHOD_DELETE, ORG ONE, "deleteOrganizationQuotaLimit",
     "Remove a limit of an organization's quota.", CHANGE, .handler = limit_remove},
    {METHOD_GET, USER, "listUserQuota", "List one's own quota.", OWN, .handler = quotas_get},
    {METHOD_GET, USER ID, "getUserQuota", "Get one's own quota.", OWN, .handler = quota_get},
    {METHOD_GET, USER LIMIT, "listUserQuotaLimit", "List the limits of one's own quota.", OWN,
     .handler = limits_get},
    {METHOD_GET, USER ONE, "getUserQuotaLimit", "Get one's own quota, by one of its limits.", OWN,
     .handler = limit_get},
    {METHOD_GET, ANY_ORG, "listOrganizationQuotaSuperUser", "List the quota of any organization.",
     LIST, .handler = quotas_get},
    {METHOD_POST, ANY_ORG, "createOrganizationQuotaSuperUser", "Give any organization a quota.",
     FRESH, .body = &quota_body_schema, .handler = quotas_post},
    {METHOD_PUT, ANY_ORG ID, "changeOrganizationQuotaSuperUser",
     "Change the quota of any organization.", FRESH, .body = &quota_body_schema,
     .handler = quota_put},
    {METHOD_DELETE, ANY_ORG ID, "deleteOrganizationQuotaSuperUser",
     "Remove the quota of any organization.", CHANGE, .handler = quota_remove},
    {METHOD_GET, ANYBODY, "listUserQuotaSuperUser", "List the quota of any user.", LIST,
     .handler = quotas_get},
    {METHOD_POST, ANYBODY, "createUserQuotaSuperUser", "Give any user a quota.", FRESH,
     .body = &quota_body_schema, .handler = quotas_post},
    {METHOD_PUT, ANYBODY ID, "changeUserQuotaSuperUser", "Change the quota of any user.", FRESH,
     .body = &quota_body_schema, .handler = quota_put},
    {METHOD_DELETE, ANYBODY ID, "deleteUserQuotaSuperUser", "Remove the quota of any user.", CHANGE,
     .handler = quota_remove},
};
const struct route_table api_quota_table = ROUTES(quota_routes);
