/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/upload.h"

#include <unistd.h>

#include "registry_fixture.h"

static const char *start(struct fixture *f)
{
    const char *uuid;
    assert_ok(upload_start(&f->store, &f->arena, f->one, NOW, &uuid, &f->err), &f->err);
    return uuid;
}

static struct upload *open_session(struct fixture *f, const char *uuid)
{
    struct upload *upload = NULL;
    assert_ok(upload_open(&f->store, &f->arena, f->one, uuid, NOW, &upload, &f->err), &f->err);
    return upload;
}

static void append(struct fixture *f, struct upload *upload, const char *text)
{
    assert_ok(upload_append(upload, text, strlen(text), &f->err), &f->err);
}

static void test_chunks(void **state)
{
    struct fixture *f = *state;
    const char *uuid = start(f);
    struct blob_row blob;
    struct digest digest;
    uint64_t received = 99;
    digest_of(DIGEST_SHA256, STR("hello, world"), &digest);
    for (int i = 0; i < 2; i++) {
        struct upload *upload = open_session(f, uuid);
        append(f, upload, i == 0 ? "hello" : ", world");
        assert_ok(upload_save(upload, NOW, &f->err), &f->err);
        upload_release(upload);
        assert_int_equal(upload_find(&f->store, &f->arena, f->one, uuid, NOW, &received, &f->err),
                         1);
        assert_int_equal(received, i == 0 ? 5 : 12);
    }
    struct upload *upload = open_session(f, uuid);
    assert_ok(upload_commit(upload, &digest, NOW, &blob, &f->err), &f->err);
    upload_release(upload);
    assert_int_equal(blob.size, 12);
    assert_true(fixture_sees(f, f->one, &digest, NOW));
    assert_false(fixture_sees(f, f->two, &digest, NOW));
    assert_int_equal(upload_find(&f->store, &f->arena, f->one, uuid, NOW, &received, &f->err), 0);
}

/* What was not saved does not count, and is overwritten by what comes next. */
static void test_unsaved_is_cut(void **state)
{
    struct fixture *f = *state;
    const char *uuid = start(f);
    struct digest digest;
    struct blob_row blob;
    struct upload *upload = open_session(f, uuid);
    append(f, upload, "abc");
    assert_ok(upload_save(upload, NOW, &f->err), &f->err);
    append(f, upload, "lost");
    upload_release(upload);
    upload = open_session(f, uuid);
    assert_int_equal(upload_received(upload), 3);
    append(f, upload, "def");
    digest_of(DIGEST_SHA256, STR("abcdef"), &digest);
    assert_ok(upload_commit(upload, &digest, NOW, &blob, &f->err), &f->err);
    upload_release(upload);
    assert_int_equal(blob.size, 6);
}

static void test_wrong_digest(void **state)
{
    struct fixture *f = *state;
    const char *uuid = start(f);
    struct digest digest;
    struct blob_row blob;
    uint64_t received;
    struct upload *upload = open_session(f, uuid);
    append(f, upload, "something");
    digest_of(DIGEST_SHA256, STR("something else"), &digest);
    assert_fails(upload_commit(upload, &digest, NOW, &blob, &f->err), &f->err, ERR_DIGEST_INVALID);
    upload_release(upload);
    assert_false(fixture_sees(f, f->one, &digest, NOW));
    assert_int_equal(upload_find(&f->store, &f->arena, f->one, uuid, NOW, &received, &f->err), 0);
}

static void test_sha512(void **state)
{
    struct fixture *f = *state;
    struct digest digest;
    struct blob_row blob;
    digest_of(DIGEST_SHA512, STR("abc"), &digest);
    /* known from the start, and known only at the end */
    for (int late = 0; late < 2; late++) {
        struct upload *upload = late ? open_session(f, start(f)) : NULL;
        if (!late)
            assert_ok(upload_open_single(&f->store, &f->arena, f->one, &upload, &f->err), &f->err);
        if (!late)
            upload_set_algorithm(upload, DIGEST_SHA512);
        append(f, upload, "abc");
        assert_ok(upload_commit(upload, &digest, NOW, &blob, &f->err), &f->err);
        upload_release(upload);
    }
    assert_true(fixture_sees(f, f->one, &digest, NOW));
}

static void test_unknown_and_expired(void **state)
{
    struct fixture *f = *state;
    const char *uuid = start(f);
    struct upload *upload = NULL;
    assert_fails(upload_open(&f->store, &f->arena, f->two, uuid, NOW, &upload, &f->err), &f->err,
                 ERR_BLOB_UPLOAD_UNKNOWN);
    assert_fails(upload_open(&f->store, &f->arena, f->one, "nonsense", NOW, &upload, &f->err),
                 &f->err, ERR_BLOB_UPLOAD_UNKNOWN);
    int64_t later = NOW + f->store.policy.session_ms;
    assert_fails(upload_open(&f->store, &f->arena, f->one, uuid, later, &upload, &f->err), &f->err,
                 ERR_BLOB_UPLOAD_UNKNOWN);
    assert_int_equal(upload_cancel(&f->store, &f->arena, f->one, uuid, NOW, &f->err), 1);
    assert_int_equal(upload_cancel(&f->store, &f->arena, f->one, uuid, NOW, &f->err), 0);
}

/* The same content is one object; a lost object is healed by the next push of it. */
static void test_same_content(void **state)
{
    struct fixture *f = *state;
    struct digest digest = fixture_push(f, f->one, "shared", NOW);
    struct blob_row first, again;
    char path[256];
    assert_int_equal(repo_blob_touch(f->db, &f->arena, f->one, &digest, NOW, 1000, &first, &f->err),
                     1);
    fixture_push(f, f->two, "shared", NOW);
    assert_int_equal(repo_blob_touch(f->db, &f->arena, f->two, &digest, NOW, 1000, &again, &f->err),
                     1);
    assert_int_equal(first.id, again.id);
    assert_string_equal(first.object_key, again.object_key);
    snprintf(path, sizeof path, "%s/%s", f->folder, first.object_key);
    assert_int_equal(unlink(path), 0);
    fixture_push(f, f->two, "shared", NOW);
    assert_int_equal(repo_blob_touch(f->db, &f->arena, f->one, &digest, NOW, 1000, &again, &f->err),
                     1);
    int fd = -1;
    uint64_t size = 0;
    assert_ok(blob_open(f->blobs, again.object_key, &fd, &size, &f->err), &f->err);
    close(fd);
    assert_int_equal(size, strlen("shared"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(test_chunks),
        WITH_REGISTRY(test_unsaved_is_cut),
        WITH_REGISTRY(test_wrong_digest),
        WITH_REGISTRY(test_sha512),
        WITH_REGISTRY(test_unknown_and_expired),
        WITH_REGISTRY(test_same_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
