/* SPDX-License-Identifier: Apache-2.0 */
/* PUT of a tag: where it points, when it ends, whether it may change. One request may ask for all
 * three; they happen together or not at all. */
#include "api.h"
#include "domain/manifest.h"
#include "domain/tag.h"
#include "web/rights.h"

struct change_body {
    const char *digest;
    int64_t expiration; /* seconds since 1970; 0: null, the tag does not end */
    bool immutable;
    bool has_expiration;
    bool has_immutable;
};

static const struct field change_fields[] = {
    F_TEXT(struct change_body, digest, "manifest_digest", FIELD_NULLABLE, .max = 256),
    F_INT(struct change_body, expiration, "expiration", FIELD_NULLABLE, .min = 1,
          .max = INT64_MAX / 1000000, .seen = offsetof(struct change_body, has_expiration)),
    F_BOOL(struct change_body, immutable, "immutable", 0,
           .seen = offsetof(struct change_body, has_immutable)),
};
static const struct schema change_schema = SCHEMA(struct change_body, change_fields);

struct change {
    struct call *call;
    struct db_tx *tx;
    const char *name;
    struct tag tag; /* as it is by now; id 0: there is none */
};

static const char *digest_text(struct call *call, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    return arena_strdup(call->arena, text);
}

static int refuse_absent(struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "Not Found");
}

static int look_up(struct change *change, struct err *err)
{
    struct call *call = change->call;
    change->tag = (struct tag){0};
    return tag_find(change->tx, call->arena, call->repository.id, change->name, call->now_ms,
                    &change->tag, err) < 0
               ? -1
               : 0;
}

static int move(struct change *change, const char *text, struct err *err)
{
    struct call *call = change->call;
    struct digest digest;
    struct manifest manifest;
    const char *before = change->tag.id ? digest_text(call, &change->tag.digest) : NULL;
    if (digest_parse(str_of(text), &digest, err) != 0)
        return refuse_absent(err);
    int found = manifest_find(change->tx, call->arena, call->repository.id, &digest, &manifest,
                              err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_absent(err);
    if (tag_point(change->tx, call->arena, &call->service->manifests, call->repository.id,
                  change->name, manifest.id, call->now_ms, err) != 0 ||
        call_audit(call, change->tx, err, before ? AUDIT_MOVE_TAG : AUDIT_CREATE_TAG, "username",
                   call->account.name, "repo", call->repository.name, "namespace", call->space.name,
                   "tag", change->name, "manifest_digest", text, "original_manifest_digest", before,
                   NULL) != 0)
        return -1;
    return look_up(change, err);
}

/* Seconds as text; NULL for never. */
static const char *date_text(struct call *call, int64_t end_ms)
{
    return end_ms == TAG_FOREVER ? NULL
                                 : arena_printf(call->arena, "%lld", (long long)end_ms / 1000);
}

static int set_end(struct change *change, int64_t seconds, struct err *err)
{
    struct call *call = change->call;
    int64_t end_ms = seconds ? seconds * 1000 : TAG_FOREVER;
    if (!change->tag.id)
        return refuse_absent(err);
    if (end_ms <= call->now_ms)
        return err_set(err, ERR_INVALID, "expiration: lies in the past");
    if (change->tag.immutable && call_feature(call, FEATURE_IMMUTABLE_TAGS) &&
        !call_feature(call, FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE))
        return err_set(err, ERR_TAG_IMMUTABLE, "tag %.128s is immutable: it cannot be made to end",
                       change->name);
    if (tag_set_end(change->tx, &call->service->manifests, call->repository.id, &change->tag,
                    end_ms, err) != 0)
        return -1;
    return call_audit(
        call, change->tx, err, AUDIT_CHANGE_TAG_EXPIRATION, "username", call->account.name, "repo",
        call->repository.name, "namespace", call->space.name, "tag", change->name,
        "manifest_digest", digest_text(call, &change->tag.digest), "expiration_date",
        date_text(call, end_ms), "old_expiration_date", date_text(call, change->tag.end_ms), NULL);
}

static int set_immutable(struct change *change, bool immutable, struct err *err)
{
    struct call *call = change->call;
    if (!change->tag.id)
        return refuse_absent(err);
    if (!immutable && !(call->access & ACCESS_ADMIN) && !rights_full_access(call))
        return rights_refuse(call, err);
    if (immutable && change->tag.end_ms != TAG_FOREVER &&
        !call_feature(call, FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE))
        return err_set(err, ERR_INVALID, "immutable: the tag has an expiration");
    if (immutable == change->tag.immutable)
        return 0;
    if (tag_set_immutable(change->tx, change->tag.id, immutable, err) != 0)
        return -1;
    return call_audit(call, change->tx, err, AUDIT_CHANGE_TAG_IMMUTABILITY, "username",
                      call->account.name, "repo", call->repository.name, "namespace",
                      call->space.name, "tag", change->name, "immutable",
                      immutable ? "true" : "false", "previous_immutable",
                      immutable ? "false" : "true", NULL);
}

static int tag_put(struct call *call, struct err *err)
{
    const struct change_body *body = call->body;
    bool immutable = body->has_immutable && call_feature(call, FEATURE_IMMUTABLE_TAGS);
    struct change change = {.call = call, .name = call_value(call, "tag")};
    if (name_check_tag(str_of(change.name), err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    change.tx = tx;
    if (look_up(&change, err) != 0 || (body->digest && move(&change, body->digest, err) != 0) ||
        (immutable && !body->immutable && set_immutable(&change, false, err) != 0) ||
        look_up(&change, err) != 0 ||
        (body->has_expiration && set_end(&change, body->expiration, err) != 0) ||
        look_up(&change, err) != 0 ||
        (immutable && body->immutable && set_immutable(&change, true, err) != 0) ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_bytes(call->reply, 201, "application/json", STR("\"Updated\""));
    return 0;
}

static const struct route tag_change_routes[] = {
    {METHOD_PUT, "/api/v1/repository/{repository+}/tag/{tag}", "changeTag",
     "Move or create a tag, let it expire, or protect it.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .writes = true, .right = RIGHT_REPO_WRITE,
     .flags = ROUTE_UNRESTRICTED | ROUTE_FULL_ACCESS, .body = &change_schema, .handler = tag_put},
};
const struct route_table api_tag_change_table = ROUTES(tag_change_routes);
