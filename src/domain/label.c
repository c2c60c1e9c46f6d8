/* SPDX-License-Identifier: Apache-2.0 */
/* Labels. */
#include "label.h"

#include "base/rand.h"
#include "codec/json.h"
#include "domain/image_config.h"
#include "domain/label_sql.h"
#include "domain/name.h"
#include "domain/tag_sql.h"

static const char expires_key[] = "quay.expires-after";
static const char immutable_key[] = "quay.immutable";

const char *label_source_name(int64_t source)
{
    return source == LABEL_OF_MANIFEST ? "manifest" : source == LABEL_OF_API ? "api" : "internal";
}

const char *label_media_type(const struct label *label)
{
    return label->json ? "application/json" : "text/plain";
}

static bool is_joint(char c)
{
    return c == '.' || c == '-';
}

static bool is_inner(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_joint(c);
}

int label_check_key(struct str key, struct err *err)
{
    bool good = key.len > 0 && key.len <= LABEL_KEY_MAX;
    for (size_t i = 0; good && i < key.len; i++) {
        bool edge = i == 0 || i + 1 == key.len;
        bool joint = is_joint(key.ptr[i]);
        good = is_inner(key.ptr[i]) && !(joint && (edge || is_joint(key.ptr[i + 1])));
    }
    return good ? 0
                : err_set(err, ERR_INVALID,
                          "key: must be small letters and digits, with single . or - between");
}

int label_check_reserved(const char *key, const struct texts *prefixes, struct err *err)
{
    for (size_t i = 0; i < prefixes->count; i++) {
        if (str_starts(str_of(key), str_of(prefixes->items[i])))
            return err_set(err, ERR_INVALID, "key: the prefix %.64s is reserved",
                           prefixes->items[i]);
    }
    return 0;
}

bool label_parse_lifetime(const struct manifest_policy *policy, struct str text, int64_t *ms_out)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1},
                 {'m', 60},
                 {'h', 3600},
                 {'d', 24 * 3600},
                 {'w', 7 * 24 * 3600},
                 {'y', INT64_C(365) * 24 * 3600}};
    enum { NUMBER_MAX = 1000000000 }; /* times a year in milliseconds fits */
    uint64_t number;
    if (text.len < 2 || !str_to_u64(str_sub(text, 0, text.len - 1), NUMBER_MAX, &number))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (units[i].letter != text.ptr[text.len - 1])
            continue;
        int64_t seconds = (int64_t)number < INT64_MAX / 1000 / units[i].seconds
                              ? (int64_t)number * units[i].seconds
                              : INT64_MAX / 1000;
        int64_t ms = seconds * 1000;
        *ms_out = ms < policy->labeled_min_ms   ? policy->labeled_min_ms
                  : ms > policy->labeled_max_ms ? policy->labeled_max_ms
                                                : ms;
        return true;
    }
    return false;
}

int label_list(struct db_tx *tx, struct arena *arena, int64_t manifest_id, const char *prefix,
               struct list *out, struct err *err)
{
    const char *pattern = arena_printf(arena, "%s%%", name_like_escape(arena, prefix));
    return db_list_whole(tx, &Q_LABEL_LIST, arena, out, err, manifest_id, pattern, DB_WHOLE_LIMIT);
}

int label_find(struct db_tx *tx, struct arena *arena, int64_t manifest_id, const char *uuid,
               struct label *out, struct err *err)
{
    return db_one(tx, &Q_LABEL_FIND, arena, out, err, manifest_id, uuid);
}

int label_add(struct db_tx *tx, struct arena *arena, int64_t repository_id, int64_t manifest_id,
              struct label *io, struct err *err)
{
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    int64_t id = db_insert(tx, &Q_LABEL_INSERT, err, (const char *)uuid, repository_id, manifest_id,
                           io->key, io->value, (int64_t)io->json, io->source);
    if (id < 0)
        return -1;
    io->id = id;
    io->uuid = arena_strdup(arena, uuid);
    return 0;
}

int label_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    return db_exec(tx, &Q_LABEL_DELETE, err, id) < 0 ? -1 : 0;
}

/* Objects and lists only: "1" is meant as text. */
static bool looks_like_json(const char *value)
{
    struct err ignored;
    json_auto_t *root = NULL;
    return (value[0] == '{' || value[0] == '[') &&
           json_parse(str_of(value), LABEL_VALUE_MAX, &root, &ignored) == 0;
}

int label_add_pushed(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                     int64_t manifest_id, const struct list *labels, struct err *err)
{
    const struct image_label *items = labels->items;
    for (size_t i = 0; i < labels->count; i++) {
        struct label label = {
            .key = items[i].key,
            .value = items[i].value,
            .source = LABEL_OF_MANIFEST,
        };
        size_t key_len = strlen(label.key);
        if (key_len == 0 || key_len > LABEL_KEY_MAX || strlen(label.value) > LABEL_VALUE_MAX)
            continue;
        label.json = looks_like_json(label.value);
        if (label_add(tx, arena, repository_id, manifest_id, &label, err) != 0)
            return -1;
    }
    return 0;
}

void label_effect_add(const struct manifest_policy *policy, const char *key, const char *value,
                      struct label_effect *io)
{
    int64_t ms;
    if (strcmp(key, expires_key) == 0 && policy->labeled_max_ms > 0 &&
        label_parse_lifetime(policy, str_of(value), &ms))
        io->lifetime_ms = ms;
    if (strcmp(key, immutable_key) == 0 && policy->immutable_tags && strcmp(value, "true") == 0)
        io->immutable = true;
}

int label_effect_load(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                      int64_t manifest_id, struct label_effect *out, struct err *err)
{
    struct list list = {0};
    struct label_effect effect = {0};
    if (db_list(tx, &Q_LABEL_OF_KEYS, arena, &list, err, manifest_id, (const char *)expires_key,
                (const char *)immutable_key) != 0)
        return -1;
    const struct label *labels = list.items;
    for (size_t i = 0; i < list.count; i++)
        label_effect_add(policy, labels[i].key, labels[i].value, &effect);
    *out = effect;
    return 0;
}

int label_effect_on_tag(struct db_tx *tx, const struct manifest_policy *policy,
                        int64_t repository_id, const struct label_effect *effect,
                        const struct tag *tag, int64_t now_ms, struct err *err)
{
    bool fixed = policy->immutable_tags && (tag->immutable || effect->immutable);
    bool may_end = policy->immutable_can_expire || !fixed;
    if (effect->lifetime_ms && may_end &&
        tag_set_end(tx, policy, repository_id, tag, now_ms + effect->lifetime_ms, err) != 0)
        return -1;
    bool ends = tag->end_ms != TAG_FOREVER;
    if (effect->immutable && !tag->immutable && (policy->immutable_can_expire || !ends))
        return tag_set_immutable(tx, tag->id, true, err);
    return 0;
}

int label_effect_on_manifest(struct db_tx *tx, struct arena *arena,
                             const struct manifest_policy *policy, int64_t repository_id,
                             int64_t manifest_id, const struct label_effect *effect, int64_t now_ms,
                             struct err *err)
{
    struct list list = {0};
    if (!effect->lifetime_ms && !effect->immutable)
        return 0;
    if (db_list_whole(tx, &Q_TAG_SHOWN_OF_MANIFEST, arena, &list, err, manifest_id, now_ms,
                      DB_WHOLE_LIMIT) != 0)
        return -1;
    const struct tag *tags = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (label_effect_on_tag(tx, policy, repository_id, effect, &tags[i], now_ms, err) != 0)
            return -1;
    }
    return 0;
}
