/* SPDX-License-Identifier: Apache-2.0 */
/* The policy for every namespace: as strict as one that comes by the API, for it ends tags. */
#include "app/config_prune.h"

#include "base/pattern.h"
#include "codec/json.h"

struct written {
    const char *method;
    struct json_t *value;
    const char *pattern;
    bool matches;
};

static const struct field written_fields[] = {
    F_TEXT(struct written, method, "method", FIELD_REQUIRED, .values = prune_policy_methods),
    F_JSON(struct written, value, "value", FIELD_REQUIRED),
    F_TEXT(struct written, pattern, "tag_pattern", FIELD_NULLABLE, .max = PATTERN_MAX),
    F_BOOL(struct written, matches, "tag_pattern_matches", FIELD_NULLABLE),
};
static const struct schema written_schema = SCHEMA(struct written, written_fields);

static const char *text_of(struct arena *arena, const json_t *value)
{
    if (json_is_integer(value))
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    return json_is_string(value) ? arena_strdup(arena, json_string_value(value)) : "";
}

int config_prune_read(struct arena *arena, const json_t *value, struct prune_policy *out,
                      struct err *err)
{
    struct written written = {.matches = true};
    if (json_decode(arena, &written_schema, value, &written, err) != 0)
        return -1;
    struct prune_policy policy = {
        .method = prune_policy_method_parse(str_of(written.method)),
        .value = text_of(arena, written.value),
        .pattern = written.pattern,
        .matches = written.matches,
    };
    if (prune_policy_check(&policy, err) != 0)
        return -1;
    *out = policy;
    return 0;
}
