/* SPDX-License-Identifier: Apache-2.0 */
/* References: repository names under all rules, and tags. What is accepted is accepted again in its
 * full form, whatever the rules. */
#include "domain/name.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct name_rules rules = {
        .library = data[0] & 1 ? "library" : NULL,
        .hostname = data[0] & 2 ? "reg.example:5000" : NULL,
        .nested = data[0] & 4,
    };
    static const struct name_rules plain = {.nested = true};
    struct str text = {(const char *)data + 1, size - 1};
    struct arena arena = {0};
    struct repository_name name, again;
    struct err err;
    if (name_parse_repository(&arena, text, &rules, &name, &err) == 0) {
        struct str full = str_of(name.full);
        if (full.len <= REPOSITORY_NAME_MAX) {
            must(name_parse_repository(&arena, full, &plain, &again, &err) == 0);
            must(str_eq(str_of(again.path), str_of(name.path)));
        }
        must(name_component_ok(str_of(name.namespace_name)));
    }
    if (name_check_tag(text, &err) == 0)
        must(text.len <= TAG_NAME_MAX && str_find(text, '/') < 0 && str_find(text, ':') < 0);
    arena_done(&arena);
    return 0;
}
