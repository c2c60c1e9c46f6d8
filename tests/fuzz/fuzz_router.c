/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the path, a match has non-empty captures, and an escaped '/' is in none of them. The
 * first byte is the method. */
#include "fuzz.h"
#include "http/router.h"

static struct router *make_router(void)
{
    static const char *const patterns[] = {
        "/",
        "/v2/",
        "/v2/{repository+}/manifests/{reference}",
        "/v2/{repository+}/blobs/{digest}",
        "/v2/{repository+}/blobs/uploads/",
        "/v2/{repository+}/blobs/uploads/{upload}",
        "/api/{a}/b/{c}/d",
        "/api/{a}/{b}/c",
    };
    struct router *router = router_new();
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
        must(router_add(router, (enum method)(i % 3), patterns[i], patterns[i], NULL) == 0);
    return router;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct router *router; /* one for all inputs; nothing changes it */
    struct arena arena = {0};
    struct route_match match;
    if (size == 0)
        return 0;
    if (!router)
        router = make_router();
    struct str path = {(const char *)data + 1, size - 1};
    enum method method = (enum method)(data[0] % METHOD_COUNT);
    if (router_find(router, &arena, method, path, &match)) {
        must(match.row && (match.allowed & (1u << method)));
        for (size_t i = 0; i < match.captures; i++)
            must(match.values[i][0] != '\0');
    } else {
        must(!match.row);
    }
    arena_done(&arena);
    return 0;
}
