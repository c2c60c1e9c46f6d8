/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest, and what its image is made of: the layers, each with the step of the configuration's
 * history that made it. */
#include "domain/manifest.h"
#include "api.h"
#include "codec/jw.h"
#include "domain/image_config.h"
#include "domain/repo_blob.h"
#include "manifest_load.h"
#include "view.h"

struct shown {
    struct manifest manifest;
    struct manifest_info info;
    struct image_config config;
};

/* The object of the image's configuration: 1, 0 there is none, -1. */
static int find_config(struct call *call, struct db_tx *tx, const struct shown *in,
                       const char **key_out, struct err *err)
{
    const struct descriptor *config = in->info.blobs.items;
    struct blob_row blob;
    if (in->info.kind != MANIFEST_IMAGE || !image_config_is(config->media_type))
        return 0;
    int found = repo_blob_find(tx, call->arena, call->repository.id, &config->digest, call->now_ms,
                               &blob, err);
    if (found == 1)
        *key_out = blob.object_key;
    return found;
}

static int load(struct call *call, struct shown *out, struct err *err)
{
    const char *key = NULL;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        manifest_load_named(call, tx, &out->manifest, err) != 0 ||
        manifest_parse(call->arena, str_of(out->manifest.media_type), out->manifest.content,
                       &out->info, err) != 0)
        return -1;
    int found = find_config(call, tx, out, &key, err);
    db_end(&tx);
    if (found <= 0)
        return found;
    return image_config_load(call->service->blobs, call->arena, key, &out->config, err);
}

static void write_urls(struct jw *w, const struct texts *urls)
{
    jw_key(w, "urls");
    if (urls->count == 0) {
        jw_null(w);
        return;
    }
    jw_begin_array(w);
    for (size_t i = 0; i < urls->count; i++)
        jw_text(w, urls->items[i]);
    jw_end_array(w);
}

static void write_layer(struct jw *w, size_t index, const struct descriptor *layer,
                        const struct image_step *step)
{
    char digest[DIGEST_TEXT_SIZE];
    digest_format(&layer->digest, digest);
    jw_begin_object(w);
    jw_member_int(w, "index", (int64_t)index);
    jw_member_int(w, "compressed_size", layer->size);
    jw_member_bool(w, "is_remote", descriptor_is_foreign(layer));
    write_urls(w, &layer->urls);
    jw_key(w, "command");
    if (step && step->command) {
        jw_begin_array(w);
        jw_text(w, step->command);
        jw_end_array(w);
    } else {
        jw_null(w);
    }
    jw_member_text(w, "comment", step ? step->comment : NULL);
    jw_member_text(w, "author", step ? step->author : NULL);
    jw_member_text(w, "blob_digest", digest);
    view_date(w, "created_datetime", step ? step->created_ms : 0);
    jw_end_object(w);
}

/* The next step that made a layer; NULL when the history has no more. */
static const struct image_step *next_step(const struct list *steps, size_t *at)
{
    const struct image_step *items = steps->items;
    while (*at < steps->count && items[*at].empty)
        (*at)++;
    return *at < steps->count ? &items[(*at)++] : NULL;
}

static void write_layers(struct jw *w, const struct shown *in)
{
    const struct descriptor *blobs = in->info.blobs.items;
    int64_t size = 0;
    size_t at = 0;
    jw_key(w, "layers");
    if (in->info.kind != MANIFEST_IMAGE) {
        jw_null(w);
        jw_member_text(w, "layers_compressed_size", NULL);
        return;
    }
    jw_begin_array(w);
    for (size_t i = 1; i < in->info.blobs.count; i++) {
        write_layer(w, i - 1, &blobs[i], next_step(&in->config.steps, &at));
        size = blobs[i].size > INT64_MAX - size ? INT64_MAX : size + blobs[i].size;
    }
    jw_end_array(w);
    jw_member_int(w, "layers_compressed_size", size);
}

static int manifest_get(struct call *call, struct err *err)
{
    struct shown shown = {0};
    char digest[DIGEST_TEXT_SIZE];
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (load(call, &shown, err) != 0)
        return -1;
    const struct descriptor *config = shown.info.blobs.items;
    digest_format(&shown.manifest.digest, digest);
    jw_begin_object(&w);
    jw_member_text(&w, "digest", digest);
    jw_member_bool(&w, "is_manifest_list", shown.info.kind == MANIFEST_INDEX);
    jw_key(&w, "manifest_data");
    jw_slice(&w, shown.manifest.content);
    jw_member_text(&w, "config_media_type",
                   shown.info.kind == MANIFEST_IMAGE ? config->media_type : NULL);
    write_layers(&w, &shown);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static const struct route manifest_routes[] = {
    {METHOD_GET, "/api/v1/repository/{repository+}/manifest/{manifestref}", "getRepoManifest",
     "Show a manifest and its layers.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_READ,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .handler = manifest_get},
};
const struct route_table api_manifest_table = ROUTES(manifest_routes);
