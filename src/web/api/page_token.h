/* SPDX-License-Identifier: Apache-2.0 */
/* Page tokens: where the next page of a list begins, sealed so that clients can only hand it back.
 * A token that is old, damaged or made for another list means the first page, as with Quay. */
#pragma once

#include "web/call.h"

enum { PAGE_TOKEN_MAX = 2048 }; /* bytes of a next_page argument */

/* The token for the page of the route's list that begins behind `cursor` (any text). */
const char *page_token_make(struct call *call, const char *cursor);
/* The cursor of a token, or NULL for the first page. `token` may be NULL. */
const char *page_token_read(struct call *call, const char *token);
