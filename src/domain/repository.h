/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories: the unit of permission, holding manifests, tags and the use of blobs. */
#pragma once

#include "base/arena.h"
#include "domain/name.h"
#include "store/db/db.h"

enum repository_state {
    REPOSITORY_NORMAL = 0,
    REPOSITORY_READ_ONLY = 1,
    REPOSITORY_MIRROR = 2,
    REPOSITORY_DELETED = 3, /* renamed out of the way, its content being collected */
};

struct repository {
    int64_t id;
    int64_t namespace_id;
    const char *namespace_name;
    const char *name; /* without the namespace */
    bool is_public;
    int64_t state; /* enum repository_state */
    int64_t created_ms;
};

/* By full name: 1 found, 0 none (or being deleted), -1. */
int repository_find(struct db_tx *tx, struct arena *arena, const struct repository_name *name,
                    struct repository *out, struct err *err);
/* Create; the new id or -1. ERR_EXISTS when the name is taken in that namespace. */
int64_t repository_create(struct db_tx *tx, int64_t namespace_id, const char *name, bool is_public,
                          int64_t now_ms, struct err *err);
struct repository_new {
    int64_t namespace_id;
    int64_t creator_id;      /* 0: nobody, as on the command line */
    const char *name;        /* a valid one, without the namespace */
    const char *description; /* NULL: none */
    bool is_public;
};
/* Create for somebody, by a push or the API: the creator gets the role admin on it, and in an
 * organization its default permissions are applied. The new id or -1; ERR_EXISTS as above. */
int64_t repository_create_for(struct db_tx *tx, const struct repository_new *in, int64_t now_ms,
                              struct err *err);
int repository_set_public(struct db_tx *tx, int64_t id, bool is_public, struct err *err);
/* Take the name out of use at once and queue the content for collection. */
int repository_delete(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);

/* Which repositories a list shows. */
struct repository_filter {
    int64_t viewer_id;          /* the account whose own namespace is shown; 0: none */
    bool with_public;           /* and public repositories of others */
    bool all;                   /* everything, for superusers and the command line */
    const char *namespace_name; /* of this namespace only; NULL: any */
};
/* One page of repositories in order of (namespace, name), after `last` (NULL: from the start). */
int repository_list(struct db_tx *tx, struct arena *arena, const struct repository_filter *filter,
                    const struct repository_name *last, int64_t limit, struct list *out,
                    struct err *err);
