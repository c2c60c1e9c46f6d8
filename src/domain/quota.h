/* SPDX-License-Identifier: Apache-2.0 */
/* Storage quotas: at most one for each namespace, with limits in percent of it. A Warning tells the
 * owners, a Reject refuses pushes; a quota without limits does neither. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum quota_kind { QUOTA_NOTHING = 0, QUOTA_WARNING = 1, QUOTA_REJECT = 2 };

enum { QUOTA_PERCENT_MAX = 100, QUOTA_LIMITS_MAX = 2 * QUOTA_PERCENT_MAX };

struct quota_limit {
    int64_t id;
    int64_t kind; /* enum quota_kind */
    int64_t percent;
};

struct quota {
    int64_t id;
    int64_t namespace_id;
    int64_t limit_bytes;
    struct list limits; /* struct quota_limit, in the order in which they were made */
};

/* "Warning", "Reject". */
const char *quota_kind_name(int64_t kind);
/* In any case; QUOTA_NOTHING when it is neither. */
enum quota_kind quota_kind_parse(const char *name);
/* That part of the bytes. */
int64_t quota_part(int64_t limit_bytes, int64_t percent);

/* The quota of a namespace with its limits: 1, 0, -1. */
int quota_find(struct db_tx *tx, struct arena *arena, int64_t namespace_id, struct quota *out,
               struct err *err);
/* Give a namespace one. ERR_EXISTS when it has one, ERR_INVALID when `bytes` is not above 0. */
int quota_create(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t bytes,
                 struct err *err);
/* ERR_INVALID when `bytes` is not above 0. */
int quota_set_bytes(struct db_tx *tx, struct quota *quota, int64_t bytes, struct err *err);
/* With its limits. */
int quota_delete(struct db_tx *tx, const struct quota *quota, struct err *err);

/* One of the quota's limits, or NULL. */
struct quota_limit *quota_limit_find(const struct quota *quota, int64_t id);
/* Add one, and change one. ERR_INVALID when the percentage is not 1 to 100 or the quota has that
 * limit already. */
int quota_limit_create(struct db_tx *tx, const struct quota *quota, enum quota_kind kind,
                       int64_t percent, struct err *err);
int quota_limit_set(struct db_tx *tx, const struct quota *quota, struct quota_limit *limit,
                    enum quota_kind kind, int64_t percent, struct err *err);
int quota_limit_delete(struct db_tx *tx, const struct quota_limit *limit, struct err *err);

/* What a namespace uses and may use, and one limit of its quota: rows of a list. */
struct quota_row {
    int64_t namespace_id;
    int64_t bytes;    /* used */
    int64_t quota_id; /* 0: there is no quota */
    int64_t limit_bytes;
    int64_t limit_id; /* 0: the quota has no limits */
    int64_t kind;
    int64_t percent;
};

/* The accounts of a kind by name, from the name `from` to `to`, and those that are disabled or not:
 * struct quota_row, one for each limit, one for an account without. */
int quota_list(struct db_tx *tx, struct arena *arena, int64_t kind, const char *from,
               const char *to, bool disabled, struct list *out, struct err *err);
/* The quota and the use of the next account, in the order of the list, that the rows from *at on
 * tell of; moves *at behind them. False when they do not. */
bool quota_list_next(const struct list *rows, size_t *at, struct arena *arena, int64_t namespace_id,
                     struct quota *quota_out, int64_t *bytes_out);
