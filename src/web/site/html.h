/* SPDX-License-Identifier: Apache-2.0 */
/* Writing HTML by hand. Whatever somebody else wrote goes through html_text or html_attribute;
 * nothing else escapes. */
#pragma once

#include "base/buf.h"
#include "web/call.h"

/* The text with &, <, >, " and ' escaped: for the content of elements and, in quotation marks, for
 * attributes. NULL writes nothing. */
void html_text(struct buf *page, const char *text);
/* A hidden field of a form; none when the value is NULL. */
void html_hidden(struct buf *page, const char *name, const char *value);
/* The beginning of a page up to the opened body, and its end. The title is escaped here. */
void html_begin(struct buf *page, const char *title);
void html_end(struct buf *page);
/* Answer with the page: never stored, never framed, no referrer sent on, and nothing runs in it but
 * scripts that carry the nonce (NULL: none at all). */
int html_reply(struct call *call, int status, const struct buf *page, const char *nonce,
               struct err *err);
