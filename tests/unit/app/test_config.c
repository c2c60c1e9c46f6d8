/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include "config_folder.h"

static void test_defaults(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct config config = {0};
    struct config_findings findings;
    struct err err;
    assert_ok(config_load(&arena, NULL, &config, &findings, &err), &err);
    assert_ok(config_require(&findings, &err), &err);
    assert_int_equal(findings.count, 0);
    assert_string_equal(config.server_hostname, "localhost:8080");
    assert_string_equal(config.library_namespace, "library");
    assert_int_equal(config.maximum_layer_size, 20000000000);
    assert_int_equal(config.tag_expiration_ms, 14LL * 24 * 3600 * 1000);
    assert_int_equal(config.v2_pagination_size, 100);
    assert_true(config.anonymous_access && config.create_private_repo_on_push);
    assert_false(config.public_catalog || config.user_initialize || config.sparse_index);
    assert_null(config.db_uri);
    assert_null(config.storage.path);
    assert_true(config.storage.fsync);
    assert_true(config_tls12(&config));
    assert_null(config_ciphers(&arena, &config));
    assert_int_equal(config_log_level(&config), LOG_INFO);
    arena_done(&arena);
}

static void test_full(void **state)
{
    struct folder *folder = *state;
    const struct config *config = &folder->config;
    folder_load(folder, "SERVER_HOSTNAME: registry.example.com:5000\n"
                        "PREFERRED_URL_SCHEME: https\n"
                        "EXTERNAL_TLS_TERMINATION: true\n"
                        "DB_URI: sqlite:///srv/wharf.db\n"
                        "DISTRIBUTED_STORAGE_CONFIG:\n"
                        "  main: [LocalStorage, {storage_path: /srv/blobs, fsync: never}]\n"
                        "DISTRIBUTED_STORAGE_PREFERENCE: [main]\n"
                        "REGISTRY_STATE: readonly\n"
                        "MAXIMUM_LAYER_SIZE: 512Mi\n"
                        "FEATURE_ANONYMOUS_ACCESS: no\n"
                        "SUPER_USERS: [alice, bob]\n"
                        "DEFAULT_TAG_EXPIRATION: 4w\n"
                        "V2_PAGINATION_SIZE: 250\n"
                        "SSL_PROTOCOLS: [TLSv1.3]\n"
                        "SSL_CIPHERS: [A, B]\n"
                        "LOGGING_LEVEL: WARNING\n");
    assert_int_equal(folder->findings.count, 15);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_USED], 15);
    assert_string_equal(config->server_hostname, "registry.example.com:5000");
    assert_string_equal(config->preferred_url_scheme, "https");
    assert_true(config->external_tls_termination);
    assert_string_equal(config->db_uri, "sqlite:///srv/wharf.db");
    assert_string_equal(config->storage.location, "main");
    assert_string_equal(config->storage.path, "/srv/blobs");
    assert_false(config->storage.fsync);
    assert_string_equal(config->registry_state, "readonly");
    assert_int_equal(config->maximum_layer_size, 512 * 1024 * 1024);
    assert_false(config->anonymous_access);
    assert_int_equal(config->super_users.count, 2);
    assert_string_equal(config->super_users.items[1], "bob");
    assert_int_equal(config->tag_expiration_ms, 28LL * 24 * 3600 * 1000);
    assert_int_equal(config->v2_pagination_size, 250);
    assert_false(config_tls12(config));
    assert_string_equal(config_ciphers(&folder->arena, config), "A:B");
    assert_int_equal(config_log_level(config), LOG_WARNING);
}

/* What was written without quotes is the text that was written, however it reads as a number. */
static void test_numbers_as_texts(void **state)
{
    struct folder *folder = *state;
    const struct config *config = &folder->config;
    static const char many[] =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    char text[512];
    snprintf(text, sizeof text,
             "SECRET_KEY: %s\nDATABASE_SECRET_KEY: 007\nMAIL_SERVER: x\nMAIL_PASSWORD: 1e3\n"
             "MAIL_USERNAME: 12_3\nPAGE_TOKEN_KEY: 0x1F\nSUPER_USERS: [1234, 0.50, bob]\n"
             "MAIL_PORT: '2525'\n",
             many);
    folder_load(folder, text);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_REFUSED], 0);
    assert_string_equal(config->secret_key, many);
    assert_string_equal(config->database_secret_key, "007");
    assert_string_equal(config->mail_password, "1e3");
    assert_string_equal(config->mail_username, "12_3");
    assert_string_equal(config->page_token_key, "0x1F");
    assert_int_equal(config->super_users.count, 3);
    assert_string_equal(config->super_users.items[0], "1234");
    assert_string_equal(config->super_users.items[1], "0.50");
    assert_int_equal(config->mail_port, 2525);
}

