/* SPDX-License-Identifier: Apache-2.0 */
/* The upload requests of the OCI Distribution specification, as a client makes them. */
#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rand.h"

enum { WRITE_SIZE = 1024 * 1024 };

/* Bytes that do not compress; xorshift64 fills a blob of 256 MB in a tenth of a second. */
static void fill(char *data, size_t len)
{
    uint64_t state;
    rand_bytes(&state, sizeof state);
    state |= 1;
    for (size_t i = 0; i < len; i += sizeof state) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memcpy(data + i, &state, size_min(sizeof state, len - i));
    }
}

void source_init(struct source *source, size_t bytes)
{
    if (bytes < BLOB_TAIL)
        die("a blob has %d bytes at least", BLOB_TAIL);
    source->prefix_len = bytes - BLOB_TAIL;
    source->prefix = malloc(source->prefix_len + 1);
    if (!source->prefix)
        die("out of memory");
    fill(source->prefix, source->prefix_len);
    hasher_init(&source->hashed, DIGEST_SHA256);
    hasher_update(&source->hashed, source->prefix, source->prefix_len);
}

void source_done(struct source *source)
{
    free(source->prefix);
    source->prefix = NULL;
}

void blob_make(const struct source *source, struct blob *out)
{
    struct hasher hasher = source->hashed;
    struct digest digest;
    out->prefix = (struct str){source->prefix, source->prefix_len};
    out->tail_len = sizeof out->tail;
    rand_bytes(out->tail, sizeof out->tail);
    hasher_update(&hasher, out->tail, sizeof out->tail);
    hasher_digest(&hasher, &digest);
    digest_format(&digest, out->digest);
}

void blob_of(struct str content, struct blob *out)
{
    struct digest digest;
    digest_of(DIGEST_SHA256, content, &digest);
    digest_format(&digest, out->digest);
    out->prefix = content;
    out->tail_len = 0;
}

size_t blob_size(const struct blob *blob)
{
    return blob->prefix.len + blob->tail_len;
}

/* Send the head of a request with a body of `len` bytes. */
static void send_head(const struct options *options, struct conn *conn, const char *method,
                      const char *path, const char *type, size_t len)
{
    char fields[256];
    struct buf head;
    snprintf(fields, sizeof fields, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, len);
    conn_request(options, method, path, fields, &head);
    conn_write(conn, head.ptr, head.len);
    buf_done(&head);
}

static void send_blob(struct conn *conn, const struct blob *blob)
{
    for (size_t at = 0; at < blob->prefix.len; at += WRITE_SIZE)
        conn_write(conn, blob->prefix.ptr + at, size_min(WRITE_SIZE, blob->prefix.len - at));
    conn_write(conn, blob->tail, blob->tail_len);
}

/* The path in the Location of an answer, without scheme and host. */
static void take_location(const struct response *response, char out[1024])
{
    struct str location = response_header(response, "location");
    const char *host = memmem(location.ptr, location.len, "://", 3);
    if (host) {
        struct str rest = str_sub(location, (size_t)(host - location.ptr) + 3, location.len);
        ptrdiff_t slash = str_find(rest, '/');
        location = slash < 0 ? rest : str_sub(rest, (size_t)slash, rest.len);
    }
    if (location.len == 0 || location.len >= 1024 || location.ptr[0] != '/')
        die("an upload was answered without a usable Location");
    snprintf(out, 1024, "%.*s", STR_FMT(location));
}

void upload_begin(const struct options *options, struct conn *conn, char out[1024])
{
    char path[512];
    struct response response;
    snprintf(path, sizeof path, "/v2/%s/blobs/uploads/", options->repository);
    send_head(options, conn, "POST", path, "application/octet-stream", 0);
    response_wait(conn, 202, "POST of an upload", &response);
    take_location(&response, out);
}

void upload_blob(const struct options *options, struct conn *conn, const struct blob *blob,
                 bool patch)
{
    char location[1024];
    char path[1024 + 8 + DIGEST_TEXT_SIZE];
    struct response response;
    upload_begin(options, conn, location);
    if (patch) {
        send_head(options, conn, "PATCH", location, "application/octet-stream", blob_size(blob));
        send_blob(conn, blob);
        response_wait(conn, 202, "PATCH of an upload", &response);
        take_location(&response, location);
    }
    snprintf(path, sizeof path, "%s%cdigest=%s", location, strchr(location, '?') ? '&' : '?',
             blob->digest);
    send_head(options, conn, "PUT", path, "application/octet-stream", patch ? 0 : blob_size(blob));
    if (!patch)
        send_blob(conn, blob);
    response_wait(conn, 201, "PUT of an upload", &response);
}

void upload_manifest(const struct options *options, struct conn *conn, const char *tag,
                     struct str content)
{
    char path[512];
    struct response response;
    snprintf(path, sizeof path, "/v2/%s/manifests/%s", options->repository, tag);
    send_head(options, conn, "PUT", path, "application/vnd.oci.image.manifest.v1+json",
              content.len);
    conn_write(conn, content.ptr, content.len);
    response_wait(conn, 201, "PUT of a manifest", &response);
}
