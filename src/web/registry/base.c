/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v2/: "is this a registry, and do you know me?" */
#include "registry.h"

static int base_get(struct call *call, struct err *err)
{
    (void)err;
    /* Clients read this to learn whether an index may name manifests that are not here. */
    reply_header(call->reply, "X-Sparse-Manifest-Support",
                 call->service->manifests.sparse_index ? "true" : "false");
    reply_bytes(call->reply, 200, "application/json", STR("true"));
    return 0;
}

static const struct route base_routes[] = {
    {METHOD_GET, "/v2/", "registry_base", "Check that this is a registry and the token is good.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .handler = base_get},
    {METHOD_GET, "/v2", "registry_base_bare", "The same, for clients that drop the last slash.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .handler = base_get},
};
const struct route_table registry_base_table = ROUTES(base_routes);
