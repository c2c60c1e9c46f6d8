/* SPDX-License-Identifier: Apache-2.0 */
/* The bearer challenge. Clients read the scope from here and ask the realm for exactly that. */
#include "challenge.h"

void challenge_add(struct call *call)
{
    const char *scope = "";
    if (call->name.full && call->route->need) {
        const char *actions = call->route->need & ACCESS_WRITE ? "pull,push" : "pull";
        scope = arena_printf(call->arena, ",scope=\"repository:%s:%s\"", call->name.full, actions);
    }
    reply_headerf(call->reply, "WWW-Authenticate", "Bearer realm=\"%s/v2/auth\",service=\"%s\"%s",
                  call_base_url(call), call->rules->hostname, scope);
}
