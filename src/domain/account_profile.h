/* SPDX-License-Identifier: Apache-2.0 */
/* What an account says about itself, and what it belongs to: everything that is shown of it and
 * decides nothing about who may do what. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { ACCOUNT_NAME_PART_MAX = 255 };

struct account_profile {
    const char *given_name; /* NULL: never asked; "": asked, and left empty */
    const char *family_name;
    const char *company;
    const char *location;
    bool invoice_email;
    const char *invoice_email_address; /* NULL: none */
    int64_t tag_expiration_ms;         /* of closed tags; -1: as the registry says */
};

/* ERR_NOT_FOUND when there is no such account. */
int account_profile_get(struct db_tx *tx, struct arena *arena, int64_t id,
                        struct account_profile *out, struct err *err);
/* Replace all of it. */
int account_profile_put(struct db_tx *tx, int64_t id, const struct account_profile *profile,
                        struct err *err);

/* An organization that an account is in. */
struct account_organization {
    int64_t id;
    const char *name;
    const char *email; /* NULL: none */
    int64_t role;      /* enum team_role: the highest of the account's teams there */
};

/* In order of name, whole: struct account_organization. */
int account_list_organizations(struct db_tx *tx, struct arena *arena, int64_t id, struct list *out,
                               struct err *err);

/* Whether the address was confirmed. */
int account_set_verified(struct db_tx *tx, int64_t id, bool verified, struct err *err);
/* Remember that it was used just now. */
int account_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);
/* Make a user into an organization whose only owner is the user `admin_id`. It keeps its name,
 * address, repositories and robots; what let somebody in as this user is gone: password, sessions,
 * tokens of all kinds, memberships and rights elsewhere. */
int account_convert(struct db_tx *tx, int64_t id, int64_t admin_id, struct err *err);
