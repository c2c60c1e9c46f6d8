/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads. Order is what makes them safe: bytes are durable before a row says they are there, and
 * the blob row appears in the transaction that ends the session. A crash at any point leaves
 * either a session that goes on from its last saved offset, or an object that no row names and
 * that fsck removes. A session's own row is worth no wait for the disk: a power cut may take the
 * session back to an earlier offset or to nothing, and the client begins again. */
#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "domain/gc_queue.h"
#include "domain/upload_sql.h"

struct upload {
    const struct upload_store *store;
    struct arena *arena;
    int64_t repository_id;
    int64_t id; /* of the session's row; 0 for a single upload */
    char key[BLOB_KEY_SIZE];
    struct blob_writer *writer;
    struct hasher hasher;
    uint64_t received; /* hashed and written */
    uint64_t saved;    /* of these, what the session's row knows */
    bool kept;         /* the object may belong to a row */
};

int upload_start(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                 int64_t now_ms, const char **uuid_out, struct err *err)
{
    char key[BLOB_KEY_SIZE];
    char *uuid = arena_alloc(arena, UUID_SIZE);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    rand_uuid(uuid);
    blob_key_new(key);
    if (db_begin(store->db, DB_WRITE_RELAXED, &tx, err) != 0)
        return -1;
    if (db_exec(tx, &Q_UPLOAD_INSERT, err, uuid, repository_id, key, now_ms,
                now_ms + store->policy.session_ms) < 0)
        return -1;
    if (db_commit(&tx, err) != 0)
        return -1;
    *uuid_out = uuid;
    return 0;
}

static int find_row(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                    const char *uuid, int64_t now_ms, struct upload_row *row, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(store->db, DB_READ, &tx, err) != 0)
        return -1;
    return db_one(tx, &Q_UPLOAD_FIND, arena, row, err, uuid, repository_id, now_ms);
}

int upload_find(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                const char *uuid, int64_t now_ms, uint64_t *received_out, struct err *err)
{
    struct upload_row row = {0};
    int found = find_row(store, arena, repository_id, uuid, now_ms, &row, err);
    if (found == 1)
        *received_out = (uint64_t)row.received;
    return found;
}

static struct upload *upload_new(const struct upload_store *store, struct arena *arena,
                                 int64_t repository_id)
{
    struct upload *upload = arena_alloc(arena, sizeof *upload);
    upload->store = store;
    upload->arena = arena;
    upload->repository_id = repository_id;
    hasher_init(&upload->hasher, DIGEST_SHA256);
    return upload;
}

static int get_row(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                   const char *uuid, int64_t now_ms, struct upload_row *row, struct err *err)
{
    int found = find_row(store, arena, repository_id, uuid, now_ms, row, err);
    if (found == 0)
        return err_set(err, ERR_BLOB_UPLOAD_UNKNOWN, "upload session is unknown or has expired");
    return found < 0 ? -1 : 0;
}

/* Be the only one who writes to the session's object. */
static int take_object(struct upload *upload, struct err *err)
{
    int rc = blob_writer_open(upload->store->blobs, upload->key, upload->received, &upload->writer,
                              err);
    if (rc != 0 && err->code == ERR_CONFLICT)
        return err_set(err, ERR_CONFLICT, "upload session is in use by another request");
    return rc;
}

int upload_open(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                const char *uuid, int64_t now_ms, struct upload **out, struct err *err)
{
    struct upload_row row = {0}, now = {0};
    if (get_row(store, arena, repository_id, uuid, now_ms, &row, err) != 0)
        return -1;
    _cleanup_(upload_releasep) struct upload *upload = upload_new(store, arena, repository_id);
    upload->id = row.id;
    upload->received = upload->saved = (uint64_t)row.received;
    upload->kept = true;
    snprintf(upload->key, sizeof upload->key, "%s", row.object_key);
    if (row.hash_state.len > 0 && hasher_load(&upload->hasher, row.hash_state, err) != 0)
        return -1;
    if (take_object(upload, err) != 0)
        return -1;
    /* Whoever had the object until now may have gone on, or ended the session: then it is a blob.
     */
    if (get_row(store, arena, repository_id, uuid, now_ms, &now, err) != 0)
        return -1;
    if (now.received != row.received)
        return err_set(err, ERR_CONFLICT, "upload session was continued by another request");
    *out = TAKE(upload);
    return 0;
}

int upload_open_single(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                       struct upload **out, struct err *err)
{
    _cleanup_(upload_releasep) struct upload *upload = upload_new(store, arena, repository_id);
    blob_key_new(upload->key);
    if (blob_writer_open(store->blobs, upload->key, 0, &upload->writer, err) != 0)
        return -1;
    *out = TAKE(upload);
    return 0;
}

uint64_t upload_received(const struct upload *upload)
{
    return upload->received;
}

void upload_set_algorithm(struct upload *upload, enum digest_alg alg)
{
    if (upload->received == 0)
        hasher_init(&upload->hasher, alg);
}

int upload_append(struct upload *upload, const void *data, size_t len, struct err *err)
{
    if (len == 0)
        return 0;
    if (blob_writer_write(upload->writer, data, len, err) != 0)
        return -1;
    hasher_update(&upload->hasher, data, len);
    upload->received += len;
    return 0;
}

