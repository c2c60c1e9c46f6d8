/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way through dispatch to its handler. */
#pragma once

#include "auth/identity.h"
#include "auth/session.h"
#include "auth/token.h"
#include "domain/audit.h"
#include "domain/name.h"
#include "domain/repository.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/router.h"
#include "web/route.h"
#include "web/service.h"

struct call {
    struct service *service;
    const struct service_rules *rules; /* in force when the request came */
    struct request *request;
    struct reply *reply;
    struct arena *arena;       /* the request's */
    const struct route *route; /* NULL when nothing matched */
    size_t route_number;       /* for metrics; valid with route */
    struct route_match match;
    int64_t now_ms;
    uint64_t cache_version; /* web/manifest_cache.h: what a load may be labelled with */

    /* Filled for routes that ask for it, before the handler runs. */
    const struct identity *identity; /* identity_anonymous when there are no credentials */
    struct bearer *bearer;           /* keeps a token's identity alive */
    struct repository_name name;     /* from {repository+} */
    struct repository repository;    /* id 0 when the route does not need it */
    struct session session;          /* ROUTE_API: a browser's; its nonce is empty when none */
    struct account account;          /* ROUTE_API: the caller's; id 0: anonymous */
    struct account space;  /* ROUTE_API: of {orgname} or of the repository; else as account */
    unsigned space_access; /* namespace_bit in space */
    unsigned access;       /* access_bit on the repository */
    void *query;           /* route->query's struct */
    void *body;            /* route->body's struct */
    struct str raw;        /* the whole body, for routes with raw_max */
    bool challenge;        /* a refusal carries WWW-Authenticate */
    int64_t retry_after_s; /* for 429 and 503; 0: none */
    struct buf collected;  /* behind body and raw */
};

/* A value captured from the path; NULL when the route has no such capture. */
const char *call_value(const struct call *call, const char *name);
/* "https://host:port", without a slash at the end: the configured host name, or the Host header of
 * the request when it names this server in another way (an address, a port forward). */
const char *call_base_url(const struct call *call);
/* The path as logs may show it: that of the route's table where the real one holds a secret. */
struct str call_shown_path(const struct call *call);
/* The methods that the path of the request takes: "GET, PUT". */
const char *call_allowed_methods(const struct call *call);
/* Answer with the bytes in `body`, copied into the request's memory. ERR_TOO_LARGE when the buffer
 * ran over its maximum. */
int call_reply(struct call *call, int status, const char *type, const struct buf *body,
               struct err *err);
/* The same for application/json. */
int call_reply_json(struct call *call, int status, const struct buf *json, struct err *err);
enum { CALL_TEXT_MAX = 4096 };
/* A JSON object of one member; `value` of at most CALL_TEXT_MAX bytes, NULL: null. */
int call_reply_text(struct call *call, int status, const char *member, const char *value,
                    struct err *err);
/* Whether config.yaml has the feature on. */
bool call_feature(const struct call *call, enum feature feature);
/* Whether the JSON body has that member, though it be null: what is absent stays as it is. */
bool call_has(const struct call *call, const char *member);
/* Begin a transaction that writes. call->now_ms is the time from which it may: whoever waited for
 * others sees what they ended as ended. */
int call_begin_write(struct call *call, struct db_tx **out, struct err *err);
/* Write an entry of the audit log about call->space, by the caller, from where he calls, with what
 * an OAuth token adds. The metadata is pairs of a name and a text (NULL: null), ended by a NULL
 * name. */
int call_audit(struct call *call, struct db_tx *tx, struct err *err, enum audit_kind kind, ...);
/* The words for errors about a path that no route claims. */
enum route_errors call_error_family(struct str path);
/* Answer with an error, in the words of the route's family. For a sink's finish; handlers return
 * -1 instead. */
void call_refuse(struct call *call, const struct err *err);
