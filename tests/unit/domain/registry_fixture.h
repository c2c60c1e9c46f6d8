/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of pushes share: a database in memory, a folder of objects, a user with two
 * repositories. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/digest.h"
#include "domain/account.h"
#include "domain/manifest.h"
#include "domain/repository.h"
#include "store/db/migrate.h"

static const int64_t NOW = 1800000000000;

struct fixture {
    struct db *db;
    struct blob_store *blobs;
    struct upload_store store;
    struct manifest_policy policy;
    struct arena arena;
    struct err err;
    char folder[64];
    int64_t one, two; /* repositories */
};

static inline int64_t fixture_repository(struct fixture *f, int64_t owner, const char *name)
{
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_WRITE, &tx, &f->err), &f->err);
    int64_t id = repository_create(tx, owner, name, false, NOW, &f->err);
    assert_true(id > 0);
    assert_ok(db_commit(&tx, &f->err), &f->err);
    return id;
}

static inline int fixture_open(void **state)
{
    static struct fixture f;
    f = (struct fixture){.folder = "/tmp/wharf-domain-XXXXXX"};
    *state = &f;
    struct db_config config = {.uri = "sqlite://:memory:"};
    struct account_new user = {.name = "alice"};
    struct account made;
    struct db_tx *tx = NULL;
    if (!mkdtemp(f.folder) || db_open(&config, &f.db, &f.err) != 0 ||
        migrate_up(f.db, &f.err) < 0 ||
        blob_store_open_local(f.folder, BLOB_SYNC_NEVER, &f.blobs, &f.err) != 0 ||
        db_begin(f.db, DB_WRITE, &tx, &f.err) != 0 ||
        account_create_user(tx, &f.arena, &user, NOW, &made, &f.err) != 0 ||
        db_commit(&tx, &f.err) != 0)
        return -1;
    f.store = (struct upload_store){f.db, f.blobs, {.lease_ms = 3600000, .session_ms = 7200000}};
    f.policy = (struct manifest_policy){.window_ms = 1000000, .untagged_ms = 3600000};
    f.one = fixture_repository(&f, made.id, "one");
    f.two = fixture_repository(&f, made.id, "two");
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    char command[128];
    blob_store_close(f->blobs);
    db_close(f->db);
    arena_done(&f->arena);
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    return system(command);
}

static inline struct digest fixture_push(struct fixture *f, int64_t repository, const char *content,
                                         int64_t now)
{
    struct digest digest;
    digest_of(DIGEST_SHA256, str_of(content), &digest);
    assert_ok(
        upload_bytes(&f->store, &f->arena, repository, str_of(content), &digest, now, &f->err),
        &f->err);
    return digest;
}

/* Whether the repository may use the blob. */
static inline bool fixture_sees(struct fixture *f, int64_t repository, const struct digest *digest,
                                int64_t now)
{
    struct blob_row blob;
    struct db_tx *tx = NULL;
    assert_ok(db_begin(f->db, DB_READ, &tx, &f->err), &f->err);
    int found = repo_blob_find(tx, &f->arena, repository, digest, now, &blob, &f->err);
    db_end(&tx);
    assert_true(found >= 0);
    return found == 1;
}

#define WITH_REGISTRY(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
