/* SPDX-License-Identifier: Apache-2.0 */
/* Damage is done by hand, to files and rows; fsck must name it, name nothing else, and mend what
 * can be. */
#include "domain/fsck.h"

#include "gc_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "domain/gc_sql.h"
#include "domain/manifest_sql.h"

static const char *const app[] = {"config", "base layer", "app layer", NULL};
static const char *const tool[] = {"config of tool", "base layer", NULL};

#define must(call) assert_ok(call, &w->err)

enum { FINDINGS_MAX = 32 };

struct told {
    struct world *world;
    struct fsck_finding findings[FINDINGS_MAX];
    int count;
    struct fsck_report report;
};

static int tell(void *context, const struct fsck_finding *finding)
{
    struct told *told = context;
    struct arena *arena = &told->world->arena;
    assert_true(told->count < FINDINGS_MAX);
    struct fsck_finding *kept = &told->findings[told->count++];
    *kept = *finding;
    kept->name = arena_strdup(arena, finding->name);
    kept->affected.items = arena_array(arena, finding->affected.count, sizeof(char *));
    for (size_t i = 0; i < finding->affected.count; i++)
        kept->affected.items[i] = arena_strdup(arena, finding->affected.items[i]);
    return 0;
}

enum { REPAIR = 1, VERIFY = 2, FORCE = 4 };

/* The files are of today, whatever the world's clock says: look from the day after tomorrow. */
static int run(struct world *w, unsigned how, struct told *told)
{
    *told = (struct told){.world = w};
    struct fsck fsck = {
        .db = w->db,
        .store = w->blobs,
        .policy = w->gc.policy,
        .repair = how & REPAIR,
        .verify = how & VERIFY,
        .force = how & FORCE,
        .orphan_age_ms = DAY_MS,
        .each = tell,
        .context = told,
    };
    w->err = (struct err){0};
    return fsck_run(&fsck, clock_wall_ms() + 2 * DAY_MS, &told->report, &w->err);
}

static struct told check(struct world *w, unsigned how)
{
    struct told told;
    must(run(w, how, &told));
    return told;
}

static void assert_one(const struct told *told, enum fsck_kind kind, enum fsck_action action,
                       const char *name)
{
    assert_int_equal(told->count, 1);
    assert_string_equal(fsck_kind_name(told->findings[0].kind), fsck_kind_name(kind));
    assert_int_equal(told->findings[0].action, action);
    if (name)
        assert_string_equal(told->findings[0].name, name);
    assert_int_equal(told->report.findings[kind], 1);
    assert_int_equal(told->report.repaired, action != FSCK_LEFT);
}

static const char *digest_text(struct world *w, const char *content)
{
    char text[DIGEST_TEXT_SIZE];
    struct digest digest = world_digest(content);
    digest_format(&digest, text);
    return arena_strdup(&w->arena, text);
}

/* The path of the object that holds a content. */
static const char *path_of(struct world *w, const char *content)
{
    struct digest digest = world_digest(content);
    struct blob_row blob;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_READ, &tx, &w->err));
    assert_int_equal(blob_row_find(tx, &w->arena, &digest, &blob, &w->err), 1);
    return arena_printf(&w->arena, "%s/blobs/%s", w->root, blob.object_key);
}

static void write_file(struct world *w, const char *path, const char *content)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    must(file_write_all(fd, content, strlen(content), &w->err));
}

/* An object that no row names. */
static const char *leave_orphan(struct world *w, const char *content)
{
    char key[BLOB_KEY_SIZE];
    blob_key_new(key);
    write_file(w, arena_printf(&w->arena, "%s/blobs/%s", w->root, key), content);
    return arena_strdup(&w->arena, key);
}

static const char *start_upload(struct world *w, int64_t repository, const char *part)
{
    const char *uuid;
    _cleanup_(upload_releasep) struct upload *upload = NULL;
    must(upload_start(&w->uploads, &w->arena, repository, w->now_ms, &uuid, &w->err));
    must(upload_open(&w->uploads, &w->arena, repository, uuid, w->now_ms, &upload, &w->err));
    must(upload_append(upload, part, strlen(part), &w->err));
    must(upload_save(upload, w->now_ms, &w->err));
    return uuid;
}

