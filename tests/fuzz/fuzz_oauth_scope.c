/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes of OAuth: what was asked for is a part of what it amounts to, both are known bits, and
 * writing down what was asked for and reading it again changes nothing. */
#include "auth/oauth_scope.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct arena arena = {0};
    unsigned asked = oauth_scope_asked(text), parsed = oauth_scope_parse(text);
    must((asked & ~parsed) == 0 && (parsed & ~(unsigned)OAUTH_ALL) == 0);
    must((asked == 0) == (parsed == 0));
    struct str again = str_of(oauth_scope_format(&arena, asked));
    must(oauth_scope_asked(again) == asked && oauth_scope_parse(again) == parsed);
    arena_done(&arena);
    return 0;
}
