/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up keys. Both look-ups walk all rows: there are a few hundred, read once at start. */
#include "app/config_keys.h"

#include <stdlib.h>

enum { NAME_MAX_COMPARED = 64 };

static const struct config_key_table *const files[] = {
    config_keys_registry,
    config_keys_accounts,
    config_keys_features,
    config_keys_operation,
};

const struct config_key_table *config_keys_table(size_t index)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        for (const struct config_key_table *table = files[i]; table->title; table++) {
            if (index-- == 0)
                return table;
        }
    }
    return NULL;
}

static bool matches(const struct config_key *key, struct str name)
{
    struct str pattern = str_of(key->name);
    if (!str_starts(pattern, STR("*")))
        return str_eq(pattern, name);
    struct str ending = str_sub(pattern, 1, pattern.len);
    return name.len > ending.len && str_ends(name, ending);
}

const struct config_key *config_keys_find(const char *name)
{
    const struct config_key *pattern = NULL; /* counts only when no row has the very name */
    const struct config_key_table *table;
    for (size_t t = 0; (table = config_keys_table(t)); t++) {
        for (size_t i = 0; i < table->count; i++) {
            const struct config_key *key = &table->keys[i];
            if (!matches(key, str_of(name)))
                continue;
            if (key->name[0] != '*')
                return key;
            pattern = key;
        }
    }
    return pattern;
}

static char upper(char c)
{
    return char_is_lower(c) ? (char)(c - ('a' - 'A')) : c;
}

/* Letters to insert, drop or replace to get from a to b, ignoring case (Levenshtein). */
static size_t distance(struct str a, struct str b)
{
    size_t row[NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = diagonal + (upper(a.ptr[i - 1]) != upper(b.ptr[j - 1]));
            diagonal = row[j];
            row[j] = size_min(replaced, size_min(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

const char *config_keys_nearest(const char *name)
{
    struct str wanted = str_of(name);
    if (wanted.len > NAME_MAX_COMPARED)
        return NULL;
    const char *best = NULL;
    size_t best_distance = wanted.len / 4 + 1; /* beyond this it is another word */
    const struct config_key_table *table;
    for (size_t t = 0; (table = config_keys_table(t)); t++) {
        for (size_t i = 0; i < table->count; i++) {
            struct str key = str_of(table->keys[i].name);
            if (key.len > NAME_MAX_COMPARED || key.ptr[0] == '*')
                continue;
            size_t d = distance(wanted, key);
            if (d < best_distance || (d == best_distance && !best)) {
                best = key.ptr;
                best_distance = d;
            }
        }
    }
    return best;
}
