/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/yaml.h"

#include <stdlib.h>

#include "base/buf.h"
#include "unit.h"

static void expect(const char *yaml, const char *json)
{
    struct err err = {0};
    json_auto_t *got = NULL, *want = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(want);
    if (yaml_parse(str_of(yaml), &got, NULL, &err) != 0)
        fail_msg("\"%s\": %s", yaml, err.msg);
    char *text = json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);
    if (!json_equal(got, want))
        fail_msg("\"%s\" gave %s", yaml, text);
    free(text);
}

/* What PyYAML 6 makes of each. */
static void test_scalars(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *json;
    } cases[] = {
        {"~", "null"},
        {"null", "null"},
        {"Null", "null"},
        {"NULL", "null"},
        {"nULL", "\"nULL\""},
        {"''", "\"\""},
        {"'~'", "\"~\""},
        {"yes", "true"},
        {"Yes", "true"},
        {"ON", "true"},
        {"true", "true"},
        {"TRUE", "true"},
        {"tRUE", "\"tRUE\""},
        {"y", "\"y\""},
        {"no", "false"},
        {"Off", "false"},
        {"False", "false"},
        {"'false'", "\"false\""},
        {"\"no\"", "\"no\""},
        {"0", "0"},
        {"-0", "0"},
        {"+12", "12"},
        {"1_000", "1000"},
        {"010", "8"},
        {"-0o10", "\"-0o10\""},
        {"08", "\"08\""},
        {"0x1F", "31"},
        {"-0xff", "-255"},
        {"0b101", "5"},
        {"9223372036854775807", "9223372036854775807"},
        {"1:30", "90"},
        {"-1:30:00", "-5400"},
        {"8080:80", "\"8080:80\""},
        {"1:60", "\"1:60\""},
        {"22:22", "1342"},
        {"1.5", "1.5"},
        {"-1.", "-1.0"},
        {".5", "0.5"},
        {"-.5", "\"-.5\""},
        {"1e5", "\"1e5\""},
        {"1.0e5", "\"1.0e5\""},
        {"1.0e+5", "100000.0"},
        {"1_0.2_5", "10.25"},
        {"1:30.5", "90.5"},
        {"1.2.3", "\"1.2.3\""},
        {"'1'", "\"1\""},
        {"2001-12-14", "\"2001-12-14\""},
        {"=", "\"=\""},
        {"20G", "\"20G\""},
        {"2w", "\"2w\""},
        {"a b", "\"a b\""},
        {"|\n  x\n  y\n", "\"x\\ny\\n\""},
        {">\n  10\n", "\"10\\n\""},
        {"\"\\u00e9\\x41\"", "\"\\u00e9A\""},
        {"!!str 5", "\"5\""},
        {"!!int '5'", "5"},
        {"!!bool \"yes\"", "true"},
        {"!!null ''", "null"},
        {"!!float 5", "5"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i].yaml, cases[i].json);
}

static void test_trees(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *json;
    } cases[] = {
        {"", "null"},
        {"# nothing\n", "null"},
        {"---\n...\n", "null"},
        {"\xef\xbb\xbf"
         "a: 1\n",
         "{\"a\":1}"},
        {"%YAML 1.1\n---\na: b\n", "{\"a\":\"b\"}"},
        {"a:\nb: ''\n", "{\"a\":null,\"b\":\"\"}"},
        {"a: {b: [1, x, {c: ~}]}\n", "{\"a\":{\"b\":[1,\"x\",{\"c\":null}]}}"},
        {"a:\n- 1\n- - 2\n  - 3\n", "{\"a\":[1,[2,3]]}"},
        {"s:\n  - LocalStorage\n  - storage_path: /x\n",
         "{\"s\":[\"LocalStorage\",{\"storage_path\":\"/x\"}]}"},
        {"on: 1\n5: x\n~: y\n", "{\"on\":1,\"5\":\"x\",\"~\":\"y\"}"},
        {"\"a b\": 1\n'c': 2\n", "{\"a b\":1,\"c\":2}"},
        {"? a\n: 1\n", "{\"a\":1}"},
        {"!!map {a: !!seq [1]}", "{\"a\":[1]}"},
        {"a: &x {k: [1]}\nb: *x\n", "{\"a\":{\"k\":[1]},\"b\":{\"k\":[1]}}"},
        {"a: &x 5\nb: [*x, *x]\n", "{\"a\":5,\"b\":[5,5]}"},
        {"a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n",
         "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":3}}"},
        {"<<: [{p: 1}, {p: 2, q: 2}]\nr: 3\n", "{\"p\":1,\"q\":2,\"r\":3}"},
        {"'<<': 1\n", "{\"<<\":1}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect(cases[i].yaml, cases[i].json);
}

