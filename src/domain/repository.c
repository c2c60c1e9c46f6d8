/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories. Deleting one is a rename and a queue entry, so that it takes the same moment
 * whether it holds one tag or a million; the collector empties it afterwards. */
#include "repository.h"

#include "base/rand.h"
#include "domain/default_permission.h"
#include "domain/gc_queue.h"
#include "domain/grant.h"
#include "domain/repository_sql.h"

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

static void append(struct arena *arena, struct list *to, const struct list *more)
{
    struct repository *all = arena_array(arena, to->count + more->count, sizeof *all);
    if (to->count > 0)
        memcpy(all, to->items, to->count * sizeof *all);
    if (more->count > 0)
        memcpy(all + to->count, more->items, more->count * sizeof *all);
    *to = (struct list){all, to->count + more->count};
}

int repository_list(struct db_tx *tx, struct arena *arena, const struct repository_filter *filter,
                    const struct repository_name *last, int64_t limit, struct list *out,
                    struct err *err)
{
    struct list page = {0}, more = {0};
    int64_t all = filter->all;
    int64_t least_public = filter->with_public ? 1 : 2; /* r.public >= 2 is never true */
    const char *in = filter->namespace_name ? filter->namespace_name
                     : last                 ? last->namespace_name
                                            : NULL;
    bool own_only = !filter->all && !filter->with_public && !filter->namespace_name;
    if (own_only) {
        if (db_list(tx, &Q_REPOSITORY_PAGE_OWN, arena, &page, err, filter->viewer_id,
                    last ? last->path : "", limit) != 0)
            return -1;
        *out = page;
        return 0;
    }
    if (in && db_list(tx, &Q_REPOSITORY_PAGE_IN_NAMESPACE, arena, &page, err, in,
                      last ? last->path : "", all, least_public, filter->viewer_id, limit) != 0)
        return -1;
    int64_t left = limit - (int64_t)page.count;
    if (!filter->namespace_name && left > 0) {
        if (db_list(tx, &Q_REPOSITORY_PAGE_AFTER_NAMESPACE, arena, &more, err, in ? in : "", all,
                    least_public, filter->viewer_id, left) != 0)
            return -1;
        append(arena, &page, &more);
    }
    *out = page;
    return 0;
}
