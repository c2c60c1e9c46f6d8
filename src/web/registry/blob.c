/* SPDX-License-Identifier: Apache-2.0 */
/* /v2/<name>/blobs/<digest>: pull, check and delete of blobs. The file is sent by the reactor; a
 * worker only finds out where it is. */
#include <unistd.h>

#include "domain/repo_blob.h"
#include "registry.h"

enum { CACHE_SECONDS = 31536000 }; /* a year: content under a digest never changes */

static int refuse_unknown(const struct call *call, struct err *err)
{
    return err_set(err, ERR_BLOB_UNKNOWN, "blob is not known in %.150s", call->name.full);
}

static int find(struct call *call, struct digest *digest, struct blob_row *out, struct err *err)
{
    struct service *service = call->service;
    if (digest_parse(str_of(call_value(call, "digest")), digest, err) != 0)
        return -1;
    int found = repo_blob_touch(service->db, call->arena, call->repository.id, digest, call->now_ms,
                                service->uploads.policy.lease_ms, out, err);
    if (found < 0)
        return -1;
    return found ? 0 : refuse_unknown(call, err);
}

static int blob_get(struct call *call, struct err *err)
{
    struct digest digest;
    struct blob_row blob;
    char text[DIGEST_TEXT_SIZE];
    int fd = -1;
    uint64_t size;
    if (find(call, &digest, &blob, err) != 0)
        return -1;
    if (blob_open(call->service->blobs, blob.object_key, &fd, &size, err) != 0) {
        if (err->code != ERR_NOT_FOUND)
            return -1;
        /* The row was there a moment ago: collected in between, or lost; the client may push it. */
        refuse_unknown(call, err);
        return err_detail(err, "object %s is missing; run wharf fsck", blob.object_key);
    }
    if (size != (uint64_t)blob.size) {
        close(fd);
        /* Before a push: it heals the blob, and clients begin none when the question fails. */
        if (call->request->method == METHOD_HEAD)
            return refuse_unknown(call, err);
        return err_set(err, ERR_INTERNAL, "blob is damaged in storage; run wharf fsck");
    }
    digest_format(&digest, text);
    const char *kept = arena_strdup(call->arena, text);
    reply_header(call->reply, "Docker-Content-Digest", kept);
    reply_headerf(call->reply, "Cache-Control", "private, max-age=%d, immutable", CACHE_SECONDS);
    reply_file(call->reply, "application/octet-stream", fd, size,
               arena_printf(call->arena, "\"%s\"", text));
    return 0;
}

static int blob_delete(struct call *call, struct err *err)
{
    struct digest digest;
    if (digest_parse(str_of(call_value(call, "digest")), &digest, err) != 0)
        return -1;
    int released = repo_blob_release(call->service->db, call->arena, call->repository.id, &digest,
                                     call->now_ms, err);
    if (released < 0 && err->code == ERR_UNSUPPORTED)
        reply_header(call->reply, "Allow", "GET, HEAD");
    if (released < 0)
        return -1;
    if (!released)
        return refuse_unknown(call, err);
    reply_status(call->reply, 202);
    return 0;
}

#define BLOB_PATH "/v2/{repository+}/blobs/{digest}"

static const struct route blob_routes[] = {
    {METHOD_GET, BLOB_PATH, "registry_blob_get", "Pull a blob, or a range of it.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_READ, .find_repository = true,
     .handler = blob_get},
    {METHOD_DELETE, BLOB_PATH, "registry_blob_delete", "Give up a blob that no manifest uses.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_WRITE, .find_repository = true,
     .writes = true, .handler = blob_delete},
};
const struct route_table registry_blob_table = ROUTES(blob_routes);
