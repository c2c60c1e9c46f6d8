/* SPDX-License-Identifier: Apache-2.0 */
/* Permissions: sources of rights, asked in the order of a table until nothing is left to add.
 *
 * A source only ever adds rights: there is no way to forbid, so that the order matters for cost and
 * for the explanation, and not for the result. The one exception is a registry token, which says
 * all that its bearer may. */
#include "permission.h"

#include "auth/oauth_scope.h"
#include "auth/scope.h"
#include "domain/grant.h"
#include "domain/terms.h"

/* What all sources are given. tx and arena are for those that must look something up. */
struct question {
    const struct auth_config *rules;
    struct db_tx *tx;
    struct arena *arena;
    const struct identity *identity;
    const struct account *space;
    const struct repository *repository; /* id 0: there is none */
};

static bool exists(const struct question *q)
{
    return q->repository->id != 0;
}

static int from_token(const struct question *q, unsigned *bits, struct err *err)
{
    (void)err;
    const char *full = arena_printf(q->arena, "%s/%s", q->space->name, q->repository->name);
    *bits = identity_granted(q->identity, str_of(full));
    return 0;
}

static int from_ownership(const struct question *q, unsigned *bits, struct err *err)
{
    (void)err;
    if (q->identity->account_id != 0 && q->identity->account_id == q->space->id)
        *bits = q->identity->restricted ? ACCESS_ALL & ~(unsigned)ACCESS_CREATE : ACCESS_ALL;
    return 0;
}

static int from_organization(const struct question *q, unsigned *bits, struct err *err)
{
    int64_t role;
    if (q->identity->account_id == 0)
        return 0;
    if (grant_in_organization(q->tx, q->identity->account_id, q->space->id, &role, err) != 0)
        return -1;
    /* The organization's own people read what is public, whoever else may. */
    if (role >= TEAM_MEMBER && exists(q) && q->repository->is_public)
        *bits = ACCESS_READ;
    if (role >= TEAM_CREATOR)
        *bits |= ACCESS_CREATE;
    if (role >= TEAM_ADMIN)
        *bits = ACCESS_ALL;
    return 0;
}

static int from_grants(const struct question *q, unsigned *bits, struct err *err)
{
    int64_t role;
    if (q->identity->account_id == 0 || !exists(q))
        return 0;
    if (grant_on_repository(q->tx, q->identity->account_id, q->repository->id, &role, err) != 0)
        return -1;
    *bits = (role >= ROLE_READ ? ACCESS_READ : 0) | (role >= ROLE_WRITE ? ACCESS_WRITE : 0) |
            (role >= ROLE_ADMIN ? ACCESS_ADMIN : 0);
    return 0;
}

static int from_public(const struct question *q, unsigned *bits, struct err *err)
{
    (void)err;
    bool known = q->identity->kind != IDENTITY_ANONYMOUS;
    bool admitted = known ||
                    (q->rules->anonymous_access && q->space->pull_policy == PULL_EVERYBODY);
    if (exists(q) && q->repository->is_public && admitted && q->space->pull_policy != PULL_TERMS)
        *bits = ACCESS_READ;
    return 0;
}

static int from_terms(const struct question *q, unsigned *bits, struct err *err)
{
    bool accepted;
    if (!exists(q) || !q->repository->is_public || q->space->pull_policy != PULL_TERMS ||
        q->identity->account_id == 0)
        return 0;
    if (terms_are_accepted(q->tx, q->space->id, q->identity->account_id, &accepted, err) != 0)
        return -1;
    *bits = accepted ? ACCESS_READ : 0;
    return 0;
}

static int from_full_access(const struct question *q, unsigned *bits, struct err *err)
{
    (void)err;
    if (exists(q) && q->identity->superuser && q->rules->superusers_full_access)
        *bits = ACCESS_READ | ACCESS_WRITE | ACCESS_ADMIN;
    return 0;
}

static int from_readonly_superuser(const struct question *q, unsigned *bits, struct err *err)
{
    (void)err;
    if (exists(q) && q->identity->readonly_superuser)
        *bits = ACCESS_READ;
    return 0;
}

struct source {
    const char *reason; /* completes "read: ..." */
    int (*ask)(const struct question *q, unsigned *bits, struct err *err);
};

/* Cheap ones first. */
static const struct source sources[] = {
    {"the namespace is the caller's own", from_ownership},
    {"the repository is public", from_public},
    {"superusers have full access", from_full_access},
    {"read-only superusers may read everything", from_readonly_superuser},
    {"the role of a team in the organization", from_organization},
    {"a right given on the repository, directly or to a team", from_grants},
    {"the repository is public, and the organization's terms were accepted", from_terms},
};

