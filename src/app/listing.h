/* SPDX-License-Identifier: Apache-2.0 */
/* Printing long lists from the command line, as lines or as one JSON array, in pages so that
 * memory stays small. */
#pragma once

#include "app/cli.h"
#include "codec/jw.h"

struct listing {
    bool json;
    int64_t left;
    struct buf buf;
    struct jw writer;
};

/* Reads --limit and --json. */
int listing_begin(struct listing *listing, const struct cli *cli, struct err *err);
/* How many items to fetch now, at most `page`; 0 when the limit is reached. */
int64_t listing_want(const struct listing *listing, int64_t page);
/* About to print one item: the JSON writer for it, or NULL to print a line. */
struct jw *listing_item(struct listing *listing);
void listing_end(struct listing *listing);
/* Give up: returns -1, for use in a return statement. */
int listing_abort(struct listing *listing);
