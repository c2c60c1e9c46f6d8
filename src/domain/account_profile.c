/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles of accounts. */
#include "account_profile.h"

#include "domain/account.h"
#include "domain/account_profile_sql.h"
#include "domain/role.h"

int account_profile_get(struct db_tx *tx, struct arena *arena, int64_t id,
                        struct account_profile *out, struct err *err)
{
    int found = db_one(tx, &Q_ACCOUNT_PROFILE_GET, arena, out, err, id);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "no such account");
    return found < 0 ? -1 : 0;
}

int account_profile_put(struct db_tx *tx, int64_t id, const struct account_profile *profile,
                        struct err *err)
{
    const int64_t *expiration = profile->tag_expiration_ms < 0 ? NULL : &profile->tag_expiration_ms;
    int64_t rows = db_exec(tx, &Q_ACCOUNT_PROFILE_PUT, err, id, profile->given_name,
                           profile->family_name, profile->company, profile->location,
                           (int64_t)profile->invoice_email, profile->invoice_email_address,
                           expiration);
    return rows < 0 ? -1 : 0;
}

int account_list_organizations(struct db_tx *tx, struct arena *arena, int64_t id, struct list *out,
                               struct err *err)
{
    return db_list_whole(tx, &Q_ACCOUNT_ORGANIZATIONS, arena, out, err, id, DB_WHOLE_LIMIT);
}

int account_set_verified(struct db_tx *tx, int64_t id, bool verified, struct err *err)
{
    return db_exec(tx, &Q_ACCOUNT_SET_VERIFIED, err, id, (int64_t)verified) < 0 ? -1 : 0;
}

int account_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
    return db_exec(tx, &Q_ACCOUNT_TOUCH, err, id, now_ms) < 0 ? -1 : 0;
}

/* The team of the organization's owners, with the one member. */
static int create_owners(struct db_tx *tx, int64_t id, int64_t admin_id, struct err *err)
{
    int64_t team = db_insert(tx, &Q_ACCOUNT_OWNERS_INSERT, err, id, "owners", (int64_t)TEAM_ADMIN,
                             "");
    if (team < 0)
        return -1;
    return db_exec(tx, &Q_ACCOUNT_OWNER_INSERT, err, team, admin_id) < 0 ? -1 : 0;
}

int account_convert(struct db_tx *tx, int64_t id, int64_t admin_id, struct err *err)
{
    for (const struct query *const *drop = account_convert_drops; *drop; drop++) {
        if (db_exec(tx, *drop, err, id) < 0)
            return -1;
    }
    if (db_exec(tx, &Q_ACCOUNT_CONVERT, err, id, (int64_t)ACCOUNT_ORGANIZATION) < 0)
        return -1;
    return create_owners(tx, id, admin_id, err);
}
