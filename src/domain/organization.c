/* SPDX-License-Identifier: Apache-2.0 */
/* Making an organization. */
#include "organization.h"

#include "domain/team.h"

int organization_create(struct db_tx *tx, struct arena *arena, const struct account_new *in,
                        int64_t owner_id, int64_t now_ms, struct account *out, struct err *err)
{
    struct account made;
    struct team owners = {.name = team_owners_name, .role = TEAM_ADMIN};
    if (account_create_organization(tx, arena, in, now_ms, &made, err) != 0)
        return -1;
    owners.organization_id = made.id;
    int64_t team = team_create(tx, &owners, err);
    if (team < 0 || team_add_member(tx, team, owner_id, err) < 0)
        return -1;
    *out = made;
    return 0;
}
