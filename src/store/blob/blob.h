/* SPDX-License-Identifier: Apache-2.0 */
/* Objects: byte sequences under opaque keys, written once, never changed, never re-created under
 * the same key. What a key means (digest, repository) is the database's business. */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct blob_store;
struct blob_writer;

enum { BLOB_KEY_SIZE = 48 }; /* "ab/abcdef12-....": a key and its NUL fit */

enum blob_sync {
    BLOB_SYNC_ALWAYS, /* data and directory entry are durable before an upload is acknowledged */
    BLOB_SYNC_NEVER,  /* left to the kernel: a power cut may lose acknowledged pushes */
};

/* The local driver: a folder. Creates it, its 256 fan-out folders and a marker file when new;
 * fails with the path, owner, mode and the command that mends it when it cannot be written. */
int blob_store_open_local(const char *root, enum blob_sync sync, struct blob_store **out,
                          struct err *err);
/* Whether a store was ever made there: false for a folder that is missing or was never opened. */
bool blob_store_exists_local(const char *root);
void blob_store_close(struct blob_store *store);
DEFINE_CLEANUP(struct blob_store, blob_store_close)

/* A fresh random key. */
void blob_key_new(char out[BLOB_KEY_SIZE]);

/* Open an object for writing at `offset`: 0 creates it, else it must hold at least that many bytes.
 * What lies behind (the rest of an interrupted write) is cut off by the first write or sync, not
 * yet here: the caller may look first whether the object is still his. ERR_NOT_FOUND when an object
 * to be continued is gone or shorter; ERR_CONFLICT while another writer, of whatever process, has
 * it open. What is continued must have been synced before. */
int blob_writer_open(struct blob_store *store, const char *key, uint64_t offset,
                     struct blob_writer **out, struct err *err);
int blob_writer_write(struct blob_writer *writer, const void *data, size_t len, struct err *err);
/* Make everything written so far durable, by the store's policy. Costs nothing when nothing was
 * changed. */
int blob_writer_sync(struct blob_writer *writer, struct err *err);
/* Close; the object stays as it is. NULL is fine. */
void blob_writer_close(struct blob_writer *writer);
DEFINE_CLEANUP(struct blob_writer, blob_writer_close)

/* Open for reading: a file descriptor (the caller's) and the size. ERR_NOT_FOUND when missing. */
int blob_open(struct blob_store *store, const char *key, int *fd_out, uint64_t *size_out,
              struct err *err);
/* Remove objects; missing ones are fine. Not synced: removal is repeated until it is seen. */
int blob_remove(struct blob_store *store, const char *const *keys, size_t count, struct err *err);

struct blob_info {
    const char *key;
    uint64_t size;
    int64_t modified_ms;
};
/* Call `each` for every object, in no order; a non-zero return ends the walk with that value.
 * Objects that come or go meanwhile may or may not be seen. */
int blob_walk(struct blob_store *store, int (*each)(void *context, const struct blob_info *info),
              void *context, struct err *err);

struct blob_space {
    uint64_t total, available; /* bytes */
};
/* How much room the storage has. */
int blob_store_space(struct blob_store *store, struct blob_space *out, struct err *err);
/* Write, sync, read back and remove a small object: for health and doctor. */
int blob_store_probe(struct blob_store *store, struct err *err);
