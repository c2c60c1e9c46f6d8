/* SPDX-License-Identifier: Apache-2.0 */
/* A token comes without the right to pull where an organization's terms are not accepted: clients
 * do not show what a token server says, but they do show why a manifest is refused. It must be a
 * 403 then: at a 401 they would go for the next token. */
#include "refusal.h"

#include "domain/account.h"

static int refuse(struct err *err)
{
    return err_set(err, ERR_UNAUTHORIZED, "access to the requested resource is not authorized");
}

/* 1: the repository is there, and public; 0, -1. */
static int find_public(struct call *call, struct account *owner, struct err *err)
{
    struct repository repository = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        account_find_by_name(tx, call->arena, call->name.namespace_name, owner, err) < 0 ||
        repository_find(tx, call->arena, &call->name, &repository, err) < 0)
        return -1;
    return repository.id != 0 && repository.is_public;
}

int refusal_explain(struct call *call, struct err *err)
{
    struct account owner = {0};
    if (call->route->need != ACCESS_READ || !call->bearer)
        return refuse(err);
    int found = find_public(call, &owner, err);
    if (found < 0)
        return -1;
    bool known = call->identity->kind != IDENTITY_ANONYMOUS;
    if (!found || owner.pull_policy == PULL_EVERYBODY)
        return refuse(err);
    if (!known)
        return err_set(err, ERR_DENIED, "%.100s lets only accounts pull: log in first", owner.name);
    if (owner.pull_policy != PULL_TERMS)
        return refuse(err);
    return err_set(err, ERR_DENIED,
                   "accept the terms of %.60s before you pull from it: %.120s/organization/%.60s/"
                   "terms",
                   owner.name, call_base_url(call), owner.name);
}
