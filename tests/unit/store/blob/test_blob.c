/* SPDX-License-Identifier: Apache-2.0 */
/* What every kind of object storage must do alike: each test runs once for each row of `stores`. */
#include "store/blob/blob.h"

#include "base/digest.h"
#include "base/file.h"
#include "store/blob/blob_driver.h"
#include "store/temporary.h"

static int open_synced(struct blob_store **out, struct err *err)
{
    return blob_store_open_local("blobs", BLOB_SYNC_ALWAYS, out, err);
}

static int open_unsynced(struct blob_store **out, struct err *err)
{
    return blob_store_open_local("blobs-unsynced", BLOB_SYNC_NEVER, out, err);
}

static int (*const stores[])(struct blob_store **out, struct err *err) = {
    open_synced,
    open_unsynced,
};

static void for_each_store(void (*run)(struct blob_store *store))
{
    for (size_t i = 0; i < ARRAY_LEN(stores); i++) {
        struct err err;
        struct blob_store *store = NULL;
        assert_ok(stores[i](&store, &err), &err);
        run(store);
        blob_store_close(store);
    }
}

/* Write `data` at `offset` with a writer of its own. */
static int put(struct blob_store *store, const char *key, uint64_t offset, struct str data,
               struct err *err)
{
    _cleanup_(blob_writer_closep) struct blob_writer *writer = NULL;
    if (blob_writer_open(store, key, offset, &writer, err) != 0)
        return -1;
    return blob_writer_write(writer, data.ptr, data.len, err);
}

static void expect(struct blob_store *store, const char *key, const char *content)
{
    struct err err;
    _cleanup_close_ int fd = -1;
    uint64_t size = 0;
    char found[256];
    assert_ok(blob_open(store, key, &fd, &size, &err), &err);
    ssize_t n = read(fd, found, sizeof found);
    assert_true(n >= 0);
    assert_str_text(((struct str){found, (size_t)n}), content);
    assert_int_equal(size, strlen(content));
}

static void check_keys(struct blob_store *store)
{
    static const char *const bad[] = {
        "",
        "ab",
        "ab/",
        "/etc/passwd",
        "../../../../../../../../../etc/shadow",
        "ab/abcdef12-0000-4000-8000-00000000000",
        "ab/abcdef12-0000-4000-8000-0000000000000",
        "ab/abcdef12-0000-4000-8000-00000000000G",
        "ab/abcdef12-0000-4000-8000-00000000000A",
        "AB/ABcdef12-0000-4000-8000-000000000000",
        "ab/cdcdef12-0000-4000-8000-000000000000",
        "ab/abcdef1200000-4000-8000-000000000000",
        "ab-abcdef12-0000-4000-8000-000000000000",
        "ab/abcdef12-0000-4000-8000-0000/../0000",
        "../..cdef12-0000-4000-8000-000000000000",
        NULL,
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err;
        struct blob_writer *writer = NULL;
        int fd = -1;
        uint64_t size;
        assert_false(blob_key_valid(bad[i]));
        assert_fails(blob_writer_open(store, bad[i], 0, &writer, &err), &err, ERR_INTERNAL);
        assert_fails(blob_open(store, bad[i], &fd, &size, &err), &err, ERR_INTERNAL);
        assert_fails(blob_remove(store, &bad[i], 1, &err), &err, ERR_INTERNAL);
        assert_null(writer);
        assert_int_equal(fd, -1);
    }
    char a[BLOB_KEY_SIZE], b[BLOB_KEY_SIZE];
    for (int i = 0; i < 100; i++) {
        blob_key_new(a);
        blob_key_new(b);
        assert_true(blob_key_valid(a));
        assert_string_not_equal(a, b);
    }
}

static void test_keys(void **state)
{
    (void)state;
    for_each_store(check_keys);
}

static void check_write_and_read(struct blob_store *store)
{
    struct err err;
    char key[BLOB_KEY_SIZE];
    _cleanup_(blob_writer_closep) struct blob_writer *writer = NULL;
    blob_key_new(key);
    assert_ok(blob_writer_open(store, key, 0, &writer, &err), &err);
    expect(store, key, "");
    assert_ok(blob_writer_sync(writer, &err), &err);
    assert_ok(blob_writer_write(writer, "one ", 4, &err), &err);
    assert_ok(blob_writer_write(writer, "", 0, &err), &err);
    assert_ok(blob_writer_write(writer, "two", 3, &err), &err);
    assert_ok(blob_writer_sync(writer, &err), &err);
    expect(store, key, "one two");
    assert_ok(blob_writer_write(writer, "!", 1, &err), &err);
    blob_writer_close(TAKE(writer));
    expect(store, key, "one two!");
    blob_writer_close(NULL);
}

