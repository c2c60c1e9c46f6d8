/* SPDX-License-Identifier: Apache-2.0 */
#include "http/router.h"

#include "unit.h"

static const struct {
    enum method method;
    const char *pattern;
} routes[] = {
    {METHOD_GET, "/"},
    {METHOD_GET, "/v2/"},
    {METHOD_GET, "/v2/_catalog"},
    {METHOD_GET, "/api/{repository+}"},
    {METHOD_PUT, "/api/{repository+}"},
    {METHOD_PUT, "/api/{repository+}/tag/{tag}"},
    {METHOD_GET, "/v2/{repository+}/tags/list"},
    {METHOD_GET, "/v2/{repository+}/manifests/{reference}"},
    {METHOD_PUT, "/v2/{repository+}/manifests/{reference}"},
    {METHOD_GET, "/v2/{repository+}/blobs/{digest}"},
    {METHOD_DELETE, "/v2/{repository+}/blobs/{digest}"},
    {METHOD_POST, "/v2/{repository+}/blobs/uploads/"},
    {METHOD_POST, "/v2/{repository+}/blobs/uploads"},
    {METHOD_PATCH, "/v2/{repository+}/blobs/uploads/{upload}"},
    {METHOD_HEAD, "/own-head"},
    {METHOD_GET, "/own-head"},
    {METHOD_GET, "/api/v1/user/{name}"},
    {METHOD_POST, "/api/v1/user/initialize"},
    {METHOD_GET, "/files/{path+}"},
    {METHOD_GET, "/a/{b}/c/{d}/e/{f}"},
};

static struct router *make_router(void)
{
    struct router *router = router_new();
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(routes); i++)
        assert_ok(router_add(router, routes[i].method, routes[i].pattern, &routes[i], &err), &err);
    return router;
}

#define BIT(name) (1u << METHOD_##name)

static const struct {
    enum method method;
    const char *path;
    const char *pattern; /* NULL: not found */
    unsigned allowed;
    const char *values[3];
} finds[] = {
    {METHOD_GET, "/", "/", BIT(GET) | BIT(HEAD), {NULL}},
    {METHOD_GET, "/v2/", "/v2/", BIT(GET) | BIT(HEAD), {NULL}},
    {METHOD_GET, "/v2", NULL, 0, {NULL}},
    {METHOD_HEAD, "/v2/_catalog", "/v2/_catalog", BIT(GET) | BIT(HEAD), {NULL}},
    /* a pattern that goes on counts before one that ends in what it could go on from */
    {METHOD_GET, "/api/a/b", "/api/{repository+}", BIT(GET) | BIT(HEAD) | BIT(PUT), {"a/b"}},
    {METHOD_PUT, "/api/a/b", "/api/{repository+}", BIT(GET) | BIT(HEAD) | BIT(PUT), {"a/b"}},
    {METHOD_PUT, "/api/a/b/tag/c", "/api/{repository+}/tag/{tag}", BIT(PUT), {"a/b", "c"}},
    {METHOD_PUT, "/api/a/tag/b/tag/c", "/api/{repository+}/tag/{tag}", BIT(PUT), {"a/tag/b", "c"}},
    {METHOD_GET,
     "/api/a/b/tag/c",
     "/api/{repository+}",
     BIT(GET) | BIT(HEAD) | BIT(PUT),
     {"a/b/tag/c"}},
    {METHOD_GET, "/v2/a/tags/list", "/v2/{repository+}/tags/list", BIT(GET) | BIT(HEAD), {"a"}},
    {METHOD_GET,
     "/v2/a/b/c/manifests/latest",
     "/v2/{repository+}/manifests/{reference}",
     BIT(GET) | BIT(HEAD) | BIT(PUT),
     {"a/b/c", "latest"}},
    {METHOD_POST, "/v2/a/manifests/latest", NULL, BIT(GET) | BIT(HEAD) | BIT(PUT), {NULL}},
    /* the last "/blobs/" counts */
    {METHOD_GET,
     "/v2/a/blobs/b/blobs/sha256:00",
     "/v2/{repository+}/blobs/{digest}",
     BIT(GET) | BIT(HEAD) | BIT(DELETE),
     {"a/blobs/b", "sha256:00"}},
    {METHOD_POST, "/v2/a/b/blobs/uploads/", "/v2/{repository+}/blobs/uploads/", BIT(POST), {"a/b"}},
    /* the literal lacks GET, so the capture answers, and both are allowed */
    {METHOD_GET,
     "/v2/a/blobs/uploads",
     "/v2/{repository+}/blobs/{digest}",
     BIT(GET) | BIT(HEAD) | BIT(DELETE) | BIT(POST),
     {"a", "uploads"}},
    {METHOD_PATCH,
     "/v2/a/blobs/uploads/1-2",
     "/v2/{repository+}/blobs/uploads/{upload}",
     BIT(PATCH),
     {"a", "1-2"}},
    {METHOD_POST, "/api/v1/user/initialize", "/api/v1/user/initialize", BIT(POST), {NULL}},
    {METHOD_GET,
     "/api/v1/user/initialize",
     "/api/v1/user/{name}",
     BIT(GET) | BIT(HEAD) | BIT(POST),
     {"initialize"}},
    {METHOD_HEAD, "/own-head", "/own-head", BIT(GET) | BIT(HEAD), {NULL}},
    {METHOD_GET, "/a/1/c/2/e/3", "/a/{b}/c/{d}/e/{f}", BIT(GET) | BIT(HEAD), {"1", "2", "3"}},
    {METHOD_GET, "/files/x/y", "/files/{path+}", BIT(GET) | BIT(HEAD), {"x/y"}},
    /* escapes are decoded once, after the path was cut */
    {METHOD_GET, "/files/a%20b/%2541", "/files/{path+}", BIT(GET) | BIT(HEAD), {"a b/%41"}},
    {METHOD_GET, "/files/a%2fb", NULL, 0, {NULL}},
    {METHOD_GET, "/files/a%00", NULL, 0, {NULL}},
    {METHOD_GET, "/files/a%zz", NULL, 0, {NULL}},
    {METHOD_GET, "/files/a%2", NULL, 0, {NULL}},
    {METHOD_GET, "/%66iles/a", NULL, 0, {NULL}},
    {METHOD_GET, "/files/", NULL, 0, {NULL}},
    {METHOD_GET, "/files//a", NULL, 0, {NULL}},
    {METHOD_GET, "/files/a//b", NULL, 0, {NULL}},
    {METHOD_GET, "/v2//tags/list", NULL, 0, {NULL}},
    {METHOD_GET, "//", NULL, 0, {NULL}},
    {METHOD_GET, "", NULL, 0, {NULL}},
    {METHOD_GET, "v2/", NULL, 0, {NULL}},
    {METHOD_GET,
     "/files/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/"
     "4"
     "/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0",
     NULL,
     0,
     {NULL}},
};

