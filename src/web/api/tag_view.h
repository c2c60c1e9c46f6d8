/* SPDX-License-Identifier: Apache-2.0 */
/* Tags as the API shows them. */
#pragma once

#include "codec/jw.h"
#include "domain/tag.h"

enum { TAG_VIEW_MAP_MAX = 500 }; /* tags on the page of a repository */

/* {name, size, last_modified, expiration, manifest_digest}. */
void tag_view_short(struct jw *w, const struct tag_entry *entry);
/* An entry of the history; of `children` (struct tag_child, in order of parent) those of the
 * entry's index are shown. `with_immutable`: whether tags can be that. */
void tag_view_full(struct jw *w, const struct tag_entry *entry, const struct list *children,
                   bool with_immutable);