/* ---- the cases ---- */

static void a_healthy_registry_has_no_findings(struct world *w, int64_t repository)
{
    struct digest child = world_image(w, repository, NULL, tool, NULL);
    world_index(w, repository, "multi", &child, 1);
    world_image(w, repository, NULL, (const char *const[]){"{}", "signature", NULL}, &child);
    world_blob(w, repository, "leased");
    world_blob(w, repository, "base layer"); /* its second object is a dead one */
    start_upload(w, repository, "half of");
    assert_int_equal(
        tag_delete(w->db, &w->arena, &w->manifests, repository, "v1", w->now_ms, &w->err), 1);
    struct told told = check(w, REPAIR | VERIFY);
    assert_int_equal(told.count, 0);
    assert_int_equal(told.report.blobs, 7);
    assert_int_equal(told.report.manifests, 4);
    assert_int_equal(told.report.uploads, 1);
    assert_int_equal(told.report.objects, 10); /* two wait for their removal */
    assert_true(told.report.bytes > 0);
}

static void an_orphan_is_removed(struct world *w, int64_t repository)
{
    const char *key = leave_orphan(w, "left behind");
    (void)repository;
    struct told told = check(w, 0);
    assert_one(&told, FSCK_ORPHAN, FSCK_LEFT, key);
    assert_int_equal(told.report.orphan_bytes, strlen("left behind"));
    told = check(w, REPAIR);
    assert_one(&told, FSCK_ORPHAN, FSCK_REMOVED, key);
    assert_int_equal(check(w, 0).count, 0);
    assert_int_equal(world_objects(w), 3);
}

static void a_young_orphan_may_be_an_upload(struct world *w, int64_t repository)
{
    struct told told = {.world = w};
    struct fsck fsck = {.db = w->db,
                        .store = w->blobs,
                        .policy = w->gc.policy,
                        .repair = true,
                        .orphan_age_ms = DAY_MS,
                        .each = tell,
                        .context = &told};
    (void)repository;
    leave_orphan(w, "just begun");
    must(fsck_run(&fsck, clock_wall_ms() + DAY_MS / 2, &told.report, &w->err));
    assert_int_equal(told.count, 0);
    assert_int_equal(world_objects(w), 4);
}

static void a_lost_object_names_what_it_hurts(struct world *w, int64_t repository)
{
    struct digest image = world_image(w, world_repository(w, "tool"), NULL, tool, NULL);
    char text[DIGEST_TEXT_SIZE];
    (void)repository;
    digest_format(&image, text);
    assert_int_equal(unlink(path_of(w, "base layer")), 0);
    struct told told = check(w, REPAIR);
    assert_one(&told, FSCK_BLOB_MISSING, FSCK_LEFT, digest_text(w, "base layer"));
    const struct texts *affected = &told.findings[0].affected;
    assert_int_equal(affected->count, 2);
    assert_string_equal(affected->items[0], "alice/app:v1");
    assert_string_equal(affected->items[1], arena_printf(&w->arena, "alice/tool@%s", text));
    assert_false(told.findings[0].more_affected);
    /* Uploaded again, it is whole. */
    world_blob(w, repository, "base layer");
    assert_int_equal(check(w, VERIFY).count, 0);
}

static void many_tags_are_cut(struct world *w, int64_t repository)
{
    const char *manifest = world_image_text(w, app, NULL);
    for (int i = 2; i < 40; i++)
        must(world_put(w, repository, arena_printf(&w->arena, "v%d", i), manifest));
    assert_int_equal(unlink(path_of(w, "app layer")), 0);
    struct told told = check(w, 0);
    assert_one(&told, FSCK_BLOB_MISSING, FSCK_LEFT, NULL);
    assert_int_equal(told.findings[0].affected.count, 20);
    assert_true(told.findings[0].more_affected);
}