/* One key in a file, and the finding about it. */
static const struct {
    const char *yaml, *key;
    enum config_severity severity;
    const char *text;
} finding_cases[] = {
    {"SERVER_HOSTNAME: x.example", "SERVER_HOSTNAME", CONFIG_FOUND_USED, ""},
    /* types */
    {"FEATURE_PUBLIC_CATALOG: 'yes'", "FEATURE_PUBLIC_CATALOG", CONFIG_FOUND_REFUSED,
     "found the string \"yes\", expected true or false"},
    {"SUPER_USERS: alice", "SUPER_USERS", CONFIG_FOUND_REFUSED,
     "found the string \"alice\", expected a list of strings"},
    {"SUPER_USERS: [alice, {}]", "SUPER_USERS", CONFIG_FOUND_REFUSED,
     "found a list with other things than strings, expected a list of strings"},
    {"DEFAULT_TAG_EXPIRATION: 14", "DEFAULT_TAG_EXPIRATION", CONFIG_FOUND_REFUSED,
     "found the number 14, expected a duration such as 2w, 12h or 90s"},
    {"MAXIMUM_LAYER_SIZE: much", "MAXIMUM_LAYER_SIZE", CONFIG_FOUND_REFUSED,
     "found the string \"much\", expected a size such as 20G or 512Mi"},
    {"LIBRARY_NAMESPACE: true", "LIBRARY_NAMESPACE", CONFIG_FOUND_REFUSED,
     "found true, expected a string"},
    {"MAIL_PORT: smtp", "MAIL_PORT", CONFIG_FOUND_REFUSED,
     "found the string \"smtp\", expected a whole number"},
    {"LDAP_POOL_SIZE: smtp", "LDAP_POOL_SIZE", CONFIG_FOUND_WARNING, /* without effect anyway */
     "found the string \"smtp\", expected a whole number"},
    {"AUTHENTICATION_TYPE: [5]", "AUTHENTICATION_TYPE", CONFIG_FOUND_REFUSED,
     "found a list, expected a string"},
    /* bounds and rules */
    {"V2_PAGINATION_SIZE: 0", "V2_PAGINATION_SIZE", CONFIG_FOUND_REFUSED,
     "must be between 1 and 10000"},
    {"MAXIMUM_LAYER_SIZE: 0", "MAXIMUM_LAYER_SIZE", CONFIG_FOUND_REFUSED, "must be at least 1"},
    {"REGISTRY_JWT_AUTH_MAX_FRESH_S: 60", "REGISTRY_JWT_AUTH_MAX_FRESH_S", CONFIG_FOUND_REFUSED,
     "must be between 3600 and 2592000"},
    {"REGISTRY_STATE: frozen", "REGISTRY_STATE", CONFIG_FOUND_REFUSED,
     "must be one of normal, readonly"},
    {"LOGGING_LEVEL: debug", "LOGGING_LEVEL", CONFIG_FOUND_REFUSED,
     "must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"},
    {"SERVER_HOSTNAME: https://x.example", "SERVER_HOSTNAME", CONFIG_FOUND_REFUSED,
     "must be host or host:port, without http://"},
    {"SERVER_HOSTNAME: ''", "SERVER_HOSTNAME", CONFIG_FOUND_REFUSED,
     "must be host or host:port, without http://"},
    {"SERVER_HOSTNAME: '[::1]:8080'", "SERVER_HOSTNAME", CONFIG_FOUND_USED, ""},
    {"SSL_PROTOCOLS: [TLSv1.1, TLSv1.3]", "SSL_PROTOCOLS", CONFIG_FOUND_REFUSED,
     "TLSv1.1 is not spoken; use TLSv1.2 and TLSv1.3"},
    {"SSL_PROTOCOLS: [TLSv1.2]", "SSL_PROTOCOLS", CONFIG_FOUND_REFUSED,
     "TLSv1.3 cannot be left out"},
    {"SSL_PROTOCOLS: []", "SSL_PROTOCOLS", CONFIG_FOUND_REFUSED, "TLSv1.3 cannot be left out"},
    {"DB_URI: postgresql://quay:hunter2@db/quay", "DB_URI", CONFIG_FOUND_REFUSED,
     "postgresql is not built yet; use sqlite:///PATH"},
    {"DB_URI: mysql+pymysql://u:p@h/d", "DB_URI", CONFIG_FOUND_REFUSED,
     "mysql+pymysql is not built yet; use sqlite:///PATH"},
    {"DB_URI: sqlite://relative.db", "DB_URI", CONFIG_FOUND_REFUSED,
     "must be sqlite:///PATH with an absolute path"},
    {"DB_URI: hunter2", "DB_URI", CONFIG_FOUND_REFUSED, "must be sqlite:///PATH"},
    /* dangerous to ignore */
    {"AUTHENTICATION_TYPE: LDAP", "AUTHENTICATION_TYPE", CONFIG_FOUND_REFUSED,
     "found the string \"LDAP\": the users of other systems could not log in yet; use "
     "Database"},
    {"AUTHENTICATION_TYPE: Database", "AUTHENTICATION_TYPE", CONFIG_FOUND_USED, ""},
    {"FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH: false", "FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH",
     CONFIG_FOUND_USED, ""},
    {"FEATURE_RESTRICTED_USERS: true", "FEATURE_RESTRICTED_USERS", CONFIG_FOUND_USED, ""},
    {"MAXIMUM_PRIVATE_REPOSITORIES: -2", "MAXIMUM_PRIVATE_REPOSITORIES", CONFIG_FOUND_REFUSED,
     "must be between -1 and 2147483647"},
    {"DEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 0", "DEFAULT_SYSTEM_REJECT_QUOTA_BYTES", CONFIG_FOUND_USED,
     ""},
    /* without effect */
    {"FEATURE_REPO_MIRROR: true", "FEATURE_REPO_MIRROR", CONFIG_FOUND_IGNORED,
     "mirroring is not built yet"},
    {"FEATURE_REPO_MIRROR: false", "FEATURE_REPO_MIRROR", CONFIG_FOUND_USED, ""},
    {"BUILDLOGS_REDIS: {host: redis}", "BUILDLOGS_REDIS", CONFIG_FOUND_IGNORED,
     "wharf needs no Redis"},
    {"SECRET_KEY: hunter2", "SECRET_KEY", CONFIG_FOUND_USED, ""},
    {"SECRET_KEY: 12345", "SECRET_KEY", CONFIG_FOUND_USED, ""},
    {"SECRET_KEY: true", "SECRET_KEY", CONFIG_FOUND_REFUSED, "found true, expected a string"},
    {"SECRET_KEY: [1]", "SECRET_KEY", CONFIG_FOUND_REFUSED, "found a list, expected a string"},
    {"MAIL_PORT: \"587\"", "MAIL_PORT", CONFIG_FOUND_USED, ""},
    {"SUPER_USERS: [true]", "SUPER_USERS", CONFIG_FOUND_REFUSED,
     "found a list with other things than strings, expected a list of strings"},
    {"LDAP_ADMIN_PASSWD: hunter2", "LDAP_ADMIN_PASSWD", CONFIG_FOUND_IGNORED,
     "logins through LDAP are not built yet"},
    {"LDAP_ADMIN_PASSWD: [12345]", "LDAP_ADMIN_PASSWD", CONFIG_FOUND_WARNING,
     "found a list, expected a string"},
    {"KEYCLOAK_LOGIN_CONFIG: {OIDC_SERVER: 'https://x/'}", "KEYCLOAK_LOGIN_CONFIG",
     CONFIG_FOUND_IGNORED, "logins through other services are not built yet"},
    /* unknown */
    {"FEATURE_PUBLIC_CATALOGUE: true", "FEATURE_PUBLIC_CATALOGUE", CONFIG_FOUND_WARNING,
     "there is no such key; did you mean FEATURE_PUBLIC_CATALOG?"},
    {"colour: blue", "colour", CONFIG_FOUND_WARNING, "there is no such key"},
    /* storage */
    {"DISTRIBUTED_STORAGE_CONFIG: {a: [S3Storage, {s3_bucket: b}]}", "DISTRIBUTED_STORAGE_CONFIG",
     CONFIG_FOUND_REFUSED, "a: S3Storage is not built yet; use LocalStorage with storage_path"},
    {"DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {}]}", "DISTRIBUTED_STORAGE_CONFIG",
     CONFIG_FOUND_REFUSED, "a: storage_path: is missing"},
    {"DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_path: ''}]}",
     "DISTRIBUTED_STORAGE_CONFIG", CONFIG_FOUND_REFUSED, "a: storage_path is empty"},
    {"DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_path: x, fsync: maybe}]}",
     "DISTRIBUTED_STORAGE_CONFIG", CONFIG_FOUND_REFUSED, "a: fsync: must be one of always, never"},
    {"DISTRIBUTED_STORAGE_CONFIG: {a: LocalStorage}", "DISTRIBUTED_STORAGE_CONFIG",
     CONFIG_FOUND_REFUSED, "a: must be a list of a driver and its parameters"},
    {"DISTRIBUTED_STORAGE_CONFIG: {}", "DISTRIBUTED_STORAGE_CONFIG", CONFIG_FOUND_REFUSED,
     "has 0 locations; say in DISTRIBUTED_STORAGE_PREFERENCE which one to use"},
    {"DISTRIBUTED_STORAGE_CONFIG: []", "DISTRIBUTED_STORAGE_CONFIG", CONFIG_FOUND_REFUSED,
     "found a list, expected a mapping"},
    {"DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_path: x}], b: [LocalStorage, "
     "{storage_path: y}]}",
     "DISTRIBUTED_STORAGE_CONFIG", CONFIG_FOUND_REFUSED,
     "has 2 locations; say in DISTRIBUTED_STORAGE_PREFERENCE which one to use"},
    {"DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_path: x}]}\n"
     "DISTRIBUTED_STORAGE_PREFERENCE: [c]",
     "DISTRIBUTED_STORAGE_CONFIG", CONFIG_FOUND_REFUSED,
     "has no location c, which DISTRIBUTED_STORAGE_PREFERENCE asks for"},
};

