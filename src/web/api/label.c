/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of a manifest. Those that came with it are read-only; others are added here. */
#include "domain/label.h"
#include "api.h"
#include "codec/json.h"
#include "codec/jw.h"
#include "manifest_load.h"

static void write_label(struct jw *w, const struct label *label)
{
    jw_begin_object(w);
    jw_member_text(w, "id", label->uuid);
    jw_member_text(w, "key", label->key);
    jw_member_text(w, "value", label->value);
    jw_member_text(w, "source_type", label_source_name(label->source));
    jw_member_text(w, "media_type", label_media_type(label));
    jw_end_object(w);
}

struct list_query {
    const char *filter;
};

static const struct field list_fields[] = {
    F_TEXT(struct list_query, filter, "filter", FIELD_NULLABLE, .max = LABEL_KEY_MAX),
};
static const struct schema list_schema = SCHEMA(struct list_query, list_fields);

static int load_list(struct call *call, const char *prefix, struct list *out, struct err *err)
{
    struct manifest manifest;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        manifest_load_named(call, tx, &manifest, err) != 0)
        return -1;
    return label_list(tx, call->arena, manifest.id, prefix, out, err);
}

static int labels_get(struct call *call, struct err *err)
{
    const struct list_query *query = call->query;
    struct list list = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (load_list(call, query->filter ? query->filter : "", &list, err) != 0)
        return -1;
    const struct label *labels = list.items;
    jw_begin_object(&w);
    jw_key(&w, "labels");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_label(&w, &labels[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* The label {labelid} of the manifest. */
static int load_label(struct call *call, struct db_tx *tx, struct manifest *manifest,
                      struct label *out, struct err *err)
{
    if (manifest_load_named(call, tx, manifest, err) != 0)
        return -1;
    int found = label_find(tx, call->arena, manifest->id, call_value(call, "labelid"), out, err);
    return found == 0 ? err_set(err, ERR_NOT_FOUND, "Not Found") : found < 0 ? -1 : 0;
}

static int label_get(struct call *call, struct err *err)
{
    struct manifest manifest;
    struct label label = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        load_label(call, tx, &manifest, &label, err) != 0)
        return -1;
    write_label(&w, &label);
    return call_reply_json(call, 200, &body, err);
}

static const char *const media_types[] = {"text/plain", "application/json", NULL};

struct add_body {
    const char *key;
    const char *value;
    const char *media_type;
};

/* media_type must be there, but may be null. */
static const struct field add_fields[] = {
    F_TEXT(struct add_body, key, "key", FIELD_REQUIRED, .max = LABEL_KEY_MAX),
    F_TEXT(struct add_body, value, "value", FIELD_REQUIRED, .max = LABEL_VALUE_MAX),
    F_TEXT(struct add_body, media_type, "media_type", FIELD_REQUIRED | FIELD_NULLABLE,
           .values = media_types),
};
static const struct schema add_schema = SCHEMA(struct add_body, add_fields);

static int check_body(const struct call *call, const struct add_body *body, struct err *err)
{
    json_auto_t *value = NULL;
    const struct texts *prefixes = call->rules->label_prefixes;
    if (label_check_key(str_of(body->key), err) != 0 ||
        label_check_reserved(body->key, &prefixes[0], err) != 0 ||
        label_check_reserved(body->key, &prefixes[1], err) != 0)
        return -1;
    bool json = body->media_type && strcmp(body->media_type, "application/json") == 0;
    if (json && json_parse(str_of(body->value), LABEL_VALUE_MAX, &value, err) != 0)
        return err_wrap(err, "value: ");
    return 0;
}

static int audit(struct call *call, struct db_tx *tx, enum audit_kind kind,
                 const struct label *label, struct err *err)
{
    return call_audit(call, tx, err, kind, "id", label->uuid, "key", label->key, "value",
                      label->value, "manifest_digest", call_value(call, "manifestref"),
                      "media_type", label_media_type(label), "namespace", call->space.name, "repo",
                      call->repository.name, NULL);
}

static int add(struct call *call, struct label *label, struct err *err)
{
    const struct manifest_policy *policy = &call->service->manifests;
    struct manifest manifest;
    struct label_effect effect = {0};
    int64_t id = call->repository.id;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    label_effect_add(policy, label->key, label->value, &effect);
    if (call_begin_write(call, &tx, err) != 0 ||
        manifest_load_named(call, tx, &manifest, err) != 0 ||
        label_add(tx, call->arena, id, manifest.id, label, err) != 0 ||
        label_effect_on_manifest(tx, call->arena, policy, id, manifest.id, &effect, call->now_ms,
                                 err) != 0 ||
        audit(call, tx, AUDIT_MANIFEST_LABEL_ADD, label, err) != 0)
        return -1;
    return db_commit(&tx, err);
}

static int label_post(struct call *call, struct err *err)
{
    const struct add_body *body = call->body;
    struct label label = {
        .key = body->key,
        .value = body->value,
        .json = body->media_type && strcmp(body->media_type, "application/json") == 0,
        .source = LABEL_OF_API,
    };
    _cleanup_buf_ struct buf reply;
    struct jw w = {.buf = &reply};
    buf_init(&reply, REPLY_BODY_MAX);
    if (check_body(call, body, err) != 0 || add(call, &label, err) != 0)
        return -1;
    reply_headerf(call->reply, "Location", "%s/api/v1/repository/%s/manifest/%s/labels/%s",
                  call_base_url(call), call->name.full, call_value(call, "manifestref"),
                  label.uuid);
    jw_begin_object(&w);
    jw_key(&w, "label");
    write_label(&w, &label);
    jw_end_object(&w);
    return call_reply_json(call, 201, &reply, err);
}

static int label_remove(struct call *call, struct err *err)
{
    struct manifest manifest;
    struct label label = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0 || load_label(call, tx, &manifest, &label, err) != 0)
        return -1;
    if (label.source != LABEL_OF_API)
        return err_set(err, ERR_INVALID, "a label that came with the manifest cannot be deleted");
    if (label_delete(tx, label.id, err) != 0 ||
        audit(call, tx, AUDIT_MANIFEST_LABEL_DELETE, &label, err) != 0 || db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

#define LABELS_PATH "/api/v1/repository/{repository+}/manifest/{manifestref}/labels"

static const struct route label_routes[] = {
    {METHOD_GET, LABELS_PATH, "listManifestLabels", "List the labels of a manifest.",
     .auth = ROUTE_API, .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_READ,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .query = &list_schema,
     .handler = labels_get},
    {METHOD_POST, LABELS_PATH, "addManifestLabel", "Add a label to a manifest.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .writes = true, .right = RIGHT_REPO_WRITE,
     .flags = ROUTE_UNRESTRICTED | ROUTE_FULL_ACCESS, .body = &add_schema,
     .body_max = 4 * LABEL_VALUE_MAX, .handler = label_post},
    {METHOD_GET, LABELS_PATH "/{labelid}", "getManifestLabel", "Show a label.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_READ,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = label_get},
    {METHOD_DELETE, LABELS_PATH "/{labelid}", "deleteManifestLabel",
     "Delete a label that was added.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .writes = true, .right = RIGHT_REPO_WRITE,
     .flags = ROUTE_UNRESTRICTED | ROUTE_FULL_ACCESS, .handler = label_remove},
};
const struct route_table api_label_table = ROUTES(label_routes);
