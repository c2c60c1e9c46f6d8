/* SPDX-License-Identifier: Apache-2.0 */
#include "web/registry/accept.h"

#include "unit.h"

#define INDEX "application/vnd.oci.image.index.v1+json"

static void test_accept(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second; /* Accept headers; NULL: none */
        bool covers, names;
    } cases[] = {
        {NULL, NULL, true, false},
        {"*/*", NULL, true, false},
        {"application/*", NULL, true, false},
        {"text/*", NULL, false, false},
        {INDEX, NULL, true, true},
        {"text/plain, " INDEX, NULL, true, true},
        {"text/plain", INDEX, true, true},
        {"text/plain ,\t" INDEX " ; q=0.5", NULL, true, true},
        {INDEX ";q=0", NULL, false, false},
        {"APPLICATION/VND.OCI.IMAGE.INDEX.V1+JSON", NULL, true, true},
        {"application/vnd.oci.image.index.v1", NULL, false, false},
        {"", NULL, false, false},
        {",,,", NULL, false, false},
        {"*/*;q=0", NULL, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct request request = {0};
        const char *values[] = {cases[i].first, cases[i].second};
        for (size_t k = 0; k < 2 && values[k]; k++)
            request.headers[request.header_count++] = (struct header){STR("Accept"),
                                                                      str_of(values[k])};
        if (accept_covers(&request, STR(INDEX)) != cases[i].covers ||
            accept_names(&request, STR(INDEX)) != cases[i].names)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_accept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
