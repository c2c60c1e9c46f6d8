/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/repo_blob.h"

#include "registry_fixture.h"

static void test_mount(void **state)
{
    struct fixture *f = *state;
    struct digest digest = fixture_push(f, f->one, "content", NOW);
    struct digest other;
    struct blob_row blob;
    digest_of(DIGEST_SHA256, STR("never pushed"), &other);
    assert_false(fixture_sees(f, f->two, &digest, NOW));
    assert_int_equal(
        repo_blob_mount(f->db, &f->arena, f->one, f->two, &digest, NOW, 1000, &blob, &f->err), 1);
    assert_true(fixture_sees(f, f->two, &digest, NOW));
    assert_false(fixture_sees(f, f->two, &digest, NOW + 1000)); /* the lease is over */
    assert_int_equal(
        repo_blob_mount(f->db, &f->arena, f->one, f->two, &other, NOW, 1000, &blob, &f->err), 0);
}

/* Whoever asks for less, or by a clock that is behind, takes nothing from who asked for more. */
static void test_shorter_lease(void **state)
{
    struct fixture *f = *state;
    struct digest digest = fixture_push(f, f->one, "content", NOW);
    struct blob_row blob;
    assert_int_equal(
        repo_blob_mount(f->db, &f->arena, f->one, f->two, &digest, NOW, 2000, &blob, &f->err), 1);
    assert_int_equal(
        repo_blob_mount(f->db, &f->arena, f->one, f->two, &digest, NOW, 1000, &blob, &f->err), 1);
    assert_true(fixture_sees(f, f->two, &digest, NOW + 1999));
    assert_false(fixture_sees(f, f->two, &digest, NOW + 2000));
}

/* Being told that a blob exists keeps it for a while: only the last half of a lease writes. */
static void test_touch(void **state)
{
    struct fixture *f = *state;
    struct digest digest = fixture_push(f, f->one, "content", NOW);
    int64_t lease = f->store.policy.lease_ms;
    struct blob_row blob;
    static const struct {
        int64_t at, end; /* in halves of a lease, from NOW */
    } steps[] = {{0, 2}, {1, 3}, {2, 4}, {3, 5}};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        int64_t now = NOW + steps[i].at * lease / 2;
        assert_int_equal(
            repo_blob_touch(f->db, &f->arena, f->one, &digest, now, lease, &blob, &f->err), 1);
        int64_t end = NOW + steps[i].end * lease / 2;
        assert_true(fixture_sees(f, f->one, &digest, end - 1));
        assert_false(fixture_sees(f, f->one, &digest, end));
    }
    int64_t after = NOW + 5 * lease / 2;
    assert_int_equal(
        repo_blob_touch(f->db, &f->arena, f->one, &digest, after, lease, &blob, &f->err), 0);
}

static void test_release(void **state)
{
    struct fixture *f = *state;
    struct digest digest = fixture_push(f, f->one, "content", NOW);
    assert_int_equal(repo_blob_release(f->db, &f->arena, f->one, &digest, NOW, &f->err), 1);
    assert_false(fixture_sees(f, f->one, &digest, NOW));
    assert_int_equal(repo_blob_release(f->db, &f->arena, f->one, &digest, NOW, &f->err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(test_mount),
        WITH_REGISTRY(test_shorter_lease),
        WITH_REGISTRY(test_touch),
        WITH_REGISTRY(test_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
