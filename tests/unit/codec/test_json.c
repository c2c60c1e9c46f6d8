/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json.h"

#include "unit.h"

static void repeat(struct buf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add_text(out, text);
}

static void test_parse(void **state)
{
    (void)state;
    const struct {
        struct str text;
        const char *error; /* NULL: accepted */
    } cases[] = {
        {STR("{}"), NULL},
        {STR(" [1, -2.5e3, \"\\u00e9\", true, null] \n"), NULL},
        {STR("\"alone\""), NULL},
        {STR("\"\xc3\xa9\""), NULL},
        {STR("{\"a\":1,\"a\":1}"), "line 1, column 10: duplicate object key"},
        {STR("{\"a\":{\"b\":1,\n\"b\":2}}"), "line 2, column 3: duplicate object key"},
        {STR("{\"a\":\"\\u0000\"}"), "\\u0000 is not allowed"},
        {STR("\"a\0b\""), "control character 0x0"},
        {STR("{}\0"), "end of file expected"},
        {STR("{} {}"), "end of file expected"},
        {STR("{},"), "end of file expected"},
        {STR(""), "unexpected token near end of file"},
        {STR("   "), "unexpected token near end of file"},
        {STR("{\"a\":}"), "unexpected token"},
        {STR("{'a':1}"), "string or '}' expected"},
        {STR("[1,]"), "unexpected token"},
        {STR("[01]"), "invalid token"},
        {STR("[+1]"), "invalid token"},
        {STR("[NaN]"), "invalid token"},
        {STR("[1e999]"), "real number overflow"},
        {STR("[99999999999999999999]"), "too big integer"},
        {STR("\"\xff\""), "unable to decode byte 0xff"},
        {STR("\"\\ud800\""), "invalid Unicode"},
        {STR("\"\t\""), "control character 0x9"},
        {STR("\"open"), "premature end of input"},
        {STR("\"open\\"), "invalid escape"},
        {STR("]"), "unexpected token"},
        {STR("\xef\xbb\xbf{}"), "invalid token"},
        {STR("// no\n{}"), "invalid token"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        json_t *value = NULL;
        int result = json_parse(cases[i].text, 1024, &value, &err);
        if (result == 0) {
            assert_null(cases[i].error);
        } else {
            assert_null(value);
            assert_non_null(cases[i].error);
            assert_int_equal(err.code, ERR_INVALID);
            if (!strstr(err.msg, cases[i].error))
                fail_msg("row %zu: \"%s\" lacks \"%s\"", i, err.msg, cases[i].error);
        }
        json_decref(value);
    }
}

/* The document's own text may be a password: errors do not repeat it. */
static void test_parse_no_echo(void **state)
{
    (void)state;
    struct err err;
    json_t *value;
    assert_int_equal(json_parse(STR("{\"password\":hunter2}"), 1024, &value, &err), -1);
    assert_null(strstr(err.msg, "hunter2"));
}

static void test_parse_limits(void **state)
{
    (void)state;
    static const struct {
        const char *open, *middle, *close;
        size_t opens, middles;
        enum err_code code;
    } cases[] = {
        {"[", "1", "]", JSON_DEPTH_MAX, 1, ERR_NONE},
        {"[", "1", "]", JSON_DEPTH_MAX + 1, 1, ERR_INVALID},
        {"{\"a\":", "1", "}", JSON_DEPTH_MAX, 1, ERR_NONE},
        {"{\"a\":", "1", "}", JSON_DEPTH_MAX + 1, 1, ERR_INVALID},
        {"[\"", "[{,\\\"", "\"]", 1, 100000, ERR_NONE}, /* brackets in a string do not count */
        {"[0", ",[]", "]", 1, JSON_VALUES_MAX / 2 - 1, ERR_NONE},
        {"[0", ",[]", "]", 1, JSON_VALUES_MAX / 2, ERR_TOO_LARGE},
        {"[0", ",1", "]", 1, JSON_VALUES_MAX - 2, ERR_NONE},
        {"[0", ",1", "]", 1, JSON_VALUES_MAX - 1, ERR_TOO_LARGE},
        {"[\"", "x", "\"]", 1, 1024 * 1024 - 4, ERR_NONE},
        {"[\"", "x", "\"]", 1, 1024 * 1024 - 3, ERR_TOO_LARGE}, /* one byte above the limit */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf text;
        struct err err = {0};
        json_t *value = NULL;
        buf_init(&text, 2 * 1024 * 1024);
        repeat(&text, cases[i].open, cases[i].opens);
        repeat(&text, cases[i].middle, cases[i].middles);
        repeat(&text, cases[i].close, cases[i].opens);
        int result = json_parse(buf_str(&text), 1024 * 1024, &value, &err);
        assert_int_equal(result == 0 ? ERR_NONE : err.code, cases[i].code);
        json_decref(value);
    }
}

struct layer {
    const char *media_type;
    struct digest digest;
    int64_t size;
};

struct platform {
    const char *os;
};

struct sample {
    bool flag;
    int64_t count;
    const char *name;
    const char *kind;
    struct texts tags;
    struct platform platform;
    struct list layers;
};

static const struct field layer_fields[] = {
    F_TEXT(struct layer, media_type, "mediaType", 0, .max = 20),
    F_DIGEST(struct layer, digest, "digest", FIELD_NULLABLE),
    F_INT(struct layer, size, "size", FIELD_REQUIRED, .max = INT64_MAX),
};
static const struct schema layer_schema = SCHEMA(struct layer, layer_fields);

static const struct field platform_fields[] = {
    F_TEXT(struct platform, os, "os", FIELD_REQUIRED),
};
static const struct schema platform_schema = SCHEMA(struct platform, platform_fields);

static const char *const kinds[] = {"image", "index", NULL};
static const struct field sample_fields[] = {
    F_BOOL(struct sample, flag, "flag", 0),
    F_INT(struct sample, count, "count", FIELD_NULLABLE, .min = -5, .max = 5),
    F_TEXT(struct sample, name, "name", FIELD_REQUIRED | FIELD_NULLABLE),
    F_TEXT(struct sample, kind, "kind", 0, .values = kinds),
    F_TEXTS(struct sample, tags, "tags", 0, .max = 3),
    F_OBJECT(struct sample, platform, "platform", 0, &platform_schema),
    F_LIST(struct sample, layers, "layers", 0, .max = 4, .sub = &layer_schema),
};
static const struct schema sample_schema = SCHEMA(struct sample, sample_fields);

static void test_decode(void **state)
{
    (void)state;
    static const char text[] =
        "{\"flag\":true,\"count\":-5,\"name\":\"n\",\"kind\":\"index\",\"tags\":[\"a\",\"b\"],"
        "\"platform\":{\"os\":\"linux\",\"more\":1},\"unknown\":{},"
        "\"layers\":[{\"size\":1},{\"mediaType\":\"t\",\"size\":9223372036854775807,\"digest\":"
        "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}]}";
    struct arena arena = {0};
    struct err err = {0};
    struct sample got = {0};
    assert_int_equal(
        json_decode_text(&arena, &sample_schema, str_of(text), sizeof text, &got, &err), 0);
    assert_true(got.flag);
    assert_int_equal(got.count, -5);
    assert_string_equal(got.name, "n");
    assert_string_equal(got.kind, "index");
    assert_int_equal(got.tags.count, 2);
    assert_string_equal(got.tags.items[1], "b");
    assert_string_equal(got.platform.os, "linux");
    assert_int_equal(got.layers.count, 2);
    const struct layer *layers = got.layers.items;
    assert_null(layers[0].media_type);
    assert_int_equal(layers[0].digest.len, 0);
    assert_int_equal(layers[0].size, 1);
    struct digest empty;
    digest_of(DIGEST_SHA256, STR(""), &empty);
    assert_true(digest_eq(&layers[1].digest, &empty));
    assert_int_equal(layers[1].size, INT64_MAX);
    arena_done(&arena);
}

static void test_decode_keeps_defaults(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err err = {0};
    struct sample got = {.count = 3, .kind = "image", .flag = true, .name = "default"};
    assert_int_equal(json_decode_text(&arena, &sample_schema, STR("{\"count\":null,\"name\":null}"),
                                      1024, &got, &err),
                     0);
    assert_int_equal(got.count, 3);
    assert_string_equal(got.kind, "image");
    assert_string_equal(got.name, "default");
    assert_true(got.flag);
    arena_done(&arena);
}

static void test_decode_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"[]", "must be an object"},
        {"\"x\"", "must be an object"},
        {"{}", "name: is missing"},
        {"{\"name\":1}", "name: must be a string"},
        {"{\"name\":\"n\",\"flag\":null}", "flag: must be true or false"},
        {"{\"name\":\"n\",\"flag\":1}", "flag: must be true or false"},
        {"{\"name\":\"n\",\"count\":\"1\"}", "count: must be a number"},
        {"{\"name\":\"n\",\"count\":1.5}", "count: must be a whole number"},
        {"{\"name\":\"n\",\"count\":6}", "count: must be between -5 and 5"},
        {"{\"name\":\"n\",\"count\":-6}", "count: must be between -5 and 5"},
        {"{\"name\":\"n\",\"kind\":\"x\"}", "kind: must be one of image, index"},
        {"{\"name\":\"n\",\"tags\":\"a\"}", "tags: must be a list"},
        {"{\"name\":\"n\",\"tags\":[\"a\",2]}", "tags[1]: must be a string"},
        {"{\"name\":\"n\",\"tags\":[\"\",\"\",\"\",\"\"]}", "tags: must have at most 3 items"},
        {"{\"name\":\"n\",\"platform\":[]}", "platform: must be an object"},
        {"{\"name\":\"n\",\"platform\":{}}", "platform.os: is missing"},
        {"{\"name\":\"n\",\"platform\":{\"os\":false}}", "platform.os: must be a string"},
        {"{\"name\":\"n\",\"layers\":{}}", "layers: must be a list"},
        {"{\"name\":\"n\",\"layers\":[1]}", "layers[0]: must be an object"},
        {"{\"name\":\"n\",\"layers\":[{\"size\":1},{\"size\":1},{\"size\":1},{\"size\":[]}]}",
         "layers[3].size: must be a number"},
        {"{\"name\":\"n\",\"layers\":[{\"size\":-1}]}", "layers[0].size: must be at least 0"},
        {"{\"name\":\"n\",\"layers\":[{\"mediaType\":\"123456789012345678901\"}]}",
         "layers[0].mediaType: must have at most 20 bytes"},
        {"{\"name\":\"n\",\"layers\":[{\"digest\":\"sha256:12\"}]}",
         "layers[0].digest: digest sha256: must have 64 lower-case hex digits"},
        {"{\"name\":\"n\",\"layers\":[{\"digest\":5}]}", "layers[0].digest: must be a string"},
        {"{\"name\":\"n\"", "invalid JSON in line 1, column 11: '}' expected near end of file"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err = {0};
        struct sample got = {.count = 77}, before = got;
        assert_int_equal(
            json_decode_text(&arena, &sample_schema, str_of(cases[i].text), 1024, &got, &err), -1);
        assert_int_equal(err.code, ERR_INVALID);
        assert_string_equal(err.msg, cases[i].error);
        assert_memory_equal(&got, &before, sizeof got);
        assert_int_equal(
            json_decode_text(&arena, &sample_schema, str_of(cases[i].text), 1024, &got, NULL), -1);
    }
    arena_done(&arena);
}

