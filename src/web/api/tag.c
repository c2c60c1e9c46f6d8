/* SPDX-License-Identifier: Apache-2.0 */
/* Tags: their history, and deleting, restoring and purging them. */
#include "domain/tag.h"
#include "api.h"
#include "codec/jw.h"
#include "domain/media_type.h"
#include "tag_view.h"

enum { PAGE = 50, PAGE_MAX = 100, PAGES_MAX = 1000000 };

struct list_query {
    int64_t page;
    int64_t limit;
    const char *name;
    bool live;
    const char *filter; /* "like:x" or "eq:x" */
};

static const struct field list_fields[] = {
    F_INT(struct list_query, page, "page", 0, .min = 1, .max = PAGES_MAX),
    F_INT(struct list_query, limit, "limit", 0, .min = 1, .max = PAGE_MAX),
    F_TEXT(struct list_query, name, "specificTag", FIELD_NULLABLE, .max = TAG_NAME_MAX),
    F_BOOL(struct list_query, live, "onlyActiveTags", 0),
    F_TEXT(struct list_query, filter, "filter_tag_name", FIELD_NULLABLE, .max = TAG_NAME_MAX + 5),
};
static const struct schema list_schema = SCHEMA(struct list_query, list_fields);

static int make_filter(struct call *call, const struct list_query *query, struct tag_filter *out,
                       struct err *err)
{
    int64_t limit = query->limit ? query->limit : PAGE, page = query->page ? query->page : 1;
    struct str rest = str_of(query->filter), how;
    *out = (struct tag_filter){
        .name = query->name,
        .live = query->live,
        .skip = (page - 1) * limit,
        .limit = limit + 1, /* one more tells whether there is another page */
    };
    if (!query->filter)
        return 0;
    str_cut(&rest, ':', &how);
    bool like = str_eq(how, STR("like")), eq = str_eq(how, STR("eq"));
    if (!rest.len || !(like || eq))
        return err_set(err, ERR_INVALID, "filter_tag_name: must be like:TEXT or eq:TEXT");
    *(like ? &out->like : &out->name) = arena_text(call->arena, rest);
    return 0;
}

static bool any_index(const struct tag_entry *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (media_type_kind(str_of(rows[i].media_type)) == MANIFEST_INDEX)
            return true;
    }
    return false;
}

static int load_page(struct call *call, const struct tag_filter *filter, struct list *tags_out,
                     struct list *children_out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        tag_history(tx, call->arena, call->repository.id, filter, call->now_ms, tags_out, err) != 0)
        return -1;
    if (!any_index(tags_out->items, tags_out->count))
        return 0;
    return tag_history_children(tx, call->arena, call->repository.id, filter, call->now_ms,
                                children_out, err);
}

static int tags_get(struct call *call, struct err *err)
{
    const struct list_query *query = call->query;
    struct tag_filter filter;
    struct list tags = {0}, children = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    if (make_filter(call, query, &filter, err) != 0 ||
        load_page(call, &filter, &tags, &children, err) != 0)
        return -1;
    const struct tag_entry *rows = tags.items;
    size_t shown = size_min(tags.count, (size_t)filter.limit - 1);
    bool immutable = call_feature(call, FEATURE_IMMUTABLE_TAGS);
    jw_begin_object(&w);
    jw_key(&w, "tags");
    jw_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        tag_view_full(&w, &rows[i], &children, immutable);
    jw_end_array(&w);
    jw_member_int(&w, "page", query->page ? query->page : 1);
    jw_member_bool(&w, "has_additional", tags.count > shown);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int refuse_absent(struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "Not Found");
}

static const char *digest_text(struct call *call, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    return arena_strdup(call->arena, text);
}

/* What entries about tags have in common. */
#define ABOUT_TAG(call, tag_name, digest)                                                          \
    "username", (call)->account.name, "repo", (call)->repository.name, "namespace",                \
        (call)->space.name, "tag", (tag_name), "manifest_digest", (digest)

