/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_print.h"

#include <jansson.h>

#include "config_folder.h"

static const char *root; /* of the sources; the first argument */

static const char mixed[] = "SERVER_HOSTNAME: x.example\n"
                            "AUTHENTICATION_TYPE: LDAP\n"
                            "LDAP_URI: ldap://x\n"
                            "SUPERUSERS: [root]\n"
                            "FEATURE_PUBLIC_CATALOG: true\n";

static void test_check(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf out;
    buf_init(&out, CONFIG_PRINT_MAX);
    folder_load(folder, mixed);
    config_check_print(&folder->findings, &out);
    assert_str_text(buf_str(&out),
                    "Refused: the registry does not start with:\n"
                    "  AUTHENTICATION_TYPE (line 2)\n"
                    "      found the string \"LDAP\": the users of other systems could not log in "
                    "yet; use Database\n"
                    "\n"
                    "Doubtful:\n"
                    "  SUPERUSERS (line 4)\n"
                    "      there is no such key; did you mean SUPER_USERS?\n"
                    "\n"
                    "Accepted without effect:\n"
                    "  LDAP_URI (line 3)\n"
                    "      logins through LDAP are not built yet\n"
                    "\n"
                    "Used:\n"
                    "  SERVER_HOSTNAME  FEATURE_PUBLIC_CATALOG\n"
                    "\n"
                    "1 refused, 1 doubtful, 1 without effect, 2 used\n");
}

static void test_check_nothing(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf out;
    struct config_findings none = {0};
    buf_init(&out, CONFIG_PRINT_MAX);
    config_check_print(&none, &out);
    assert_str_text(buf_str(&out), "0 refused, 0 doubtful, 0 without effect, 0 used\n");
}

static void test_check_json(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf out;
    buf_init(&out, CONFIG_PRINT_MAX);
    folder_load(folder, mixed);
    config_check_json(&folder->findings, &out);
    json_auto_t *got = json_loads(out.ptr, 0, NULL);
    json_auto_t *want = json_pack(
        "{s[{sssiss}]s[{sssiss}]s[{sssiss}]s[{sssiss}{sssiss}]}", /* */
        "refused", "key", "AUTHENTICATION_TYPE", "line", 2, "text",
        "found the string \"LDAP\": the users of other systems could not log in yet; use Database",
        "warnings", "key", "SUPERUSERS", "line", 4, "text",
        "there is no such key; did you mean SUPER_USERS?", /* */
        "ignored", "key", "LDAP_URI", "line", 3, "text", "logins through LDAP are not built yet",
        "used", "key", "SERVER_HOSTNAME", "line", 1, "text", "", /* */
        "key", "FEATURE_PUBLIC_CATALOG", "line", 5, "text", "");
    assert_non_null(want);
    assert_true(json_equal(got, want));
}

/* What is shown can be loaded again and means the same. */
static void test_show(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf first, second;
    buf_init(&first, CONFIG_PRINT_MAX);
    buf_init(&second, CONFIG_PRINT_MAX);
    folder_load(folder, "SERVER_HOSTNAME: x.example\n"
                        "SUPER_USERS: [\"a: b\", 'c']\n"
                        "DEFAULT_TAG_EXPIRATION: 36h\n"
                        "MAXIMUM_LAYER_SIZE: 3Gi\n"
                        "DISTRIBUTED_STORAGE_CONFIG: {m: [LocalStorage, {storage_path: /m}]}\n");
    config_show(&folder->config, &first);
    folder_load(folder, first.ptr);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_REFUSED], 0);
    assert_int_equal(folder->findings.counts[CONFIG_FOUND_WARNING], 0);
    assert_string_equal(folder->config.super_users.items[0], "a: b");
    assert_string_equal(folder->config.storage.path, "/m");
    config_show(&folder->config, &second);
    assert_str_text(buf_str(&second), first.ptr);
    static const char *const lines[] = {
        "SERVER_HOSTNAME: \"x.example\"\n", "DEFAULT_TAG_EXPIRATION: 36h\n",
        "MAXIMUM_LAYER_SIZE: 3Gi\n", "SUPER_USERS: [\"a: b\", \"c\"]\n", "SECRET_KEY: null\n"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (!strstr(first.ptr, lines[i]))
            fail_msg("no line %s", lines[i]);
    }
}

static void test_show_masks_secrets(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf out;
    buf_init(&out, CONFIG_PRINT_MAX);
    folder_load(folder, "SECRET_KEY: hunter2\nDATABASE_SECRET_KEY: hunter3\n");
    assert_string_equal(folder->config.secret_key, "hunter2");
    config_show(&folder->config, &out);
    assert_null(strstr(out.ptr, "hunter"));
    assert_non_null(strstr(out.ptr, "\nSECRET_KEY: \"********\""));
    assert_non_null(strstr(out.ptr, "\nDATABASE_SECRET_KEY: \"********\""));
}

/* docs/config.md is made from the tables. */
static void test_docs_are_current(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf want, got;
    struct err err;
    buf_init(&want, CONFIG_PRINT_MAX);
    buf_init(&got, CONFIG_PRINT_MAX);
    config_docs(&want);
    assert_true(buf_ok(&want));
    const char *path = arena_printf(&folder->arena, "%s/docs/config.md", root);
    assert_ok(file_read(path, &got, &err), &err);
    if (!str_eq(buf_str(&got), buf_str(&want)))
        fail_msg("docs/config.md is out of date: wharf config docs > docs/config.md");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_check),
        cmocka_unit_test(test_check_nothing),
        WITH_FOLDER(test_check_json),
        WITH_FOLDER(test_show),
        WITH_FOLDER(test_show_masks_secrets),
        WITH_FOLDER(test_docs_are_current),
    };
    root = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