static void test_findings(void **state)
{
    struct folder *folder = *state;
    for (size_t i = 0; i < ARRAY_LEN(finding_cases); i++) {
        folder_load(folder, finding_cases[i].yaml);
        const struct config_finding *found = folder_finding(folder, finding_cases[i].key);
        if (!found)
            fail_msg("row %zu: no finding", i);
        if (found->severity != finding_cases[i].severity ||
            strcmp(found->text, finding_cases[i].text) != 0)
            fail_msg("row %zu: %d, %s", i, (int)found->severity, found->text);
        assert_int_equal(found->line, 1);
    }
}

/* A key that was refused keeps its default, the others count all the same. */
static void test_refused_keeps_default(void **state)
{
    struct folder *folder = *state;
    folder_load(folder, "V2_PAGINATION_SIZE: 99999\n"
                        "SERVER_HOSTNAME: http://x\n"
                        "DISTRIBUTED_STORAGE_CONFIG: {a: [S3Storage, {}]}\n"
                        "SUPER_USERS: [root]\n");
    assert_int_equal(folder->config.v2_pagination_size, 100);
    assert_string_equal(folder->config.server_hostname, "localhost:8080");
    assert_null(folder->config.storage.path);
    assert_int_equal(folder->config.super_users.count, 1);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_REFUSED], 3);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_USED], 1);
    struct err err;
    assert_fails(config_require(&folder->findings, &err), &err, ERR_INVALID);
    assert_string_equal(err.msg,
                        "config.yaml line 1: V2_PAGINATION_SIZE: must be between 1 and 10000");
    assert_string_equal(err.detail, "and 2 more: see `wharf config check`");
}