int upload_save(struct upload *upload, int64_t now_ms, struct err *err)
{
    uint8_t state[HASHER_STATE_MAX];
    struct str saved = {(const char *)state, hasher_save(&upload->hasher, state)};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (blob_writer_sync(upload->writer, err) != 0 ||
        db_begin(upload->store->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int64_t changed = db_exec(tx, &Q_UPLOAD_SAVE, err, upload->id, (int64_t)upload->received, saved,
                              now_ms + upload->store->policy.session_ms, (int64_t)upload->saved);
    if (changed < 0)
        return -1;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "upload session was continued by another request");
    if (db_commit(&tx, err) != 0)
        return -1;
    upload->saved = upload->received;
    return 0;
}

/* The session's algorithm is known only when its digest is: a content hashed with the other one is
 * read again, which happens once, for sha512 in a chunked upload. */
static int final_digest(struct upload *upload, enum digest_alg alg, struct digest *out,
                        struct err *err)
{
    enum { PIECE = 256 * 1024 };
    if (upload->hasher.alg == alg) {
        hasher_digest(&upload->hasher, out);
        return 0;
    }
    uint64_t size;
    int fd = -1;
    if (blob_writer_sync(upload->writer, err) != 0 || /* ends the object where the upload ends */
        blob_open(upload->store->blobs, upload->key, &fd, &size, err) != 0)
        return -1;
    struct hasher hasher;
    hasher_init(&hasher, alg);
    char *piece = malloc(PIECE);
    ssize_t n = piece ? 0 : -1;
    while (piece && (n = read(fd, piece, PIECE)) > 0)
        hasher_update(&hasher, piece, (size_t)n);
    free(piece);
    close(fd);
    if (n < 0)
        return err_set_errno(err, "upload cannot be read back");
    hasher_digest(&hasher, out);
    return 0;
}

/* The row for the digest, or a new one that names this upload's object. */
static int settle_blob(struct upload *upload, struct db_tx *tx, const struct digest *digest,
                       int64_t now_ms, struct blob_row *out, bool *took_object, struct err *err)
{
    int found = blob_row_find(tx, upload->arena, digest, out, err);
    if (found < 0)
        return -1;
    *took_object = true;
    if (found == 0) {
        int64_t id = db_insert(tx, &Q_BLOB_INSERT, err, digest, (int64_t)upload->received,
                               upload->key, now_ms);
        *out = (struct blob_row){id, *digest, (int64_t)upload->received, upload->key, 0};
        return id < 0 ? -1 : 0;
    }
    int fd = -1;
    uint64_t size = 0;
    struct err missing;
    if (blob_open(upload->store->blobs, out->object_key, &fd, &size, &missing) == 0)
        close(fd);
    if (fd >= 0 && size == upload->received) {
        *took_object = false;
        return 0;
    }
    out->object_key = upload->key;
    return db_exec(tx, &Q_BLOB_MOVE, err, out->id, upload->key) < 0 ? -1 : 0;
}

int upload_commit(struct upload *upload, const struct digest *digest, int64_t now_ms,
                  struct blob_row *out, struct err *err)
{
    struct digest found;
    struct blob_row blob = {0};
    bool took_object = false;
    if (final_digest(upload, (enum digest_alg)digest->alg, &found, err) != 0)
        return -1;
    bool matches = digest_eq(&found, digest);
    if (matches && blob_writer_sync(upload->writer, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(upload->store->db, DB_WRITE, &tx, err) != 0)
        return -1;
    if (upload->id && db_exec(tx, &Q_UPLOAD_DELETE, err, upload->id) <= 0)
        return err_set(err, ERR_BLOB_UPLOAD_UNKNOWN, "upload session was ended by another request");
    int64_t lease_end = now_ms + upload->store->policy.lease_ms;
    if (matches && (settle_blob(upload, tx, digest, now_ms, &blob, &took_object, err) != 0 ||
                    repo_blob_lease(tx, upload->repository_id, blob.id, lease_end, err) != 0))
        return -1;
    if (!took_object &&
        db_exec(tx, &Q_DEAD_OBJECT_INSERT, err, upload->key, now_ms, (int64_t)upload->received) < 0)
        return -1;
    /* A commit that fails while it is made durable may yet show after a crash. */
    upload->kept = upload->kept || took_object;
    if (db_commit(&tx, err) != 0)
        return -1;
    upload->kept = true;
    if (!matches)
        return err_set(err, ERR_DIGEST_INVALID, "content does not have the digest that was given");
    blob.object_key = arena_strdup(upload->arena, blob.object_key);
    *out = blob;
    return 0;
}

void upload_release(struct upload *upload)
{
    if (!upload)
        return;
    blob_writer_close(TAKE(upload->writer));
    const char *key = upload->key;
    struct err ignored; /* fsck finds what could not be removed */
    if (!upload->kept)
        blob_remove(upload->store->blobs, &key, 1, &ignored);
}

int upload_cancel(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                  const char *uuid, int64_t now_ms, struct err *err)
{
    struct upload_row row = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(store->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = db_one(tx, &Q_UPLOAD_FIND, arena, &row, err, uuid, repository_id, now_ms);
    if (found <= 0)
        return found;
    if (db_exec(tx, &Q_UPLOAD_DELETE, err, row.id) < 0 ||
        db_exec(tx, &Q_DEAD_OBJECT_INSERT, err, row.object_key, now_ms, row.received) < 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

int upload_bytes(const struct upload_store *store, struct arena *arena, int64_t repository_id,
                 struct str content, const struct digest *digest, int64_t now_ms, struct err *err)
{
    struct blob_row blob;
    _cleanup_(upload_releasep) struct upload *upload = NULL;
    if (upload_open_single(store, arena, repository_id, &upload, err) != 0)
        return -1;
    upload_set_algorithm(upload, (enum digest_alg)digest->alg);
    if (upload_append(upload, content.ptr, content.len, err) != 0)
        return -1;
    return upload_commit(upload, digest, now_ms, &blob, err);
}
