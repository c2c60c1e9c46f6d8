/* SPDX-License-Identifier: Apache-2.0 */
/* push: every stream uploads blobs of --bytes bytes, one after the other on a kept connection.
 * image: every stream pushes images of one layer, as `zb` of the zot project does in five requests:
 *     POST and PUT of the layer, POST and PUT of the config, PUT of the manifest.
 * Layer, manifest and tag are new each time; the config is the same in every image. */
#include <string.h>

#include "base/rand.h"
#include "probe.h"
#include "streams.h"
#include "upload.h"

struct push {
    struct source source;
    bool patch;
};

static void push_init(struct push *push, const struct options *options)
{
    if (!options->repository)
        die("this command needs --repository");
    push->patch = options->kind && strcmp(options->kind, "patch") == 0;
    if (!push->patch && (!options->kind || strcmp(options->kind, "mono") != 0))
        die("--kind is patch or mono");
    source_init(&push->source, options->bytes);
}

static void push_body(struct stream *stream)
{
    const struct push *push = stream->all->context;
    struct conn conn;
    conn_open(stream->all->options, &conn);
    stream_ready(stream);
    while (stream_more(stream)) {
        struct blob blob;
        blob_make(&push->source, &blob);
        int64_t start = probe_now_ns();
        upload_blob(stream->all->options, &conn, &blob, push->patch);
        stream_count(stream, start);
        stream_add_bytes(stream, blob_size(&blob));
    }
    conn_close(&conn);
}

void push_run(const struct options *options, struct result *result)
{
    struct push push;
    push_init(&push, options);
    streams_run(options, push_body, &push, result);
    source_done(&push.source);
}

static void push_image(const struct options *options, struct conn *conn, const struct push *push)
{
    static const char config_text[] =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/bin/true\"]},"
        "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";
    struct blob layer, config;
    struct buf manifest;
    char tag[24 + 1];
    blob_make(&push->source, &layer);
    blob_of(str_of(config_text), &config);
    rand_token(tag, sizeof tag - 1);
    buf_init(&manifest, 4096);
    buf_printf(&manifest,
               "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
               "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\","
               "\"digest\":\"%s\",\"size\":%zu},"
               "\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\","
               "\"digest\":\"%s\",\"size\":%zu}]}",
               config.digest, blob_size(&config), layer.digest, blob_size(&layer));
    upload_blob(options, conn, &layer, push->patch);
    upload_blob(options, conn, &config, push->patch);
    upload_manifest(options, conn, tag, buf_str(&manifest));
    buf_done(&manifest);
}

static void image_body(struct stream *stream)
{
    const struct push *push = stream->all->context;
    struct conn conn;
    conn_open(stream->all->options, &conn);
    stream_ready(stream);
    while (stream_more(stream)) {
        int64_t start = probe_now_ns();
        push_image(stream->all->options, &conn, push);
        stream_count(stream, start);
        stream_add_bytes(stream, push->source.prefix_len + BLOB_TAIL);
    }
    conn_close(&conn);
}

void image_run(const struct options *options, struct result *result)
{
    struct push push;
    push_init(&push, options);
    streams_run(options, image_body, &push, result);
    source_done(&push.source);
}