static int tag_remove(struct call *call, struct err *err)
{
    const char *name = call_value(call, "tag");
    struct tag tag;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = tag_find(tx, call->arena, call->repository.id, name, call->now_ms, &tag, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_absent(err);
    if (tag_end(tx, call->arena, &call->service->manifests, call->repository.id, &tag, call->now_ms,
                err) != 0 ||
        call_audit(call, tx, err, AUDIT_DELETE_TAG,
                   ABOUT_TAG(call, name, digest_text(call, &tag.digest)), NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

struct restore_body {
    const char *digest;
};

static const struct field restore_fields[] = {
    F_TEXT(struct restore_body, digest, "manifest_digest", FIELD_REQUIRED, .max = 256),
};
static const struct schema restore_schema = SCHEMA(struct restore_body, restore_fields);

/* Text that is no digest names nothing. */
static int parse_digest(const char *text, struct digest *out, struct err *err)
{
    return digest_parse(str_of(text), out, err) == 0 ? 0 : refuse_absent(err);
}

static int restore_post(struct call *call, struct err *err)
{
    const struct restore_body *body = call->body;
    const char *name = call_value(call, "tag");
    struct digest digest;
    if (name_check_tag(str_of(name), err) != 0 || parse_digest(body->digest, &digest, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = tag_restore(tx, call->arena, &call->service->manifests, call->repository.id, name,
                            &digest, call->now_ms, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_absent(err);
    if (call_audit(call, tx, err, AUDIT_REVERT_TAG, ABOUT_TAG(call, name, body->digest), NULL) !=
            0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_bytes(call->reply, 200, "application/json", STR("{}"));
    return 0;
}

struct expire_body {
    const char *digest;
    bool is_alive;
};

static const struct field expire_fields[] = {
    F_TEXT(struct expire_body, digest, "manifest_digest", FIELD_NULLABLE, .max = 256),
    F_BOOL(struct expire_body, is_alive, "is_alive", FIELD_NULLABLE),
};
static const struct schema expire_schema = SCHEMA(struct expire_body, expire_fields);

/* 1 done, 0 nothing to do it to, -1. */
static int purge(struct call *call, struct db_tx *tx, const char *name, const struct digest *digest,
                 bool is_alive, struct err *err)
{
    struct tag tag;
    int64_t id = call->repository.id;
    if (!is_alive) {
        int64_t rows = tag_purge_ended(tx, call->arena, id, name, digest, call->now_ms, err);
        return rows > 0 ? 1 : (int)rows;
    }
    int found = tag_find(tx, call->arena, id, name, call->now_ms, &tag, err);
    if (found <= 0 || (digest && !digest_eq(digest, &tag.digest)))
        return found < 0 ? -1 : 0;
    return tag_purge(tx, &call->service->manifests, &tag, call->now_ms, err) == 0 ? 1 : -1;
}

static int expire_post(struct call *call, struct err *err)
{
    const struct expire_body *body = call->body;
    const char *name = call_value(call, "tag");
    struct digest digest;
    if (!body->digest && !body->is_alive)
        return err_set(err, ERR_INVALID, "manifest_digest: is missing");
    if (body->digest && parse_digest(body->digest, &digest, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = purge(call, tx, name, body->digest ? &digest : NULL, body->is_alive, err);
    if (found <= 0)
        return found < 0 ? -1 : refuse_absent(err);
    if (call_audit(call, tx, err, AUDIT_PERMANENTLY_DELETE_TAG, ABOUT_TAG(call, name, body->digest),
                   NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    reply_bytes(call->reply, 200, "application/json", STR("\"\""));
    return 0;
}

#define TAGS_PATH "/api/v1/repository/{repository+}/tag/"

static const struct route tag_routes[] = {
    {METHOD_GET, TAGS_PATH, "listRepoTags", "List tags with their history, newest first.",
     .auth = ROUTE_API, .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_READ,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .query = &list_schema,
     .handler = tags_get},
    {METHOD_DELETE, TAGS_PATH "{tag}", "deleteFullTag", "Delete a tag.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .writes = true, .right = RIGHT_REPO_WRITE,
     .flags = ROUTE_UNRESTRICTED | ROUTE_FULL_ACCESS, .handler = tag_remove},
    {METHOD_POST, TAGS_PATH "{tag}/restore", "restoreTag",
     "Point a tag at a manifest it meant before.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .writes = true, .right = RIGHT_REPO_WRITE,
     .flags = ROUTE_UNRESTRICTED | ROUTE_FULL_ACCESS, .body = &restore_schema,
     .handler = restore_post},
    {METHOD_POST, TAGS_PATH "{tag}/expire", "removeTagFromTimemachine",
     "Delete a tag so that it cannot be restored.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .writes = true, .right = RIGHT_REPO_WRITE, .flags = ROUTE_FULL_ACCESS,
     .feature = FEATURE_PERMANENTLY_DELETE_TAGS, .body = &expire_schema, .handler = expire_post},
};
const struct route_table api_tag_table = ROUTES(tag_routes);