static void test_find(void **state)
{
    (void)state;
    _cleanup_(router_freep) struct router *router = make_router();
    struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(finds); i++) {
        struct route_match match;
        bool found = router_find(router, &arena, finds[i].method, str_of(finds[i].path), &match);
        if (found != (finds[i].pattern != NULL) || match.allowed != finds[i].allowed)
            fail_msg("%s: found %d, allowed %x", finds[i].path, found, match.allowed);
        if (!found) {
            assert_null(match.row);
            continue;
        }
        const char *pattern = ((const __typeof__(routes[0]) *)match.row)->pattern;
        assert_string_equal(pattern, finds[i].pattern);
        for (size_t k = 0; k < match.captures; k++)
            assert_string_equal(match.values[k], finds[i].values[k]);
    }
    arena_done(&arena);
}

static void test_names(void **state)
{
    (void)state;
    _cleanup_(router_freep) struct router *router = make_router();
    struct arena arena = {0};
    struct route_match match;
    assert_true(router_find(router, &arena, METHOD_GET, STR("/v2/r/manifests/t"), &match));
    assert_string_equal(route_value(&match, "repository"), "r");
    assert_string_equal(route_value(&match, "reference"), "t");
    assert_null(route_value(&match, "other"));
    arena_done(&arena);
}

static void test_add(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        enum err_code code;
    } cases[] = {
        {"/v2/_catalog", ERR_EXISTS},
        {"/api/v1/user/{other}", ERR_EXISTS}, /* the same path by another name */
        {"", ERR_INVALID},
        {"v2", ERR_INVALID},
        {"/a/{", ERR_INVALID},
        {"/a/{}", ERR_INVALID},
        {"/a/{+}", ERR_INVALID},
        {"/a/{b", ERR_INVALID},
        {"/a/b}", ERR_INVALID},
        {"/a/x{b}", ERR_INVALID},
        {"/a/{b-c}", ERR_INVALID},
        {"/a/{b+}/c/{d+}", ERR_INVALID}, /* one greedy capture is what can be matched in one way */
        {"/{a}/{b}/{c}/{d}/{e}/{f}/{g}", ERR_INVALID},
    };
    _cleanup_(router_freep) struct router *router = make_router();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        assert_fails(router_add(router, METHOD_GET, cases[i].pattern, "row", &err), &err,
                     cases[i].code);
    }
}

/* Many routes beside each other are each found. */
static void test_many(void **state)
{
    (void)state;
    enum { MANY = 500 };
    _cleanup_(router_freep) struct router *router = router_new();
    struct arena arena = {0};
    const char *patterns[MANY];
    struct err err;
    for (int i = 0; i < MANY; i++) {
        patterns[i] = arena_printf(&arena, "/api/%d/{x}/%d", i * 7 % MANY, i);
        assert_ok(router_add(router, METHOD_GET, patterns[i], patterns[i], &err), &err);
    }
    for (int i = 0; i < MANY; i++) {
        struct route_match match;
        const char *path = arena_printf(&arena, "/api/%d/v/%d", i * 7 % MANY, i);
        assert_true(router_find(router, &arena, METHOD_GET, str_of(path), &match));
        assert_ptr_equal(match.row, patterns[i]);
        assert_string_equal(route_value(&match, "x"), "v");
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
