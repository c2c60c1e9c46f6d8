/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas and their limits. */
#include "quota.h"

#include "domain/quota_sql.h"

static const char *const kinds[] = {
    [QUOTA_NOTHING] = "",
    [QUOTA_WARNING] = "Warning",
    [QUOTA_REJECT] = "Reject",
};

const char *quota_kind_name(int64_t kind)
{
    return kind == QUOTA_WARNING || kind == QUOTA_REJECT ? kinds[kind] : kinds[QUOTA_NOTHING];
}

enum quota_kind quota_kind_parse(const char *name)
{
    for (size_t i = QUOTA_WARNING; i < ARRAY_LEN(kinds); i++) {
        if (str_eq_case(str_of(name), str_of(kinds[i])))
            return (enum quota_kind)i;
    }
    return QUOTA_NOTHING;
}

int64_t quota_part(int64_t limit_bytes, int64_t percent)
{
    return limit_bytes / QUOTA_PERCENT_MAX * percent +
           limit_bytes % QUOTA_PERCENT_MAX * percent / QUOTA_PERCENT_MAX;
}

static int check_bytes(int64_t bytes, struct err *err)
{
    if (bytes > 0)
        return 0;
    return err_set(err, ERR_INVALID, "Invalid quota size limit value: '%lld'", (long long)bytes);
}

int quota_find(struct db_tx *tx, struct arena *arena, int64_t namespace_id, struct quota *out,
               struct err *err)
{
    struct quota quota = {0};
    int found = db_one(tx, &Q_QUOTA_FIND, arena, &quota, err, namespace_id);
    if (found <= 0)
        return found;
    if (db_list(tx, &Q_QUOTA_LIMITS, arena, &quota.limits, err, quota.id,
                (int64_t)QUOTA_LIMITS_MAX) != 0)
        return -1;
    *out = quota;
    return 1;
}

int quota_create(struct db_tx *tx, struct arena *arena, int64_t namespace_id, int64_t bytes,
                 struct err *err)
{
    struct quota there;
    if (check_bytes(bytes, err) != 0)
        return -1;
    int found = quota_find(tx, arena, namespace_id, &there, err);
    if (found < 0)
        return -1;
    if (found == 0 && db_insert(tx, &Q_QUOTA_INSERT, err, namespace_id, bytes) >= 0)
        return 0;
    if (found == 0 && err->code != ERR_EXISTS)
        return -1;
    return err_set(err, ERR_EXISTS, "a quota already exists there");
}

int quota_set_bytes(struct db_tx *tx, struct quota *quota, int64_t bytes, struct err *err)
{
    if (check_bytes(bytes, err) != 0 || db_exec(tx, &Q_QUOTA_SET_BYTES, err, quota->id, bytes) < 0)
        return -1;
    quota->limit_bytes = bytes;
    return 0;
}

int quota_delete(struct db_tx *tx, const struct quota *quota, struct err *err)
{
    return db_exec(tx, &Q_QUOTA_LIMITS_DELETE, err, quota->id) < 0 ||
                   db_exec(tx, &Q_QUOTA_DELETE, err, quota->id) < 0
               ? -1
               : 0;
}

struct quota_limit *quota_limit_find(const struct quota *quota, int64_t id)
{
    struct quota_limit *limits = quota->limits.items;
    for (size_t i = 0; i < quota->limits.count; i++) {
        if (limits[i].id == id)
            return &limits[i];
    }
    return NULL;
}

/* `own` is the limit that is being changed, or NULL. */
static int check_limit(const struct quota *quota, const struct quota_limit *own,
                       enum quota_kind kind, int64_t percent, struct err *err)
{
    const struct quota_limit *limits = quota->limits.items;
    if (kind == QUOTA_NOTHING)
        return err_set(err, ERR_INVALID, "Quota type must be one of [Warning, Reject]");
    if (percent < 1 || percent > QUOTA_PERCENT_MAX)
        return err_set(err, ERR_INVALID, "Quota limit threshold must be between 1 and 100");
    for (size_t i = 0; i < quota->limits.count; i++) {
        if (&limits[i] != own && limits[i].kind == (int64_t)kind && limits[i].percent == percent)
            return err_set(err, ERR_INVALID, "Quota limit already exists");
    }
    return 0;
}

/* Somebody else may have made the same limit a moment ago. */
static int limit_written(int64_t done, struct err *err)
{
    if (done < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_INVALID, "Quota limit already exists");
    return done < 0 ? -1 : 0;
}

int quota_limit_create(struct db_tx *tx, const struct quota *quota, enum quota_kind kind,
                       int64_t percent, struct err *err)
{
    if (check_limit(quota, NULL, kind, percent, err) != 0)
        return -1;
    return limit_written(
        db_insert(tx, &Q_QUOTA_LIMIT_INSERT, err, quota->id, (int64_t)kind, percent), err);
}

int quota_limit_set(struct db_tx *tx, const struct quota *quota, struct quota_limit *limit,
                    enum quota_kind kind, int64_t percent, struct err *err)
{
    if (check_limit(quota, limit, kind, percent, err) != 0 ||
        limit_written(db_exec(tx, &Q_QUOTA_LIMIT_SET, err, limit->id, (int64_t)kind, percent),
                      err) != 0)
        return -1;
    limit->kind = kind;
    limit->percent = percent;
    return 0;
}

int quota_limit_delete(struct db_tx *tx, const struct quota_limit *limit, struct err *err)
{
    return db_exec(tx, &Q_QUOTA_LIMIT_DELETE, err, limit->id) < 0 ? -1 : 0;
}

int quota_list(struct db_tx *tx, struct arena *arena, int64_t kind, const char *from,
               const char *to, bool disabled, struct list *out, struct err *err)
{
    return db_list(tx, &Q_QUOTA_LIST, arena, out, err, kind, from, to, (int64_t)!disabled);
}

bool quota_list_next(const struct list *rows, size_t *at, struct arena *arena, int64_t namespace_id,
                     struct quota *quota_out, int64_t *bytes_out)
{
    const struct quota_row *all = rows->items;
    while (*at < rows->count && all[*at].namespace_id != namespace_id)
        ++*at;
    if (*at >= rows->count)
        return false;
    const struct quota_row *first = &all[*at];
    size_t count = 0;
    while (*at + count < rows->count && all[*at + count].namespace_id == namespace_id)
        count++;
    struct quota_limit *limits = arena_array(arena, count, sizeof *limits);
    for (size_t i = 0; i < count; i++)
        limits[i] = (struct quota_limit){first[i].limit_id, first[i].kind, first[i].percent};
    *quota_out = (struct quota){
        .id = first->quota_id,
        .namespace_id = namespace_id,
        .limit_bytes = first->limit_bytes,
        .limits = {limits, first->limit_id ? count : 0},
    };
    *bytes_out = first->bytes;
    *at += count;
    return true;
}
