/* SPDX-License-Identifier: Apache-2.0 */
/* Blob uploads. The bytes are hashed while they arrive and written once, straight to the object
 * that will hold them; committing an upload is one database transaction and copies nothing. A
 * session's state (offset, running hash) is stored whenever a request ends, so that another
 * request, after a restart or on another node, goes on from there. */
#pragma once

#include "base/arena.h"
#include "base/digest.h"
#include "base/rand.h"
#include "domain/repo_blob.h"
#include "store/blob/blob.h"
#include "store/db/db.h"

struct upload_policy {
    int64_t lease_ms;   /* a finished blob is kept this long without a manifest */
    int64_t session_ms; /* an idle session is kept this long */
};

/* What an upload needs of its surroundings; borrowed for the upload's life. */
struct upload_store {
    struct db *db;
    struct blob_store *blobs;
    struct upload_policy policy;
};

struct upload;

/* Start a session in the repository. `uuid_out` names it from now on; a power cut may end it. */
int upload_start(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                 int64_t now_ms, const char **uuid_out, struct err *err);
/* Bytes received so far: 1 found, 0 no such session in this repository, -1. */
int upload_find(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                const char *uuid, int64_t now_ms, uint64_t *received_out, struct err *err);
/* Open a session to go on with it. ERR_BLOB_UPLOAD_UNKNOWN when there is none, ERR_CONFLICT while
 * another request writes to it. */
int upload_open(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                const char *uuid, int64_t now_ms, struct upload **out, struct err *err);
/* Open an upload that only this request will see: for a body that comes with its digest. */
int upload_open_single(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                       struct upload **out, struct err *err);

uint64_t upload_received(const struct upload *upload);
/* Hash with this algorithm rather than SHA-256; only before the first byte. */
void upload_set_algorithm(struct upload *upload, enum digest_alg alg);
int upload_append(struct upload *upload, const void *data, size_t len, struct err *err);
/* Store the state for the next request; the bytes are durable before it is, and it survives the
 * process, though not surely a power cut. */
int upload_save(struct upload *upload, int64_t now_ms, struct err *err);
/* The upload is complete: check the digest, make the bytes durable and let the repository use the
 * blob. ERR_DIGEST_INVALID when the content is something else; the session is then gone. */
int upload_commit(struct upload *upload, const struct digest *digest, int64_t now_ms,
                  struct blob_row *out, struct err *err);
/* Let go of an open upload. What was not saved or committed is cut off by the next upload_open; a
 * single upload's object is removed. NULL is fine. */
void upload_release(struct upload *upload);
DEFINE_CLEANUP(struct upload, upload_release)
/* End a session and remove what it holds: 1 done, 0 no such session, -1. */
int upload_cancel(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                  const char *uuid, int64_t now_ms, struct err *err);
/* Take a small piece of content into the repository at once. */
int upload_bytes(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                 struct str content, const struct digest *digest, int64_t now_ms, struct err *err);
