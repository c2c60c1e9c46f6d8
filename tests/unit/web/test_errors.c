/* SPDX-License-Identifier: Apache-2.0 */
#include "web/errors.h"

#include "unit.h"

/* Every code has a status of its own family: a hole in the table would be status 0. */
static void test_table_is_whole(void **state)
{
    (void)state;
    for (int code = 0; code < ERR_CODE_COUNT; code++) {
        int status = errors_status((enum err_code)code);
        if (status < 400 || status > 599)
            fail_msg("%s has status %d", err_code_name((enum err_code)code), status);
    }
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        enum route_errors family;
        enum err_code code;
        int status;
        const char *body;
    } cases[] = {
        {ERRORS_OCI, ERR_BLOB_UNKNOWN, 404,
         "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"a \\\"b\\\"\",\"detail\":{}}]}"},
        {ERRORS_OCI, ERR_READ_ONLY, 405,
         "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"a \\\"b\\\"\",\"detail\":{},"
         "\"is_readonly\":true}]}"},
        {ERRORS_API, ERR_NOT_FOUND, 404,
         "{\"detail\":\"a \\\"b\\\"\",\"error_message\":\"a \\\"b\\\"\",\"message\":\"a "
         "\\\"b\\\"\","
         "\"error_type\":\"not_found\",\"title\":\"not_found\","
         "\"type\":\"/api/v1/error/not_found\",\"status\":404}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena arena = {0};
        struct reply reply = {.arena = &arena, .fd = -1};
        struct err err;
        err_set(&err, cases[i].code, "a \"b\"");
        err_detail(&err, "for the log only");
        errors_reply(&reply, cases[i].family, 0, &err);
        assert_int_equal(reply.status, cases[i].status);
        assert_str_text(reply.bytes, cases[i].body);
        assert_string_equal(reply.error, err_code_name(cases[i].code));
        assert_string_equal(reply.detail, "for the log only");
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_whole),
        cmocka_unit_test(test_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
