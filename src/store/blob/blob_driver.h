/* SPDX-License-Identifier: Apache-2.0 */
/* What a kind of storage provides. blob.c checks keys and remembers failures; a driver sees valid
 * keys only, and no write after a failed one. A driver's own store and writer begin with the
 * structs below. */
#pragma once

#include "store/blob/blob.h"

struct blob_driver {
    const char *name;
    void (*close)(struct blob_store *store);

    int (*writer_open)(struct blob_store *store, const char *key, uint64_t offset,
                       struct blob_writer **out, struct err *err);
    int (*writer_write)(struct blob_writer *writer, const void *data, size_t len, struct err *err);
    int (*writer_sync)(struct blob_writer *writer, struct err *err);
    void (*writer_close)(struct blob_writer *writer);

    int (*open)(struct blob_store *store, const char *key, int *fd_out, uint64_t *size_out,
                struct err *err);
    int (*remove)(struct blob_store *store, const char *const *keys, size_t count, struct err *err);
    int (*walk)(struct blob_store *store, int (*each)(void *context, const struct blob_info *info),
                void *context, struct err *err);
    int (*space)(struct blob_store *store, struct blob_space *out, struct err *err);
};

struct blob_store {
    const struct blob_driver *driver;
};

struct blob_writer {
    const struct blob_driver *driver;
    bool failed; /* what is stored is unknown: only a new writer at a known offset goes on */
};

/* True for "ab/ab......-....-....-....-............" in lower-case hexadecimal, as made by
 * blob_key_new: nothing else may name a file. */
bool blob_key_valid(const char *key);