static void test_decode_text_limit(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf text;
    struct arena arena = {0};
    struct err err;
    struct sample got = {0};
    buf_init(&text, 8192);
    buf_add_text(&text, "{\"name\":\"");
    repeat(&text, "x", FIELD_TEXT_MAX + 1);
    buf_add_text(&text, "\"}");
    assert_int_equal(json_decode_text(&arena, &sample_schema, buf_str(&text), 8192, &got, &err),
                     -1);
    assert_string_equal(err.msg, "name: must have at most 4096 bytes");
    arena_done(&arena);
}

struct holder {
    struct json_t *any;
};

static const struct field holder_fields[] = {F_JSON(struct holder, any, "any", FIELD_REQUIRED)};
static const struct schema holder_schema = SCHEMA(struct holder, holder_fields);

static void test_decode_json_member(void **state)
{
    (void)state;
    json_auto_t *document = NULL;
    struct arena arena = {0};
    struct err err;
    struct holder got = {0};
    assert_int_equal(json_parse(STR("{\"any\":[1]}"), 100, &document, &err), 0);
    assert_int_equal(json_decode(&arena, &holder_schema, document, &got, &err), 0);
    assert_ptr_equal(got.any, json_object_get(document, "any"));
    arena_done(&arena);
}

struct optional {
    int64_t n;
    bool has_n;
};

static void test_decode_seen(void **state)
{
    (void)state;
    static const struct field optional_fields[] = {
        F_INT(struct optional, n, "n", FIELD_NULLABLE, .seen = offsetof(struct optional, has_n)),
    };
    static const struct schema optional = SCHEMA(struct optional, optional_fields);
    static const struct {
        const char *text;
        bool seen;
    } cases[] = {
        {"{}", false}, {"{\"m\": 1}", false}, {"{\"n\": 0}", true}, {"{\"n\": null}", true}};
    struct err err;
    _cleanup_(arena_done) struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct optional out = {0};
        assert_ok(json_decode_text(&arena, &optional, str_of(cases[i].text), 100, &out, &err),
                  &err);
        assert_int_equal(out.has_n, cases[i].seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_no_echo),
        cmocka_unit_test(test_parse_limits),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_decode_keeps_defaults),
        cmocka_unit_test(test_decode_errors),
        cmocka_unit_test(test_decode_text_limit),
        cmocka_unit_test(test_decode_json_member),
        cmocka_unit_test(test_decode_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
