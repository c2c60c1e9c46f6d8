/* SPDX-License-Identifier: Apache-2.0 */
/* Service keys: who signs for which service, and who let the key in. A key made here is approved at
 * once; its private half is shown this one time and kept nowhere. */
#include "api.h"
#include "codec/json.h"
#include "codec/jw.h"
#include "domain/service_key_admin.h"
#include "people.h"
#include "view.h"

enum { NOTES_MAX = 4096, RAW_MAX = 64 * 1024, SECOND_MS = 1000 };

struct key_body {
    const char *service;
    const char *name;
    const char *notes;
    int64_t expiration; /* seconds since 1970; 0: never */
    struct json_t *metadata;
};

static const struct field key_fields[] = {
    F_TEXT(struct key_body, service, "service", FIELD_NULLABLE, .max = 255),
    F_TEXT(struct key_body, name, "name", FIELD_NULLABLE, .max = 255),
    F_TEXT(struct key_body, notes, "notes", FIELD_NULLABLE, .max = NOTES_MAX),
    F_INT(struct key_body, expiration, "expiration", FIELD_NULLABLE, .min = 1,
          .max = INT64_MAX / SECOND_MS),
    F_JSON(struct key_body, metadata, "metadata", FIELD_NULLABLE),
};
static const struct schema key_schema = SCHEMA(struct key_body, key_fields);

static void write_approval(struct jw *w, const struct service_key_admin *key)
{
    jw_key(w, "approval");
    if (!key->approved) {
        jw_null(w);
        return;
    }
    jw_begin_object(w);
    jw_key(w, "approver");
    if (key->approver_name) {
        jw_begin_object(w);
        jw_member_text(w, "name", key->approver_name);
        jw_member_text(w, "username", key->approver_name);
        jw_member_text(w, "kind", "user");
        view_avatar(w, "avatar", key->approver_name, key->approver_email, "user");
        jw_end_object(w);
    } else {
        jw_null(w);
    }
    jw_member_text(w, "approval_type", key->approval_type ? key->approval_type : "Automatic");
    view_date(w, "approved_date", key->approved_ms ? key->approved_ms : key->created_ms);
    jw_member_text(w, "notes", key->approval_notes ? key->approval_notes : "");
    jw_end_object(w);
}

static void write_key(struct jw *w, const struct service_key_admin *key)
{
    jw_begin_object(w);
    jw_member_text(w, "name", key->name);
    jw_member_text(w, "kid", key->kid);
    jw_member_text(w, "service", key->service);
    jw_key(w, "jwk");
    jw_raw(w, str_of(key->public_jwk));
    jw_key(w, "metadata");
    jw_raw(w, str_of(key->metadata ? key->metadata : "{}"));
    view_date(w, "created_date", key->created_ms);
    view_date(w, "expiration_date", key->expires_ms);
    jw_key(w, "rotation_duration");
    if (key->rotation_s)
        jw_int(w, key->rotation_s);
    else
        jw_null(w);
    write_approval(w, key);
    jw_end_object(w);
}

