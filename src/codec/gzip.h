/* SPDX-License-Identifier: Apache-2.0 */
/* Gzip (RFC 1952): whole pieces in, pieces out. Members that follow each other are one text. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Append one member that holds `data`. */
int gzip_compress(struct str data, struct buf *out, struct err *err);

struct gzip_reader;

/* Text comes to `take` in pieces; what it returns, if not 0, ends gzip_reader_feed. */
struct gzip_reader *gzip_reader_new(int (*take)(void *context, struct str text, struct err *err),
                                    void *context);
void gzip_reader_free(struct gzip_reader *reader);
DEFINE_CLEANUP(struct gzip_reader, gzip_reader_free)
#define _cleanup_gzip_ _cleanup_(gzip_reader_freep)
/* The next compressed bytes, cut anywhere. ERR_INVALID when they are not gzip. */
int gzip_reader_feed(struct gzip_reader *reader, struct str data, struct err *err);
