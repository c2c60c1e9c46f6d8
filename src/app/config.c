/* SPDX-License-Identifier: Apache-2.0 */
/* Reading config.yaml. Each key goes its own way through the tables and ends as one finding, so
 * that a file with ten mistakes is mended in one round. */
#include "app/config.h"

#include <stdio.h>
#include <unistd.h>

#include "app/config_schema.h"
#include "app/config_storage.h"
#include "app/config_value.h"
#include "base/file.h"
#include "codec/json.h"
#include "codec/yaml.h"

static const char locations_key[] = "DISTRIBUTED_STORAGE_CONFIG";

enum { FINDINGS_MORE = 8, PAGE_SIZE_LEAST = 100 }; /* findings that are about no single key */

struct loader {
    struct arena *arena;
    const char *dir;
    const json_t *document;
    const json_t *lines;
    struct config config;
    struct config_findings findings;
};

static void add(struct loader *loader, enum config_severity severity, const char *key,
                const char *text)
{
    struct config_findings *findings = &loader->findings;
    findings->items[findings->count++] = (struct config_finding){
        .severity = severity,
        .key = arena_strdup(loader->arena, key),
        .line = json_integer_value(json_object_get(loader->lines, key)),
        .text = text,
    };
    findings->counts[severity]++;
}

static void add_unknown(struct loader *loader, const char *name)
{
    const char *nearest = config_keys_nearest(name);
    add(loader, CONFIG_FOUND_WARNING, name,
        nearest ? arena_printf(loader->arena, "there is no such key; did you mean %s?", nearest)
                : "there is no such key");
}

static bool asks_for_nothing(const struct config_key *key, const json_t *value)
{
    json_auto_t *harmless = key->harmless ? json_loads(key->harmless, JSON_DECODE_ANY, NULL) : NULL;
    return harmless && json_equal(harmless, value);
}

/* The rules of single keys that their type and bounds do not say. */

static int check_hostname(const struct config *config, struct err *err)
{
    struct str name = str_of(config->server_hostname);
    bool fits = name.len > 0;
    for (size_t i = 0; i < name.len; i++)
        fits = fits && (char_is_alnum(name.ptr[i]) || strchr(".-:[]_", name.ptr[i]));
    return fits ? 0 : err_set(err, ERR_INVALID, "must be host or host:port, without http://");
}

static int check_db_uri(const struct config *config, struct err *err)
{
    struct str uri = str_of(config->db_uri);
    ptrdiff_t scheme = str_find(uri, ':');
    if (str_starts(uri, STR("sqlite:///")) && uri.len > strlen("sqlite:///"))
        return 0;
    if (str_starts(uri, STR("sqlite:")))
        return err_set(err, ERR_INVALID, "must be sqlite:///PATH with an absolute path");
    if (scheme > 0 && scheme < 32) /* no more than that: the rest holds a password */
        return err_set(err, ERR_UNSUPPORTED, "%.*s is not built yet; use sqlite:///PATH",
                       (int)scheme, uri.ptr);
    return err_set(err, ERR_INVALID, "must be sqlite:///PATH");
}

static int check_protocols(const struct config *config, struct err *err)
{
    bool newest = false;
    for (size_t i = 0; i < config->ssl_protocols.count; i++) {
        const char *name = config->ssl_protocols.items[i];
        if (strcmp(name, "TLSv1.2") != 0 && strcmp(name, "TLSv1.3") != 0)
            return err_set(err, ERR_UNSUPPORTED, "%s is not spoken; use TLSv1.2 and TLSv1.3", name);
        newest = newest || strcmp(name, "TLSv1.3") == 0;
    }
    return newest ? 0 : err_set(err, ERR_UNSUPPORTED, "TLSv1.3 cannot be left out");
}

static const struct {
    const char *key;
    int (*check)(const struct config *config, struct err *err);
} checks[] = {
    {"SERVER_HOSTNAME", check_hostname},
    {"DB_URI", check_db_uri},
    {"SSL_PROTOCOLS", check_protocols},
};

static int check_value(const char *name, const struct config *config, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        if (strcmp(checks[i].key, name) == 0)
            return checks[i].check(config, err);
    }
    return 0;
}

