/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked transfer coding (RFC 9112 section 7.1), as a state machine fed with whatever bytes
 * have arrived. */
#pragma once

#include <stdint.h>

#include "base/str.h"

enum chunk_result {
    CHUNK_MORE, /* everything was consumed, more must come */
    CHUNK_DATA, /* *data_out is a piece of the body */
    CHUNK_END,  /* the body is complete; what is left of *in is not part of it */
    CHUNK_BAD,
};

struct chunk {
    uint64_t left;  /* of the chunk's data */
    unsigned state; /* enum chunk_state; 0 at the start */
    unsigned extra; /* bytes of extensions and trailers so far, which are dropped */
    unsigned digits;
};

/* Consume from *in until there is something to say. {0} is the state before the first byte. Call
 * again after CHUNK_DATA; the piece points into *in. */
enum chunk_result chunk_next(struct chunk *chunk, struct str *in, struct str *data_out);
