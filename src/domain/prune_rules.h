/* SPDX-License-Identifier: Apache-2.0 */
/* The choice itself: of the tags of one repository, which go by which policy. It looks at nothing
 * but what it is given.
 *
 * All policies of the repository, of its namespace and of the registry count. First tags go by
 * their age, then by number among those that are left, each policy counting the tags it is about.
 * Immutable tags and signatures (prune_rules_signature) are neither counted nor chosen: the caller
 * leaves them out. */
#pragma once

#include "base/pattern.h"
#include "domain/prune_policy.h"

enum { PRUNE_RULES_MAX = 2 * PRUNE_POLICIES_MAX + 1 };

struct prune_rule {
    const struct prune_policy *policy; /* borrowed */
    int64_t limit;
    struct pattern *pattern; /* NULL: about every tag */
};

/* `{0}` has none. */
struct prune_rules {
    struct prune_rule items[PRUNE_RULES_MAX];
    size_t count;
};

struct prune_candidate {
    int64_t id;
    const char *name;
    int64_t start_ms;
    uint64_t about;                /* bit i: rule i is about it */
    const struct prune_rule *rule; /* by which it goes; NULL: it stays */
    int64_t newer;                 /* of a rule by number: so many were newer */
};

/* Make a rule of a policy, which must stay. ERR_INVALID when it cannot be applied. */
int prune_rules_add(struct prune_rules *rules, const struct prune_policy *policy, struct err *err);
void prune_rules_done(struct prune_rules *rules);
#define _cleanup_prune_rules_ _cleanup_(prune_rules_done)

/* Which rules are about a tag of that name. A pattern that takes too many steps to tell is not. */
uint64_t prune_rules_about(struct prune_rules *rules, const char *name);
/* Sort by age, newest first, and set the rule of those that go. */
void prune_rules_choose(const struct prune_rules *rules, int64_t now_ms,
                        struct prune_candidate *candidates, size_t count);

/* A tag by which cosign attaches something to the image of that digest: it goes with the image. */
bool prune_rules_signature(struct str name);
extern const char *const prune_rules_suffixes[]; /* ".sig", ..., NULL-ended */
