/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes. The last colon ends the path, as a host name in front of it may contain one (its port).
 */
#include "scope.h"

#include "base/macro.h"
#include "domain/name.h"

/* How much of a refused scope an error repeats. */
#define SHOWN(s) (int)size_min((s).len, 100), (s).ptr

static bool parse_actions(struct str text, unsigned *out)
{
    static const struct {
        const char *word;
        enum scope_action action;
    } words[] = {
        {"pull", SCOPE_PULL}, {"push", SCOPE_PUSH}, {"*", SCOPE_ALL}, {"delete", SCOPE_DELETE}};
    unsigned actions = 0;
    struct str word;
    while (str_cut(&text, ',', &word)) {
        size_t i = 0;
        while (i < ARRAY_LEN(words) && !str_eq_text(word, words[i].word))
            i++;
        if (i == ARRAY_LEN(words))
            return false;
        actions |= words[i].action;
    }
    *out = actions;
    return true;
}

static int parse_one(struct arena *arena, struct str text, const struct scope_rules *rules,
                     struct scope *out, struct err *err)
{
    static const struct str prefix = {"repository:", 11};
    if (str_eq(text, STR("registry:catalog:*"))) {
        *out = (struct scope){SCOPE_CATALOG, "catalog", NULL, NULL, SCOPE_ALL};
        return 0;
    }
    ptrdiff_t colon = str_find_last(text, ':');
    if (!str_starts(text, prefix) || colon < (ptrdiff_t)prefix.len)
        return err_set(err, ERR_INVALID, "scope \"%.*s\" is not repository:<name>:<actions>",
                       SHOWN(text));
    struct scope scope = {.kind = SCOPE_REPOSITORY};
    struct repository_name name;
    struct name_rules names = {rules->library_namespace, rules->hostname, rules->nested_names};
    if (!parse_actions(str_sub(text, (size_t)colon + 1, text.len), &scope.actions))
        return err_set(err, ERR_INVALID,
                       "scope \"%.*s\" asks for something other than pull, push "
                       "and *",
                       SHOWN(text));
    struct str asked = str_sub(text, prefix.len, (size_t)colon - prefix.len);
    if (name_parse_repository(arena, asked, &names, &name, err) != 0)
        return -1;
    scope.requested = arena_text(arena, asked);
    scope.namespace_name = name.namespace_name;
    scope.repository = name.path;
    *out = scope;
    return 0;
}

static int parse_value(struct arena *arena, struct str value, const struct scope_rules *rules,
                       struct scope *scopes, size_t *count, struct err *err)
{
    struct str word;
    while (str_cut(&value, ' ', &word)) {
        if (word.len == 0)
            continue;
        if (*count == SCOPE_COUNT_MAX)
            return err_set(err, ERR_TOO_LARGE, "more than %d scopes", SCOPE_COUNT_MAX);
        if (parse_one(arena, word, rules, &scopes[*count], err) != 0)
            return -1;
        (*count)++;
    }
    return 0;
}

int scope_parse(struct arena *arena, const struct texts *values, const struct scope_rules *rules,
                struct list *out, struct err *err)
{
    struct scope *scopes = arena_array(arena, SCOPE_COUNT_MAX, sizeof *scopes);
    size_t count = 0, bytes = 0;
    for (size_t i = 0; i < values->count; i++) {
        struct str value = str_of(values->items[i]);
        bytes += value.len;
        if (bytes > SCOPE_TEXT_MAX)
            return err_set(err, ERR_TOO_LARGE, "scopes of more than %d bytes", SCOPE_TEXT_MAX);
        if (parse_value(arena, value, rules, scopes, &count, err) != 0)
            return -1;
    }
    *out = (struct list){scopes, count};
    return 0;
}
