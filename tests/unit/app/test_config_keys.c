/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_keys.h"

#include <jansson.h>

#include "app/config_schema.h"
#include "app/config_value.h"
#include "unit.h"

static void test_find(void **state)
{
    (void)state;
    static const struct {
        const char *name, *row;
    } cases[] = {
        {"SERVER_HOSTNAME", "SERVER_HOSTNAME"},
        {"SERVER_HOSTNAM", NULL},
        {"server_hostname", NULL},
        {"", NULL},
        {"GITHUB_LOGIN_CONFIG", "GITHUB_LOGIN_CONFIG"},
        {"KEYCLOAK_LOGIN_CONFIG", "*_LOGIN_CONFIG"},
        {"_LOGIN_CONFIG", NULL},
        {"*_LOGIN_CONFIG", "*_LOGIN_CONFIG"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct config_key *key = config_keys_find(cases[i].name);
        assert_int_equal(key == NULL, cases[i].row == NULL);
        if (key)
            assert_string_equal(key->name, cases[i].row);
    }
}

static void test_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *name, *want;
    } cases[] = {
        {"SERVER_HOSTNAM", "SERVER_HOSTNAME"},
        {"server_hostname", "SERVER_HOSTNAME"},
        {"SERVERHOSTNAME", "SERVER_HOSTNAME"},
        {"FEATURE_ANONYMUS_ACESS", "FEATURE_ANONYMOUS_ACCESS"},
        {"FEATURE_BUILDSUPPORT", "FEATURE_BUILD_SUPPORT"},
        {"SUPERUSERS", "SUPER_USERS"},
        {"DB-URI", "DB_URI"},
        {"COMPLETELY_DIFFERENT_THING", NULL},
        {"", NULL},
        {"X", NULL},
        {"0123456789012345678901234567890123456789012345678901234567890123456789", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *got = config_keys_nearest(cases[i].name);
        if (!got != !cases[i].want || (got && strcmp(got, cases[i].want) != 0))
            fail_msg("%s gave %s", cases[i].name, got ? got : "nothing");
    }
}

/* Call `check` with every row. */
static size_t each_key(void (*check)(const struct config_key *key))
{
    size_t count = 0;
    const struct config_key_table *table;
    for (size_t t = 0; (table = config_keys_table(t)); t++) {
        for (size_t i = 0; i < table->count; i++, count++)
            check(&table->keys[i]);
    }
    return count;
}

static void check_row(const struct config_key *key)
{
    if (config_keys_find(key->name) != key)
        fail_msg("%s stands in two rows", key->name);
    if (!key->note || strlen(key->note) < 10 || key->note[strlen(key->note) - 1] == '.')
        fail_msg("%s: its note is no short sentence", key->name);
    if (strchr(key->note, '|'))
        fail_msg("%s: its note would break the table of the documentation", key->name);
    if (key->status == CONFIG_USED && key->harmless)
        fail_msg("%s: every value of a used key is used", key->name);
    if (!key->harmless)
        return;
    json_auto_t *value = json_loads(key->harmless, JSON_DECODE_ANY, NULL);
    json_auto_t *read = value ? config_value_read(key->kind, value) : NULL;
    if (!read)
        fail_msg("%s: the harmless value is not of its kind", key->name);
}

static bool kinds_agree(enum config_kind kind, enum field_kind field)
{
    switch (field) {
    case FIELD_BOOL:
        return kind == CONFIG_BOOL;
    case FIELD_INT:
        return kind == CONFIG_INT || kind == CONFIG_DURATION || kind == CONFIG_SIZE;
    case FIELD_TEXTS:
        return kind == CONFIG_TEXTS || kind == CONFIG_ORIGINS;
    default:
        return field == FIELD_TEXT && (kind == CONFIG_TEXT || kind == CONFIG_SECRET);
    }
}

/* A key is used exactly when something comes of it: a member of struct config. */
static void check_member(const struct config_key *key)
{
    const struct field *field = schema_find(&config_schema, str_of(key->name));
    bool own_reader = strcmp(key->name, "DISTRIBUTED_STORAGE_CONFIG") == 0 ||
                      strcmp(key->name, "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY") == 0;
    if (key->status == CONFIG_USED && !field && !own_reader)
        fail_msg("%s: used, but without a member in struct config", key->name);
    if (field && !kinds_agree(key->kind, field->kind))
        fail_msg("%s: its kind does not fit the member", key->name);
}

static void test_rows(void **state)
{
    (void)state;
    assert_true(each_key(check_row) > 400);
    each_key(check_member);
    for (size_t i = 0; i < config_schema.count; i++) {
        if (!config_keys_find(config_schema.fields[i].name))
            fail_msg("%s: a member without a row", config_schema.fields[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
