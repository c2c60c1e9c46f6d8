/* SPDX-License-Identifier: Apache-2.0 */
/* /v2/<name>/manifests/<reference>: pull, push and delete of manifests and tags.
 *
 * A pull is answered on the reactor when the token has been verified before and the manifest is in
 * the cache; everything else takes the way through the database. Manifests are served as stored.
 * One exception serves old clients: an index asked for by a client that knows only single images
 * is answered with its linux/amd64 image, as docker-distribution and Quay do. */
#include "domain/manifest.h"
#include "accept.h"
#include "base/digest.h"
#include "domain/tag.h"
#include "push_quota.h"
#include "registry.h"
#include "web/manifest_cache.h"
#include "web/record.h"

static bool is_digest(const char *reference)
{
    return strchr(reference, ':') != NULL;
}

static void reply_manifest(struct call *call, struct cached_manifest *manifest)
{
    const char *type = arena_strdup(call->arena, manifest->media_type);
    reply_header(call->reply, "Docker-Content-Digest", manifest->digest);
    call->reply->etag = manifest->etag;
    reply_shared(call->reply, 200, type, manifest->content, &manifest->cached);
}

/* Only types that hold other manifests have something else to offer. */
static bool must_convert(const struct call *call, const struct cached_manifest *manifest)
{
    return manifest->kind == MANIFEST_INDEX && !is_digest(call_value(call, "reference")) &&
           !accept_covers(call->request, str_of(manifest->media_type));
}

static bool manifest_get_quick(struct call *call)
{
    struct str header = request_header(call->request, STR("Authorization")), token;
    const char *name = call_value(call, "repository");
    if (record_strict(call) || !header.ptr || !token_of_header(header, &token) ||
        !strchr(name, '/'))
        return false;
    call->bearer = token_cached(call->service->auth, token, call->now_ms);
    if (!call->bearer)
        return false;
    const struct identity *who = &call->bearer->identity;
    if (!(identity_granted(who, str_of(name)) & ACCESS_READ))
        return false;
    struct cached_manifest *manifest = manifest_cache_get(
        call->service->cache, call->request->reactor, name, call_value(call, "reference"),
        call->now_ms);
    if (!manifest || must_convert(call, manifest)) {
        cached_unref(manifest ? &manifest->cached : NULL);
        return false;
    }
    call->reply->user = who->account_id ? who->name : NULL;
    record_pull(call, manifest, call_value(call, "reference"));
    reply_manifest(call, manifest);
    return true;
}

static int find_by_tag(struct call *call, struct db_tx *tx, const char *tag, struct manifest *out,
                       struct err *err)
{
    if (name_check_tag(str_of(tag), err) != 0) {
        err->code = ERR_MANIFEST_UNKNOWN; /* to a reader: what cannot be there is not there */
        return -1;
    }
    int found = manifest_find_by_tag(tx, call->arena, call->repository.id, tag, call->now_ms, out,
                                     err);
    if (found != 0)
        return found < 0 ? -1 : 0;
    int existed = tag_existed(tx, call->arena, call->repository.id, tag, err);
    if (existed < 0)
        return -1;
    if (existed)
        return err_set(err, ERR_TAG_EXPIRED, "tag %s was deleted or has expired", tag);
    return err_set(err, ERR_MANIFEST_UNKNOWN, "tag %s is not known in %.100s", tag,
                   call->name.full);
}

static int find_by_digest(struct call *call, struct db_tx *tx, const struct digest *digest,
                          struct manifest *out, struct err *err)
{
    int found = manifest_find(tx, call->arena, call->repository.id, digest, out, err);
    if (found == 0)
        return err_set(err, ERR_MANIFEST_UNKNOWN, "manifest is not known in %.100s",
                       call->name.full);
    return found < 0 ? -1 : 0;
}