static void test_page_size_least(void **state)
{
    struct folder *folder = *state;
    folder_load(folder, "V2_PAGINATION_SIZE: 50\n"); /* Quay's own default */
    assert_int_equal(folder->config.v2_pagination_size, 100);
}

static void test_several_locations(void **state)
{
    struct folder *folder = *state;
    folder_load(folder, "DISTRIBUTED_STORAGE_PREFERENCE: [b, a]\n"
                        "DISTRIBUTED_STORAGE_CONFIG:\n"
                        "  a: [LocalStorage, {storage_path: /a}]\n"
                        "  b: [LocalStorage, {storage_path: /b}]\n");
    assert_string_equal(folder->config.storage.path, "/b");
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_USED], 2);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_IGNORED], 1);
    assert_string_equal(folder->findings.items[2].text, "of its 2 locations only b is used");
}

/* A key without a value says nothing, and neither does an empty file. */
static void test_nothing(void **state)
{
    struct folder *folder = *state;
    static const char *const files[] = {"", "# only a comment\n", "{}",
                                        "SERVER_HOSTNAME:\nDB_URI: ~\nAUTHENTICATION_TYPE: null\n"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        folder_load(folder, files[i]);
        assert_int_equal(folder->findings.count, 0);
        assert_string_equal(folder->config.server_hostname, "localhost:8080");
    }
}

