/* SPDX-License-Identifier: Apache-2.0 */
/* Assignments: tokens that an administrator of an application has prepared for somebody, who has
 * only to say yes. Saying yes uses the assignment up. He is told by a notification, until then. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

/* With its application, as lists show it. */
struct oauth_assignment {
    int64_t id;
    const char *uuid;
    int64_t application_id;
    const char *redirect_uri;
    const char *scope;
    const char *response_type;
    const char *client_id;
    const char *application_name;
    const char *description;
    const char *application_uri;
    const char *avatar_email;       /* NULL: none */
    const char *organization;       /* its name */
    const char *organization_email; /* NULL: none */
};

/* Make one for the account, and tell it. All of `in` is needed but ids, UUID and the application's
 * description, addresses and name. */
int oauth_assignment_create(struct db_tx *tx, struct arena *arena, int64_t account_id,
                            const struct oauth_assignment *in, int64_t now_ms, struct err *err);
/* Of that account: 1, 0, -1. */
int oauth_assignment_find(struct db_tx *tx, struct arena *arena, int64_t account_id,
                          const char *uuid, struct oauth_assignment *out, struct err *err);
/* Oldest first (struct oauth_assignment), behind the id `after`, at most `limit`; with 0 whole. */
int oauth_assignment_list(struct db_tx *tx, struct arena *arena, int64_t account_id, int64_t after,
                          int64_t limit, struct list *out, struct err *err);
/* Use it up or decline it, and take the notification back: 1 done, 0 there was none, -1. */
int oauth_assignment_delete(struct db_tx *tx, struct arena *arena, int64_t account_id,
                            const struct oauth_assignment *assignment, struct err *err);
