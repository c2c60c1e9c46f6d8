/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry can do that clients cannot find out otherwise. */
#include "api.h"
#include "codec/jw.h"

static void write_sparse(struct jw *w, bool supported)
{
    jw_key(w, "sparse_manifests");
    jw_begin_object(w);
    jw_member_bool(w, "supported", supported);
    jw_key(w, "required_architectures");
    jw_begin_array(w);
    jw_end_array(w);
    jw_member_bool(w, "optional_architectures_allowed", supported);
    jw_end_object(w);
}

static int capabilities_get(struct call *call, struct err *err)
{
    enum { BODY_MAX = 1024 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    write_sparse(&w, call->service->manifests.sparse_index);
    jw_key(&w, "mirror_architectures"); /* nothing is mirrored */
    jw_begin_array(&w);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static const struct route capabilities_routes[] = {
    {METHOD_GET, "/api/v1/registry/capabilities", "getRegistryCapabilities",
     "Say what kinds of content the registry takes.", .auth = ROUTE_API, .errors = ERRORS_API,
     .flags = ROUTE_ANONYMOUS, .handler = capabilities_get},
};
const struct route_table api_capabilities_table = ROUTES(capabilities_routes);
