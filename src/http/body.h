/* SPDX-License-Identifier: Apache-2.0 */
/* The framing of a request body: Content-Length or chunked. */
#pragma once

#include "engine.h"

/* From what the head said. */
void body_init(struct body *body, const struct request *request, bool expects_100);
/* As chunk_next, for both framings; CHUNK_END is remembered in body->complete. */
enum chunk_result body_next(struct body *body, struct str *in, struct str *piece_out);
/* How many bytes to read at most, so that none of the next request is read if that can be known. */
size_t body_want(const struct body *body, size_t room);
