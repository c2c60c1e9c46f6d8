/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing. One sort serves all rules. */
#include "prune_rules.h"

#include <stdlib.h>

const char *const prune_rules_suffixes[] = {".sig", ".att", ".sbom", NULL};

_Static_assert(PRUNE_RULES_MAX <= 64, "rules are bits of a number");

int prune_rules_add(struct prune_rules *rules, const struct prune_policy *policy, struct err *err)
{
    struct prune_rule rule = {.policy = policy};
    if (rules->count == PRUNE_RULES_MAX)
        return err_set(err, ERR_INTERNAL, "too many auto-prune policies");
    if (!prune_policy_limit(policy, &rule.limit))
        return err_set(err, ERR_INVALID, "an auto-prune policy keeps %.40s", policy->value);
    if (policy->pattern && pattern_new(str_of(policy->pattern), &rule.pattern, err) != 0)
        return -1;
    rules->items[rules->count++] = rule;
    return 0;
}

void prune_rules_done(struct prune_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        pattern_free(rules->items[i].pattern);
    rules->count = 0;
}

uint64_t prune_rules_about(struct prune_rules *rules, const char *name)
{
    uint64_t about = 0;
    for (size_t i = 0; i < rules->count; i++) {
        struct prune_rule *rule = &rules->items[i];
        struct err ignored;
        int matched = rule->pattern
                          ? pattern_match(rule->pattern, str_of(name), PATTERN_ANYWHERE, &ignored)
                          : rule->policy->matches;
        if (matched == (int)rule->policy->matches)
            about |= UINT64_C(1) << i;
    }
    return about;
}

static int compare(const void *a, const void *b)
{
    const struct prune_candidate *x = a, *y = b;
    if (x->start_ms != y->start_ms)
        return x->start_ms > y->start_ms ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

static void choose_by_age(const struct prune_rule *rule, uint64_t bit, int64_t now_ms,
                          struct prune_candidate *candidates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct prune_candidate *tag = &candidates[i];
        if (tag->about & bit && !tag->rule && tag->start_ms < now_ms - rule->limit)
            tag->rule = rule;
    }
}

static void choose_by_number(const struct prune_rule *rule, uint64_t bit,
                             struct prune_candidate *candidates, size_t count)
{
    int64_t newer = 0;
    for (size_t i = 0; i < count; i++) {
        struct prune_candidate *tag = &candidates[i];
        if (!(tag->about & bit) || tag->rule)
            continue;
        if (newer >= rule->limit) {
            tag->rule = rule;
            tag->newer = newer;
        }
        newer++;
    }
}

void prune_rules_choose(const struct prune_rules *rules, int64_t now_ms,
                        struct prune_candidate *candidates, size_t count)
{
    if (count > 0)
        qsort(candidates, count, sizeof *candidates, compare);
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->items[i].policy->method == PRUNE_BY_AGE)
            choose_by_age(&rules->items[i], UINT64_C(1) << i, now_ms, candidates, count);
    }
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->items[i].policy->method == PRUNE_BY_NUMBER)
            choose_by_number(&rules->items[i], UINT64_C(1) << i, candidates, count);
    }
}

bool prune_rules_signature(struct str name)
{
    enum { HEX = 64 };
    const struct str prefix = STR("sha256-");
    if (!str_starts(name, prefix) || name.len < prefix.len + HEX)
        return false;
    for (size_t i = prefix.len; i < prefix.len + HEX; i++) {
        char c = name.ptr[i];
        if (!char_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    struct str rest = str_sub(name, prefix.len + HEX, name.len);
    for (const char *const *suffix = prune_rules_suffixes; *suffix; suffix++) {
        if (str_eq_text(rest, *suffix))
            return true;
    }
    return false;
}
