/* SPDX-License-Identifier: Apache-2.0 */
/* /v2/<name>/blobs/uploads/: start, continue, finish, ask about and give up an upload; mount.
 *
 * A body is hashed and written as it arrives (see domain/upload.h). When it breaks off, what has
 * arrived is kept, and the client goes on from the offset that GET tells. */
#include "domain/upload.h"

#include "base/clock.h"
#include "content_range.h"
#include "http/server.h"
#include "push_quota.h"
#include "registry.h"

struct upload_query {
    const char *digest;
    const char *mount;
    const char *from;
};

static const struct field upload_query_fields[] = {
    F_TEXT(struct upload_query, digest, "digest", 0, .max = 200),
    F_TEXT(struct upload_query, mount, "mount", 0, .max = 200),
    F_TEXT(struct upload_query, from, "from", 0, .max = 300),
};
static const struct schema upload_query_schema = SCHEMA(struct upload_query, upload_query_fields);

enum { SPACE_LOOK = 8 * 1024 * 1024 }; /* bytes between two looks at how much room is left */

/* A request with a body for an upload. */
struct transfer {
    struct call *call;
    struct upload *upload;
    const char *uuid; /* NULL: single upload, seen by this request only */
    bool commit;
    struct digest digest;  /* when commit */
    uint64_t expected_end; /* of Content-Range; 0: not said */
    uint64_t unlooked;     /* bytes since the last look at the room */
};

static void reply_location(struct call *call, const char *uuid)
{
    reply_headerf(call->reply, "Location", "/v2/%s/blobs/uploads/%s", call->name.full, uuid);
    reply_headerf(call->reply, "Docker-Upload-UUID", "%s", uuid);
}

/* The protocol's Range of an upload has no way to say "nothing yet" but this. */
static void reply_range(struct call *call, uint64_t received)
{
    unsigned long long last = received ? received - 1 : 0;
    reply_headerf(call->reply, "Range", "0-%llu", last);
}

static void reply_created(struct call *call, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    reply_headerf(call->reply, "Location", "/v2/%s/blobs/%s", call->name.full, text);
    reply_headerf(call->reply, "Docker-Content-Digest", "%s", text);
    reply_status(call->reply, 201);
}

static void transfer_fail(struct transfer *transfer, struct err *err)
{
    upload_release(TAKE(transfer->upload));
    call_refuse(transfer->call, err);
}

/* Here and not by the sink's limit, so that the client is told how much a blob may have. */
static int check_size(const struct transfer *transfer, uint64_t coming, struct err *err)
{
    uint64_t most = transfer->call->rules->layer_max;
    uint64_t received = upload_received(transfer->upload);
    if (received <= most && coming <= most - received)
        return 0;
    return err_set(err, ERR_TOO_LARGE, "blob is larger than %llu bytes", (unsigned long long)most);
}

static int check_room(const struct call *call, uint64_t coming, struct err *err)
{
    struct blob_space space;
    if (blob_store_space(call->service->blobs, &space, err) != 0)
        return -1;
    if (space.available < coming || space.available - coming < call->rules->space_reserve)
        return err_set(err, ERR_NO_SPACE, "the registry's storage is full");
    return 0;
}

static int check_space(const struct call *call, struct err *err)
{
    int64_t length = call->request->body_length;
    return check_room(call, length > 0 ? (uint64_t)length : 0, err);
}

/* Most clients do not say how much comes, and several push at once. */
static int look_at_room(struct transfer *transfer, size_t len, struct err *err)
{
    transfer->unlooked += len;
    if (transfer->unlooked < SPACE_LOOK)
        return 0;
    transfer->unlooked = 0;
    return check_room(transfer->call, 0, err);
}

static int transfer_write(void *context, const void *data, size_t len, struct err *err)
{
    struct transfer *transfer = context;
    if (check_size(transfer, len, err) != 0 || look_at_room(transfer, len, err) != 0)
        return -1;
    return upload_append(transfer->upload, data, len, err);
}

/* The client went away: keep what is whole, so that it can go on. */
static void transfer_abort(void *context)
{
    struct transfer *transfer = context;
    struct err ignored; /* the session stays as it was last saved */
    if (transfer->uuid && transfer->upload)
        upload_save(transfer->upload, transfer->call->now_ms, &ignored);
    upload_release(TAKE(transfer->upload));
}

