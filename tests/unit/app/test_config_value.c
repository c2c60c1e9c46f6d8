/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_value.h"

#include "unit.h"

/* Values are written as JSON; "-" means: not of the kind. */
static const struct {
    enum config_kind kind;
    const char *value, *want;
} reads[] = {
    {CONFIG_BOOL, "true", "true"},
    {CONFIG_BOOL, "\"true\"", "-"},
    {CONFIG_BOOL, "1", "-"},
    {CONFIG_INT, "5", "5"},
    {CONFIG_INT, "5.0", "-"},
    {CONFIG_INT, "\"5\"", "5"},
    {CONFIG_INT, "\"-1\"", "-1"},
    {CONFIG_INT, "\"0587\"", "587"},
    {CONFIG_INT, "\"9223372036854775807\"", "9223372036854775807"},
    {CONFIG_INT, "\"9223372036854775808\"", "-"},
    {CONFIG_INT, "\"\"", "-"},
    {CONFIG_INT, "\"-\"", "-"},
    {CONFIG_INT, "\"5.0\"", "-"},
    {CONFIG_INT, "\" 5\"", "-"},
    {CONFIG_INT, "\"0x5\"", "-"},
    {CONFIG_INT, "true", "-"},
    {CONFIG_INT, "[5]", "-"},
    {CONFIG_NUMBER, "5", "5"},
    {CONFIG_NUMBER, "0.5", "0.5"},
    {CONFIG_NUMBER, "true", "-"},
    {CONFIG_TEXT, "\"\"", "\"\""},
    {CONFIG_TEXT, "5", "-"},
    {CONFIG_SECRET, "\"x\"", "\"x\""},
    {CONFIG_SECRET, "[]", "-"},
    {CONFIG_TEXTS, "[]", "[]"},
    {CONFIG_TEXTS, "[\"a\",\"b\"]", "[\"a\",\"b\"]"},
    {CONFIG_TEXTS, "[\"a\",5]", "-"},
    {CONFIG_TEXTS, "\"a\"", "-"},
    {CONFIG_ORIGINS, "\"a\"", "[\"a\"]"},
    {CONFIG_ORIGINS, "[\"a\"]", "[\"a\"]"},
    {CONFIG_ORIGINS, "[1]", "-"},
    {CONFIG_ORIGINS, "1", "-"},
    {CONFIG_LIST, "[1,\"a\"]", "[1,\"a\"]"},
    {CONFIG_LIST, "{}", "-"},
    {CONFIG_OBJECT, "{\"a\":1}", "{\"a\":1}"},
    {CONFIG_OBJECT, "[]", "-"},
    {CONFIG_ANY, "[]", "[]"},
    {CONFIG_DURATION, "\"2w\"", "1209600000"},
    {CONFIG_DURATION, "\"1d\"", "86400000"},
    {CONFIG_DURATION, "\"12h\"", "43200000"},
    {CONFIG_DURATION, "\"30m\"", "1800000"},
    {CONFIG_DURATION, "\"90s\"", "90000"},
    {CONFIG_DURATION, "\"0s\"", "0"},
    {CONFIG_DURATION, "\"2\"", "-"},
    {CONFIG_DURATION, "\"w\"", "-"},
    {CONFIG_DURATION, "\"\"", "-"},
    {CONFIG_DURATION, "\"-2w\"", "-"},
    {CONFIG_DURATION, "\"2W\"", "-"},
    {CONFIG_DURATION, "\"2 w\"", "-"},
    {CONFIG_DURATION, "\"1w2d\"", "-"},
    {CONFIG_DURATION, "\"99999999999999999w\"", "-"},
    {CONFIG_DURATION, "14", "-"},
    {CONFIG_SIZE, "\"20G\"", "20000000000"},
    {CONFIG_SIZE, "\"20GB\"", "20000000000"},
    {CONFIG_SIZE, "\"512Mi\"", "536870912"},
    {CONFIG_SIZE, "\"512MiB\"", "536870912"},
    {CONFIG_SIZE, "\"1Ki\"", "1024"},
    {CONFIG_SIZE, "\"1K\"", "1000"},
    {CONFIG_SIZE, "\"8388607Ti\"", "9223370937343148032"},
    {CONFIG_SIZE, "\"8388608Ti\"", "-"},
    {CONFIG_SIZE, "\"100\"", "100"},
    {CONFIG_SIZE, "\"100B\"", "100"},
    {CONFIG_SIZE, "100", "100"},
    {CONFIG_SIZE, "-100", "-"},
    {CONFIG_SIZE, "\"B\"", "-"},
    {CONFIG_SIZE, "\"1.5G\"", "-"},
    {CONFIG_SIZE, "\"20g\"", "-"},
    {CONFIG_SIZE, "\"20GiBB\"", "-"},
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(reads); i++) {
        json_auto_t *value = json_loads(reads[i].value, JSON_DECODE_ANY, NULL);
        json_auto_t *want = json_loads(reads[i].want, JSON_DECODE_ANY, NULL);
        json_auto_t *got = config_value_read(reads[i].kind, value);
        if (!got != !want || (got && !json_equal(got, want)))
            fail_msg("row %zu: %s", i, reads[i].value);
    }
}

static void test_describe(void **state)
{
    (void)state;
    static const struct {
        enum config_kind kind;
        const char *value, *want;
    } cases[] = {
        {CONFIG_BOOL, "\"yes\"", "the string \"yes\""},
        {CONFIG_BOOL, "\"a\\n\"", "the string \"a\\n\""},
        {CONFIG_BOOL, "5", "the number 5"},
        {CONFIG_INT, "1.5", "the number 1.5"},
        {CONFIG_INT, "true", "true"},
        {CONFIG_INT, "false", "false"},
        {CONFIG_INT, "null", "nothing"},
        {CONFIG_INT, "[]", "a list"},
        {CONFIG_TEXTS, "[1]", "a list with other things than strings"},
        {CONFIG_TEXT, "{\"a\":1}", "a mapping"},
        {CONFIG_SECRET, "\"hunter2\"", "a string"},
        {CONFIG_SECRET, "12345", "a number"},
        {CONFIG_SECRET, "1.5", "a number"},
        {CONFIG_BOOL, "\"0123456789012345678901234567890123456789x\"",
         "the string \"0123456789012345678901234567890123456789\"..."},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        json_auto_t *value = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
        assert_string_equal(config_value_describe(&arena, cases[i].kind, value), cases[i].want);
    }
    arena_done(&arena);
}

static void test_format(void **state)
{
    (void)state;
    static const struct {
        enum config_kind kind;
        int64_t value;
        const char *want;
    } cases[] = {
        {CONFIG_DURATION, 1209600000, "2w"}, {CONFIG_DURATION, 86400000, "1d"},
        {CONFIG_DURATION, 90000, "90s"},     {CONFIG_DURATION, 0, "0s"},
        {CONFIG_SIZE, 20000000000, "20G"},   {CONFIG_SIZE, 536870912, "512Mi"},
        {CONFIG_SIZE, 1023, "1023"},         {CONFIG_SIZE, 0, "0"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf out;
        buf_init(&out, 64);
        if (cases[i].kind == CONFIG_DURATION)
            config_value_add_duration(&out, cases[i].value);
        else
            config_value_add_size(&out, cases[i].value);
        assert_str_text(buf_str(&out), cases[i].want);
        json_auto_t *text = json_string(out.ptr);
        json_auto_t *again = config_value_read(cases[i].kind, text);
        assert_int_equal(json_integer_value(again), cases[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
