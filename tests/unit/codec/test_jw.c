/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/jw.h"

#include <jansson.h>

#include "unit.h"

static void write_scalars(struct jw *w)
{
    jw_begin_array(w);
    jw_text(w, "a\"\\\n\x01\xff/\xc3\xa9");
    jw_text(w, "");
    jw_text(w, NULL);
    jw_slice(w, STR("x\0y"));
    jw_int(w, 0);
    jw_int(w, INT64_MAX);
    jw_int(w, INT64_MIN);
    jw_bool(w, true);
    jw_bool(w, false);
    jw_null(w);
    jw_raw(w, STR("{\"raw\":1}"));
    jw_end_array(w);
}

static void write_members(struct jw *w)
{
    jw_begin_object(w);
    jw_member_text(w, "text", "t");
    jw_member_text(w, "null", NULL);
    jw_member_int(w, "int", -1);
    jw_member_bool(w, "bool", true);
    jw_key(w, "a\"b");
    jw_begin_array(w);
    jw_end_array(w);
    jw_key(w, "nested");
    jw_begin_object(w);
    jw_end_object(w);
    jw_end_object(w);
}

static void write_nested(struct jw *w)
{
    jw_begin_array(w);
    for (int i = 0; i < 2; i++) {
        jw_begin_array(w);
        jw_begin_object(w);
        jw_member_int(w, "i", i);
        jw_end_object(w);
        jw_int(w, i);
        jw_end_array(w);
    }
    jw_end_array(w);
}

static void write_lonely(struct jw *w)
{
    jw_int(w, 7);
}

static void test_write(void **state)
{
    (void)state;
    static const struct {
        void (*write)(struct jw *w);
        const char *want;
    } cases[] = {
        {write_scalars, "[\"a\\\"\\\\\\n\\u0001\\ufffd/\xc3\xa9\",\"\",null,\"x\\u0000y\",0,"
                        "9223372036854775807,-9223372036854775808,true,false,null,{\"raw\":1}]"},
        {write_members, "{\"text\":\"t\",\"null\":null,\"int\":-1,\"bool\":true,\"a\\\"b\":[],"
                        "\"nested\":{}}"},
        {write_nested, "[[{\"i\":0},0],[{\"i\":1},1]]"},
        {write_lonely, "7"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf buf;
        struct jw w = {.buf = &buf};
        buf_init(&buf, 4096);
        cases[i].write(&w);
        assert_true(buf_ok(&buf));
        assert_string_equal(buf.ptr, cases[i].want);
    }
}

struct part {
    int64_t n;
    const char *note;
};

struct sample {
    bool flag;
    int64_t count;
    const char *name;
    const char *secret;
    struct str bytes;
    struct digest digest;
    struct texts tags;
    struct part part;
    struct list parts;
    struct json_t *any;
};

static const struct field part_fields[] = {
    F_INT(struct part, n, "n", 0),
    F_TEXT(struct part, note, "note", FIELD_OMIT_EMPTY),
};
static const struct schema part_schema = SCHEMA(struct part, part_fields);

static const struct field full_fields[] = {
    F_BOOL(struct sample, flag, "flag", 0),
    F_INT(struct sample, count, "count", 0),
    F_TEXT(struct sample, name, "name", 0),
    F_TEXT(struct sample, secret, "secret", FIELD_SECRET),
    F_BYTES(struct sample, bytes, "bytes", 0),
    F_DIGEST(struct sample, digest, "digest", 0),
    F_TEXTS(struct sample, tags, "tags", 0),
    F_OBJECT(struct sample, part, "part", 0, &part_schema),
    F_LIST(struct sample, parts, "parts", 0, .sub = &part_schema),
    F_JSON(struct sample, any, "any", 0),
};
static const struct field brief_fields[] = {
    F_BOOL(struct sample, flag, "flag", FIELD_OMIT_EMPTY),
    F_INT(struct sample, count, "count", FIELD_OMIT_EMPTY),
    F_TEXT(struct sample, name, "name", FIELD_OMIT_EMPTY),
    F_BYTES(struct sample, bytes, "bytes", FIELD_OMIT_EMPTY),
    F_DIGEST(struct sample, digest, "digest", FIELD_OMIT_EMPTY),
    F_TEXTS(struct sample, tags, "tags", FIELD_OMIT_EMPTY),
    F_OBJECT(struct sample, part, "part", FIELD_OMIT_EMPTY, &part_schema),
    F_LIST(struct sample, parts, "parts", FIELD_OMIT_EMPTY, .sub = &part_schema),
    F_JSON(struct sample, any, "any", FIELD_OMIT_EMPTY),
};
static const struct schema full_schema = SCHEMA(struct sample, full_fields);
static const struct schema brief_schema = SCHEMA(struct sample, brief_fields);

#define EMPTY_SHA256 "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_encode(void **state)
{
    (void)state;
    json_auto_t *any = json_pack("{s[if]}", "k", 1, 2.5);
    static const char *tags[] = {"x", "y"};
    static struct part parts[] = {{1, "one"}, {2, NULL}};
    struct sample full = {
        .flag = true,
        .count = 5,
        .name = "n",
        .secret = "hunter2",
        .bytes = STR("b"),
        .tags = {tags, 2},
        .part = {.n = 3},
        .parts = {parts, 2},
        .any = any,
    };
    digest_of(DIGEST_SHA256, STR(""), &full.digest);
    struct sample zero = {0};
    const struct {
        const struct schema *schema;
        const struct sample *value;
        const char *want;
    } cases[] = {
        {&full_schema, &full,
         "{\"flag\":true,\"count\":5,\"name\":\"n\",\"bytes\":null,\"digest\":\"" EMPTY_SHA256
         "\",\"tags\":[\"x\",\"y\"],\"part\":{\"n\":3},"
         "\"parts\":[{\"n\":1,\"note\":\"one\"},{\"n\":2}],\"any\":{\"k\":[1,2.5]}}"},
        {&full_schema, &zero,
         "{\"flag\":false,\"count\":0,\"name\":null,\"bytes\":null,\"digest\":null,\"tags\":[],"
         "\"part\":{\"n\":0},\"parts\":[],\"any\":null}"},
        {&brief_schema, &zero, "{}"},
        {&brief_schema, &full,
         "{\"flag\":true,\"count\":5,\"name\":\"n\",\"bytes\":null,\"digest\":\"" EMPTY_SHA256
         "\",\"tags\":[\"x\",\"y\"],\"part\":{\"n\":3},"
         "\"parts\":[{\"n\":1,\"note\":\"one\"},{\"n\":2}],\"any\":{\"k\":[1,2.5]}}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf buf;
        struct jw w = {.buf = &buf};
        buf_init(&buf, 4096);
        jw_encode(&w, cases[i].schema, cases[i].value);
        assert_true(buf_ok(&buf));
        assert_string_equal(buf.ptr, cases[i].want);
    }
}

static void test_full_buffer(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf whole;
    buf_init(&whole, 4096);
    write_scalars(&(struct jw){.buf = &whole});
    for (size_t max = 0; max < whole.len + 2; max++) {
        _cleanup_buf_ struct buf buf;
        buf_init(&buf, max);
        write_scalars(&(struct jw){.buf = &buf});
        assert_int_equal(buf_ok(&buf), max >= whole.len);
        assert_true(buf.len <= max);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_full_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
