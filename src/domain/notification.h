/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications that a user sees when signed in, until he dismisses them. One to an organization is
 * one to all its admins. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { NOTIFICATION_PAGE_MAX = 100 };

struct notification {
    int64_t id;
    const char *uuid;
    int64_t account_id;
    const char *organization; /* whose admins it is to; NULL: to the user himself */
    const char *kind;         /* "org_team_invite", "assigned_authorization", ... */
    const char *metadata;     /* a JSON object */
    bool dismissed;
    int64_t created_ms;
};

/* Tell an account (a user, or an organization) something. */
int notification_create(struct db_tx *tx, int64_t account_id, const char *kind,
                        const char *metadata, int64_t now_ms, struct err *err);
/* What the user has not dismissed, newest first, without the first `skip`: struct notification, at
 * most `limit` (clamped to NOTIFICATION_PAGE_MAX). */
int notification_list(struct db_tx *tx, struct arena *arena, int64_t user_id, int64_t skip,
                      int64_t limit, struct list *out, struct err *err);
/* One that the user may see, dismissed or not: 1, 0, -1. */
int notification_find(struct db_tx *tx, struct arena *arena, int64_t user_id, const char *uuid,
                      struct notification *out, struct err *err);
int notification_set_dismissed(struct db_tx *tx, int64_t id, bool dismissed, struct err *err);
/* Whether the account has been told exactly this and has not dismissed it: 1, 0, -1. */
int notification_is_open(struct db_tx *tx, int64_t account_id, const char *kind,
                         const char *metadata, struct err *err);
/* Take back what was told: all of a kind to an account with exactly this metadata. For what has
 * been dealt with otherwise, such as an invitation that was accepted. */
int notification_retract(struct db_tx *tx, int64_t account_id, const char *kind,
                         const char *metadata, struct err *err);
