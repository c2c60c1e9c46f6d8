/* SPDX-License-Identifier: Apache-2.0 */
/* Policies by which old tags are pruned: of a namespace, for all of its repositories, or of one
 * repository. A policy keeps so many tags, or tags of less than some age; with a pattern it is
 * about the tags that match it, or about those that do not. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum prune_method {
    PRUNE_BY_NUMBER = 1, /* the newest `limit` tags stay */
    PRUNE_BY_AGE = 2,    /* tags younger than `limit` milliseconds stay */
};
/* "number_of_tags", "creation_date", in the order of the enum, NULL-ended. */
extern const char *const prune_policy_methods[];

enum {
    PRUNE_POLICIES_MAX = 20, /* of a namespace, and of a repository */
    PRUNE_VALUE_MAX = 20,    /* bytes of a value */
};

struct prune_policy {
    int64_t id;
    const char *uuid;
    int64_t repository_id; /* 0: of the namespace */
    int64_t method;        /* enum prune_method */
    const char *value;     /* as it was given: "10", "7d" */
    const char *pattern;   /* NULL: about every tag */
    bool matches;          /* else about tags that do not match */
};

/* Whose policies: a namespace's own, or with a repository that one's. */
struct prune_subject {
    int64_t namespace_id;
    int64_t repository_id; /* 0: the namespace itself */
};

/* "number_of_tags" or "creation_date"; "" for a number that is no method. */
const char *prune_policy_method_name(int64_t method);
/* The method of that name, or 0. */
int64_t prune_policy_method_parse(struct str name);
/* An age such as 90s, 15m, 12h, 7d, 2w or 1y (365 days), above 0. False when it is none, or more
 * than a thousand years. */
bool prune_policy_parse_age(struct str text, int64_t *ms_out) MUST_CHECK;
/* How many tags, or how many milliseconds: of a policy's method and value. False when the value is
 * none for the method. */
bool prune_policy_limit(const struct prune_policy *policy, int64_t *out) MUST_CHECK;
/* Whether a policy can be applied: method, value and pattern. ERR_INVALID says what is wrong. */
int prune_policy_check(const struct prune_policy *policy, struct err *err) MUST_CHECK;

/* All policies of a subject, in the order they were made: struct prune_policy. */
int prune_policy_list(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                      struct list *out, struct err *err);
/* 1 found among the subject's, 0 none, -1. */
int prune_policy_find(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                      const char *uuid, struct prune_policy *out, struct err *err);
/* Add one (of `in` id, uuid and repository_id do not count); its uuid in the arena. The namespace
 * has its turn soon. ERR_INVALID when it cannot be applied, there is one like it, or there are
 * PRUNE_POLICIES_MAX already. */
int prune_policy_create(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                        const struct prune_policy *in, int64_t now_ms, const char **uuid_out,
                        struct err *err);
/* Put another in the place of the one with `in->uuid`: 1 done, 0 there is none, -1. Errors as
 * above. */
int prune_policy_update(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                        const struct prune_policy *in, struct err *err);
/* 1 removed, 0 there was none, -1. */
int prune_policy_delete(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                        const char *uuid, struct err *err);