static void test_write_and_read(void **state)
{
    (void)state;
    for_each_store(check_write_and_read);
}

/* What a writer finds, where it is opened, what it writes, and what is there then. */
static void check_offsets(struct blob_store *store)
{
    static const struct {
        const char *before; /* NULL: no object */
        uint64_t offset;
        const char *written;
        const char *after; /* NULL: not found, and nothing changed */
    } cases[] = {
        {NULL, 0, "abc", "abc"},
        {NULL, 1, "abc", NULL},
        {"", 0, "abc", "abc"},
        {"", 1, "abc", NULL},
        {"012345", 6, "abc", "012345abc"},
        {"012345", 3, "abc", "012abc"},
        {"012345", 3, "", "012"},
        {"012345", 0, "abc", "abc"},
        {"012345", 0, "", ""},
        {"012345", 7, "abc", NULL},
        {"012345", INT64_MAX, "", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        char key[BLOB_KEY_SIZE];
        blob_key_new(key);
        if (cases[i].before)
            assert_ok(put(store, key, 0, str_of(cases[i].before), &err), &err);
        int rc = put(store, key, cases[i].offset, str_of(cases[i].written), &err);
        assert_int_equal(rc, cases[i].after ? 0 : -1);
        if (rc != 0)
            assert_int_equal(err.code, ERR_NOT_FOUND);
        const char *after = cases[i].after ? cases[i].after : cases[i].before;
        int fd = -1;
        uint64_t size;
        if (after)
            expect(store, key, after);
        else
            assert_fails(blob_open(store, key, &fd, &size, &err), &err, ERR_NOT_FOUND);
    }
    struct err err;
    struct blob_writer *writer = NULL;
    char key[BLOB_KEY_SIZE];
    blob_key_new(key);
    assert_fails(blob_writer_open(store, key, UINT64_MAX, &writer, &err), &err, ERR_INVALID);
}

static void test_offsets(void **state)
{
    (void)state;
    for_each_store(check_offsets);
}

/* A second writer is refused while there is one, and an open alone changes nothing. */
static void check_one_writer(struct blob_store *store)
{
    struct err err;
    char key[BLOB_KEY_SIZE];
    _cleanup_(blob_writer_closep) struct blob_writer *first = NULL, *second = NULL;
    blob_key_new(key);
    assert_ok(put(store, key, 0, STR("012345"), &err), &err);
    assert_ok(blob_writer_open(store, key, 3, &first, &err), &err);
    assert_fails(blob_writer_open(store, key, 0, &second, &err), &err, ERR_CONFLICT);
    assert_fails(blob_writer_open(store, key, 6, &second, &err), &err, ERR_CONFLICT);
    assert_null(second);
    expect(store, key, "012345");
    blob_writer_close(TAKE(first));
    expect(store, key, "012345");
    assert_ok(blob_writer_open(store, key, 3, &second, &err), &err);
    assert_ok(blob_writer_sync(second, &err), &err);
    expect(store, key, "012");
}

static void test_one_writer(void **state)
{
    (void)state;
    for_each_store(check_one_writer);
}

/* Larger than what is written behind, in pieces of any size. */
static void check_large(struct blob_store *store)
{
    enum { TOTAL = 20 * 1024 * 1024, LARGEST = 1024 * 1024 };
    struct err err;
    char key[BLOB_KEY_SIZE];
    static char piece[LARGEST];
    struct blob_writer *writer = NULL;
    struct hasher wrote, read_back;
    struct digest want, got;
    hasher_init(&wrote, DIGEST_SHA256);
    hasher_init(&read_back, DIGEST_SHA256);
    blob_key_new(key);
    assert_ok(blob_writer_open(store, key, 0, &writer, &err), &err);
    size_t len;
    for (size_t at = 0; at < TOTAL; at += len) {
        len = size_min(TOTAL - at, 1 + at * 7919 % LARGEST);
        memset(piece, (int)(at % 251), len);
        hasher_update(&wrote, piece, len);
        assert_ok(blob_writer_write(writer, piece, len, &err), &err);
    }
    assert_ok(blob_writer_sync(writer, &err), &err);
    blob_writer_close(writer);
    _cleanup_close_ int fd = -1;
    uint64_t size;
    ssize_t n;
    assert_ok(blob_open(store, key, &fd, &size, &err), &err);
    assert_int_equal(size, TOTAL);
    while ((n = read(fd, piece, sizeof piece)) > 0)
        hasher_update(&read_back, piece, (size_t)n);
    hasher_digest(&wrote, &want);
    hasher_digest(&read_back, &got);
    assert_true(digest_eq(&want, &got));
}

static void test_large(void **state)
{
    (void)state;
    for_each_store(check_large);
}

static void check_remove(struct blob_store *store)
{
    struct err err;
    char keys[3][BLOB_KEY_SIZE];
    const char *const list[] = {keys[0], keys[1], keys[2]};
    for (int i = 0; i < 3; i++)
        blob_key_new(keys[i]);
    assert_ok(put(store, keys[0], 0, STR("one"), &err), &err);
    assert_ok(put(store, keys[2], 0, STR("three"), &err), &err);
    _cleanup_close_ int fd = -1;
    int none = -1;
    uint64_t size;
    assert_ok(blob_open(store, keys[0], &fd, &size, &err), &err);
    assert_ok(blob_remove(store, list, 0, &err), &err);
    expect(store, keys[0], "one");
    for (int again = 0; again < 2; again++) {
        assert_ok(blob_remove(store, list, 3, &err), &err);
        assert_fails(blob_open(store, keys[0], &none, &size, &err), &err, ERR_NOT_FOUND);
        assert_fails(blob_open(store, keys[2], &none, &size, &err), &err, ERR_NOT_FOUND);
    }
    char text[8];
    assert_int_equal(read(fd, text, sizeof text), 3); /* who reads already is not disturbed */
}

static void test_remove(void **state)
{
    (void)state;
    for_each_store(check_remove);
}

struct seen {
    size_t count;
    uint64_t bytes;
    int stop_with;
    const char *last_key;
    bool valid;
};

static int see(void *context, const struct blob_info *info)
{
    struct seen *seen = context;
    seen->count++;
    seen->bytes += info->size;
    seen->valid = seen->valid && blob_key_valid(info->key) && info->modified_ms > 1600000000000;
    return seen->stop_with;
}

static void check_walk(struct blob_store *store)
{
    enum { OBJECTS = 50 };
    struct err err;
    char key[BLOB_KEY_SIZE];
    struct seen seen = {.valid = true};
    assert_int_equal(blob_walk(store, see, &seen, &err), 0);
    assert_int_equal(seen.count, 0);
    uint64_t bytes = 0;
    for (size_t i = 0; i < OBJECTS; i++) {
        static const char data[OBJECTS];
        blob_key_new(key);
        assert_ok(put(store, key, 0, (struct str){data, i}, &err), &err);
        bytes += i;
    }
    assert_int_equal(blob_walk(store, see, &seen, &err), 0);
    assert_int_equal(seen.count, OBJECTS);
    assert_int_equal(seen.bytes, bytes);
    assert_true(seen.valid);
    seen = (struct seen){.stop_with = 7};
    assert_int_equal(blob_walk(store, see, &seen, &err), 7);
    assert_int_equal(seen.count, 1);
}

static void test_walk(void **state)
{
    (void)state;
    for_each_store(check_walk);
}

static void check_health(struct blob_store *store)
{
    struct err err;
    struct blob_space space = {0};
    struct seen seen = {0};
    assert_ok(blob_store_probe(store, &err), &err);
    assert_int_equal(blob_walk(store, see, &seen, &err), 0);
    assert_int_equal(seen.count, 0); /* the probe has left nothing */
    assert_ok(blob_store_space(store, &space, &err), &err);
    assert_true(space.total > 0);
    assert_true(space.available <= space.total);
}

static void test_health(void **state)
{
    (void)state;
    for_each_store(check_health);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEMPORARY(test_keys),       TEMPORARY(test_write_and_read), TEMPORARY(test_offsets),
        TEMPORARY(test_one_writer), TEMPORARY(test_large),          TEMPORARY(test_remove),
        TEMPORARY(test_walk),       TEMPORARY(test_health),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
