/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes: the input is parameter values, one a line, under rules that its first byte chooses. What
 * is accepted holds names that domain/name.h accepts and at least one action each. */
#include "auth/scope.h"
#include "domain/name.h"
#include "fuzz.h"

static void must_be_good(struct arena *arena, const struct scope *scope)
{
    static const struct name_rules strict = {.nested = true};
    struct repository_name name;
    must(scope->actions != 0 &&
         scope->actions <= (SCOPE_PULL | SCOPE_PUSH | SCOPE_ALL | SCOPE_DELETE));
    if (scope->kind == SCOPE_CATALOG)
        return;
    const char *full = arena_printf(arena, "%s/%s", scope->namespace_name, scope->repository);
    if (strlen(full) > REPOSITORY_NAME_MAX) /* only the library's name makes it longer */
        return;
    must(name_parse_repository(arena, str_of(full), &strict, &name, NULL) == 0);
    must(strcmp(name.namespace_name, scope->namespace_name) == 0);
    must(str_ends(str_of(scope->requested), str_of(scope->repository)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { VALUES_MAX = 8 };
    if (size == 0)
        return 0;
    struct scope_rules rules = {
        .hostname = data[0] & 1 ? "reg.example:5000" : NULL,
        .library_namespace = data[0] & 2 ? "library" : NULL,
        .nested_names = data[0] & 4,
    };
    struct arena arena = {0};
    struct str rest = {(const char *)data + 1, size - 1}, line;
    const char *items[VALUES_MAX];
    struct texts values = {items, 0};
    while (values.count < VALUES_MAX && str_cut(&rest, '\n', &line))
        items[values.count++] = arena_text(&arena, line);
    struct list scopes;
    struct err err;
    if (scope_parse(&arena, &values, &rules, &scopes, &err) == 0) {
        const struct scope *all = scopes.items;
        must(scopes.count <= SCOPE_COUNT_MAX);
        for (size_t i = 0; i < scopes.count; i++)
            must_be_good(&arena, &all[i]);
    }
    arena_done(&arena);
    return 0;
}
