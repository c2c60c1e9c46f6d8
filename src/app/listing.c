/* SPDX-License-Identifier: Apache-2.0 */
/* Long lists. The JSON text is flushed item by item. */
#include "listing.h"

#include <stdio.h>

enum { ITEM_MAX = 1024 * 1024 };

int listing_begin(struct listing *listing, const struct cli *cli, struct err *err)
{
    uint64_t limit = INT64_MAX;
    if (cli->limit && !str_to_u64(str_of(cli->limit), INT64_MAX, &limit))
        return err_set(err, ERR_INVALID, "--limit: must be a number");
    *listing = (struct listing){.json = cli->json, .left = (int64_t)limit};
    buf_init(&listing->buf, ITEM_MAX);
    listing->writer.buf = &listing->buf;
    if (listing->json)
        jw_begin_array(&listing->writer);
    return 0;
}

int64_t listing_want(const struct listing *listing, int64_t page)
{
    return listing->left < page ? listing->left : page;
}

static void flush_text(struct listing *listing)
{
    fwrite(listing->buf.ptr ? listing->buf.ptr : "", 1, listing->buf.len, stdout);
    buf_clear(&listing->buf);
}

struct jw *listing_item(struct listing *listing)
{
    listing->left--;
    if (!listing->json)
        return NULL;
    flush_text(listing);
    return &listing->writer;
}

void listing_end(struct listing *listing)
{
    if (listing->json) {
        jw_end_array(&listing->writer);
        buf_add_char(&listing->buf, '\n');
        flush_text(listing);
    }
    buf_done(&listing->buf);
}

int listing_abort(struct listing *listing)
{
    buf_done(&listing->buf);
    return -1;
}