static void test_scheme(void **state)
{
    struct folder *folder = *state;
    static const struct {
        bool certificate;
        const char *yaml;
        bool warned;
    } cases[] = {
        {false, "PREFERRED_URL_SCHEME: http", false},
        {false, "PREFERRED_URL_SCHEME: https", true},
        {false, "{PREFERRED_URL_SCHEME: https, EXTERNAL_TLS_TERMINATION: true}", false},
        {true, "PREFERRED_URL_SCHEME: https", false},
        {true, "PREFERRED_URL_SCHEME: http", true},
        {true, "{PREFERRED_URL_SCHEME: http, EXTERNAL_TLS_TERMINATION: true}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (cases[i].certificate)
            folder_write(folder, "ssl.cert", "");
        folder_load(folder, cases[i].yaml);
        assert_int_equal(folder->findings.counts[CONFIG_FOUND_WARNING], cases[i].warned);
    }
}

static void test_unreadable(void **state)
{
    struct folder *folder = *state;
    static const struct {
        const char *yaml;
        enum err_code code;
        const char *error; /* behind the path */
    } cases[] = {
        {NULL, ERR_NOT_FOUND, "/config.yaml: no such file; `wharf config init` makes one"},
        {"- a\n", ERR_INVALID, "config.yaml must be a mapping of keys to values"},
        {"text", ERR_INVALID, "config.yaml must be a mapping of keys to values"},
        {"A: 1\nA: 2\n", ERR_INVALID,
         "/config.yaml: invalid YAML in line 2, column 1: this key has been given before"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        if (cases[i].yaml)
            folder_write(folder, "config.yaml", cases[i].yaml);
        assert_fails(
            config_load(&folder->arena, folder->path, &folder->config, &folder->findings, &err),
            &err, cases[i].code);
        if (!strstr(err.msg, cases[i].error))
            fail_msg("row %zu: %s", i, err.msg);
    }
}

static void test_many_keys(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf text;
    struct err err;
    buf_init(&text, 1024 * 1024);
    for (int i = 0; i < CONFIG_KEYS_MAX; i++)
        buf_printf(&text, "X%d: 1\n", i);
    folder_load(folder, text.ptr);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_WARNING], CONFIG_KEYS_MAX);
    buf_add_text(&text, "Y: 1\n");
    folder_write(folder, "config.yaml", text.ptr);
    assert_fails(
        config_load(&folder->arena, folder->path, &folder->config, &folder->findings, &err), &err,
        ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        WITH_FOLDER(test_full),
        WITH_FOLDER(test_numbers_as_texts),
        WITH_FOLDER(test_findings),
        WITH_FOLDER(test_refused_keeps_default),
        WITH_FOLDER(test_page_size_least),
        WITH_FOLDER(test_several_locations),
        WITH_FOLDER(test_nothing),
        WITH_FOLDER(test_scheme),
        WITH_FOLDER(test_unreadable),
        WITH_FOLDER(test_many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
