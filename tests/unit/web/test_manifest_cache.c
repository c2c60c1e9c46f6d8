/* SPDX-License-Identifier: Apache-2.0 */
/* What the cache must not serve: a manifest by a tag that has ended, or anything loaded before the
 * database changed. */
#include "web/manifest_cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/db/migrate.h"
#include "unit.h"

static const int64_t END = 1000;

static const struct query insert_setting = {
    .sql = "INSERT INTO setting (name, value) VALUES ($1, $2)",
    .params = "tt",
};

struct fixture {
    char folder[64];
    struct db *db;
    struct manifest_cache *cache;
    struct err err;
};

static int open_fixture(void **state)
{
    static struct fixture f;
    char uri[128];
    f = (struct fixture){.folder = "/tmp/wharf-cache-XXXXXX"};
    *state = &f;
    if (!mkdtemp(f.folder))
        return -1;
    snprintf(uri, sizeof uri, "sqlite://%s/db", f.folder);
    if (db_open(&(struct db_config){.uri = uri}, &f.db, &f.err) != 0 ||
        migrate_up(f.db, &f.err) < 0)
        return -1;
    f.cache = manifest_cache_new(f.db, 1, 1024 * 1024);
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    char command[128];
    manifest_cache_free(f->cache);
    db_close(f->db);
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    return system(command);
}

static void put(struct fixture *f, int64_t until_ms)
{
    struct digest digest;
    digest_of(DIGEST_SHA256, STR("{}"), &digest);
    struct cached_manifest *manifest = cached_manifest_new(MEDIA_OCI_MANIFEST, &digest, STR("{}"));
    manifest_cache_put(f->cache, 0, manifest_cache_version(f->cache, 0), "a/b", "v1", manifest,
                       until_ms);
    cached_unref(&manifest->cached);
}

static bool serves(struct fixture *f, int64_t now_ms)
{
    manifest_cache_tick(f->cache, 0);
    manifest_cache_version(f->cache, 0);
    struct cached_manifest *manifest = manifest_cache_get(f->cache, 0, "a/b", "v1", now_ms);
    cached_unref(manifest ? &manifest->cached : NULL);
    return manifest != NULL;
}

static void test_end_of_the_tag(void **state)
{
    struct fixture *f = *state;
    assert_false(serves(f, 0));
    put(f, END);
    assert_true(serves(f, END - 1));
    assert_false(serves(f, END));
    put(f, INT64_MAX);
    assert_true(serves(f, END));
}

static void test_change_of_the_database(void **state)
{
    struct fixture *f = *state;
    struct db_tx *tx = NULL;
    put(f, INT64_MAX);
    assert_true(serves(f, END));
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    assert_int_equal(db_exec(tx, &insert_setting, &f->err, "a", "b"), 1);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    assert_false(serves(f, END));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_end_of_the_tag, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_change_of_the_database, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
