/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of immutability. There are so few in a scope that its list is read to find anything. */
#include "immutability_policy.h"

#include <string.h>

#include "base/pattern.h"
#include "base/rand.h"
#include "domain/immutability_policy_sql.h"
#include "domain/immutability_sweep.h"

int immutability_policy_list(struct db_tx *tx, struct arena *arena,
                             const struct immutability_scope *scope, struct list *out,
                             struct err *err)
{
    const int64_t most = IMMUTABILITY_POLICIES_MAX;
    if (scope->repository_id)
        return db_list(tx, &Q_IMMUTABILITY_OF_REPOSITORY, arena, out, err, scope->repository_id,
                       most);
    return db_list(tx, &Q_IMMUTABILITY_OF_NAMESPACE, arena, out, err, scope->namespace_id, most);
}

int immutability_policy_find(struct db_tx *tx, struct arena *arena,
                             const struct immutability_scope *scope, const char *uuid,
                             struct immutability_policy *out, struct err *err)
{
    struct list list = {0};
    if (immutability_policy_list(tx, arena, scope, &list, err) != 0)
        return -1;
    const struct immutability_policy *policies = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (strcmp(policies[i].uuid, uuid) == 0) {
            *out = policies[i];
            return 1;
        }
    }
    return 0;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str strip(struct str text)
{
    while (text.len > 0 && is_space(text.ptr[0]))
        text = str_sub(text, 1, text.len - 1);
    while (text.len > 0 && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

int immutability_policy_check(struct arena *arena, const char *pattern, const char **out,
                              struct err *err)
{
    _cleanup_(pattern_freep) struct pattern *compiled = NULL;
    struct str text = strip(str_of(pattern));
    if (text.len == 0)
        return err_set(err, ERR_INVALID, "the pattern of a policy must not be empty");
    if (pattern_new(text, &compiled, err) != 0)
        return -1;
    *out = arena_text(arena, text);
    return 0;
}

/* Whether `pattern` may stand in the scope, in a policy of its own (uuid NULL) or in that one: 1, 0
 * there is no such policy, -1. */
static int admit(struct db_tx *tx, struct arena *arena, const struct immutability_scope *scope,
                 const char *uuid, const char *pattern, struct immutability_policy *own_out,
                 struct err *err)
{
    struct list list = {0};
    bool found = uuid == NULL;
    if (immutability_policy_list(tx, arena, scope, &list, err) != 0)
        return -1;
    const struct immutability_policy *policies = list.items;
    for (size_t i = 0; i < list.count; i++) {
        bool own = uuid && strcmp(policies[i].uuid, uuid) == 0;
        if (own)
            *own_out = policies[i];
        found |= own;
        if (!own && strcmp(policies[i].tag_pattern, pattern) == 0)
            return err_set(err, ERR_INVALID, "there is a policy of this pattern already: %s",
                           policies[i].uuid);
    }
    if (!uuid && list.count >= IMMUTABILITY_POLICIES_MAX)
        return err_set(err, ERR_INVALID,
                       "there are %d policies here, and there may be no more; a pattern may name "
                       "several things: one|another",
                       IMMUTABILITY_POLICIES_MAX);
    return found;
}

int immutability_policy_create(struct db_tx *tx, struct arena *arena,
                               const struct immutability_scope *scope, const char *pattern,
                               bool matches, const char **uuid_out, struct err *err)
{
    char uuid[UUID_SIZE];
    if (admit(tx, arena, scope, NULL, pattern, NULL, err) < 0)
        return -1;
    rand_uuid(uuid);
    if (db_insert(tx, &Q_IMMUTABILITY_INSERT, err, uuid, scope->namespace_id,
                  scope->repository_id ? &scope->repository_id : NULL, pattern,
                  (int64_t)matches) < 0)
        return -1;
    *uuid_out = arena_strdup(arena, uuid);
    return 0;
}

int immutability_policy_update(struct db_tx *tx, struct arena *arena,
                               const struct immutability_scope *scope, const char *uuid,
                               const char *pattern, bool matches, struct err *err)
{
    struct immutability_policy own = {0};
    int found = admit(tx, arena, scope, uuid, pattern, &own, err);
    if (found <= 0)
        return found;
    if (immutability_sweep_settle(tx, arena, uuid, err) != 0)
        return -1;
    return db_exec(tx, &Q_IMMUTABILITY_UPDATE, err, own.id, pattern, (int64_t)matches) < 0 ? -1 : 1;
}

int immutability_policy_delete(struct db_tx *tx, struct arena *arena,
                               const struct immutability_scope *scope, const char *uuid,
                               struct err *err)
{
    struct immutability_policy own = {0};
    int found = immutability_policy_find(tx, arena, scope, uuid, &own, err);
    if (found <= 0)
        return found;
    if (immutability_sweep_settle(tx, arena, uuid, err) != 0)
        return -1;
    return db_exec(tx, &Q_IMMUTABILITY_DELETE, err, own.id) < 0 ? -1 : 1;
}
