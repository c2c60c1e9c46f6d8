/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/gzip.h"

#include "unit.h"

static int take(void *context, struct str text, struct err *err)
{
    (void)err;
    buf_add_str(context, text);
    return 0;
}

/* Whatever was compressed, in however many members, comes back, however it is cut. */
static void test_round(void **state)
{
    (void)state;
    enum { BIG = 300 * 1000 };
    struct err err;
    _cleanup_buf_ struct buf plain, packed;
    buf_init(&plain, 1 << 20);
    buf_init(&packed, 1 << 20);
    for (int member = 0; member < 3; member++) {
        size_t start = plain.len;
        for (int i = 0; member > 0 && i < BIG / 3; i++)
            buf_add_char(&plain, (char)('a' + (i % 1000 * i + member) % 26));
        struct str piece = {plain.ptr ? plain.ptr + start : "", plain.len - start};
        assert_ok(gzip_compress(piece, &packed, &err), &err);
    }
    assert_true(packed.len < plain.len);
    static const size_t cuts[] = {1, 7, 4096, 1 << 20};
    for (size_t c = 0; c < ARRAY_LEN(cuts); c++) {
        _cleanup_buf_ struct buf got;
        buf_init(&got, 1 << 20);
        _cleanup_gzip_ struct gzip_reader *reader = gzip_reader_new(take, &got);
        for (size_t at = 0; at < packed.len; at += cuts[c])
            assert_ok(gzip_reader_feed(reader, str_sub(buf_str(&packed), at, cuts[c]), &err), &err);
        assert_true(str_eq(buf_str(&got), buf_str(&plain)));
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct err err;
    _cleanup_buf_ struct buf got;
    buf_init(&got, 100);
    _cleanup_gzip_ struct gzip_reader *reader = gzip_reader_new(take, &got);
    assert_fails(gzip_reader_feed(reader, STR("this is no gzip"), &err), &err, ERR_INVALID);
    _cleanup_buf_ struct buf small;
    buf_init(&small, 10);
    assert_fails(gzip_compress(STR("text"), &small, &err), &err, ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
