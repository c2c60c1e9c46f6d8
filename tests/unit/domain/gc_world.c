/* SPDX-License-Identifier: Apache-2.0 */
/* The test's registry, driven through the same functions as the real one. */
#include "gc_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "domain/account.h"
#include "domain/manifest_sql.h"
#include "store/db/migrate.h"

#define must(call) assert_ok(call, &world->err)

void world_take_up(struct world *world)
{
    char path[128];
    struct db_config config = {.uri = arena_printf(&world->arena, "sqlite://%s/db", world->root)};
    snprintf(path, sizeof path, "%s/blobs", world->root);
    must(db_open(&config, &world->db, &world->err));
    must(blob_store_open_local(path, BLOB_SYNC_NEVER, &world->blobs, &world->err));
    world->uploads = (struct upload_store){
        .db = world->db,
        .blobs = world->blobs,
        .policy = {.lease_ms = HOUR_MS, .session_ms = 2 * HOUR_MS},
    };
    world->manifests = (struct manifest_policy){.window_ms = 14 * DAY_MS, .untagged_ms = HOUR_MS};
    world->gc.db = world->db;
    world->gc.store = world->blobs;
}

void world_let_go(struct world *world)
{
    db_close(TAKE(world->db));
    blob_store_close(TAKE(world->blobs));
}

void world_reopen(struct world *world)
{
    world_let_go(world);
    world_take_up(world);
}

void world_open(struct world *world)
{
    struct account account;
    *world = (struct world){
        .root = "/tmp/wharf-gc-XXXXXX",
        .gc = {.policy = gc_policy_default},
        .now_ms = 400 * DAY_MS,
    };
    if (access("/dev/shm", W_OK) == 0) /* 256 folders are made and removed for each test */
        snprintf(world->root, sizeof world->root, "/dev/shm/wharf-gc-XXXXXX");
    assert_non_null(mkdtemp(world->root));
    world_take_up(world);
    assert_true(migrate_up(world->db, &world->err) > 0);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(world->db, DB_WRITE, &tx, &world->err));
    must(account_create_user(tx, &world->arena, &(struct account_new){.name = "alice"},
                             world->now_ms, &account, &world->err));
    must(db_commit(&tx, &world->err));
    world->account_id = account.id;
}

void world_close(struct world *world)
{
    char command[128];
    world_let_go(world);
    arena_done(&world->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", world->root);
    assert_int_equal(system(command), 0);
}

int64_t world_repository(struct world *world, const char *name)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(world->db, DB_WRITE, &tx, &world->err));
    int64_t id = repository_create(tx, world->account_id, name, false, world->now_ms, &world->err);
    assert_true(id > 0);
    must(db_commit(&tx, &world->err));
    return id;
}

struct digest world_digest(const char *text)
{
    struct digest digest;
    digest_of(DIGEST_SHA256, str_of(text), &digest);
    return digest;
}

struct digest world_blob(struct world *world, int64_t repository, const char *text)
{
    struct digest digest = world_digest(text);
    must(upload_bytes(&world->uploads, &world->arena, repository, str_of(text), &digest,
                      world->now_ms, &world->err));
    return digest;
}

static void add_descriptor(struct buf *out, const char *type, const struct digest *digest,
                           size_t size)
{
    char text[DIGEST_TEXT_SIZE];
    digest_format(digest, text);
    buf_printf(out, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu}", type, text, size);
}

static void add_content(struct buf *out, const char *type, const char *text)
{
    struct digest digest = world_digest(text);
    add_descriptor(out, type, &digest, strlen(text));
}

const char *world_image_text(struct world *world, const char *const *texts,
                             const struct digest *subject)
{
    _cleanup_buf_ struct buf out;
    buf_init(&out, 65536);
    buf_add_text(&out, "{\"schemaVersion\":2,\"config\":");
    add_content(&out, "application/vnd.oci.image.config.v1+json", texts[0]);
    buf_add_text(&out, ",\"layers\":[");
    for (size_t i = 1; texts[i]; i++) {
        buf_add_text(&out, i > 1 ? "," : "");
        add_content(&out, "application/vnd.oci.image.layer.v1.tar+gzip", texts[i]);
    }
    buf_add_text(&out, "]");
    if (subject) {
        buf_add_text(&out, ",\"subject\":");
        add_descriptor(&out, "application/vnd.oci.image.manifest.v1+json", subject, 100);
    }
    buf_add_text(&out, ",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"}");
    assert_true(buf_ok(&out));
    return arena_text(&world->arena, buf_str(&out));
}

const char *world_index_text(struct world *world, const struct digest *children, size_t count)
{
    _cleanup_buf_ struct buf out;
    buf_init(&out, 65536);
    buf_add_text(&out, "{\"schemaVersion\":2,\"manifests\":[");
    for (size_t i = 0; i < count; i++) {
        buf_add_text(&out, i > 0 ? "," : "");
        add_descriptor(&out, "application/vnd.oci.image.manifest.v1+json", &children[i], 100);
    }
    buf_add_text(&out, "],\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}");
    assert_true(buf_ok(&out));
    return arena_text(&world->arena, buf_str(&out));
}