/* The storage location, which takes two keys to know. */
static int store_location(struct loader *loader, const json_t *locations, struct err *err)
{
    const json_t *preference = json_object_get(loader->document, "DISTRIBUTED_STORAGE_PREFERENCE");
    return config_storage_read(loader->arena, locations,
                               json_string_value(json_array_get(preference, 0)),
                               &loader->config.storage, err);
}

/* Put the value into its member of the config, if there is one for it. */
static int store(struct loader *loader, const char *name, json_t *value, struct err *err)
{
    const struct field *field = schema_find(&config_schema, str_of(name));
    if (strcmp(name, locations_key) == 0)
        return store_location(loader, value, err);
    if (!field)
        return 0;
    const struct schema single = {field, 1, config_schema.size};
    json_auto_t *object = json_object();
    struct config changed = loader->config;
    json_object_set(object, name, value);
    if (json_decode(loader->arena, &single, object, &changed, err) != 0 ||
        check_value(name, &changed, err) != 0)
        return -1;
    loader->config = changed;
    return 0;
}

/* An error of the decoder begins with the key, which the finding names already. */
static const char *without_key(struct arena *arena, const char *key, const char *message)
{
    struct str text = str_of(message), name = str_of(key);
    if (str_starts(text, name) && str_starts(str_sub(text, name.len, 2), STR(": ")))
        text = str_sub(text, name.len + 2, text.len);
    return arena_text(arena, text);
}

static void load_fitting(struct loader *loader, const struct config_key *key, const char *name,
                         json_t *value)
{
    struct err err;
    if (key->status == CONFIG_REFUSED && !asks_for_nothing(key, value))
        add(loader, CONFIG_FOUND_REFUSED, name,
            arena_printf(loader->arena, "found %s: %s",
                         config_value_describe(loader->arena, key->kind, value), key->note));
    else if (store(loader, name, value, &err) != 0)
        add(loader, CONFIG_FOUND_REFUSED, name, without_key(loader->arena, name, err.msg));
    else if (key->status == CONFIG_ACCEPTED && !asks_for_nothing(key, value))
        add(loader, CONFIG_FOUND_IGNORED, name, key->note);
    else
        add(loader, CONFIG_FOUND_USED, name, "");
}

static void load_key(struct loader *loader, const char *name, const json_t *value)
{
    const struct config_key *key = config_keys_find(name);
    if (!key) {
        add_unknown(loader, name);
        return;
    }
    if (json_is_null(value)) /* a key without a value says nothing, to Quay too */
        return;
    json_auto_t *read = config_value_read(key->kind, value);
    if (read) {
        load_fitting(loader, key, name, read);
        return;
    }
    add(loader, key->status == CONFIG_ACCEPTED ? CONFIG_FOUND_WARNING : CONFIG_FOUND_REFUSED, name,
        arena_printf(loader->arena, "found %s, expected %s",
                     config_value_describe(loader->arena, key->kind, value),
                     config_value_expected(key->kind)));
}

/* Does the scheme in URLs go together with what the certificate makes of the listeners? */
static void check_scheme(struct loader *loader)
{
    const struct config *config = &loader->config;
    const char *certificate = arena_printf(loader->arena, "%s/ssl.cert", loader->dir);
    bool https = strcmp(config->preferred_url_scheme, "https") == 0;
    bool tls = !config->external_tls_termination && access(certificate, F_OK) == 0;
    if (https && !tls && !config->external_tls_termination)
        add(loader, CONFIG_FOUND_WARNING, "PREFERRED_URL_SCHEME",
            "URLs will say https, but there is no ssl.cert; add ssl.cert and ssl.key, or set "
            "EXTERNAL_TLS_TERMINATION where a proxy does TLS");
    if (!https && tls)
        add(loader, CONFIG_FOUND_WARNING, "PREFERRED_URL_SCHEME",
            "there is an ssl.cert, but URLs will say http; set it to https");
}

static void check_locations(struct loader *loader)
{
    size_t count = json_object_size(json_object_get(loader->document, locations_key));
    if (count > 1 && loader->config.storage.location)
        add(loader, CONFIG_FOUND_IGNORED, locations_key,
            arena_printf(loader->arena, "of its %zu locations only %s is used", count,
                         loader->config.storage.location));
}

