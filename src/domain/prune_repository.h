/* SPDX-License-Identifier: Apache-2.0 */
/* Pruning one repository; inside the pruner. */
#pragma once

#include "domain/prune.h"
#include "domain/prune_rules.h"

enum {
    PRUNE_TAGS_MAX = 2000000, /* in one repository */
    PRUNE_ENDED_MAX = 10000,  /* tags of one choice that are ended before choosing again */
};

struct prune_repository {
    int64_t id;
    const char *name;
    const struct prune_place *place;
    const struct prune_policy *standard; /* if it is its turn; NULL */
};

/* Prune it: 1 when there is more to end, by a new choice; 0 when it is done, or told to stop; -1.
 */
int prune_repository(const struct prune *prune, const struct prune_repository *repository,
                     int64_t now_ms, struct prune_report *report, struct err *err);
