/* SPDX-License-Identifier: Apache-2.0 */
/* What the API shows and reads of quotas, for the routes of all who may have to do with them. */
#pragma once

#include "codec/jw.h"
#include "domain/quota.h"
#include "domain/usage.h"
#include "web/call.h"

/* ---- beside a namespace ---- */

/* A namespace's quota and what it uses, with FEATURE_QUOTA_MANAGEMENT and FEATURE_EDIT_QUOTA. */
struct quota_shown {
    bool on;    /* without it nothing is written */
    bool found; /* there is a quota */
    struct quota quota;
    int64_t bytes;
    enum usage_state state;
};

/* Nothing is loaded where it is not to be shown. */
int quota_shown_load(struct call *call, struct db_tx *tx, int64_t namespace_id,
                     struct quota_shown *out, struct err *err);
/* The members "quotas" and "quota_report". */
void quota_shown_write(const struct call *call, struct jw *w, const struct quota_shown *shown);
/* The member "quota_report" of a repository that uses `bytes`; `quota_bytes` is its namespace's
 * quota, 0: none. */
void quota_shown_write_repository(const struct call *call, struct jw *w, int64_t bytes,
                                  int64_t quota_bytes);

/* ---- by itself ---- */

/* A quota. NULL: the one that the system gives to namespaces without. */
void quota_view_write(const struct call *call, struct jw *w, const struct quota *quota);
void quota_view_write_limit(struct jw *w, const struct quota_limit *limit);
/* "10.0 GiB". */
const char *quota_view_text(struct arena *arena, int64_t bytes);

struct quota_body {
    int64_t limit_bytes;
    const char *limit; /* as text */
};
extern const struct schema quota_body_schema;
/* The bytes that a body asks for: 1, 0 it asks for none, -1 when it asks twice or for what is no
 * size. */
int quota_body_bytes(const struct call *call, int64_t *out, struct err *err);