/* The child that a client without index support would have meant. */
static int find_default_image(struct call *call, struct db_tx *tx, struct manifest *io,
                              struct err *err)
{
    struct manifest_info info;
    if (manifest_parse(call->arena, str_of(io->media_type), io->content, &info, err) != 0)
        return -1;
    const struct descriptor *children = info.children.items;
    for (size_t i = 0; i < info.children.count; i++) {
        bool wanted = children[i].platform_os && children[i].platform_arch &&
                      strcmp(children[i].platform_os, "linux") == 0 &&
                      strcmp(children[i].platform_arch, "amd64") == 0;
        if (wanted)
            return find_by_digest(call, tx, &children[i].digest, io, err);
    }
    return err_set(
        err, ERR_MANIFEST_UNKNOWN,
        "this is a multi-architecture index without linux/amd64, and the client's Accept "
        "header does not cover indexes");
}

/* *as_stored_out is false when the client got something else than what the reference names. */
static int load(struct call *call, const char *reference, struct manifest *out, bool *as_stored_out,
                struct err *err)
{
    struct digest digest;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (is_digest(reference) && digest_parse(str_of(reference), &digest, err) != 0)
        return -1;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    if (is_digest(reference))
        return find_by_digest(call, tx, &digest, out, err);
    if (find_by_tag(call, tx, reference, out, err) != 0)
        return -1;
    bool old_client = media_type_kind(str_of(out->media_type)) == MANIFEST_INDEX &&
                      !accept_covers(call->request, str_of(out->media_type)) &&
                      (accept_names(call->request, STR(MEDIA_DOCKER_MANIFEST)) ||
                       accept_names(call->request, STR(MEDIA_OCI_MANIFEST)));
    *as_stored_out = !old_client;
    return old_client ? find_default_image(call, tx, out, err) : 0;
}

static int record(struct call *call, const struct cached_manifest *served, const char *reference,
                  struct err *err)
{
    if (record_strict(call))
        return record_pull_now(call, served, reference, err);
    record_pull(call, served, reference);
    return 0;
}

static int manifest_get(struct call *call, struct err *err)
{
    struct manifest manifest = {0};
    const char *reference = call_value(call, "reference");
    bool as_stored = true;
    if (load(call, reference, &manifest, &as_stored, err) != 0)
        return -1;
    struct cached_manifest *served = cached_manifest_new(manifest.media_type, &manifest.digest,
                                                         manifest.content);
    served->repository_id = call->repository.id;
    served->namespace_id = call->repository.namespace_id;
    if (record(call, served, reference, err) != 0) {
        cached_unref(&served->cached);
        return -1;
    }
    if (as_stored)
        manifest_cache_put(call->service->cache, call->request->reactor, call->cache_version,
                           call->name.full, reference, served, manifest.until_ms);
    reply_manifest(call, served);
    return 0;
}

/* The digest that a push is stored under: the one it names, or the content's SHA-256. */
static int digest_of_push(const struct call *call, struct digest *out, struct err *err)
{
    const char *reference = call_value(call, "reference");
    struct digest named;
    if (!is_digest(reference)) {
        digest_of(DIGEST_SHA256, call->raw, out);
        return name_check_tag(str_of(reference), err);
    }
    if (digest_parse(str_of(reference), &named, err) != 0)
        return -1;
    digest_of((enum digest_alg)named.alg, call->raw, out);
    if (!digest_eq(&named, out))
        return err_set(err, ERR_DIGEST_INVALID, "content does not have the digest that was given");
    return 0;
}

