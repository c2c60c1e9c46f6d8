/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of immutability_policy.c, immutability_rule.c and immutability_sweep.c. */
#pragma once

#include "store/db/db.h"

/* What a policy says of the tags of a repository. */
struct immutability_rule_row {
    const char *tag_pattern;
    bool matches;
    int64_t namespace_id;
    const char *namespace_name;
    const char *repository;
};

/* A policy whose sweep is not done. */
struct immutability_sweep_row {
    int64_t id;
    const char *uuid;
    const char *tag_pattern;
    bool matches;
    int64_t namespace_id;
    const char *namespace_name;
    int64_t repository_id;  /* 0: all of the namespace */
    const char *repository; /* NULL then */
    const char *swept_repo;
    const char *swept_tag;
    int64_t swept;
};

struct immutability_repository_row {
    int64_t id;
    const char *name;
};

struct immutability_tag_row {
    const char *name;
    bool immutable;
};

extern const struct query *const immutability_policy_queries[];

extern const struct query Q_IMMUTABILITY_OF_NAMESPACE;
extern const struct query Q_IMMUTABILITY_OF_REPOSITORY;
extern const struct query Q_IMMUTABILITY_INSERT;
extern const struct query Q_IMMUTABILITY_UPDATE;
extern const struct query Q_IMMUTABILITY_DELETE;
extern const struct query Q_IMMUTABILITY_RULES;
extern const struct query Q_IMMUTABILITY_PENDING;
extern const struct query Q_IMMUTABILITY_PENDING_OF;
extern const struct query Q_IMMUTABILITY_REPOSITORY_FROM;
extern const struct query Q_IMMUTABILITY_REPOSITORY_AFTER;
extern const struct query Q_IMMUTABILITY_TAGS;
extern const struct query Q_IMMUTABILITY_SWEPT;