static int transfer_settle(struct transfer *transfer, struct err *err)
{
    struct call *call = transfer->call;
    struct blob_row blob;
    uint64_t received = upload_received(transfer->upload);
    if (transfer->expected_end && received != transfer->expected_end)
        return err_set(err, ERR_SIZE_INVALID,
                       "chunk ends at byte %llu, but its Content-Range says %llu",
                       (unsigned long long)received, (unsigned long long)transfer->expected_end);
    if (transfer->commit) {
        if (upload_commit(transfer->upload, &transfer->digest, call->now_ms, &blob, err) != 0)
            return -1;
        reply_created(call, &transfer->digest);
        return 0;
    }
    if (upload_save(transfer->upload, call->now_ms, err) != 0)
        return -1;
    reply_location(call, transfer->uuid);
    reply_range(call, received);
    reply_status(call->reply, 202);
    return 0;
}

static void transfer_finish(void *context, struct request *request, struct reply *reply)
{
    (void)request;
    struct transfer *transfer = context;
    struct err err = {0};
    transfer->call->reply = reply;
    transfer->call->now_ms = clock_wall_ms();
    if (transfer_settle(transfer, &err) != 0)
        transfer_fail(transfer, &err);
    else
        upload_release(TAKE(transfer->upload));
}

/* Take the body into the transfer, or, when the request has none, settle it at once. */
static int transfer_begin(struct transfer *transfer, struct body_sink *sink, struct err *err)
{
    int64_t length = transfer->call->request->body_length;
    bool too_large = length > 0 && check_size(transfer, (uint64_t)length, err) != 0;
    if (too_large || length == 0) {
        int result = too_large ? -1 : transfer_settle(transfer, err);
        upload_release(TAKE(transfer->upload));
        return result;
    }
    *sink = (struct body_sink){.write = transfer_write,
                               .finish = transfer_finish,
                               .abort = transfer_abort,
                               .context = transfer,
                               .limit = UINT64_MAX};
    return 1;
}

static struct transfer *transfer_new(struct call *call, const char *uuid)
{
    struct transfer *transfer = arena_alloc(call->arena, sizeof *transfer);
    transfer->call = call;
    transfer->uuid = uuid;
    return transfer;
}

/* POST ?digest=: the whole blob in this one request. */
static int start_single(struct call *call, const char *digest, struct body_sink *sink,
                        struct err *err)
{
    struct transfer *transfer = transfer_new(call, NULL);
    transfer->commit = true;
    if (digest_parse(str_of(digest), &transfer->digest, err) != 0 || check_space(call, err) != 0 ||
        upload_open_single(&call->service->uploads, call->arena, call->repository.id,
                           &transfer->upload, err) != 0)
        return -1;
    upload_set_algorithm(transfer->upload, (enum digest_alg)transfer->digest.alg);
    return transfer_begin(transfer, sink, err);
}

static int start_session(struct call *call, struct err *err)
{
    const char *uuid;
    if (check_space(call, err) != 0 ||
        upload_start(&call->service->uploads, call->arena, call->repository.id, call->now_ms, &uuid,
                     err) != 0)
        return -1;
    reply_location(call, uuid);
    reply_header(call->reply, "Range", "0-0");
    reply_status(call->reply, 202);
    return 0;
}

/* Mount from one repository that the token may read: 1, 0 not there or not allowed, -1. */
static int mount_from(struct call *call, const char *from, const struct digest *digest,
                      struct err *err)
{
    const struct service_rules *rules = call->rules;
    struct name_rules names = {.library = rules->library, .nested = rules->nested_names};
    struct repository_name name;
    struct repository source;
    struct blob_row blob;
    struct err bad_name; /* a source that cannot exist is no error: the upload goes on without */
    if (name_parse_repository(call->arena, str_of(from), &names, &name, &bad_name) != 0)
        return 0;
    if (!(identity_granted(call->identity, str_of(name.full)) & ACCESS_READ))
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = repository_find(tx, call->arena, &name, &source, err);
    if (found <= 0)
        return found;
    db_end(&tx);
    return repo_blob_mount(call->service->db, call->arena, source.id, call->repository.id, digest,
                           call->now_ms, call->service->uploads.policy.lease_ms, &blob, err);
}

/* Without `from` every repository that the token names is looked at. */
static int mount(struct call *call, const struct upload_query *query, struct err *err)
{
    struct digest digest;
    if (digest_parse(str_of(query->mount), &digest, err) != 0)
        return -1;
    int mounted = 0;
    if (query->from) {
        mounted = mount_from(call, query->from, &digest, err);
    } else {
        for (size_t i = 0; mounted == 0 && i < call->identity->grant_count; i++)
            mounted = mount_from(call, call->identity->grants[i].repository, &digest, err);
    }
    if (mounted == 1)
        reply_created(call, &digest);
    return mounted;
}

static int uploads_post(struct call *call, struct body_sink *sink, struct err *err)
{
    const struct upload_query *query = call->query;
    if (push_quota_check_start(call, err) != 0)
        return -1;
    if (query->mount) {
        int mounted = mount(call, query, err);
        if (mounted != 0)
            return mounted < 0 ? -1 : 0;
    }
    if (query->digest)
        return start_single(call, query->digest, sink, err);
    return start_session(call, err);
}

