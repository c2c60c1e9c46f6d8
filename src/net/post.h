/* SPDX-License-Identifier: Apache-2.0 */
/* POST of a JSON document to an address that a user has given. */
#pragma once

#include "net/outside.h"

enum { POST_SECONDS_MAX = 30, POST_ANSWER_MAX = 64 * 1024 };

/* Borrowed. */
struct post {
    const char *url;
    struct str body;
    const struct texts *allowed;      /* see outside_allows */
    bool (*is_stopping)(void *owner); /* asked once a second; NULL: goes on to its end */
    void *owner;
};

/* Before the first, and after the last; they count. */
int post_begin(struct err *err);
void post_end(void);
/* Post it: 0 when the answer is 200 to 299. No redirect is followed, no proxy asked, and a
 * certificate must be right. ERR_DENIED: the host is not one that may be called. ERR_IO: anything
 * else, with the particulars as the detail, which are not for users. */
int post_json(const struct post *post, struct err *err);
