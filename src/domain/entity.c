/* SPDX-License-Identifier: Apache-2.0 */
/* Searching by the beginning of names. */
#include "entity.h"

#include "domain/entity_sql.h"

/* Names hold no '~', and everything they hold is before it. */
static const char *end_of(struct arena *arena, const struct entity_search *search,
                          const char *start)
{
    return search->exact ? start : arena_printf(arena, "%s~", start);
}

int entity_find_accounts(struct db_tx *tx, struct arena *arena, const struct entity_search *search,
                         struct list *out, struct err *err)
{
    const char *start = search->prefix;
    const char *end = end_of(arena, search, start);
    /* An empty range where there are no robots to look for. */
    const char *robots = "~", *robots_end = "";
    if (search->robots_of) {
        robots = arena_printf(arena, "%s+%s", search->robots_of, start);
        robots_end = end_of(arena, search, robots);
    }
    return db_list(tx, &Q_ENTITY_ACCOUNTS, arena, out, err, start, end, robots, robots_end,
                   search->organization_id, (int64_t)ENTITY_LIMIT);
}

int entity_find_teams(struct db_tx *tx, struct arena *arena, const struct entity_search *search,
                      struct list *out, struct err *err)
{
    return db_list(tx, &Q_ENTITY_TEAMS, arena, out, err, search->organization_id, search->prefix,
                   end_of(arena, search, search->prefix), (int64_t)ENTITY_LIMIT);
}