/* A chunk that says where it belongs must belong at the end of what is there. */
static int check_offset(struct transfer *transfer, struct err *err)
{
    struct call *call = transfer->call;
    struct str header = request_header(call->request, STR("Content-Range"));
    struct content_range range;
    uint64_t received = upload_received(transfer->upload);
    if (!header.ptr)
        return 0;
    if (content_range_parse(header, &range, err) != 0)
        return -1;
    int64_t length = call->request->body_length;
    if (length >= 0 && (uint64_t)length != range.last - range.first + 1)
        return err_set(err, ERR_SIZE_INVALID,
                       "Content-Length and Content-Range disagree about the chunk's size");
    transfer->expected_end = range.last + 1;
    if (range.first == received)
        return 0;
    reply_location(call, transfer->uuid);
    reply_range(call, received);
    return err_set(err, ERR_RANGE, "upload goes on at byte %llu, the chunk begins at %llu",
                   (unsigned long long)received, (unsigned long long)range.first);
}

static int continue_session(struct call *call, struct transfer *transfer, struct body_sink *sink,
                            struct err *err)
{
    if (check_space(call, err) != 0 ||
        upload_open(&call->service->uploads, call->arena, call->repository.id, transfer->uuid,
                    call->now_ms, &transfer->upload, err) != 0)
        return -1;
    if (transfer->commit)
        upload_set_algorithm(transfer->upload, (enum digest_alg)transfer->digest.alg);
    if (check_offset(transfer, err) != 0) {
        upload_release(TAKE(transfer->upload));
        return -1;
    }
    return transfer_begin(transfer, sink, err);
}

static int upload_patch(struct call *call, struct body_sink *sink, struct err *err)
{
    return continue_session(call, transfer_new(call, call_value(call, "uuid")), sink, err);
}

static int upload_put(struct call *call, struct body_sink *sink, struct err *err)
{
    const struct upload_query *query = call->query;
    struct transfer *transfer = transfer_new(call, call_value(call, "uuid"));
    transfer->commit = true;
    if (!query->digest)
        return err_set(err, ERR_DIGEST_INVALID, "digest: is required to finish an upload");
    if (digest_parse(str_of(query->digest), &transfer->digest, err) != 0)
        return -1;
    return continue_session(call, transfer, sink, err);
}

static int refuse_unknown(struct err *err)
{
    return err_set(err, ERR_BLOB_UPLOAD_UNKNOWN, "upload session is unknown or has expired");
}

static int upload_get(struct call *call, struct err *err)
{
    uint64_t received;
    const char *uuid = call_value(call, "uuid");
    int found = upload_find(&call->service->uploads, call->arena, call->repository.id, uuid,
                            call->now_ms, &received, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_unknown(err);
    reply_location(call, uuid);
    reply_range(call, received);
    reply_status(call->reply, 204);
    return 0;
}

static int upload_delete(struct call *call, struct err *err)
{
    int found = upload_cancel(&call->service->uploads, call->arena, call->repository.id,
                              call_value(call, "uuid"), call->now_ms, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_unknown(err);
    reply_status(call->reply, 204);
    return 0;
}

#define UPLOAD_PATH "/v2/{repository+}/blobs/uploads/{uuid}"
#define UPLOAD_ROUTE                                                                               \
    .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_WRITE, .find_repository = true,     \
    .writes = true

static const struct route upload_routes[] = {
    {METHOD_POST, "/v2/{repository+}/blobs/uploads/", "registry_upload_start",
     "Start an upload, push a whole blob, or mount one.", UPLOAD_ROUTE,
     .query = &upload_query_schema, .stream = uploads_post},
    {METHOD_POST, "/v2/{repository+}/blobs/uploads", "registry_upload_start_bare",
     "The same, for clients that drop the last slash.", UPLOAD_ROUTE, .query = &upload_query_schema,
     .stream = uploads_post},
    {METHOD_PATCH, UPLOAD_PATH, "registry_upload_patch", "Append a chunk to an upload.",
     UPLOAD_ROUTE, .stream = upload_patch},
    {METHOD_PUT, UPLOAD_PATH, "registry_upload_put",
     "Finish an upload, with its last chunk or not.", UPLOAD_ROUTE, .query = &upload_query_schema,
     .stream = upload_put},
    {METHOD_GET, UPLOAD_PATH, "registry_upload_get", "Ask how far an upload has come.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_WRITE, .find_repository = true,
     .handler = upload_get},
    {METHOD_DELETE, UPLOAD_PATH, "registry_upload_delete", "Give up an upload.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_WRITE, .find_repository = true,
     .handler = upload_delete},
};
const struct route_table registry_upload_table = ROUTES(upload_routes);
