/* SPDX-License-Identifier: Apache-2.0 */
/* Matching tags, while a push holds the right to write: so that twenty hostile patterns of a
 * namespace and twenty of a repository cannot hold up others, each has a fifth of the usual steps.
 * Plain patterns take hundreds on the longest tag. */
#include "immutability_rule.h"

#include "codec/jw.h"
#include "domain/audit.h"
#include "domain/immutability_policy.h"
#include "domain/immutability_policy_sql.h"

enum { STEPS = 20000, METADATA_MAX = 4096 };

struct pattern *immutability_rule_compile(const char *tag_pattern)
{
    struct pattern *pattern = NULL;
    struct err ignored;
    if (pattern_new(str_of(tag_pattern), &pattern, &ignored) != 0)
        return NULL;
    pattern_limit(pattern, STEPS);
    return pattern;
}

bool immutability_rule_holds(struct pattern *pattern, bool matches, const char *tag)
{
    struct err ignored;
    bool match = pattern && pattern_match(pattern, str_of(tag), PATTERN_WHOLE, &ignored) == 1;
    return match == matches;
}

static int audit(struct db_tx *tx, struct arena *arena, const struct immutability_rule_row *rule,
                 int64_t repository_id, const char *tag, int64_t now_ms, struct err *err)
{
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "tag", tag);
    jw_member_text(&w, "repo", rule->repository);
    jw_member_text(&w, "namespace", rule->namespace_name);
    jw_member_bool(&w, "immutable", true);
    jw_end_object(&w);
    struct audit_entry entry = {
        .kind = AUDIT_TAG_MADE_IMMUTABLE_BY_POLICY,
        .namespace_id = rule->namespace_id,
        .repository_id = repository_id,
        .metadata = arena_text(arena, buf_str(&metadata)),
    };
    return audit_write(tx, &entry, now_ms, err);
}

int immutability_rule_demands(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                              const char *tag, int64_t now_ms, struct err *err)
{
    struct list list = {0};
    if (db_list(tx, &Q_IMMUTABILITY_RULES, arena, &list, err, repository_id,
                (int64_t)IMMUTABILITY_POLICIES_MAX * 2) != 0)
        return -1;
    const struct immutability_rule_row *rules = list.items;
    for (size_t i = 0; i < list.count; i++) {
        _cleanup_(pattern_freep) struct pattern *pattern = immutability_rule_compile(
            rules[i].tag_pattern);
        if (immutability_rule_holds(pattern, rules[i].matches, tag))
            return audit(tx, arena, &rules[i], repository_id, tag, now_ms, err) == 0 ? 1 : -1;
    }
    return 0;
}