static void a_cut_object_has_the_wrong_size(struct world *w, int64_t repository)
{
    (void)repository;
    assert_int_equal(truncate(path_of(w, "app layer"), 3), 0);
    struct told told = check(w, 0);
    assert_one(&told, FSCK_BLOB_SIZE, FSCK_LEFT, digest_text(w, "app layer"));
    assert_int_equal(told.findings[0].size, strlen("app layer"));
    assert_int_equal(told.findings[0].found, 3);
}

static void changed_content_is_seen_by_reading_it(struct world *w, int64_t repository)
{
    (void)repository;
    write_file(w, path_of(w, "app layer"), "app lAyer");
    assert_int_equal(check(w, 0).count, 0);
    struct told told = check(w, VERIFY);
    assert_one(&told, FSCK_BLOB_CONTENT, FSCK_LEFT, digest_text(w, "app layer"));
}

static void an_object_that_cannot_be_read_is_told(struct world *w, int64_t repository)
{
    const char *path = path_of(w, "app layer");
    (void)repository;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/dev/null", path), 0); /* not followed */
    struct told told = check(w, 0);
    assert_one(&told, FSCK_BLOB_UNREADABLE, FSCK_LEFT, digest_text(w, "app layer"));
}

static const struct query Q_SPOIL_MANIFEST = {
    .sql = "UPDATE manifest SET content = $1 WHERE id > 0",
    .params = "b",
};
static const struct query Q_EMPTY_QUEUE = {
    .sql = "DELETE FROM gc_queue",
    .scan_ok = true,
};

static void a_manifest_is_hashed_too(struct world *w, int64_t repository)
{
    const char *manifest = world_image_text(w, app, NULL);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    (void)repository;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    assert_int_equal(db_exec(tx, &Q_SPOIL_MANIFEST, &w->err, STR("{}")), 1);
    must(db_commit(&tx, &w->err));
    assert_int_equal(check(w, 0).count, 0);
    struct told told = check(w, VERIFY);
    assert_one(&told, FSCK_MANIFEST_CONTENT, FSCK_LEFT, digest_text(w, manifest));
}

static void an_upload_without_its_bytes_is_ended(struct world *w, int64_t repository)
{
    uint64_t received;
    char folder[128], path[300] = "";
    const char *uuid = start_upload(w, repository, "half of it");
    for (int i = 0; i < 256 && !path[0]; i++) { /* the only object of this size */
        snprintf(folder, sizeof folder, "%s/blobs/%02x", w->root, (unsigned)i);
        DIR *dir = opendir(folder);
        assert_non_null(dir);
        for (struct dirent *entry; (entry = readdir(dir));) {
            struct stat st;
            snprintf(path, sizeof path, "%s/%.64s", folder, entry->d_name);
            if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 10 &&
                strcmp(path, path_of(w, "base layer")) != 0)
                break;
            path[0] = '\0';
        }
        closedir(dir);
    }
    assert_int_equal(truncate(path, 4), 0);
    struct told told = check(w, 0);
    assert_one(&told, FSCK_UPLOAD_SHORT, FSCK_LEFT, uuid);
    assert_int_equal(told.findings[0].found, 4);
    told = check(w, REPAIR);
    assert_one(&told, FSCK_UPLOAD_SHORT, FSCK_REMOVED, uuid);
    assert_int_equal(
        upload_find(&w->uploads, &w->arena, repository, uuid, w->now_ms, &received, &w->err), 0);
    assert_int_equal(check(w, 0).count, 0);
    assert_int_equal(world_rows(w, IN_DEAD), 1);
}

static void an_orphan_with_the_lost_content_takes_its_place(struct world *w, int64_t repository)
{
    assert_int_equal(unlink(path_of(w, "app layer")), 0);
    leave_orphan(w, "app layer");
    const char *useless = leave_orphan(w, "something else");
    struct told told = check(w, REPAIR);
    assert_int_equal(told.count, 3);
    assert_int_equal(told.report.findings[FSCK_BLOB_MISSING], 1);
    assert_int_equal(told.report.findings[FSCK_ORPHAN], 2);
    for (int i = 1; i < 3; i++) {
        bool adopted = strcmp(told.findings[i].name, useless) != 0;
        assert_int_equal(told.findings[i].action, adopted ? FSCK_ADOPTED : FSCK_REMOVED);
        if (adopted)
            assert_string_equal(told.findings[i].name, digest_text(w, "app layer"));
    }
    assert_true(world_has_blob(w, repository, "app layer"));
    assert_int_equal(check(w, VERIFY).count, 0);
    world_pass(w, 2 * HOUR_MS);
    assert_true(world_has_blob(w, repository, "app layer"));
}

