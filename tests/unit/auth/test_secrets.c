/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/secrets.h"

#include "fixture.h"

static struct secrets load(struct fixture *f, const char *secret, const char *database,
                           const char *page)
{
    struct secrets_config config = {secret, database, page};
    struct secrets secrets = {0};
    assert_ok(secrets_load(f->db, &config, &secrets, &f->err), &f->err);
    return secrets;
}

/* Every node of a registry has the same keys, and one purpose's is no use for another. */
static void test_drawn(void **state)
{
    struct fixture *f = *state;
    struct secrets first = load(f, NULL, NULL, NULL), second = load(f, NULL, NULL, NULL);
    assert_memory_equal(&first, &second, sizeof first);
    const struct seal_key *keys[] = {&first.cookie, &first.client_key, &first.store, &first.page};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(keys[i], keys[j], sizeof *keys[i]);
    }
}

static void test_configured(void **state)
{
    struct fixture *f = *state;
    struct secrets drawn = load(f, NULL, NULL, NULL);
    struct secrets configured = load(f, "a", NULL, NULL);
    assert_memory_not_equal(&configured.cookie, &drawn.cookie, sizeof drawn.cookie);
    assert_memory_not_equal(&configured.client_key, &drawn.client_key, sizeof drawn.cookie);
    assert_memory_equal(&configured.store, &drawn.store, sizeof drawn.store);
    assert_memory_equal(&configured.page, &drawn.page, sizeof drawn.page);
    configured = load(f, NULL, "b", NULL);
    assert_memory_equal(&configured.cookie, &drawn.cookie, sizeof drawn.cookie);
    assert_memory_not_equal(&configured.store, &drawn.store, sizeof drawn.store);
    configured = load(f, NULL, NULL, "c");
    assert_memory_not_equal(&configured.page, &drawn.page, sizeof drawn.page);
    assert_memory_equal(&configured.store, &drawn.store, sizeof drawn.store);
}

/* With all three in config.yaml none is drawn. */
static void test_all_configured(void **state)
{
    struct fixture *f = *state;
    load(f, "a", "b", "c");
    fixture_sql(f, "INSERT INTO setting (name, value) VALUES ('secret', 'would be taken')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUTH(test_drawn),
        WITH_AUTH(test_configured),
        WITH_AUTH(test_all_configured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
