/* SPDX-License-Identifier: Apache-2.0 */
/* How many private repositories a namespace has, and whether it may have more. The user and the
 * organization twin differ in nothing but the namespace. */
#include "api.h"
#include "auth/permission.h"
#include "codec/jw.h"
#include "domain/plan.h"
#include "web/rights.h"

static int private_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 256 };
    int64_t count, most = call->rules->private_max;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        plan_count_private(tx, call->space.id, &count, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_int(&w, "privateCount", count);
    jw_member_bool(&w, "privateAllowed", most < 0 || count < most);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* Who may create repositories may know whether the next one can be private. */
static int organization_get(struct call *call, struct err *err)
{
    bool reads = call->identity->readonly_superuser || rights_full_access(call);
    if (!(call->space_access & NAMESPACE_CREATE) && !reads)
        return rights_refuse(call, err);
    return private_get(call, err);
}

static const struct route private_routes[] = {
    {METHOD_GET, "/api/v1/user/private", "getUserPrivateAllowed",
     "Get the number of the user's private repositories.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_USER_ADMIN, .handler = private_get},
    {METHOD_GET, "/api/v1/organization/{orgname}/private", "getOrganizationPrivateAllowed",
     "Get the number of the organization's private repositories.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_ORG_MEMBER,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = organization_get},
};
const struct route_table api_private_table = ROUTES(private_routes);