static int keys_list(struct call *call, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        service_key_admin_list(tx, call->arena, &list, err) != 0)
        return -1;
    const struct service_key_admin *keys = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "keys");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_key(&w, &keys[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int reply_key(struct call *call, const struct service_key_admin *key, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    write_key(&w, key);
    return call_reply_json(call, 200, &body, err);
}

static int find(struct call *call, struct db_tx *tx, struct service_key_admin *out, struct err *err)
{
    int found = service_key_admin_find(tx, call->arena, call_value(call, "kid"), out, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return found < 0 ? -1 : 0;
}

static int key_get(struct call *call, struct err *err)
{
    struct service_key_admin key = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 || find(call, tx, &key, err) != 0)
        return -1;
    return reply_key(call, &key, err);
}

/* Decode the body, which may hold any metadata; *metadata_out is NULL when it has none. */
static int read_body(struct call *call, struct key_body *out, const char **metadata_out,
                     struct err *err)
{
    json_auto_t *document = NULL;
    *metadata_out = NULL;
    if (str_trim(call->raw).len == 0)
        return 0;
    if (json_parse(call->raw, RAW_MAX, &document, err) != 0 ||
        json_decode(call->arena, &key_schema, document, out, err) != 0)
        return -1;
    if (out->expiration && out->expiration * SECOND_MS <= call->now_ms)
        return err_set(err, ERR_INVALID, "expiration: lies in the past");
    if (!out->metadata)
        return 0;
    if (!json_is_object(out->metadata))
        return err_set(err, ERR_INVALID, "metadata: must be an object");
    char *text = json_dumps(out->metadata, JSON_COMPACT);
    *metadata_out = arena_strdup(call->arena, text);
    free(text);
    out->metadata = NULL; /* it goes with the document */
    return 0;
}

static const char *date_of(struct call *call, int64_t ms)
{
    return ms ? arena_printf(call->arena, "%lld", (long long)(ms / SECOND_MS)) : NULL;
}

struct made_key {
    struct service_key key;
    const char *public_pem, *private_pem;
};

static int store(struct call *call, const struct service_key *key, const char *metadata,
                 const char *notes, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 ||
        service_key_admin_create(tx, call->arena, key, metadata, call->account.id, notes, err) !=
            0 ||
        call_audit(call, tx, err, AUDIT_SERVICE_KEY_CREATE, "kid", key->kid, "preshared", "true",
                   "service", key->service, "name", key->name, "expiration_date",
                   date_of(call, key->expires_ms), "auto_approved", "true", NULL) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int keys_post(struct call *call, struct err *err)
{
    struct key_body in = {0};
    struct made_key made = {0};
    const char *metadata;
    if (read_body(call, &in, &metadata, err) != 0)
        return -1;
    if (!in.service || !in.service[0])
        return err_set(err, ERR_INVALID, "service: is required");
    if (!call_has(call, "expiration"))
        return err_set(err, ERR_INVALID, "expiration: is required");
    if (service_key_admin_generate(call->arena, &made.key, &made.public_pem, &made.private_pem,
                                   err) != 0)
        return -1;
    made.key.service = in.service;
    made.key.name = in.name ? in.name : "";
    made.key.created_ms = call->now_ms;
    made.key.expires_ms = in.expiration * SECOND_MS;
    made.key.approved = true;
    if (store(call, &made.key, metadata, in.notes, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, RAW_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "kid", made.key.kid);
    jw_member_text(&w, "name", made.key.name);
    jw_member_text(&w, "service", made.key.service);
    jw_member_text(&w, "public_key", made.public_pem);
    jw_member_text(&w, "private_key", made.private_pem);
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

/* One entry for a new end, one for the rest, as Quay has two kinds. */
static int change(struct call *call, struct db_tx *tx, const struct key_body *in,
                  const char *metadata, struct service_key_admin *key, struct err *err)
{
    int64_t old_ms = key->expires_ms;
    bool extended = call_has(call, "expiration");
    if (in->name)
        key->name = in->name;
    if (metadata)
        key->metadata = metadata;
    if (extended)
        key->expires_ms = in->expiration * SECOND_MS;
    if (service_key_admin_change(tx, key, err) != 0)
        return -1;
    if (extended && call_audit(call, tx, err, AUDIT_SERVICE_KEY_EXTEND, "kid", key->kid, "service",
                               key->service, "name", key->name, "expiration_date",
                               date_of(call, key->expires_ms), "old_expiration_date",
                               date_of(call, old_ms), NULL) != 0)
        return -1;
    if (!in->name && !metadata)
        return 0;
    return call_audit(call, tx, err, AUDIT_SERVICE_KEY_MODIFY, "kid", key->kid, "service",
                      key->service, "name", key->name, NULL);
}

static int key_put(struct call *call, struct err *err)
{
    struct key_body in = {0};
    struct service_key_admin key = {0};
    const char *metadata;
    if (read_body(call, &in, &metadata, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, &key, err) != 0 ||
        change(call, tx, &in, metadata, &key, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    return reply_key(call, &key, err);
}

static int key_delete(struct call *call, struct err *err)
{
    struct service_key_admin key = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, &key, err) != 0 ||
        service_key_admin_delete(tx, key.id, err) != 0 ||
        call_audit(call, tx, err, AUDIT_SERVICE_KEY_DELETE, "kid", key.kid, "service", key.service,
                   "name", key.name, "created_date", date_of(call, key.created_ms),
                   "expiration_date", date_of(call, key.expires_ms), NULL) != 0)
        return -1;
    return people_finish(call, &tx, err);
}

static int approve_post(struct call *call, struct err *err)
{
    struct key_body in = {0};
    struct service_key_admin key = {0};
    const char *metadata;
    if (read_body(call, &in, &metadata, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || find(call, tx, &key, err) != 0)
        return -1;
    if (key.approved)
        return err_set(err, ERR_INVALID, "the key has been approved already");
    if (service_key_admin_approve(tx, key.id, call->account.id, in.notes, call->now_ms, err) != 0 ||
        call_audit(call, tx, err, AUDIT_SERVICE_KEY_APPROVE, "kid", key.kid, "service", key.service,
                   "name", key.name, "expiration_date", date_of(call, key.expires_ms), NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 201);
    return 0;
}

#define KEYS "/api/v1/superuser/keys"
#define SUPERUSER                                                                                  \
    .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SUPERUSER,                             \
    .feature = FEATURE_SUPER_USERS

static const struct route superuser_key_routes[] = {
    {METHOD_GET, KEYS, "listServiceKeys", "List all service keys.", SUPERUSER,
     .flags = ROUTE_READONLY_SUPERUSER, .handler = keys_list},
    {METHOD_POST, KEYS, "createServiceKey", "Make a service key.", SUPERUSER,
     .flags = ROUTE_FRESH_LOGIN, .raw_max = RAW_MAX, .handler = keys_post},
    {METHOD_GET, KEYS "/{kid}", "getServiceKey", "Get a service key.", SUPERUSER,
     .flags = ROUTE_READONLY_SUPERUSER, .handler = key_get},
    {METHOD_PUT, KEYS "/{kid}", "updateServiceKey", "Rename a service key, or change its end.",
     SUPERUSER, .flags = ROUTE_FRESH_LOGIN, .raw_max = RAW_MAX, .handler = key_put},
    {METHOD_DELETE, KEYS "/{kid}", "deleteServiceKey", "Delete a service key.", SUPERUSER,
     .flags = ROUTE_FRESH_LOGIN, .handler = key_delete},
    {METHOD_POST, "/api/v1/superuser/approvedkeys/{kid}", "approveServiceKey",
     "Approve a service key.", SUPERUSER, .flags = ROUTE_FRESH_LOGIN, .raw_max = RAW_MAX,
     .handler = approve_post},
};
const struct route_table api_superuser_key_table = ROUTES(superuser_key_routes);
