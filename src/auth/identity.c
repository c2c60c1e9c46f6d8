/* SPDX-License-Identifier: Apache-2.0 */
/* Identities: from an account and the configured lists of superusers, or from a token's grants. */
#include "identity.h"

#include "auth/oauth_scope.h"

const struct identity identity_anonymous = {
    .kind = IDENTITY_ANONYMOUS,
    .name = "(anonymous)",
    .scopes = OAUTH_ALL,
};

/* As Quay writes them into tokens. */
static const char *const kind_names[IDENTITY_KIND_COUNT] = {
    [IDENTITY_ANONYMOUS] = "anonymous",
    [IDENTITY_USER] = "user",
    [IDENTITY_ROBOT] = "robot",
    [IDENTITY_ACCESS_TOKEN] = "token",
    [IDENTITY_OAUTH_TOKEN] = "oauthtoken",
    [IDENTITY_APP_TOKEN] = "appspecifictoken",
};

const char *identity_kind_name(enum identity_kind kind)
{
    return (unsigned)kind < IDENTITY_KIND_COUNT ? kind_names[kind] : "unknown";
}

static bool listed(const struct texts *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

struct identity identity_of_account(const struct auth_config *rules, const struct account *account)
{
    bool user = account->kind == ACCOUNT_USER;
    bool superuser = user && (account->superuser || listed(&rules->superusers, account->name));
    bool exempt = superuser || listed(&rules->unrestricted_users, account->name);
    return (struct identity){
        .kind = user ? IDENTITY_USER : IDENTITY_ROBOT,
        .account_id = account->id,
        .name = account->name,
        .uuid = account->uuid,
        .session_epoch = account->session_epoch,
        .scopes = OAUTH_ALL,
        .superuser = superuser,
        .readonly_superuser = user && listed(&rules->readonly_superusers, account->name),
        .restricted = user && rules->restricted_users && !exempt,
    };
}

bool identity_name_powerful(const struct auth_config *rules, const char *name)
{
    return listed(&rules->superusers, name) || listed(&rules->readonly_superusers, name);
}

struct identity identity_limited(struct identity identity, unsigned scopes)
{
    identity.kind = IDENTITY_OAUTH_TOKEN;
    identity.scopes = scopes;
    identity.superuser = identity.superuser && scopes & OAUTH_SUPER_USER;
    identity.readonly_superuser = identity.readonly_superuser && scopes & OAUTH_SUPER_USER;
    return identity;
}

unsigned identity_granted(const struct identity *identity, struct str repository)
{
    unsigned access = 0;
    for (size_t i = 0; i < identity->grant_count; i++) {
        if (str_eq_text(repository, identity->grants[i].repository))
            access |= identity->grants[i].access;
    }
    return access;
}
