/* SPDX-License-Identifier: Apache-2.0 */
/* Redirect addresses: the input is a registered address, a line feed, and the one asked for. What
 * is allowed begins with the registered scheme and host, then nothing, '/' or '?', and has nothing
 * in it that two readers could understand in two ways. An address with something added to its query
 * stays where it was. */
#include "auth/oauth_redirect.h"
#include "fuzz.h"

/* Up to the end of the host. */
static struct str origin(struct str uri)
{
    size_t at = (size_t)str_find(uri, ':') + strlen("://");
    while (at < uri.len && uri.ptr[at] != '/' && uri.ptr[at] != '?')
        at++;
    return str_sub(uri, 0, at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char unclear[] = "@%\\#\"<> \t\r\n";
    struct str uri = {(const char *)data, size}, registered;
    if (!str_cut(&uri, '\n', &registered) || !oauth_redirect_allowed(registered, uri))
        return 0;
    struct arena arena = {0};
    for (size_t i = 0; i < strlen(unclear); i++)
        must(str_find(uri, unclear[i]) < 0);
    must(uri.len <= OAUTH_REDIRECT_MAX && str_find(uri, '\0') < 0);
    must(str_eq_case(origin(registered), origin(uri)));
    must(oauth_redirect_allowed(registered, registered));
    const char *with = oauth_redirect_with(&arena, arena_text(&arena, uri), "code", "x", NULL);
    must(str_starts(str_of(with), uri) && str_eq(origin(str_of(with)), origin(uri)));
    arena_done(&arena);
    return 0;
}
