/* SPDX-License-Identifier: Apache-2.0 */
#include "http/chunk.h"

#include "base/buf.h"
#include "unit.h"

/* Decode `text` in two pieces, collecting the data. Returns how it ended; *used_out counts what was
 * consumed. */
static enum chunk_result decode(struct str text, size_t split, struct buf *data, size_t *used_out)
{
    struct chunk chunk = {0};
    struct str pieces[] = {str_sub(text, 0, split), str_sub(text, split, text.len)};
    enum chunk_result result = CHUNK_MORE;
    *used_out = 0;
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        struct str in = pieces[i], piece;
        while ((result = chunk_next(&chunk, &in, &piece)) == CHUNK_DATA)
            buf_add_str(data, piece);
        *used_out += pieces[i].len - in.len;
        if (result != CHUNK_MORE)
            break;
    }
    return result;
}

static const struct {
    const char *text;
    enum chunk_result result;
    const char *data;
    const char *rest; /* what is left behind the end */
} cases[] = {
    {"0\r\n\r\n", CHUNK_END, "", ""},
    {"4\r\nwiki\r\n0\r\n\r\n", CHUNK_END, "wiki", ""},
    {"4\r\nwiki\r\n00005\r\npedia\r\n000\r\n\r\nGET /", CHUNK_END, "wikipedia", "GET /"},
    {"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", CHUNK_END, "01234567890123456789", ""},
    {"4;name=\"v;\t\"\r\nwiki\r\n0;x\r\n\r\n", CHUNK_END, "wiki", ""},
    {"4\r\nwiki\r\n0\r\nTrailer: a\r\nOther: b\r\n\r\n.", CHUNK_END, "wiki", "."},
    {"", CHUNK_MORE, "", ""},
    {"4", CHUNK_MORE, "", ""},
    {"4\r\nwi", CHUNK_MORE, "wi", ""},
    {"4\r\nwiki\r\n", CHUNK_MORE, "wiki", ""},
    {"4\r\nwiki\r\n0\r\n", CHUNK_MORE, "wiki", ""},
    {"fffffffffffffff\r\nx", CHUNK_MORE, "x", ""},
    {"ffffffffffffffff\r\nx", CHUNK_BAD, "", ""},
    {"00000000000000001\r\nx", CHUNK_BAD, "", ""},
    {"0x4\r\nwiki\r\n", CHUNK_BAD, "", ""},
    {"-4\r\nwiki\r\n", CHUNK_BAD, "", ""},
    {"+4\r\nwiki\r\n", CHUNK_BAD, "", ""},
    {" 4\r\nwiki\r\n", CHUNK_BAD, "", ""},
    {"4 \r\nwiki\r\n", CHUNK_BAD, "", ""},
    {"\r\nwiki\r\n", CHUNK_BAD, "", ""},
    {";x\r\nwiki\r\n", CHUNK_BAD, "", ""},
    {"4\nwiki\r\n", CHUNK_BAD, "", ""},
    {"4\rxwiki\r\n", CHUNK_BAD, "", ""},
    {"4\r\nwikiX\r\n", CHUNK_BAD, "wiki", ""},
    {"4\r\nwiki\n0\r\n\r\n", CHUNK_BAD, "wiki", ""},
    {"4\r\nwiki\r0\r\n\r\n", CHUNK_BAD, "wiki", ""},
    {"4\r\nwiki0\r\n\r\n", CHUNK_BAD, "wiki", ""},
    {"0\r\n\n", CHUNK_BAD, "", ""},
    {"0\r\n\rx", CHUNK_BAD, "", ""},
    {"0\r\nA: b\n\r\n", CHUNK_BAD, "", ""},
    {"4;a\x01\r\nwiki\r\n", CHUNK_BAD, "", ""},
    {"4;a\nwiki\r\n", CHUNK_BAD, "", ""},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_of(cases[i].text);
        for (size_t split = 0; split <= text.len; split++) {
            _cleanup_buf_ struct buf data;
            buf_init(&data, 1024);
            size_t used;
            enum chunk_result result = decode(text, split, &data, &used);
            if (result != cases[i].result)
                fail_msg("row %zu split at %zu: got %d", i, split, (int)result);
            assert_str_text(buf_str(&data), cases[i].data);
            if (result == CHUNK_END)
                assert_str_text(str_sub(text, used, text.len), cases[i].rest);
        }
    }
}

/* What is dropped is bounded over the whole body. */
static void test_extension_limit(void **state)
{
    (void)state;
    struct chunk chunk = {0};
    struct str in = STR("1;"), piece;
    assert_int_equal(chunk_next(&chunk, &in, &piece), CHUNK_MORE);
    size_t taken = 0;
    enum chunk_result result;
    do {
        in = STR("aaaaaaaaaaaaaaaa");
        result = chunk_next(&chunk, &in, &piece);
        taken += 16;
    } while (result == CHUNK_MORE && taken < 1024 * 1024);
    assert_int_equal(result, CHUNK_BAD);
    assert_true(taken <= 16 * 1024 + 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_extension_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
