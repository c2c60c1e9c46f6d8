/* SPDX-License-Identifier: Apache-2.0 */
/* The public part of the configuration. Features come from the tables of keys: one that is used
 * has the value in force, and one without effect has the value that describes what happens
 * anyway, so that pages hide what is not built. */
#include "app/config_public.h"

#include <jansson.h>

#include "app/config_keys.h"
#include "app/config_schema.h"
#include "codec/jw.h"

#define FEATURE_PREFIX "FEATURE_"

/* A setting, and what it is as long as no key of ours is behind it. NULL: left out. */
static const struct {
    const char *key;
    const char *otherwise; /* JSON */
} settings[] = {
    {"AUTHENTICATION_TYPE", "\"Database\""},
    {"AVATAR_KIND", "\"local\""},
    {"BRANDING", "{}"},
    {"CONTACT_INFO", "[]"},
    {"DEFAULT_UI", NULL},
    {"DOCUMENTATION_ROOT", NULL},
    {"FOOTER_LINKS", "{}"},
    {"LOCAL_OAUTH_HANDLER", "\"/oauth/localapp\""},
    {"PERMANENTLY_DELETE_TAGS", NULL},
    {"PREFERRED_URL_SCHEME", NULL},
    {"QUOTA_BACKFILL", "false"},
    {"REGISTRY_TITLE", "\"wharf\""},
    {"REGISTRY_TITLE_SHORT", "\"wharf\""},
    {"ROBOTS_DISALLOW", "false"},
    {"SEARCH_MAX_RESULT_PAGE_COUNT", "10"},
    {"SEARCH_RESULTS_PER_PAGE", "10"},
    {"SERVER_HOSTNAME", NULL},
    {"SETUP_COMPLETE", "true"},
    {"TAG_EXPIRATION_OPTIONS", "[\"0s\", \"1d\", \"1w\", \"2w\", \"4w\"]"},
};

/* The value of one field as JSON: the object that the encoder writes, without its frame. */
static void write_field(struct jw *w, const struct config *config, const struct field *field)
{
    const struct schema single = {field, 1, config_schema.size};
    _cleanup_buf_ struct buf object;
    buf_init(&object, CONFIG_PUBLIC_MAX);
    jw_encode(&(struct jw){.buf = &object}, &single, config);
    json_auto_t *read = json_loadb(object.ptr, object.len, 0, NULL);
    char *text = json_dumps(json_object_get(read, field->name), JSON_ENCODE_ANY);
    jw_key(w, field->name);
    if (text)
        jw_raw(w, str_of(text));
    else
        jw_null(w);
    free(text);
}

void config_public_settings(const struct config *config, struct buf *out)
{
    struct jw w = {.buf = out};
    jw_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        const struct field *field = schema_find(&config_schema, str_of(settings[i].key));
        if (field) {
            write_field(&w, config, field);
        } else if (settings[i].otherwise) {
            jw_key(&w, settings[i].key);
            jw_raw(&w, str_of(settings[i].otherwise));
        }
    }
    jw_end_object(&w);
}

static bool feature_value(const struct config *config, uint64_t on, const struct config_key *key)
{
    const struct field *field = schema_find(&config_schema, str_of(key->name));
    size_t first = offsetof(struct config, features);
    if (field && field->offset >= first && field->offset < first + FEATURE_COUNT * sizeof(bool))
        return on & feature_bit((enum feature)((field->offset - first) / sizeof(bool)));
    if (field)
        return *(const bool *)((const char *)config + field->offset);
    return key->harmless && strcmp(key->harmless, "true") == 0;
}

void config_public_features(const struct config *config, uint64_t on, struct buf *out)
{
    struct jw w = {.buf = out};
    const struct config_key_table *table;
    jw_begin_object(&w);
    for (size_t index = 0; (table = config_keys_table(index)); index++) {
        for (size_t i = 0; i < table->count; i++) {
            const struct config_key *key = &table->keys[i];
            if (key->kind == CONFIG_BOOL && str_starts(str_of(key->name), STR(FEATURE_PREFIX)))
                jw_member_bool(&w, key->name + strlen(FEATURE_PREFIX),
                               feature_value(config, on, key));
        }
    }
    jw_end_object(&w);
}

const char *config_public_feature_key(enum feature feature)
{
    size_t offset = offsetof(struct config, features) + (size_t)feature * sizeof(bool);
    for (size_t i = 0; i < config_schema.count; i++) {
        if (config_schema.fields[i].offset == offset)
            return config_schema.fields[i].name;
    }
    return NULL;
}

/* Features that mean something only where another is on. */
static const enum feature needs[FEATURE_COUNT] = {
    [FEATURE_EDIT_QUOTA] = FEATURE_QUOTA_MANAGEMENT,
    [FEATURE_VERIFY_QUOTA] = FEATURE_QUOTA_MANAGEMENT,
};

bool config_public_feature_on(const struct config *config, enum feature feature)
{
    enum feature need = needs[feature];
    return feature == FEATURE_ALWAYS ||
           (config->features[feature] && (need == FEATURE_ALWAYS || config->features[need]));
}

bool config_public_feature_default(enum feature feature)
{
    return config_public_feature_on(&config_schema_defaults, feature);
}
