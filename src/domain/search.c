/* SPDX-License-Identifier: Apache-2.0 */
/* Searching. */
#include "search.h"

#include "domain/name.h"
#include "domain/search_sql.h"

int search_entities(struct db_tx *tx, struct arena *arena, int64_t viewer_id, const char *prefix,
                    struct list *out, struct err *err)
{
    /* Names hold no '~', and nothing in them sorts behind it. */
    const char *end = arena_printf(arena, "%s~", prefix);
    const char *robots = arena_printf(arena, "%%+%s%%", name_like_escape(arena, prefix));
    return db_list(tx, &Q_SEARCH_ENTITIES, arena, out, err, viewer_id, prefix, end, robots,
                   (int64_t)SEARCH_LIMIT);
}
