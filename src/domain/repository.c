/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories. Deleting one is a rename and a queue entry, so that it takes the same moment
 * whether it holds one tag or a million; the collector empties it afterwards. */
#include "repository.h"

#include "base/rand.h"
#include "domain/default_permission.h"
#include "domain/gc_queue.h"
#include "domain/grant.h"
#include "domain/repository_sql.h"

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

const char *const repository_state_names[] = {"NORMAL", "READ_ONLY", "MIRROR", NULL};

int repository_find(struct db_tx *tx, struct arena *arena, const struct repository_name *name,
                    struct repository *out, struct err *err)
{
    return db_one(tx, &Q_REPOSITORY_FIND, arena, out, err, name->namespace_name, name->path);
}

int64_t repository_create(struct db_tx *tx, int64_t namespace_id, const char *name, bool is_public,
                          int64_t now_ms, struct err *err)
{
    struct repository_new in = {.namespace_id = namespace_id, .name = name, .is_public = is_public};
    return repository_create_for(tx, &in, now_ms, err);
}

int64_t repository_create_for(struct db_tx *tx, const struct repository_new *in, int64_t now_ms,
                              struct err *err)
{
    int64_t id = db_insert(tx, &Q_REPOSITORY_INSERT, err, in->namespace_id, in->name,
                           (int64_t)in->is_public, in->description, now_ms);
    if (id < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_EXISTS, "repository %s exists already in this namespace", in->name);
    if (id < 0 || in->creator_id == 0)
        return id;
    if (grant_put_account(tx, id, in->creator_id, ROLE_ADMIN, err) != 0 ||
        default_permission_apply(tx, id, in->creator_id, err) != 0)
        return -1;
    return id;
}

int repository_get_detail(struct db_tx *tx, struct arena *arena, int64_t id, int64_t viewer_id,
                          int64_t window_ms, struct repository_detail *out, struct err *err)
{
    int found = db_one(tx, &Q_REPOSITORY_DETAIL, arena, out, err, id, viewer_id, window_ms);
    return found == 0 ? err_set(err, ERR_NOT_FOUND, "Not Found") : found < 0 ? -1 : 0;
}

int repository_set_state(struct db_tx *tx, int64_t id, enum repository_state state, struct err *err)
{
    return db_exec(tx, &Q_REPOSITORY_SET_STATE, err, id, (int64_t)state) < 0 ? -1 : 0;
}

int repository_set_description(struct db_tx *tx, int64_t id, const char *text, struct err *err)
{
    return db_exec(tx, &Q_REPOSITORY_SET_DESCRIPTION, err, id, text) < 0 ? -1 : 0;
}

int repository_set_public(struct db_tx *tx, int64_t id, bool is_public, struct err *err)
{
    return db_exec(tx, &Q_REPOSITORY_SET_PUBLIC, err, id, (int64_t)is_public) < 0 ? -1 : 0;
}

int repository_delete(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
    char retired[UUID_SIZE + 1] = "!";
    rand_uuid(retired + 1);
    int64_t changed = db_exec(tx, &Q_REPOSITORY_RETIRE, err, id, retired);
    if (changed < 0)
        return -1;
    if (changed == 0)
        return err_set(err, ERR_NAME_UNKNOWN, "repository is gone already");
    return gc_enqueue(tx, GC_REPOSITORY, id, now_ms, err);
}

int repository_delete_all(struct db_tx *tx, int64_t namespace_id, int64_t now_ms, struct err *err)
{
    if (db_exec(tx, &Q_REPOSITORY_QUEUE_ALL, err, namespace_id, (int64_t)GC_REPOSITORY, now_ms) < 0)
        return -1;
    return db_exec(tx, &Q_REPOSITORY_RETIRE_ALL, err, namespace_id) < 0 ? -1 : 0;
}

int repository_list(struct db_tx *tx, struct arena *arena, const struct repository_filter *filter,
                    const struct repository_name *last, int64_t limit, struct list *out,
                    struct err *err)
{
    int64_t least_public = filter->with_public ? 1 : 2; /* r.public is never 2 */
    int64_t since = filter->now_ms / DAY_MS - REPOSITORY_POPULAR_DAYS;
    const char *namespace_name = last ? last->namespace_name : "";
    const struct query *query = &Q_REPOSITORY_PAGE_ANYWHERE;
    if (filter->starred)
        query = &Q_REPOSITORY_PAGE_STARRED;
    else if (filter->namespace_name) {
        query = &Q_REPOSITORY_PAGE_IN_NAMESPACE;
        namespace_name = filter->namespace_name;
    }
    return db_list(tx, query, arena, out, err, filter->viewer_id, namespace_name,
                   last ? last->path : "", limit, least_public, (int64_t)filter->all,
                   (int64_t)filter->details, since);
}

static const char *text_of(struct arena *arena, struct str s)
{
    return s.ptr ? arena_text(arena, s) : "";
}

int repository_search(struct db_tx *tx, struct arena *arena, const struct repository_filter *filter,
                      const char *text, int64_t skip, int64_t limit, struct list *out,
                      struct err *err)
{
    struct str rest = str_of(text), space = {0};
    if (str_find(rest, '/') >= 0)
        str_cut(&rest, '/', &space);
    const char *name = text_of(arena, rest);
    const char *escaped = name_like_escape(arena, name);
    int64_t since = filter->now_ms / DAY_MS - REPOSITORY_POPULAR_DAYS;
    return db_list(tx, &Q_REPOSITORY_SEARCH, arena, out, err, filter->viewer_id, name,
                   text_of(arena, space), limit, (int64_t)(filter->with_public ? 1 : 2),
                   (int64_t)filter->all, (int64_t)filter->details, since,
                   (const char *)arena_printf(arena, "%s%%", escaped),
                   (const char *)arena_printf(arena, "%%%s%%", escaped), skip);
}