int world_put(struct world *world, int64_t repository, const char *tag, const char *manifest)
{
    struct manifest_info info;
    struct manifest_put put = {
        .repository_id = repository,
        .media_type = STR(""),
        .content = str_of(manifest),
        .digest = world_digest(manifest),
        .tag = tag,
        .now_ms = world->now_ms,
    };
    world->err = (struct err){0};
    return manifest_store(&world->uploads, &world->arena, &world->manifests, &put, &info,
                          &world->err);
}

struct digest world_image(struct world *world, int64_t repository, const char *tag,
                          const char *const *texts, const struct digest *subject)
{
    for (size_t i = 0; texts[i]; i++)
        world_blob(world, repository, texts[i]);
    const char *manifest = world_image_text(world, texts, subject);
    must(world_put(world, repository, tag, manifest));
    return world_digest(manifest);
}

struct digest world_index(struct world *world, int64_t repository, const char *tag,
                          const struct digest *children, size_t count)
{
    const char *manifest = world_index_text(world, children, count);
    must(world_put(world, repository, tag, manifest));
    return world_digest(manifest);
}

static void look(struct world *world, struct db_tx **tx)
{
    must(db_begin(world->db, DB_READ, tx, &world->err));
}

bool world_has_manifest(struct world *world, int64_t repository, const struct digest *digest)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct manifest_id_row row; /* also of one that was deleted and may be restored */
    look(world, &tx);
    int found = db_one(tx, &Q_MANIFEST_ID, &arena, &row, &world->err, repository, digest);
    assert_true(found >= 0);
    return found == 1;
}

static bool object_is(struct world *world, const char *key, const char *text)
{
    char content[256];
    uint64_t size;
    int fd = -1;
    if (blob_open(world->blobs, key, &fd, &size, &world->err) != 0)
        return false;
    ssize_t n = read(fd, content, sizeof content);
    close(fd);
    return n == (ssize_t)strlen(text) && memcmp(content, text, strlen(text)) == 0;
}

static int find_blob(struct world *world, struct arena *arena, int64_t repository, const char *text,
                     struct blob_row *out)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct digest digest = world_digest(text);
    look(world, &tx);
    int found = repo_blob_find(tx, arena, repository, &digest, world->now_ms, out, &world->err);
    assert_true(found >= 0);
    return found;
}

bool world_has_blob(struct world *world, int64_t repository, const char *text)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct blob_row blob;
    return find_blob(world, &arena, repository, text, &blob) == 1 &&
           object_is(world, blob.object_key, text);
}

bool world_has_lease(struct world *world, int64_t repository, const char *text)
{
    _cleanup_(arena_done) struct arena arena = {0};
    struct blob_row blob;
    return find_blob(world, &arena, repository, text, &blob) == 1 && blob.lease_ms > 0;
}

bool world_knows_blob(struct world *world, const char *text)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct digest digest = world_digest(text);
    struct blob_row blob;
    look(world, &tx);
    int found = blob_row_find(tx, &arena, &digest, &blob, &world->err);
    assert_true(found >= 0);
    return found == 1;
}

static int count_object(void *context, const struct blob_info *info)
{
    (void)info;
    ++*(size_t *)context;
    return 0;
}

size_t world_objects(struct world *world)
{
    size_t count = 0;
    must(blob_walk(world->blobs, count_object, &count, &world->err));
    return count;
}

struct count_row {
    int64_t rows;
};
static const struct field count_fields[] = {F_INT(struct count_row, rows, "rows", 0)};
static const struct schema count_schema = SCHEMA(struct count_row, count_fields);
#define COUNT(table)                                                                               \
    {                                                                                              \
        .sql = "SELECT COUNT(*) AS rows FROM " table, .row = &count_schema, .scan_ok = true        \
    }
static const struct query counts[] = {
    [IN_BLOB] = COUNT("blob"),         [IN_LEASE] = COUNT("blob_lease"),
    [IN_MANIFEST] = COUNT("manifest"), [IN_TAG] = COUNT("tag"),
    [IN_UPLOAD] = COUNT("upload"),     [IN_QUEUE] = COUNT("gc_queue"),
    [IN_DEAD] = COUNT("dead_object"),  [IN_REPO] = COUNT("repository"),
};

int64_t world_rows(struct world *world, enum world_table table)
{
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    struct count_row row;
    look(world, &tx);
    assert_int_equal(db_one(tx, &counts[table], &arena, &row, &world->err), 1);
    return row.rows;
}

struct gc_report world_collect(struct world *world)
{
    struct gc_report report = {0};
    int more = 1;
    for (int rounds = 0; more == 1; rounds++) {
        assert_true(rounds < 1000); /* it must come to an end */
        more = gc_run(&world->gc, world->now_ms, &report, &world->err);
    }
    if (more < 0)
        fail_msg("%s (%s)", world->err.msg, world->err.detail);
    return report;
}

struct gc_report world_pass(struct world *world, int64_t ms)
{
    struct gc_report total = {0};
    for (int64_t left = ms; left > 0; left -= HOUR_MS) {
        world->now_ms += left < HOUR_MS ? left : HOUR_MS;
        struct gc_report report = world_collect(world);
        total.tags += report.tags;
        total.manifests += report.manifests;
        total.blobs += report.blobs;
        total.uploads += report.uploads;
        total.repositories += report.repositories;
        total.objects += report.objects;
        total.bytes += report.bytes;
        total.kept += report.kept;
    }
    return total;
}