static int load_document(struct loader *loader, struct err *err)
{
    const char *name;
    json_t *value;
    size_t keys = json_object_size(loader->document);
    if (!json_is_object(loader->document) && !json_is_null(loader->document))
        return err_set(err, ERR_INVALID, "config.yaml must be a mapping of keys to values");
    if (keys > CONFIG_KEYS_MAX)
        return err_set(err, ERR_TOO_LARGE, "config.yaml has more than %d keys", CONFIG_KEYS_MAX);
    loader->findings.items = arena_array(loader->arena, keys + FINDINGS_MORE,
                                         sizeof *loader->findings.items);
    json_object_foreach((json_t *)loader->document, name, value)
    {
        load_key(loader, name, value);
    }
    check_scheme(loader);
    check_locations(loader);
    if (loader->config.v2_pagination_size < PAGE_SIZE_LEAST)
        loader->config.v2_pagination_size = PAGE_SIZE_LEAST;
    return 0;
}

/* Secrets, names and ports that somebody wrote without quotes are text all the same. */
static bool is_text_key(const char *name)
{
    const struct config_key *key = config_keys_find(name);
    return key && (key->kind == CONFIG_TEXT || key->kind == CONFIG_SECRET ||
                   key->kind == CONFIG_TEXTS || key->kind == CONFIG_ORIGINS);
}

static int read_document(const char *path, json_t **document_out, json_t **lines_out,
                         struct err *err)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, YAML_BYTES_MAX);
    if (file_read(path, &text, err) != 0) {
        if (err && err->code == ERR_NOT_FOUND)
            return err_set(err, ERR_NOT_FOUND, "%s: no such file; `wharf config init` makes one",
                           path);
        return -1;
    }
    if (yaml_parse_texts(buf_str(&text), is_text_key, document_out, lines_out, err) != 0)
        return err_wrap(err, "%s: ", path);
    return 0;
}

int config_load(struct arena *arena, const char *dir, struct config *out,
                struct config_findings *findings_out, struct err *err)
{
    struct loader loader = {.arena = arena, .dir = dir, .config = config_schema_defaults};
    json_auto_t *document = NULL, *lines = NULL;
    if (dir) {
        const char *path = arena_printf(arena, "%s/config.yaml", dir);
        if (read_document(path, &document, &lines, err) != 0)
            return -1;
        loader.document = document;
        loader.lines = lines;
        if (load_document(&loader, err) != 0)
            return -1;
    }
    *out = loader.config;
    *findings_out = loader.findings;
    return 0;
}

int config_require(const struct config_findings *findings, struct err *err)
{
    size_t refused = findings->counts[CONFIG_FOUND_REFUSED];
    if (refused == 0)
        return 0;
    const struct config_finding *first = findings->items;
    while (first->severity != CONFIG_FOUND_REFUSED)
        first++;
    err_set(err, ERR_INVALID, "config.yaml line %lld: %s: %s", (long long)first->line, first->key,
            first->text);
    if (refused > 1)
        err_detail(err, "and %zu more: see `wharf config check`", refused - 1);
    return -1;
}

bool config_tls12(const struct config *config)
{
    for (size_t i = 0; i < config->ssl_protocols.count; i++) {
        if (strcmp(config->ssl_protocols.items[i], "TLSv1.2") == 0)
            return true;
    }
    return false;
}

const char *config_ciphers(struct arena *arena, const struct config *config)
{
    const char *list = NULL;
    for (size_t i = 0; i < config->ssl_ciphers.count; i++)
        list = arena_printf(arena, "%s%s%s", list ? list : "", list ? ":" : "",
                            config->ssl_ciphers.items[i]);
    return list;
}

enum log_level config_log_level(const struct config *config)
{
    static const struct {
        const char *name;
        enum log_level level;
    } levels[] = {
        {"DEBUG", LOG_DEBUG},
        {"WARNING", LOG_WARNING},
        {"ERROR", LOG_ERROR},
        {"CRITICAL", LOG_ERROR},
    };
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (strcmp(levels[i].name, config->logging_level) == 0)
            return levels[i].level;
    }
    return LOG_INFO;
}
