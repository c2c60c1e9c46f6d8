/* SPDX-License-Identifier: Apache-2.0 */
/* Pruning: ending the tags that policies do not keep, while the registry is in use.
 *
 * For each repository the tags are read in pages, the choice is made in memory, and what was chosen
 * is ended in short write transactions, oldest first. Each of them looks again: whether the
 * policies are what they were, whether the tag is still the one that was chosen and may end. So a
 * push, a change or another process in between means at most that a tag stays until the next turn;
 * being killed anywhere means the same. A tag that went can be restored for as long as the time
 * machine keeps it, like one that was deleted by hand. */
#pragma once

#include "domain/prune_policy.h"
#include "domain/tag.h"

struct prune_verdict {
    const char *namespace_name, *repository, *tag;
    int64_t start_ms;                  /* since when the tag has meant what it means */
    const struct prune_policy *policy; /* uuid NULL: the registry's own */
    const char *reason;                /* one sentence without a full stop */
};

struct prune {
    struct db *db;
    struct manifest_policy manifests;
    const struct prune_policy *standard; /* of the registry, for every namespace; NULL: none */
    int64_t interval_ms;                 /* least time between two turns of a namespace */
    int64_t standard_interval_ms;        /* the same of the registry's own policy */
    bool dry_run;                        /* end nothing */
    /* Told of each tag that goes, or in a dry run would go; -1 ends the run. NULL: nobody is. */
    int (*tell)(void *context, const struct prune_verdict *verdict);
    /* Asked before each transaction; true ends the run early. NULL: never. */
    bool (*stop)(void *context);
    /* Told after each write transaction how long it was waited for and then held. NULL: no pause.
     */
    void (*breathe)(void *context, int64_t waited_us, int64_t held_us);
    void *context;
};

struct prune_report {
    int64_t turns;        /* of namespaces */
    int64_t repositories; /* that were looked at */
    int64_t tags;         /* that went, or in a dry run would */
    int64_t failed;       /* repositories that could not be pruned; the others were */
    struct err last_failure;
};

struct prune_place {
    int64_t namespace_id;
    const char *namespace_name;
    const char *only; /* one repository, by its name in the namespace; NULL: all of them */
};

/* Prune a namespace, or one repository, whether or not it is its turn. The report counts what was
 * committed, also on failure. */
int prune_run(const struct prune *prune, const struct prune_place *place, int64_t now_ms,
              struct prune_report *report, struct err *err);
/* All namespaces, one after another. */
int prune_run_all(const struct prune *prune, int64_t now_ms, struct prune_report *report,
                  struct err *err);
/* The next turn that is due: 1 it was done, as much of it as one turn may do; 0 none is due; -1.
 * The next turn is planned also when this one failed. */
int prune_next(const struct prune *prune, int64_t now_ms, struct prune_report *report,
               struct err *err);
/* Have the namespaces made since the last call take turns, for the registry's own policy; a few
 * short transactions. *seen is 0 at first. */
int prune_enlist(const struct prune *prune, int64_t *seen, int64_t now_ms, struct err *err);
