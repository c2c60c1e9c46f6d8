/* SPDX-License-Identifier: Apache-2.0 */
/* The front of object storage: keys are checked here, once, for every driver. */
#include "store/blob/blob.h"

#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rand.h"
#include "store/blob/blob_driver.h"

enum { PREFIX = 3, KEY_LEN = PREFIX + UUID_SIZE - 1 };

static_assert(BLOB_KEY_SIZE - KEY_LEN > 0, "a key and its NUL fit");

void blob_key_new(char out[BLOB_KEY_SIZE])
{
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    snprintf(out, BLOB_KEY_SIZE, "%.2s/%s", uuid, uuid);
}

bool blob_key_valid(const char *key)
{
    static const char form[] = "xx/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (!key || strlen(key) != KEY_LEN)
        return false;
    for (size_t i = 0; i < KEY_LEN; i++) {
        bool hex = char_is_digit(key[i]) || (key[i] >= 'a' && key[i] <= 'f');
        if (form[i] == 'x' ? !hex : key[i] != form[i])
            return false;
    }
    return memcmp(key, key + PREFIX, 2) == 0;
}

static int check_key(const char *key, struct err *err)
{
    if (blob_key_valid(key))
        return 0;
    return err_set(err, ERR_INTERNAL, "malformed object key");
}

void blob_store_close(struct blob_store *store)
{
    if (store)
        store->driver->close(store);
}

int blob_writer_open(struct blob_store *store, const char *key, uint64_t offset,
                     struct blob_writer **out, struct err *err)
{
    if (check_key(key, err) != 0)
        return -1;
    if (offset > INT64_MAX)
        return err_set(err, ERR_INVALID, "object offset is too large");
    return store->driver->writer_open(store, key, offset, out, err);
}

static int refuse_failed(const struct blob_writer *writer, struct err *err)
{
    if (writer->failed)
        return err_set(err, ERR_INTERNAL, "an earlier write to this object has failed");
    return 0;
}

int blob_writer_write(struct blob_writer *writer, const void *data, size_t len, struct err *err)
{
    if (refuse_failed(writer, err) != 0)
        return -1;
    int rc = writer->driver->writer_write(writer, data, len, err);
    writer->failed = rc != 0;
    return rc;
}

int blob_writer_sync(struct blob_writer *writer, struct err *err)
{
    if (refuse_failed(writer, err) != 0)
        return -1;
    int rc = writer->driver->writer_sync(writer, err);
    writer->failed = rc != 0; /* the kernel may have dropped the pages it could not write */
    return rc;
}

void blob_writer_close(struct blob_writer *writer)
{
    if (writer)
        writer->driver->writer_close(writer);
}

int blob_open(struct blob_store *store, const char *key, int *fd_out, uint64_t *size_out,
              struct err *err)
{
    if (check_key(key, err) != 0)
        return -1;
    return store->driver->open(store, key, fd_out, size_out, err);
}

int blob_remove(struct blob_store *store, const char *const *keys, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (check_key(keys[i], err) != 0)
            return -1;
    }
    return store->driver->remove(store, keys, count, err);
}

int blob_walk(struct blob_store *store, int (*each)(void *context, const struct blob_info *info),
              void *context, struct err *err)
{
    return store->driver->walk(store, each, context, err);
}

int blob_store_space(struct blob_store *store, struct blob_space *out, struct err *err)
{
    return store->driver->space(store, out, err);
}

static int probe_write(struct blob_store *store, const char *key, struct str data, struct err *err)
{
    _cleanup_(blob_writer_closep) struct blob_writer *writer = NULL;
    if (blob_writer_open(store, key, 0, &writer, err) != 0 ||
        blob_writer_write(writer, data.ptr, data.len, err) != 0)
        return -1;
    return blob_writer_sync(writer, err);
}

static int probe_read(struct blob_store *store, const char *key, struct str data, struct err *err)
{
    _cleanup_close_ int fd = -1;
    uint64_t size;
    char found[256];
    if (blob_open(store, key, &fd, &size, err) != 0)
        return -1;
    ssize_t n = read(fd, found, sizeof found);
    if (n < 0)
        return err_set_errno(err, "storage: what was written cannot be read back");
    if (size != data.len || !str_eq(data, (struct str){found, (size_t)n}))
        return err_set(err, ERR_IO, "storage: what was read back is not what was written");
    return 0;
}

int blob_store_probe(struct blob_store *store, struct err *err)
{
    char key[BLOB_KEY_SIZE], data[64];
    blob_key_new(key);
    rand_bytes(data, sizeof data);
    struct str piece = {data, sizeof data};
    int rc = probe_write(store, key, piece, err);
    if (rc == 0)
        rc = probe_read(store, key, piece, err);
    const char *keys[] = {key};
    int removed = blob_remove(store, keys, 1, rc == 0 ? err : NULL);
    return rc == 0 ? removed : rc;
}
