/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_init.h"

#include <sys/stat.h>

#include "app/config_schema.h"
#include "config_folder.h"

static const char *root; /* of the sources; the first argument */

static void load(struct folder *folder, const char *dir)
{
    struct err err;
    assert_ok(config_load(&folder->arena, dir, &folder->config, &folder->findings, &err), &err);
}

/* Nothing to complain about; every finding is a used key. */
static void assert_clean(const struct folder *folder)
{
    for (size_t i = 0; i < folder->findings.count; i++) {
        const struct config_finding *finding = &folder->findings.items[i];
        if (finding->severity != CONFIG_FOUND_USED)
            fail_msg("%s: %s", finding->key, finding->text);
    }
}

static void test_init(void **state)
{
    struct folder *folder = *state;
    struct err err;
    struct stat st;
    const char *dir = arena_printf(&folder->arena, "%s/new/folder", folder->path);
    assert_ok(config_init(dir, &err), &err);
    load(folder, dir);
    assert_clean(folder);
    assert_int_equal(folder->findings.count, 2);
    assert_string_equal(folder->config.server_hostname, "localhost:8080");
    assert_int_equal(stat(arena_printf(&folder->arena, "%s/config.yaml", dir), &st), 0);
    assert_int_equal(st.st_mode & 07, 0); /* nobody else reads it */
    assert_fails(config_init(dir, &err), &err, ERR_EXISTS);
    load(folder, dir); /* still the same file */
    assert_clean(folder);
}

static void test_sample_is_conf(void **state)
{
    struct folder *folder = *state;
    load(folder, arena_printf(&folder->arena, "%s/conf", root));
    assert_clean(folder);
    assert_int_equal(folder->findings.count, 2);
}

/* The sample with every commented setting switched on: it says what is the default anyway. */
static void uncomment(struct folder *folder, struct buf *out)
{
    _cleanup_buf_ struct buf text;
    struct err err;
    struct str line;
    buf_init(&text, 64 * 1024);
    assert_ok(file_read(arena_printf(&folder->arena, "%s/conf/config.yaml", root), &text, &err),
              &err);
    for (struct str rest = buf_str(&text); str_cut(&rest, '\n', &line);) {
        bool setting = line.len > 1 && line.ptr[0] == '#' &&
                       (char_is_upper(line.ptr[1]) || str_starts(line, STR("#  ")));
        bool prose = str_starts(line, STR("#   wharf"));
        buf_add_str(out, setting && !prose ? str_sub(line, 1, line.len) : line);
        buf_add_char(out, '\n');
    }
}

static void test_sample_shows_defaults(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf text;
    buf_init(&text, 64 * 1024);
    uncomment(folder, &text);
    folder_load(folder, text.ptr);
    assert_clean(folder);
    static const char *const differs[] = {"DB_URI", "DISTRIBUTED_STORAGE_PREFERENCE", "MAIL_SERVER",
                                          "MAIL_USERNAME", "TRUSTED_PROXY_CIDR"};
    for (size_t i = 0; i < config_schema.count; i++) {
        const struct field *field = &config_schema.fields[i];
        const char *got = (const char *)&folder->config + field->offset;
        const char *want = (const char *)&config_schema_defaults + field->offset;
        bool same = true;
        if (field->flags & FIELD_SECRET) /* drawn when it is not set */
            continue;
        if (field->kind == FIELD_BOOL)
            same = *(const bool *)got == *(const bool *)want;
        else if (field->kind == FIELD_INT)
            same = *(const int64_t *)(const void *)got == *(const int64_t *)(const void *)want;
        else if (field->kind == FIELD_TEXT)
            same = str_eq(str_of(*(const char *const *)(const void *)got),
                          str_of(*(const char *const *)(const void *)want));
        for (size_t k = 0; k < ARRAY_LEN(differs); k++)
            same = same || strcmp(differs[k], field->name) == 0;
        if (!same)
            fail_msg("%s: the sample does not show the default", field->name);
    }
}

/* Every key that is used can be learnt from the sample. */
static void test_sample_is_complete(void **state)
{
    struct folder *folder = *state;
    _cleanup_buf_ struct buf text;
    buf_init(&text, 64 * 1024);
    uncomment(folder, &text);
    folder_load(folder, text.ptr);
    static const char *const unused[] = {"CREATE_NAMESPACE_ON_PUSH"};
    for (size_t i = 0; i < config_schema.count; i++) {
        const char *name = config_schema.fields[i].name;
        bool expected = true;
        for (size_t k = 0; k < ARRAY_LEN(unused); k++)
            expected = expected && strcmp(unused[k], name) != 0;
        if (expected && !folder_finding(folder, name))
            fail_msg("%s: not in the sample", name);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_init),
        WITH_FOLDER(test_sample_is_conf),
        WITH_FOLDER(test_sample_shows_defaults),
        WITH_FOLDER(test_sample_is_complete),
    };
    root = argc > 1 ? argv[1] : ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