static void test_refused(void **state)
{
    (void)state;
    const struct {
        struct str yaml;
        const char *error;
    } cases[] = {
        {STR("a: 1\nb: 2\na: 3\n"), "line 3, column 1: this key has been given before"},
        {STR("a: {b: 1, b: 2}"), "line 1, column 11: this key has been given before"},
        {STR("a: 1\n'a': 2\n"), "line 2, column 1: this key has been given before"},
        {STR("[1]: 2\n"), "line 1, column 1: a key must be a plain word or a string"},
        {STR("{a: 1}: 2\n"), "line 1, column 1: a key must be a plain word or a string"},
        {STR("\"a\\0b\": 1\n"), "line 1, column 1: a key must not contain NUL"},
        {STR("k: \"a\\0b\"\n"), "line 1, column 4: text must not contain NUL"},
        {STR("a: 1\n--- b\n"), "line 2, column 4: a second document begins"},
        {STR("a: *x\n"), "line 1, column 4: this alias names nothing before it"},
        {STR("a: &x [*x]\n"), "line 1, column 8: this alias names nothing before it"},
        {STR("a: &x 1\nb: &x 2\n"), "line 2, column 4: this anchor has been given before"},
        {STR("a: 9223372036854775808"), "line 1, column 4: number does not fit in 64 bits"},
        {STR("a: 0x10000000000000000"), "line 1, column 4: number does not fit in 64 bits"},
        {STR("a: 99999999999999999999:00"), "line 1, column 4: number does not fit in 64 bits"},
        {STR("a: 0b_"), "line 1, column 4: number does not fit in 64 bits"},
        {STR("a: .inf"), "line 1, column 4: number is not finite"},
        {STR("a: .NaN"), "line 1, column 4: number is not finite"},
        {STR("a: 1.0e+999"), "line 1, column 4: number is too large"},
        {STR("a: !!int x"), "line 1, column 4: value does not fit its tag"},
        {STR("a: !!bool 1"), "line 1, column 4: value does not fit its tag"},
        {STR("a: !!binary aGk="), "line 1, column 4: value does not fit its tag"},
        {STR("a: !!python/name:os.system x"), "the tag is not supported"},
        {STR("a: !!set {x}"), "line 1, column 4: the tag is not supported"},
        {STR("<<: 1"), "line 1, column 5: \"<<\" must name a mapping or a list of them"},
        {STR("<<: [{}, 2]"), "\"<<\" must name a mapping or a list of them"},
        {STR("<<: {a: 1}\n<<: {b: 1}"), "line 2, column 5: \"<<\" has been given before"},
        {STR("a: b: c\n"), "line 1, column 5: mapping values are not allowed in this context"},
        {STR("a: [1, 2\n"), "line 2, column 1: did not find expected ',' or ']'"},
        {STR("a: 'open\n"), "found unexpected end of stream"},
        {STR("\ta: 1\n"), "line 1, column 1: found character that cannot start any token"},
        {STR("a: @x\n"), "line 1, column 4: found character that cannot start any token"},
        {STR("a: \xff\n"), "at byte 3: invalid leading UTF-8 octet"},
        {STR("a: \0\n"), "control characters are not allowed"},
        {STR("\xff\xfe"
             "a\0"),
         "at byte 0: invalid leading UTF-8 octet"}, /* UTF-16 */
        {STR("a: \"\\ud800\"\n"), "found invalid Unicode character escape code"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        json_t *got = NULL, *lines = NULL;
        assert_int_equal(yaml_parse(cases[i].yaml, &got, &lines, &err), -1);
        assert_int_equal(err.code, ERR_INVALID);
        if (!strstr(err.msg, cases[i].error))
            fail_msg("row %zu: \"%s\" lacks \"%s\"", i, err.msg, cases[i].error);
        assert_null(got);
        assert_null(lines);
        assert_int_equal(yaml_parse(cases[i].yaml, &got, NULL, NULL), -1);
    }
}

static void repeat(struct buf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add_text(out, text);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *first, *middle, *last;
        size_t times;
        enum err_code code;
    } cases[] = {
        {"", "[", "", YAML_DEPTH_MAX, ERR_INVALID}, /* not closed, but not too deep */
        {"", "[", "", YAML_DEPTH_MAX + 1, ERR_TOO_LARGE},
        {"", "- ", "x", YAML_DEPTH_MAX, ERR_NONE},
        {"", "- ", "x", YAML_DEPTH_MAX + 1, ERR_TOO_LARGE},
        {"", "#", "", YAML_BYTES_MAX, ERR_NONE},
        {"", "#", "", YAML_BYTES_MAX + 1, ERR_TOO_LARGE},
        {"[", "0,", "]", YAML_NODES_MAX - 1, ERR_NONE},
        {"[", "0,", "]", YAML_NODES_MAX, ERR_TOO_LARGE},
        {"[&a 0", ",*a", "]", YAML_ALIASES_MAX, ERR_NONE},
        {"[&a 0", ",*a", "]", YAML_ALIASES_MAX + 1, ERR_TOO_LARGE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf text;
        struct err err = {0};
        json_auto_t *got = NULL;
        buf_init(&text, 2 * YAML_BYTES_MAX);
        buf_add_text(&text, cases[i].first);
        repeat(&text, cases[i].middle, cases[i].times);
        buf_add_text(&text, cases[i].last);
        int result = yaml_parse(buf_str(&text), &got, NULL, &err);
        assert_int_equal(result == 0 ? ERR_NONE : err.code, cases[i].code);
    }
}

/* Each level doubles what is behind the alias: values are counted, not only aliases. */
static void test_alias_expansion(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text;
    struct err err = {0};
    json_t *got = NULL;
    buf_init(&text, YAML_BYTES_MAX);
    buf_add_text(&text, "- &a [");
    repeat(&text, "0,", YAML_NODES_MAX / 8);
    buf_add_text(&text, "]\n- &b [*a,*a]\n- &c [*b,*b]\n- &d [*c,*c]\n");
    assert_int_equal(yaml_parse(buf_str(&text), &got, NULL, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_non_null(strstr(err.msg, "line 4, column 7: too many or too large aliases"));
}

static void test_many_anchors(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text;
    struct err err = {0};
    json_t *got = NULL;
    buf_init(&text, YAML_BYTES_MAX);
    for (int i = 0; i <= YAML_ALIASES_MAX; i++)
        buf_printf(&text, "- &a%d 1\n", i);
    assert_int_equal(yaml_parse(buf_str(&text), &got, NULL, &err), -1);
    assert_non_null(strstr(err.msg, "line 17, column 3: too many anchors"));
}

static void test_lines(void **state)
{
    (void)state;
    struct err err;
    json_auto_t *got = NULL, *lines = NULL;
    json_auto_t *want = json_pack("{sisisi}", "a", 2, "b", 4, "c", 7);
    assert_int_equal(
        yaml_parse(STR("# x\na: 1\n\nb:\n  inner: 1\n\nc: {d: 1}\n"), &got, &lines, &err), 0);
    assert_true(json_equal(lines, want));
}

static bool is_text(const char *key)
{
    return key[0] == 't';
}

/* Only numbers, only below such a key of the outermost mapping, and only what is a plain word. */
static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *want;
    } cases[] = {
        {"t: 12", "{\"t\":\"12\"}"},
        {"t: 0x1F", "{\"t\":\"0x1F\"}"},
        {"t: 1:30", "{\"t\":\"1:30\"}"},
        {"t: 99999999999999999999", "{\"t\":\"99999999999999999999\"}"},
        {"t: .5", "{\"t\":\".5\"}"},
        {"t: [1, yes, ~, 2]", "{\"t\":[\"1\",true,null,\"2\"]}"},
        {"t: yes", "{\"t\":true}"},
        {"t: ", "{\"t\":null}"},
        {"t: !!int 12", "{\"t\":12}"},
        {"t: {t: 1}", "{\"t\":{\"t\":1}}"},
        {"t: [{t: 1}, 2]", "{\"t\":[{\"t\":1},\"2\"]}"},
        {"a: 1\nt: 2\nb: 3", "{\"a\":1,\"t\":\"2\",\"b\":3}"},
        {"a: {t: 1}", "{\"a\":{\"t\":1}}"},
        {"a: &x 1\nt: *x", "{\"a\":1,\"t\":1}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        json_auto_t *got = NULL, *want = json_loads(cases[i].want, 0, NULL);
        assert_non_null(want);
        assert_ok(yaml_parse_texts(str_of(cases[i].yaml), is_text, &got, NULL, &err), &err);
        if (!json_equal(got, want))
            fail_msg("%s", cases[i].yaml);
    }
    struct err err;
    json_t *got = NULL;
    assert_fails(yaml_parse_texts(STR("a: 99999999999999999999"), is_text, &got, NULL, &err), &err,
                 ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),         cmocka_unit_test(test_trees),
        cmocka_unit_test(test_refused),         cmocka_unit_test(test_limits),
        cmocka_unit_test(test_alias_expansion), cmocka_unit_test(test_many_anchors),
        cmocka_unit_test(test_lines),           cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
