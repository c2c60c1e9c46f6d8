/* SPDX-License-Identifier: Apache-2.0 */
/* Rights on routes of the API. */
#include "rights.h"

#include "auth/oauth_scope.h"
#include "auth/permission.h"

int rights_refuse(const struct call *call, struct err *err)
{
    if (call->identity->kind == IDENTITY_ANONYMOUS)
        return err_set(err, ERR_UNAUTHORIZED, "Requires authentication");
    return err_set(err, ERR_DENIED, "Unauthorized");
}

bool rights_full_access(const struct call *call)
{
    return call->identity->superuser && auth_rules(call->service->auth)->superusers_full_access;
}

struct repository_filter rights_list_filter(const struct call *call)
{
    const struct identity *who = call->identity;
    bool reads = who->scopes & (OAUTH_REPO_READ | OAUTH_REPO_WRITE | OAUTH_REPO_ADMIN);
    return (struct repository_filter){
        .viewer_id = reads ? who->account_id : 0,
        .all = reads && (rights_full_access(call) || who->readonly_superuser),
        .now_ms = call->now_ms,
    };
}

static int load_organization(struct call *call, struct db_tx *tx, const char *name, struct err *err)
{
    call->space = (struct account){0};
    int found = account_find_by_name(tx, call->arena, name, &call->space, err);
    if (found < 0)
        return -1;
    if (found == 0 || call->space.kind != ACCOUNT_ORGANIZATION) {
        call->space = (struct account){0};
        return 0;
    }
    return permission_on_namespace(tx, call->identity, call->space.id, &call->space_access, err);
}

static int load_repository(struct call *call, struct db_tx *tx, struct err *err)
{
    struct permission_decision decision;
    if (permission_decide(auth_rules(call->service->auth), tx, call->arena, call->identity,
                          &call->name, &decision, err) != 0)
        return -1;
    call->space = decision.space;
    call->repository = decision.repository;
    call->access = decision.access;
    return 0;
}

static int load(struct call *call, struct err *err)
{
    const char *organization = call_value(call, "orgname");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    call->space_access = call->account.id ? NAMESPACE_ALL : 0; /* each in his own */
    if (call->identity->restricted)
        call->space_access &= ~(unsigned)NAMESPACE_CREATE;
    if (!organization && !call->name.full)
        return 0;
    call->space_access = 0;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    return organization ? load_organization(call, tx, organization, err)
                        : load_repository(call, tx, err);
}

static bool holds(const struct call *call)
{
    const struct identity *who = call->identity;
    bool user = who->kind != IDENTITY_ANONYMOUS;
    switch (call->route->right) {
    case RIGHT_NONE:
        return true;
    case RIGHT_SIGNED_IN:
        return user;
    case RIGHT_USER_READ:
        return user && who->scopes & (OAUTH_USER_READ | OAUTH_USER_ADMIN);
    case RIGHT_USER_ADMIN:
        return user && who->scopes & OAUTH_USER_ADMIN;
    case RIGHT_ORG_MEMBER:
        return who->scopes & OAUTH_ORG_ADMIN && call->space_access & NAMESPACE_MEMBER;
    case RIGHT_ORG_ADMIN:
        return call->space_access & NAMESPACE_ADMIN;
    case RIGHT_REPO_READ:
        return call->access & ACCESS_READ;
    case RIGHT_REPO_WRITE:
        return call->access & ACCESS_WRITE;
    case RIGHT_REPO_ADMIN:
        return call->access & ACCESS_ADMIN;
    case RIGHT_SUPERUSER:
        return who->superuser;
    }
    return false;
}

static bool admitted(const struct call *call)
{
    unsigned flags = call->route->flags;
    return holds(call) || (flags & ROUTE_FULL_ACCESS && rights_full_access(call)) ||
           (flags & ROUTE_READONLY_SUPERUSER && call->identity->readonly_superuser);
}

bool rights_is_fresh(const struct call *call)
{
    const struct identity *who = call->identity;
    return !who->browser || !call->account.password_hash ||
           call->now_ms - who->login_ms <= call->rules->fresh_login_ms;
}

static int check_fresh(const struct call *call, struct err *err)
{
    if (!(call->route->flags & ROUTE_FRESH_LOGIN) || rights_is_fresh(call))
        return 0;
    return err_set(err, ERR_FRESH_LOGIN, "The action requires a fresh login to succeed.");
}

static int check_found(const struct call *call, struct err *err)
{
    bool organization = call_value(call, "orgname") != NULL;
    bool repository = call->name.full != NULL && call->route->find_repository;
    if ((organization && !call->space.id) || (repository && !call->repository.id))
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return 0;
}

int rights_check(struct call *call, struct err *err)
{
    bool nobody = call->identity->kind == IDENTITY_ANONYMOUS;
    if (nobody && !(call->route->flags & ROUTE_ANONYMOUS) &&
        !auth_rules(call->service->auth)->anonymous_access)
        return err_set(err, ERR_UNAUTHORIZED, "Anonymous access is not allowed");
    if (load(call, err) != 0)
        return -1;
    if (!admitted(call))
        return rights_refuse(call, err);
    return check_fresh(call, err) != 0 ? -1 : check_found(call, err);
}
