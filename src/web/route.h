/* SPDX-License-Identifier: Apache-2.0 */
/* Route tables: which URL is served by which function, under which conditions. The table is the
 * truth: routing, permission, limits, metrics labels and the route listing come from it. */
#pragma once

#include "base/err.h"
#include "codec/schema.h"
#include "domain/audit_kind.h"
#include "http/request.h"
#include "web/feature.h"

struct call;
struct body_sink;

/* How a caller proves who it is. */
enum route_auth {
    ROUTE_OPEN,   /* nobody is asked */
    ROUTE_BEARER, /* a registry token; without one the reply is 401 with a challenge */
    ROUTE_API,    /* a browser session or an OAuth token; without one the caller is anonymous */
};

/* What a caller of the API must be, or may do. */
enum route_right {
    RIGHT_NONE,
    RIGHT_SIGNED_IN,  /* be anybody in particular */
    RIGHT_USER_READ,  /* read about himself */
    RIGHT_USER_ADMIN, /* change what is his own */
    RIGHT_ORG_MEMBER, /* belong to {orgname} */
    RIGHT_ORG_ADMIN,  /* administer {orgname} */
    RIGHT_REPO_READ,  /* on {repository+} */
    RIGHT_REPO_WRITE,
    RIGHT_REPO_ADMIN,
    RIGHT_SUPERUSER,
};

enum route_flag {
    ROUTE_FRESH_LOGIN = 1,        /* a browser's user must have given the password lately */
    ROUTE_FULL_ACCESS = 2,        /* superusers too, with FEATURE_SUPERUSERS_FULL_ACCESS */
    ROUTE_READONLY_SUPERUSER = 4, /* read-only superusers too */
    ROUTE_ANONYMOUS = 8,          /* even without FEATURE_ANONYMOUS_ACCESS */
    ROUTE_WHILE_READ_ONLY = 16,   /* changes nothing that a read-only registry must not change */
    ROUTE_NO_CSRF = 32,           /* no page can misuse it, or the handler looks for the token */
    ROUTE_SECRET_PATH = 128,      /* logs show the path of this table, as it holds a secret */
    ROUTE_PAGE = 64,              /* a page that a browser shows, not a call of a page's program */
    ROUTE_UNRESTRICTED = 128,     /* not for restricted users in a namespace of their own */
};

/* The words in which errors are told. */
enum route_errors {
    ERRORS_OCI, /* {"errors":[{code,message,detail}]} */
    ERRORS_API, /* {"error_message",...}: Quay's problem documents */
};

struct route {
    enum method method;
    const char *path;
    const char *id; /* stable name: metrics label, log field, route listing */
    const char *summary;
    enum route_auth auth;
    enum route_errors errors;
    unsigned need;              /* access_bit needed on {repository+}; 0: none */
    bool find_repository;       /* call->repository is looked up; NAME_UNKNOWN when absent */
    bool writes;                /* refused while the registry or the repository is read-only */
    enum route_right right;     /* ROUTE_API only */
    unsigned flags;             /* enum route_flag */
    enum feature feature;       /* there is nothing here while this feature is off */
    enum audit_kind failed;     /* the entry that a refusal leaves, if config.yaml wants it */
    const struct schema *query; /* of the query string */
    const struct schema *body;  /* of a JSON body of at most body_max bytes */
    size_t body_max;
    size_t raw_max; /* the body as bytes, at most this many */
    /* Fill call->reply. On -1 dispatch answers with the error. */
    int (*handler)(struct call *call, struct err *err);
    /* Instead of handler, for bodies that are not collected: fill *sink, or the reply when no body
     * is wanted. 1 sink, 0 reply, -1 error. */
    int (*stream)(struct call *call, struct body_sink *sink, struct err *err);
    /* On a reactor, before all checks, without waiting: true when the reply is filled. */
    bool (*quick)(struct call *call);
};

struct route_table {
    const struct route *routes;
    size_t count;
};

#define ROUTES(table)                                                                              \
    {                                                                                              \
        (table), ARRAY_LEN(table)                                                                  \
    }

/* Every table of the program, NULL-ended; in web/routes.c. */
extern const struct route_table *const route_tables[];
