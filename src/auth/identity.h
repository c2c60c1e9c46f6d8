/* SPDX-License-Identifier: Apache-2.0 */
/* An identity: the answer to "who are you". Plain data, immutable once made. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/auth.h"
#include "base/str.h"
#include "domain/account.h"

enum identity_kind {
    IDENTITY_ANONYMOUS,
    IDENTITY_USER,
    IDENTITY_ROBOT,
    IDENTITY_ACCESS_TOKEN, /* $token */
    IDENTITY_OAUTH_TOKEN,  /* $oauthtoken */
    IDENTITY_APP_TOKEN,    /* $app: acts as its user */
    IDENTITY_KIND_COUNT,
};

/* What may be done with a repository. ACCESS_CREATE: create one (in the namespace) when absent. */
enum access_bit {
    ACCESS_READ = 1,
    ACCESS_WRITE = 2,
    ACCESS_ADMIN = 4,
    ACCESS_CREATE = 8,
    ACCESS_ALL = 15,
};

/* One entry of a registry token's "access". */
struct grant {
    const char *repository; /* full name, "ns/repo": without host, library names completed */
    unsigned access;        /* access_bit; write includes read, admin includes both */
};

struct identity {
    enum identity_kind kind;
    int64_t account_id;    /* 0: anonymous */
    const char *name;      /* of the account; "(anonymous)" */
    const char *uuid;      /* of the account; NULL: anonymous */
    int64_t session_epoch; /* of the account, when it was looked at */
    bool superuser;
    bool readonly_superuser; /* may read everything */
    bool restricted;         /* may create nothing of his own: FEATURE_RESTRICTED_USERS */
    bool bearer;             /* came by a registry token: may do what `grants` say and no more */
    const struct grant *grants;
    size_t grant_count;
    unsigned scopes;        /* oauth_scope_bit: what may be used of the account's rights */
    int64_t login_ms;       /* of a browser session: when the password was last given; else 0 */
    bool browser;           /* came by a session's cookie */
    const char *token_uuid; /* of the OAuth token it came by; NULL: by none */
    const char *token_client_id;   /* and of that token's application */
    const char *token_application; /* its name */
};

/* Nobody in particular. */
extern const struct identity identity_anonymous;

/* The identity of an enabled user or robot; strings are shared with the account. */
struct identity identity_of_account(const struct auth_config *rules, const struct account *account);
/* Whether config.yaml gives this name the rights of a superuser, read-only or not: whoever signs up
 * with it would have them. */
bool identity_name_powerful(const struct auth_config *rules, const char *name);
/* The same with no more than the scopes (oauth_scope_bit) allow: a superuser is one only with
 * super:user. */
struct identity identity_limited(struct identity identity, unsigned scopes);

/* What the grants of a token allow on a repository given by its full name; 0 when nothing. */
unsigned identity_granted(const struct identity *identity, struct str repository);

/* "user", "robot", "anonymous" ...: entity_kind in tokens, auth kind in logs and metrics. */
const char *identity_kind_name(enum identity_kind kind);
