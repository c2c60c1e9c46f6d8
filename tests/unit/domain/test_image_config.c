/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations as clients push them: what can be read is, and the rest does no harm. */
#include "domain/image_config.h"

#include "base/buf.h"
#include "unit.h"

static const char *labels_of(struct arena *arena, const struct image_config *config)
{
    const struct image_label *labels = config->labels.items;
    const char *text = "";
    for (size_t i = 0; i < config->labels.count; i++)
        text = arena_printf(arena, "%s%s=%s ", text, labels[i].key, labels[i].value);
    return text;
}

static void test_labels(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"{\"config\":{\"Labels\":{\"b\":\"2\",\"a\":\"1\"}}}", "b=2 a=1 "},
        {"{\"config\":{\"Labels\":{\"a\":1,\"b\":null,\"c\":\"\"}}}", "c= "},
        {"{\"config\":{\"Labels\":null}}", ""},
        {"{\"config\":{\"Labels\":[\"a\"]}}", ""},
        {"{\"config\":null}", ""},
        {"{\"config\":7}", ""},
        {"[]", ""},
        {"7", ""},
        {"{", ""},
        {"", ""},
    };
    _cleanup_(arena_done) struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct image_config config;
        image_config_parse(&arena, str_of(cases[i].text), &config);
        assert_string_equal(labels_of(&arena, &config), cases[i].want);
    }
}

static void test_annotations_count_more(void **state)
{
    (void)state;
    _cleanup_(arena_done) struct arena arena = {0};
    struct image_config config;
    image_config_parse(&arena, STR("{\"config\":{\"Labels\":{\"a\":\"1\",\"b\":\"2\"}}}"), &config);
    image_config_add_labels(&arena, STR("{\"b\":\"3\",\"c\":\"4\"}"), &config.labels);
    assert_string_equal(labels_of(&arena, &config), "a=1 b=3 c=4 ");
}

static void test_labels_have_a_limit(void **state)
{
    (void)state;
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_buf_ struct buf text;
    struct list labels = {0};
    buf_init(&text, 64 * 1024);
    buf_add_text(&text, "{");
    for (int i = 0; i < IMAGE_LABELS_MAX + 50; i++)
        buf_printf(&text, "%s\"key%d\":\"x\"", i ? "," : "", i);
    buf_add_text(&text, "}");
    image_config_add_labels(&arena, buf_str(&text), &labels);
    assert_int_equal(labels.count, IMAGE_LABELS_MAX);
}

static void test_steps(void **state)
{
    (void)state;
    _cleanup_(arena_done) struct arena arena = {0};
    struct image_config config;
    image_config_parse(&arena,
                       STR("{\"history\":[{\"created\":\"1970-01-01T00:00:02Z\",\"created_by\":"
                           "\"RUN x\",\"comment\":\"c\",\"author\":\"me\"},7,{\"created\":\"?\","
                           "\"created_by\":8,\"empty_layer\":true}]}"),
                       &config);
    const struct image_step *steps = config.steps.items;
    assert_int_equal(config.steps.count, 3);
    assert_string_equal(steps[0].command, "RUN x");
    assert_string_equal(steps[0].comment, "c");
    assert_string_equal(steps[0].author, "me");
    assert_int_equal(steps[0].created_ms, 2000);
    assert_false(steps[0].empty);
    assert_null(steps[1].command);
    assert_null(steps[2].command);
    assert_int_equal(steps[2].created_ms, 0);
    assert_true(steps[2].empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_annotations_count_more),
        cmocka_unit_test(test_labels_have_a_limit),
        cmocka_unit_test(test_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
