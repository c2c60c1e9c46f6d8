/* SPDX-License-Identifier: Apache-2.0 */
/* How often a tag or a manifest was pulled. */
#include "api.h"
#include "base/clock.h"
#include "codec/jw.h"
#include "domain/activity.h"
#include "domain/tag.h"
#include "manifest_load.h"

enum { BODY_MAX = 4096 };

static void write_pulls(struct jw *w, const char *count_key, const char *date_key,
                        const struct activity_pulls *pulls)
{
    char date[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(pulls->last_ms, date);
    jw_member_int(w, count_key, pulls->pulls);
    jw_member_text(w, date_key, pulls->last_ms ? date : NULL);
}

static void write_digest(struct jw *w, const char *key, const struct digest *digest)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    jw_member_text(w, key, text);
}

struct tag_pulls {
    struct tag tag;
    struct activity_pulls of_tag, of_manifest;
};

static int load_tag(struct call *call, struct tag_pulls *out, struct err *err)
{
    int64_t id = call->repository.id;
    const char *name = call_value(call, "tag");
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = tag_find(tx, call->arena, id, name, call->now_ms, &out->tag, err);
    if (found <= 0)
        return found < 0 ? -1 : err_set(err, ERR_NOT_FOUND, "Not Found");
    if (activity_get_tag(tx, id, name, &out->of_tag, err) != 0)
        return -1;
    return activity_get_manifest(tx, id, &out->tag.digest, &out->of_manifest, err);
}

static int tag_get(struct call *call, struct err *err)
{
    struct tag_pulls pulls = {0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    if (load_tag(call, &pulls, err) != 0)
        return -1;
    jw_begin_object(&w);
    jw_member_text(&w, "tag_name", pulls.tag.name);
    write_pulls(&w, "tag_pull_count", "last_tag_pull_date", &pulls.of_tag);
    write_digest(&w, "current_manifest_digest", &pulls.tag.digest);
    write_pulls(&w, "manifest_pull_count", "last_manifest_pull_date", &pulls.of_manifest);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int manifest_get(struct call *call, struct err *err)
{
    struct manifest manifest;
    struct activity_pulls pulls;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        manifest_load_named(call, tx, &manifest, err) != 0 ||
        activity_get_manifest(tx, call->repository.id, &manifest.digest, &pulls, err) != 0)
        return -1;
    jw_begin_object(&w);
    write_digest(&w, "manifest_digest", &manifest.digest);
    write_pulls(&w, "manifest_pull_count", "last_manifest_pull_date", &pulls);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static const struct route pull_statistics_routes[] = {
    {METHOD_GET, "/api/v1/repository/{repository+}/tag/{tag}/pull_statistics",
     "getTagPullStatistics", "How often a tag was pulled.", .auth = ROUTE_API, .errors = ERRORS_API,
     .find_repository = true, .right = RIGHT_REPO_READ,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .feature = FEATURE_PULL_STATS,
     .handler = tag_get},
    {METHOD_GET, "/api/v1/repository/{repository+}/manifest/{manifestref}/pull_statistics",
     "getManifestPullStatistics", "How often a manifest was pulled.", .auth = ROUTE_API,
     .errors = ERRORS_API, .find_repository = true, .right = RIGHT_REPO_READ,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .feature = FEATURE_PULL_STATS,
     .handler = manifest_get},
};
const struct route_table api_pull_statistics_table = ROUTES(pull_statistics_routes);
