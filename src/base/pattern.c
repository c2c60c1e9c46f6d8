/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions, by PCRE2. Back-tracking is what makes some of them slow, so the steps of a
 * match are counted, not its time: the same text always has the same outcome. */
#include "pattern.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    STEPS_MAX = 100000,    /* of one match; a plain one on a tag takes a few hundred */
    DEPTH_MAX = 1000,      /* of nested back-tracking */
    MEMORY_KIB_MAX = 1024, /* of one match */
    PARENTHESES_MAX = 50,  /* nested */
};

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_match_context_free(pattern->limits);
    pcre2_match_data_free(pattern->match);
    pcre2_code_free(pattern->code);
    free(pattern);
}

static pcre2_code *compile(struct str text, int *code_out, size_t *at_out)
{
    pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
    if (!limits)
        abort();
    pcre2_set_parens_nest_limit(limits, PARENTHESES_MAX);
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, PCRE2_NEVER_BACKSLASH_C,
                                         code_out, at_out, limits);
    pcre2_compile_context_free(limits);
    return compiled;
}

int pattern_new(struct str text, struct pattern **out, struct err *err)
{
    int code = 0;
    size_t at = 0;
    char why[128];
    if (text.len > PATTERN_MAX)
        return err_set(err, ERR_INVALID, "the pattern is longer than %d bytes", PATTERN_MAX);
    _cleanup_(pattern_freep) struct pattern *pattern = calloc(1, sizeof(*pattern));
    if (!pattern)
        abort();
    pattern->code = compile(text, &code, &at);
    if (!pattern->code) {
        pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
        return err_set(err, ERR_INVALID, "not a regular expression: %s at character %zu", why,
                       at + 1);
    }
    pattern->match = pcre2_match_data_create(1, NULL);
    pattern->limits = pcre2_match_context_create(NULL);
    if (!pattern->match || !pattern->limits)
        abort();
    pcre2_set_match_limit(pattern->limits, STEPS_MAX);
    pcre2_set_depth_limit(pattern->limits, DEPTH_MAX);
    pcre2_set_heap_limit(pattern->limits, MEMORY_KIB_MAX);
    *out = TAKE(pattern);
    return 0;
}

void pattern_limit(struct pattern *pattern, unsigned steps)
{
    pcre2_set_match_limit(pattern->limits, steps < STEPS_MAX ? steps : STEPS_MAX);
}

int pattern_match(struct pattern *pattern, struct str text, enum pattern_anchor anchor,
                  struct err *err)
{
    static const uint32_t options[] = {
        [PATTERN_ANYWHERE] = 0,
        [PATTERN_AT_START] = PCRE2_ANCHORED,
        [PATTERN_WHOLE] = PCRE2_ANCHORED | PCRE2_ENDANCHORED,
    };
    int rc = pcre2_match(pattern->code, (PCRE2_SPTR)text.ptr, text.len, 0, options[anchor],
                         pattern->match, pattern->limits);
    if (rc >= 0)
        return 1;
    if (rc == PCRE2_ERROR_NOMATCH)
        return 0;
    return err_set(err, ERR_INVALID, "the pattern takes too many steps to match");
}
