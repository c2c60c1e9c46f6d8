/* SPDX-License-Identifier: Apache-2.0 */
/* The bearer challenge. Clients read the scope from here and ask the realm for exactly that. */
#include "challenge.h"

#include "codec/form.h"

struct mount_query {
    const char *from;
};

static const struct field mount_fields[] = {
    F_TEXT(struct mount_query, from, "from", 0, .max = REPOSITORY_NAME_MAX),
};
static const struct schema mount_schema = SCHEMA(struct mount_query, mount_fields);

/* To mount a blob the source must be readable: a second scope, " repository:<from>:pull". */
static const char *mount_scope(const struct call *call)
{
    struct mount_query query = {0};
    struct repository_name from;
    struct name_rules names = {.library = call->rules->library,
                               .nested = call->rules->nested_names};
    struct err ignored; /* a source that cannot be is none */
    if (form_decode(call->arena, &mount_schema, call->request->query, &query, &ignored) != 0 ||
        !query.from ||
        name_parse_repository(call->arena, str_of(query.from), &names, &from, &ignored) != 0)
        return "";
    return arena_printf(call->arena, " repository:%s:pull", from.full);
}

void challenge_add(struct call *call)
{
    const char *scope = "";
    if (call->name.full && call->route->need) {
        bool writes = call->route->need & ACCESS_WRITE;
        scope = arena_printf(call->arena, ",scope=\"repository:%s:%s%s\"", call->name.full,
                             writes ? "pull,push" : "pull", writes ? mount_scope(call) : "");
    }
    reply_headerf(call->reply, "WWW-Authenticate", "Bearer realm=\"%s/v2/auth\",service=\"%s\"%s",
                  call_base_url(call), call->rules->hostname, scope);
}
