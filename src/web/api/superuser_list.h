/* SPDX-License-Identifier: Apache-2.0 */
/* What the two lists of superusers, of users and of organizations, have in common. */
#pragma once

#include "codec/jw.h"
#include "quota_view.h"
#include "web/call.h"

struct superuser_list_query {
    int64_t limit; /* 0: not asked for */
    const char *next_page;
    bool disabled; /* disabled accounts too */
};
extern const struct schema superuser_list_schema;

/* Answer {"<member>": [...], "next_page"?} with a page of accounts of the kind, each written by
 * `write`. With a limit (at most 100, else ERR_INVALID) that many; without, all, up to some
 * thousands. */
int superuser_list_reply(struct call *call, int64_t kind, const char *member,
                         void (*write)(struct call *call, struct jw *w,
                                       const struct account *account,
                                       const struct quota_shown *quota),
                         struct err *err);
/* The account of a path's value, of that kind: ERR_NOT_FOUND when there is none. */
int superuser_list_find(struct call *call, struct db_tx *tx, const char *name, int64_t kind,
                        struct account *out, struct err *err);
