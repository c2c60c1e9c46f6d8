/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs made up on the fly, and the requests that upload them. */
#pragma once

#include "base/digest.h"
#include "conn.h"

enum { BLOB_TAIL = 32 };

/* What blobs are made of: a prefix of incompressible bytes that is hashed once. Every blob has its
 * own last bytes, so that it is new to the server and costs the client no hashing. */
struct source {
    char *prefix;
    size_t prefix_len;
    struct hasher hashed;
};

/* For blobs of `bytes` bytes, BLOB_TAIL at least. */
void source_init(struct source *source, size_t bytes);
void source_done(struct source *source);

struct blob {
    struct str prefix; /* borrowed */
    char tail[BLOB_TAIL];
    size_t tail_len;
    char digest[DIGEST_TEXT_SIZE];
};

/* A blob that nobody has seen. */
void blob_make(const struct source *source, struct blob *out);
/* The blob with this content, which must outlive it. */
void blob_of(struct str content, struct blob *out);
size_t blob_size(const struct blob *blob);

/* POST, then PATCH with the body and PUT ("patch"), or PUT with the body ("mono"). */
void upload_blob(const struct options *options, struct conn *conn, const struct blob *blob,
                 bool patch);
/* PUT of a manifest under a tag. */
void upload_manifest(const struct options *options, struct conn *conn, const char *tag,
                     struct str content);
/* Begin an upload: the path to send its bytes to, in out[1024]. */
void upload_begin(const struct options *options, struct conn *conn, char out[1024]);