static int manifest_put(struct call *call, struct err *err)
{
    const char *reference = call_value(call, "reference");
    char digest[DIGEST_TEXT_SIZE], subject[DIGEST_TEXT_SIZE];
    struct manifest_info info;
    struct quota_gate quota;
    struct manifest_put put = {
        .repository_id = call->repository.id,
        .media_type = request_header(call->request, STR("Content-Type")),
        .content = call->raw,
        .tag = is_digest(reference) ? NULL : reference,
        .now_ms = call->now_ms,
        .quota = push_quota_applies(call, &quota) ? &quota : NULL,
    };
    if (digest_of_push(call, &put.digest, err) != 0)
        return -1;
    digest_format(&put.digest, digest);
    put.audit = record_push(call, put.tag, digest, put.media_type);
    int stored = manifest_store(&call->service->uploads, call->arena, &call->service->manifests,
                                &put, &info, err);
    if (quota.reached == QUOTA_REJECT || (stored == 0 && quota.reached == QUOTA_WARNING))
        push_quota_tell(call, &quota);
    if (stored != 0)
        return -1;
    reply_headerf(call->reply, "Location", "/v2/%s/manifests/%s", call->name.full, digest);
    reply_headerf(call->reply, "Docker-Content-Digest", "%s", digest);
    if (info.subject.len) {
        digest_format(&info.subject, subject);
        reply_headerf(call->reply, "OCI-Subject", "%s", subject);
    }
    reply_status(call->reply, 201);
    return 0;
}

/* 1 deleted, 0 not there, -1. */
static int delete_reference(struct call *call, struct db_tx *tx, const char *reference,
                            struct err *err)
{
    struct digest digest;
    const struct manifest_policy *policy = &call->service->manifests;
    if (!is_digest(reference))
        return name_check_tag(str_of(reference), err) != 0
                   ? 0
                   : tag_close(tx, call->arena, policy, call->repository.id, reference,
                               call->now_ms, err);
    if (digest_parse(str_of(reference), &digest, err) != 0)
        return -1;
    return manifest_hide(tx, call->arena, policy, call->repository.id, &digest, call->now_ms, err);
}

static int delete_and_record(struct call *call, const char *reference, struct err *err)
{
    bool by_digest = is_digest(reference);
    const struct audit_entry *audit = record_delete(call, by_digest ? NULL : reference,
                                                    by_digest ? reference : NULL);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int deleted = delete_reference(call, tx, reference, err);
    if (deleted <= 0)
        return deleted;
    if (audit && audit_write(tx, audit, call->now_ms, err) != 0)
        return -1;
    return db_commit(&tx, err) == 0 ? 1 : -1;
}

static int manifest_remove(struct call *call, struct err *err)
{
    const char *reference = call_value(call, "reference");
    int deleted = delete_and_record(call, reference, err);
    if (deleted == 0)
        return err_set(err, ERR_MANIFEST_UNKNOWN, "%s %.140s is not known in %.80s",
                       is_digest(reference) ? "manifest" : "tag", reference, call->name.full);
    if (deleted == 1)
        reply_status(call->reply, 202);
    return deleted < 0 ? -1 : 0;
}

#define MANIFEST_PATH "/v2/{repository+}/manifests/{reference}"

static const struct route manifest_routes[] = {
    {METHOD_GET, MANIFEST_PATH, "registry_manifest_get", "Pull a manifest by tag or digest.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_READ, .find_repository = true,
     .failed = AUDIT_PULL_REPO_FAILED, .handler = manifest_get, .quick = manifest_get_quick},
    {METHOD_PUT, MANIFEST_PATH, "registry_manifest_put", "Push a manifest, moving the tag to it.",
     .auth = ROUTE_BEARER, .errors = ERRORS_OCI, .need = ACCESS_WRITE, .find_repository = true,
     .writes = true, .failed = AUDIT_PUSH_REPO_FAILED, .raw_max = MANIFEST_BYTES_MAX,
     .handler = manifest_put},
    {METHOD_DELETE, MANIFEST_PATH, "registry_manifest_delete",
     "Delete a tag, or a manifest with all its tags.", .auth = ROUTE_BEARER, .errors = ERRORS_OCI,
     .need = ACCESS_WRITE, .find_repository = true, .writes = true,
     .failed = AUDIT_DELETE_TAG_FAILED, .handler = manifest_remove},
};
const struct route_table registry_manifest_table = ROUTES(manifest_routes);
