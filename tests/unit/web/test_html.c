/* SPDX-License-Identifier: Apache-2.0 */
#include "web/site/html.h"

#include "unit.h"

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *html;
    } cases[] = {
        {"", ""},
        {"plain \xc3\xbc", "plain \xc3\xbc"},
        {"<script>", "&lt;script&gt;"},
        {"\"' onload='x", "&quot;&#39; onload=&#39;x"},
        {"&lt;", "&amp;lt;"},
        {NULL, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        _cleanup_buf_ struct buf page;
        buf_init(&page, 1024);
        html_text(&page, cases[i].text);
        assert_str_text(buf_str(&page), cases[i].html);
    }
}

static void test_hidden(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf page;
    buf_init(&page, 1024);
    html_hidden(&page, "none", NULL);
    assert_int_equal(page.len, 0);
    html_hidden(&page, "state", "\"><b>");
    assert_str_text(buf_str(&page),
                    "<input type=\"hidden\" name=\"state\" value=\"&quot;&gt;&lt;b&gt;\">\n");
}

static void test_title(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf page;
    buf_init(&page, 4096);
    html_begin(&page, "</title><b>");
    html_end(&page);
    assert_true(buf_ok(&page));
    assert_null(strstr(page.ptr, "<b>"));
    assert_non_null(strstr(page.ptr, "<h1>&lt;/title&gt;&lt;b&gt;</h1>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
