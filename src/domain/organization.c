/* SPDX-License-Identifier: Apache-2.0 */
/* Making an organization, and taking one over. */
#include "organization.h"

#include <string.h>

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

/* 0: there is no such team. */
static int64_t admin_team(const struct list *list)
{
    const struct team_summary *teams = list->items;
    int64_t id = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool owners = strcmp(teams[i].name, team_owners_name) == 0;
        if (teams[i].role == TEAM_ADMIN && (id == 0 || owners))
            id = teams[i].id;
    }
    return id;
}

int organization_take(struct db_tx *tx, struct arena *arena, int64_t id, int64_t user_id,
                      struct err *err)
{
    struct list list = {0};
    if (team_list(tx, arena, id, user_id, &list, err) != 0)
        return -1;
    int64_t team_id = admin_team(&list);
    if (team_id == 0) {
        struct team team = {
            .organization_id = id, .name = team_owners_name, .role = TEAM_ADMIN, .description = ""};
        team_id = team_create(tx, &team, err);
    }
    return team_id < 0 || team_add_member(tx, team_id, user_id, err) < 0 ? -1 : 0;
}