static const struct source token_source = {"the token grants it", from_token};

static const struct {
    unsigned bit;
    const char *name;
} rights[PERMISSION_RIGHTS] = {
    {ACCESS_READ, "read"},
    {ACCESS_WRITE, "write"},
    {ACCESS_ADMIN, "admin"},
    {ACCESS_CREATE, "create"},
};

/* What the scopes of an OAuth token leave of all rights. */
static unsigned ceiling(unsigned scopes)
{
    return (scopes & OAUTH_REPO_READ ? ACCESS_READ : 0) |
           (scopes & OAUTH_REPO_WRITE ? ACCESS_READ | ACCESS_WRITE : 0) |
           (scopes & OAUTH_REPO_ADMIN ? ACCESS_READ | ACCESS_WRITE | ACCESS_ADMIN : 0) |
           (scopes & OAUTH_REPO_CREATE ? ACCESS_CREATE : 0);
}

/* Ask the sources; reasons[i] becomes that of rights[i]. */
static int collect(const struct question *q, unsigned *out, const char *reasons[PERMISSION_RIGHTS],
                   struct err *err)
{
    bool token = q->identity->bearer;
    const struct source *table = token ? &token_source : sources;
    size_t count = token ? (exists(q) ? 1 : 0) : ARRAY_LEN(sources);
    unsigned wanted = exists(q) ? ACCESS_ALL : ACCESS_CREATE | ACCESS_READ;
    wanted &= token ? ACCESS_ALL : ceiling(q->identity->scopes);
    unsigned access = 0;
    for (size_t i = 0; i < count && access != wanted; i++) {
        unsigned bits = 0;
        if (table[i].ask(q, &bits, err) != 0)
            return -1;
        unsigned added = bits & wanted & ~access;
        for (size_t r = 0; r < ARRAY_LEN(rights); r++) {
            if (added & rights[r].bit)
                reasons[r] = table[i].reason;
        }
        access |= added;
    }
    *out = access;
    return 0;
}

int permission_decide(const struct auth_config *rules, struct db_tx *tx, struct arena *arena,
                      const struct identity *identity, const struct repository_name *name,
                      struct permission_decision *out, struct err *err)
{
    struct permission_decision made = {0};
    struct question q = {rules, tx, arena, identity, &made.space, &made.repository};
    int found = account_find_by_name(tx, arena, name->namespace_name, &made.space, err);
    if (found > 0 && (repository_find(tx, arena, name, &made.repository, err) < 0 ||
                      collect(&q, &made.access, made.reasons, err) != 0))
        return -1;
    if (found < 0)
        return -1;
    *out = made;
    return 0;
}

const char *permission_right_name(size_t right)
{
    return rights[right].name;
}

int permission_on_namespace(struct db_tx *tx, const struct identity *identity, int64_t namespace_id,
                            unsigned *out, struct err *err)
{
    unsigned scopes = identity->scopes;
    unsigned most = (scopes & OAUTH_ORG_ADMIN ? NAMESPACE_ALL : 0) |
                    (scopes & OAUTH_REPO_CREATE ? NAMESPACE_CREATE | NAMESPACE_MEMBER : 0);
    int64_t role = TEAM_NONE;
    if (identity->account_id == namespace_id && namespace_id != 0)
        role = TEAM_ADMIN;
    else if (identity->account_id != 0 && most != 0 &&
             grant_in_organization(tx, identity->account_id, namespace_id, &role, err) != 0)
        return -1;
    unsigned bits = (role >= TEAM_MEMBER ? NAMESPACE_MEMBER : 0) |
                    (role >= TEAM_CREATOR ? NAMESPACE_CREATE : 0) |
                    (role >= TEAM_ADMIN ? NAMESPACE_ADMIN : 0);
    bool own = identity->account_id == namespace_id;
    *out = bits & most &
           (own && identity->restricted ? ~(unsigned)NAMESPACE_CREATE : NAMESPACE_ALL);
    return 0;
}

unsigned permission_actions(unsigned asked, unsigned access, bool writable)
{
    unsigned allowed = access & ACCESS_READ ? SCOPE_PULL : 0;
    if (writable && access & ACCESS_WRITE)
        allowed |= SCOPE_PUSH | SCOPE_DELETE;
    if (writable && access & ACCESS_ADMIN)
        allowed |= SCOPE_ALL;
    return asked & allowed;
}
