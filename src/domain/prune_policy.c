/* SPDX-License-Identifier: Apache-2.0 */
/* Policies. Values are kept as they were written, so that they are shown so. Whoever adds or
 * changes one holds the row of the namespace's turn: no two can add the same at once. */
#include "prune_policy.h"

#include "base/pattern.h"
#include "base/rand.h"
#include "domain/prune_policy_sql.h"
#include "domain/prune_turn.h"

const char *const prune_policy_methods[] = {"number_of_tags", "creation_date", NULL};

const char *prune_policy_method_name(int64_t method)
{
    return method == PRUNE_BY_NUMBER || method == PRUNE_BY_AGE ? prune_policy_methods[method - 1]
                                                               : "";
}

int64_t prune_policy_method_parse(struct str name)
{
    for (int64_t method = PRUNE_BY_NUMBER; method <= PRUNE_BY_AGE; method++) {
        if (str_eq_text(name, prune_policy_method_name(method)))
            return method;
    }
    return 0;
}

bool prune_policy_parse_age(struct str text, int64_t *ms_out)
{
    static const struct {
        char name;
        int64_t seconds;
    } units[] = {{'s', 1},
                 {'m', 60},
                 {'h', 3600},
                 {'d', 24 * 3600},
                 {'w', 7 * 24 * 3600},
                 {'y', 365 * 24 * 3600}};
    const int64_t seconds_max = INT64_C(1000) * 365 * 24 * 3600;
    uint64_t number;
    if (text.len < 2)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (text.ptr[text.len - 1] != units[i].name)
            continue;
        uint64_t most = (uint64_t)(seconds_max / units[i].seconds);
        if (!str_to_u64(str_sub(text, 0, text.len - 1), most, &number) || number == 0)
            return false;
        *ms_out = (int64_t)number * units[i].seconds * 1000;
        return true;
    }
    return false;
}

bool prune_policy_limit(const struct prune_policy *policy, int64_t *out)
{
    uint64_t number;
    if (policy->method == PRUNE_BY_AGE)
        return prune_policy_parse_age(str_of(policy->value), out);
    if (policy->method != PRUNE_BY_NUMBER ||
        !str_to_u64(str_of(policy->value), INT32_MAX, &number) || number == 0)
        return false;
    *out = (int64_t)number;
    return true;
}

int prune_policy_check(const struct prune_policy *policy, struct err *err)
{
    int64_t limit;
    struct pattern *compiled = NULL;
    if (policy->method != PRUNE_BY_NUMBER && policy->method != PRUNE_BY_AGE)
        return err_set(err, ERR_INVALID, "method: must be number_of_tags or creation_date");
    if (!prune_policy_limit(policy, &limit) || strlen(policy->value) > PRUNE_VALUE_MAX)
        return err_set(err, ERR_INVALID,
                       policy->method == PRUNE_BY_NUMBER
                           ? "value: must be a whole number above 0"
                           : "value: must be an age such as 12h, 7d or 2w (s, m, h, d, w, y)");
    if (!policy->pattern)
        return 0;
    if (!policy->pattern[0])
        return err_set(err, ERR_INVALID, "tagPattern: must not be empty");
    if (pattern_new(str_of(policy->pattern), &compiled, err) != 0)
        return err_wrap(err, "tagPattern: ");
    pattern_free(compiled);
    return 0;
}

int prune_policy_list(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                      struct list *out, struct err *err)
{
    if (subject->repository_id)
        return db_list(tx, &Q_PRUNE_POLICY_OF_REPOSITORY, arena, out, err, subject->repository_id,
                       (int64_t)PRUNE_POLICIES_MAX);
    return db_list(tx, &Q_PRUNE_POLICY_OF_NAMESPACE, arena, out, err, subject->namespace_id,
                   (int64_t)PRUNE_POLICIES_MAX);
}

static const struct prune_policy *find_uuid(const struct list *list, const char *uuid)
{
    const struct prune_policy *policies = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(policies[i].uuid, uuid) == 0)
            return &policies[i];
    }
    return NULL;
}

int prune_policy_find(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                      const char *uuid, struct prune_policy *out, struct err *err)
{
    struct list list = {0};
    if (prune_policy_list(tx, arena, subject, &list, err) != 0)
        return -1;
    const struct prune_policy *found = find_uuid(&list, uuid);
    if (found)
        *out = *found;
    return found ? 1 : 0;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool alike(const struct prune_policy *a, const struct prune_policy *b)
{
    return a->method == b->method && a->matches == b->matches && same_text(a->value, b->value) &&
           same_text(a->pattern, b->pattern);
}

static int check_no_other(const struct list *list, const struct prune_policy *policy,
                          struct err *err)
{
    const struct prune_policy *others = list->items;
    for (size_t i = 0; i < list->count; i++) {
        bool itself = policy->uuid && strcmp(others[i].uuid, policy->uuid) == 0;
        if (!itself && alike(&others[i], policy))
            return err_set(err, ERR_INVALID, "there is a policy with the same values already");
    }
    return 0;
}

int prune_policy_create(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                        const struct prune_policy *in, int64_t now_ms, const char **uuid_out,
                        struct err *err)
{
    char uuid[UUID_SIZE];
    struct list list = {0};
    struct prune_policy policy = *in;
    policy.uuid = NULL;
    if (prune_policy_check(in, err) != 0 ||
        prune_turn_ensure(tx, arena, subject->namespace_id, now_ms, err) != 0 ||
        prune_policy_list(tx, arena, subject, &list, err) != 0 ||
        check_no_other(&list, &policy, err) != 0)
        return -1;
    if (list.count >= PRUNE_POLICIES_MAX)
        return err_set(err, ERR_INVALID,
                       "there are %d auto-prune policies already, which is the"
                       " most there can be: change or remove one",
                       PRUNE_POLICIES_MAX);
    rand_uuid(uuid);
    const int64_t *repository_id = subject->repository_id ? &subject->repository_id : NULL;
    if (db_insert(tx, &Q_PRUNE_POLICY_INSERT, err, uuid, subject->namespace_id, repository_id,
                  in->method, in->value, in->pattern, (int64_t)in->matches) < 0)
        return -1;
    *uuid_out = arena_strdup(arena, uuid);
    return 0;
}

int prune_policy_update(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                        const struct prune_policy *in, struct err *err)
{
    struct list list = {0};
    if (prune_turn_lock(tx, subject->namespace_id, err) != 0 ||
        prune_policy_list(tx, arena, subject, &list, err) != 0)
        return -1;
    const struct prune_policy *old = find_uuid(&list, in->uuid);
    if (!old)
        return 0;
    if (prune_policy_check(in, err) != 0 || check_no_other(&list, in, err) != 0)
        return -1;
    return db_exec(tx, &Q_PRUNE_POLICY_UPDATE, err, old->id, in->method, in->value, in->pattern,
                   (int64_t)in->matches) < 0
               ? -1
               : 1;
}

int prune_policy_delete(struct db_tx *tx, struct arena *arena, const struct prune_subject *subject,
                        const char *uuid, struct err *err)
{
    struct prune_policy policy;
    int found = prune_policy_find(tx, arena, subject, uuid, &policy, err);
    if (found <= 0)
        return found;
    int64_t rows = db_exec(tx, &Q_PRUNE_POLICY_DELETE, err, policy.id);
    return rows < 0 ? -1 : rows > 0;
}
