/* SPDX-License-Identifier: Apache-2.0 */
#include "http/reply.h"

#include <fcntl.h>
#include <unistd.h>

#include "unit.h"

static void test_headers(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        bool kept;
    } cases[] = {
        {"A", "b", true},    {"A", "", true},    {"A", "b\r\nSet-Cookie: c", false},
        {"A", "b\n", false}, {"A", "\r", false}, {"A", NULL, false},
        {NULL, "b", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct reply reply = {.fd = -1};
        reply_header(&reply, cases[i].name, cases[i].value);
        assert_int_equal(reply.header_count, cases[i].kept);
    }
    struct arena arena = {0};
    struct reply reply = {.arena = &arena, .fd = -1};
    for (int i = 0; i < REPLY_HEADERS_MAX + 5; i++)
        reply_headerf(&reply, "N", "%d", i);
    assert_int_equal(reply.header_count, REPLY_HEADERS_MAX);
    assert_string_equal(reply.headers[7].value, "7");
    arena_done(&arena);
}

static int destroyed;

static void destroy(struct cached *value)
{
    (void)value;
    destroyed++;
}

/* Changing one's mind lets go of what the reply held. */
static void test_change(void **state)
{
    (void)state;
    struct reply reply = {.fd = -1, .route = "r"};
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    reply_file(&reply, "text/plain", fd, 3, "\"e\"");
    assert_int_equal(reply.status, 200);
    reply_clear(&reply);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_int_equal(reply.status, 0);
    assert_int_equal(reply.header_count, 0);
    assert_null(reply.etag);
    assert_string_equal(reply.route, "r");
    struct cached value;
    cached_init(&value, destroy);
    reply_shared(&reply, 200, NULL, STR("x"), &value);
    assert_int_equal(destroyed, 0);
    reply_status(&reply, 304); /* headers and etag may lie in the value, and are still to be sent */
    assert_int_equal(destroyed, 0);
    reply_shared(&reply, 200, NULL, STR("y"), cached_ref(&value));
    assert_int_equal(destroyed, 0);
    reply_clear(&reply);
    assert_int_equal(destroyed, 1);
}

static void test_reason(void **state)
{
    (void)state;
    assert_string_equal(reply_reason(200), "OK");
    assert_string_equal(reply_reason(416), "Range Not Satisfiable");
    assert_string_equal(reply_reason(299), "Unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_change),
        cmocka_unit_test(test_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