/* Another process repairs the same registry as soon as this one has told of an orphan. */
static int tell_another(void *context, const struct fsck_finding *finding)
{
    struct told *told = context, other;
    int rc = tell(context, finding);
    if (finding->kind == FSCK_ORPHAN && told->report.findings[FSCK_ORPHAN] == 1)
        rc = run(told->world, REPAIR, &other);
    return rc;
}

static void two_repairs_at_once_lose_nothing(struct world *w, int64_t repository)
{
    struct told told = {.world = w};
    struct fsck fsck = {.db = w->db,
                        .store = w->blobs,
                        .policy = w->gc.policy,
                        .repair = true,
                        .orphan_age_ms = DAY_MS,
                        .each = tell_another,
                        .context = &told};
    const char *first = leave_orphan(w, ""), *second = leave_orphan(w, "");
    if (strcmp(first, second) > 0) { /* a batch is taken in order of keys */
        const char *smaller = second;
        second = first;
        first = smaller;
    }
    write_file(w, arena_printf(&w->arena, "%s/blobs/%s", w->root, first), "something else");
    write_file(w, arena_printf(&w->arena, "%s/blobs/%s", w->root, second), "app layer");
    assert_int_equal(unlink(path_of(w, "app layer")), 0);
    must(fsck_run(&fsck, clock_wall_ms() + 2 * DAY_MS, &told.report, &w->err));
    assert_true(world_has_blob(w, repository, "app layer"));
    assert_int_equal(told.report.findings[FSCK_ORPHAN], 1); /* the other belongs to a blob now */
    assert_int_equal(check(w, VERIFY).count, 0);
}

static void a_copy_of_what_is_not_lost_is_an_orphan(struct world *w, int64_t repository)
{
    const char *copy = leave_orphan(w, "base layer");
    assert_int_equal(unlink(path_of(w, "app layer")), 0);
    struct told told = check(w, REPAIR);
    assert_int_equal(told.count, 2);
    assert_string_equal(told.findings[1].name, copy);
    assert_int_equal(told.findings[1].action, FSCK_REMOVED);
    assert_true(world_has_blob(w, repository, "base layer"));
}

static void empty_queue(struct world *w)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    assert_true(db_exec(tx, &Q_EMPTY_QUEUE, &w->err) >= 0);
    must(db_commit(&tx, &w->err));
}

static void what_nobody_would_collect_is_queued(struct world *w, int64_t repository)
{
    int64_t gone = world_repository(w, "gone");
    world_image(w, gone, "v1", tool, NULL);
    world_blob(w, repository, "alone");
    assert_int_equal(
        tag_delete(w->db, &w->arena, &w->manifests, repository, "v1", w->now_ms, &w->err), 1);
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    must(db_begin(w->db, DB_WRITE, &tx, &w->err));
    must(repository_delete(tx, gone, w->now_ms, &w->err));
    must(db_commit(&tx, &w->err));
    assert_int_equal(check(w, 0).count, 0);
    empty_queue(w);
    assert_int_equal(check(w, 0).report.findings[FSCK_FORGOTTEN], 3);
    struct told told = check(w, REPAIR);
    assert_int_equal(told.report.repaired, 3);
    assert_int_equal(check(w, 0).count, 0);
    w->now_ms = clock_wall_ms() + 2 * DAY_MS; /* when they were queued for */
    world_pass(w, 3 * HOUR_MS);
    assert_int_equal(world_objects(w), 0);
    assert_int_equal(world_rows(w, IN_REPO), 1);
}

