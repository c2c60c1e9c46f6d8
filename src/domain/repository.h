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
    /* Filled by repository_list when asked for. */
    const char *description;  /* NULL: none */
    int64_t last_modified_ms; /* when the newest tag was made; 0: there is none */
    int64_t popularity;       /* pulls and pushes in the last REPOSITORY_POPULAR_DAYS */
    int64_t stars;
    int64_t used_bytes;     /* listed with details: of storage, by src/domain/usage.h */
    int64_t quota_bytes;    /* the quota of its namespace; 0: none */
    bool is_starred;        /* by the viewer */
    int64_t namespace_kind; /* enum account_kind */
    int64_t score;          /* of repository_search: 3 it is the name, 2 it begins so, 1 else */
};

enum {
    REPOSITORY_POPULAR_DAYS = 90,
    REPOSITORY_DESCRIPTION_MAX = 64 * 1024,
    REPOSITORY_DESCRIPTION_AUDITED_MAX = 1024, /* bytes of it that the audit log repeats */
};
/* For schemas and the API: "NORMAL", "READ_ONLY", "MIRROR"; NULL-ended, in the order of the enum.
 */
extern const char *const repository_state_names[];

/* What else a page about one repository shows. */
struct repository_detail {
    const char *description;   /* NULL: none */
    bool is_starred;           /* by the viewer */
    int64_t tag_expiration_ms; /* its namespace's time machine */
};

/* By full name: 1 found, 0 none (or being deleted), -1. */
int repository_find(struct db_tx *tx, struct arena *arena, const struct repository_name *name,
                    struct repository *out, struct err *err);
/* window_ms: the registry's time machine. ERR_NOT_FOUND when the repository is gone. */
int repository_get_detail(struct db_tx *tx, struct arena *arena, int64_t id, int64_t viewer_id,
                          int64_t window_ms, struct repository_detail *out, struct err *err);
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
int repository_set_state(struct db_tx *tx, int64_t id, enum repository_state state,
                         struct err *err);
int repository_set_description(struct db_tx *tx, int64_t id, const char *text, struct err *err);
/* Take the name out of use at once and queue the content for collection. */
int repository_delete(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);

/* The same for all repositories of a namespace, in two statements. */
int repository_delete_all(struct db_tx *tx, int64_t namespace_id, int64_t now_ms, struct err *err);

/* Which repositories a list shows: those that the viewer owns, has any right on, directly, by a
 * team or as an administrator of the organization; and more. */
struct repository_filter {
    int64_t viewer_id;          /* an account; 0: none */
    bool with_public;           /* and public repositories of others */
    bool all;                   /* everything, for superusers and the command line */
    bool starred;               /* of those only what the viewer has starred */
    const char *namespace_name; /* of this namespace only; NULL: any. Not with starred */
    bool details;               /* the members of struct repository that take some work */
    int64_t now_ms;             /* for popularity; only with details */
};
/* One page of repositories in order of (namespace, name), after `last` (NULL: from the start). One
 * query, which costs the same wherever the page begins. */
int repository_list(struct db_tx *tx, struct arena *arena, const struct repository_filter *filter,
                    const struct repository_name *last, int64_t limit, struct list *out,
                    struct err *err);
/* Repositories of the filter (not starred) whose name contains `text`, in small letters, or with
 * "NAMESPACE/TEXT" those of that namespace. Best first; `skip` of them are left out. */
int repository_search(struct db_tx *tx, struct arena *arena, const struct repository_filter *filter,
                      const char *text, int64_t skip, int64_t limit, struct list *out,
                      struct err *err);
