/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request (RFC 9112 sections 2 to 6), as pure functions over bytes: first find where
 * it ends, which may take several reads, then parse it. Nothing that a proxy could read otherwise
 * is accepted. */
#pragma once

#include "base/str.h"
#include "http/request.h"

enum { TARGET_MAX = 8192 };

enum head_result { HEAD_INCOMPLETE, HEAD_COMPLETE, HEAD_REFUSED };

/* Why a request is refused before the application sees it. */
struct refusal {
    int status;
    const char *reason; /* a fixed sentence for the client */
};

/* How far the search for the end has come; {0} at the start of a head. */
struct head_scan {
    size_t looked; /* bytes seen so far */
    size_t line;   /* where the line begins that is not complete yet */
};

/* Look for the empty line that ends the head. `in` is all that was received of it so far; bytes
 * that were looked at in an earlier call are not looked at again. On HEAD_COMPLETE *len_out is the
 * head's length with the empty line. Refuses line ends other than CRLF, a request line longer than
 * TARGET_MAX and a head longer than `max`, as soon as they are seen. */
enum head_result head_find(struct head_scan *scan, struct str in, size_t max, size_t *len_out,
                           struct refusal *refusal);

/* Parse a complete head. Fills method to body_length, keep_alive and host of *request, whose slices
 * point into `head`; *expect_out tells of "Expect: 100-continue". False with *refusal when the head
 * breaks a rule; *request is then undefined. */
bool head_parse(struct str head, struct request *request, bool *expect_out,
                struct refusal *refusal);
