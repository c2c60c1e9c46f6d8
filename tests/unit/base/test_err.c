/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>

#include "unit.h"

static void test_set(void **state)
{
    (void)state;
    struct err err = {.detail = "old"};
    assert_int_equal(err_set(&err, ERR_TAG_INVALID, "tag %s", "x y"), -1);
    assert_int_equal(err.code, ERR_TAG_INVALID);
    assert_string_equal(err.msg, "tag x y");
    assert_string_equal(err.detail, "");
    assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), -1);
    assert_int_equal(err_detail(NULL, "nobody listens"), -1);
    assert_int_equal(err_wrap(NULL, "nobody listens"), -1);
    assert_int_equal(err_set_errno(NULL, "nobody listens"), -1);
}

static void test_errno(void **state)
{
    (void)state;
    static const struct {
        int number;
        enum err_code code;
    } cases[] = {{ENOSPC, ERR_NO_SPACE}, {EDQUOT, ERR_NO_SPACE}, {ETIMEDOUT, ERR_TIMEOUT},
                 {EIO, ERR_IO},          {ENOENT, ERR_IO},       {0, ERR_IO}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        errno = cases[i].number;
        assert_int_equal(err_set_errno(&err, "%s failed", "write"), -1);
        assert_int_equal(err.code, cases[i].code);
        assert_string_equal(err.msg, "write failed");
        assert_string_equal(err.detail, strerror(cases[i].number));
    }
}

static void test_context(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_NOT_FOUND, "no such team");
    err_detail(&err, "query %d", 7);
    err_detail(&err, "again");
    assert_string_equal(err.detail, "query 7; again");
    err_wrap(&err, "user %s: ", "alice");
    assert_string_equal(err.msg, "user alice: no such team");
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_string_equal(err.detail, "query 7; again");
}

/* Text that is too long is cut, and never past the arrays. */
static void test_truncation(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_INVALID, "%0300d", 1);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    for (int i = 0; i < 100; i++)
        err_detail(&err, "%d", 10 + i);
    assert_int_equal(strlen(err.detail), sizeof err.detail - 1);
    err_set(&err, ERR_INVALID, "%0200d", 1);
    err_wrap(&err, "%0100d: ", 2);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    err_wrap(&err, "%0300d: ", 2);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

static void test_names(void **state)
{
    (void)state;
    for (int code = 0; code < ERR_CODE_COUNT; code++) {
        const char *name = err_code_name((enum err_code)code);
        assert_string_not_equal(name, "unknown");
        for (int other = 0; other < code; other++)
            assert_string_not_equal(name, err_code_name((enum err_code)other));
    }
    assert_string_equal(err_code_name(ERR_CODE_COUNT), "unknown");
    assert_string_equal(err_code_name(ERR_MANIFEST_BLOB_UNKNOWN), "manifest_blob_unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),     cmocka_unit_test(test_errno),
        cmocka_unit_test(test_context), cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
