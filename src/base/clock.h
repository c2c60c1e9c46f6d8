/* SPDX-License-Identifier: Apache-2.0 */
/* Time. Points in time are milliseconds since 1970 (wall) or since boot (monotonic), as int64_t.
 * Rules that depend on the time take it as an argument, so that tests need no waiting. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "str.h"

enum {
    CLOCK_RFC3339_SIZE = 32, /* "2026-11-24T03:05:43.123Z" and its NUL fit */
    CLOCK_HTTP_SIZE = 32,    /* "Tue, 24 Nov 2026 03:05:43 GMT" and its NUL fit */
};

/* Milliseconds since 1970-01-01 UTC: for what is stored or shown. */
int64_t clock_wall_ms(void);
/* Milliseconds of a clock that never jumps: for deadlines. */
int64_t clock_mono_ms(void);
/* Microseconds of the same clock: for durations in logs and metrics. */
int64_t clock_mono_us(void);

/* RFC 3339 in UTC, with seconds or milliseconds. */
void clock_format_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE]);
void clock_format_rfc3339_ms(int64_t wall_ms, char out[CLOCK_RFC3339_SIZE]);
/* IMF-fixdate of RFC 9110 section 5.6.7, for HTTP headers. */
void clock_format_http(int64_t wall_ms, char out[CLOCK_HTTP_SIZE]);
/* Parse RFC 3339, with any number of digits behind the second and any offset; what lies behind the
 * millisecond is cut off. False when it is anything else. */
bool clock_parse_rfc3339(struct str text, int64_t *wall_ms_out);
/* Parse IMF-fixdate only; the obsolete forms are no conditional anyone sends to a registry.
 * Returns false when `text` is anything else, a weekday that is not the date's included. */
bool clock_parse_http(struct str text, int64_t *wall_ms_out);
