/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions that users write, in Perl's syntax, which is nearly Python's and so what
 * Quay's users know. They come from outside and meet many texts, so compiling and every match have
 * limits: no pattern can hold up a thread for long. */
#pragma once

#include "err.h"
#include "macro.h"
#include "str.h"

/* Longest pattern, in bytes. */
enum { PATTERN_MAX = 256 };

struct pattern;

/* Compile `text`. The caller frees it. ERR_INVALID, with the place of the mistake, when it is not a
 * regular expression, longer than PATTERN_MAX, or too complex. */
int pattern_new(struct str text, struct pattern **out, struct err *err) MUST_CHECK;
/* NULL is fine. */
void pattern_free(struct pattern *pattern);
DEFINE_CLEANUP(struct pattern, pattern_free)

/* Where in the text a match may lie. */
enum pattern_anchor {
    PATTERN_ANYWHERE,
    PATTERN_AT_START, /* it begins where the text begins, as Python's re.match */
    PATTERN_WHOLE,    /* it is the whole text, as Python's re.fullmatch */
};

/* Allow a match fewer steps than a pattern has by itself, where many are tried in one go. */
void pattern_limit(struct pattern *pattern, unsigned steps);

/* 1 when it matches, 0 when not, -1 with ERR_INVALID when finding out took more steps than allowed.
 * A pattern may be matched by one thread at a time. */
int pattern_match(struct pattern *pattern, struct str text, enum pattern_anchor anchor,
                  struct err *err) MUST_CHECK;
