/* SPDX-License-Identifier: Apache-2.0 */
/* /keys/services/: the public keys that verify this registry's tokens, as Quay publishes them. */
#include "codec/jw.h"
#include "domain/service_key.h"
#include "site.h"

enum { KEY_MAX_AGE = 300 };

static int keys_list(struct call *call, struct err *err)
{
    struct list keys = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        service_key_list(tx, call->arena, call_value(call, "service"), call->now_ms, &keys, err) !=
            0)
        return -1;
    const struct service_key *rows = keys.items;
    jw_begin_object(&w);
    jw_key(&w, "keys");
    jw_begin_array(&w);
    for (size_t i = 0; i < keys.count; i++)
        jw_raw(&w, str_of(rows[i].public_jwk));
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int keys_get(struct call *call, struct err *err)
{
    struct service_key key = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = service_key_find(tx, call->arena, call_value(call, "kid"), &key, err);
    if (found < 0)
        return -1;
    if (found == 0 || strcmp(key.service, call_value(call, "service")) != 0)
        return err_set(err, ERR_NOT_FOUND, "service key is not known");
    if (service_key_check(&key, call->now_ms, err) != 0)
        return -1;
    reply_headerf(call->reply, "Cache-Control", "public, max-age=%d", KEY_MAX_AGE);
    reply_bytes(call->reply, 200, "application/json",
                str_of(arena_strdup(call->arena, key.public_jwk)));
    return 0;
}

static const struct route keys_routes[] = {
    {METHOD_GET, "/keys/services/{service}/keys", "service_keys", "The public keys of a service.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .handler = keys_list},
    {METHOD_GET, "/keys/services/{service}/keys/{kid}", "service_key", "One public key.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .handler = keys_get},
};
const struct route_table site_keys_table = ROUTES(keys_routes);