static void the_wrong_database_removes_nothing(struct world *w, int64_t repository)
{
    struct told told;
    (void)repository;
    for (int i = 0; i < 4; i++) /* one more than the database knows */
        leave_orphan(w, "of another registry");
    assert_int_equal(check(w, 0).count, 4);
    assert_int_equal(run(w, REPAIR, &told), -1);
    assert_int_equal(w->err.code, ERR_CONFLICT);
    assert_int_equal(world_objects(w), 7);
    assert_int_equal(check(w, REPAIR | FORCE).report.repaired, 4);
    assert_int_equal(world_objects(w), 3);
}

static void more_objects_than_a_batch(struct world *w, int64_t repository)
{
    enum { MANY = 700 };
    for (int i = 0; i < MANY; i++)
        world_blob(w, repository, arena_printf(&w->arena, "blob %d", i));
    for (int i = 0; i < 20; i++) {
        start_upload(w, repository, "part");
        leave_orphan(w, "orphan");
    }
    struct told told = check(w, REPAIR);
    assert_int_equal(told.report.findings[FSCK_ORPHAN], 20);
    assert_int_equal(told.count, 20);
    assert_int_equal(told.report.objects, MANY + 3 + 20 + 20);
    assert_int_equal(check(w, 0).count, 0);
}

/* Each in a registry that holds one image, app:v1. */
static const struct damage {
    const char *name;
    void (*run)(struct world *w, int64_t repository);
} cases[] = {
    {"a_healthy_registry_has_no_findings", a_healthy_registry_has_no_findings},
    {"an_orphan_is_removed", an_orphan_is_removed},
    {"a_young_orphan_may_be_an_upload", a_young_orphan_may_be_an_upload},
    {"a_lost_object_names_what_it_hurts", a_lost_object_names_what_it_hurts},
    {"many_tags_are_cut", many_tags_are_cut},
    {"a_cut_object_has_the_wrong_size", a_cut_object_has_the_wrong_size},
    {"changed_content_is_seen_by_reading_it", changed_content_is_seen_by_reading_it},
    {"an_object_that_cannot_be_read_is_told", an_object_that_cannot_be_read_is_told},
    {"a_manifest_is_hashed_too", a_manifest_is_hashed_too},
    {"an_upload_without_its_bytes_is_ended", an_upload_without_its_bytes_is_ended},
    {"an_orphan_with_the_lost_content_takes_its_place",
     an_orphan_with_the_lost_content_takes_its_place},
    {"two_repairs_at_once_lose_nothing", two_repairs_at_once_lose_nothing},
    {"a_copy_of_what_is_not_lost_is_an_orphan", a_copy_of_what_is_not_lost_is_an_orphan},
    {"what_nobody_would_collect_is_queued", what_nobody_would_collect_is_queued},
    {"the_wrong_database_removes_nothing", the_wrong_database_removes_nothing},
    {"more_objects_than_a_batch", more_objects_than_a_batch},
};

static void each_damage(void **state)
{
    const struct damage *damage = *state;
    struct world w;
    world_open(&w);
    int64_t repository = world_repository(&w, "app");
    world_image(&w, repository, "v1", app, NULL);
    damage->run(&w, repository);
    world_close(&w);
}

static int stop(void *context, const struct fsck_finding *finding)
{
    (void)context, (void)finding;
    return 42;
}

static void the_callback_ends_the_run(void **state)
{
    struct world w;
    struct fsck_report report = {0};
    (void)state;
    world_open(&w);
    leave_orphan(&w, "orphan");
    struct fsck fsck = {.db = w.db, .store = w.blobs, .policy = w.gc.policy, .each = stop};
    assert_int_equal(fsck_run(&fsck, clock_wall_ms() + DAY_MS, &report, &w.err), 42);
    world_close(&w);
}

int main(void)
{
    struct CMUnitTest tests[ARRAY_LEN(cases) + 1] = {
        cmocka_unit_test(the_callback_ends_the_run),
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        tests[i + 1] = (struct CMUnitTest){cases[i].name, each_damage, NULL, NULL,
                                           (void *)(uintptr_t)&cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
