/* SPDX-License-Identifier: Apache-2.0 */
/* Tags as JSON. */
#include "tag_view.h"

#include "domain/media_type.h"
#include "view.h"

/* What both views have in common. */
static void write_common(struct jw *w, const struct tag_entry *entry)
{
    char digest[DIGEST_TEXT_SIZE];
    digest_format(&entry->digest, digest);
    jw_member_text(w, "manifest_digest", digest);
    jw_key(w, "size");
    if (entry->layers_size >= 0)
        jw_int(w, entry->layers_size);
    else
        jw_null(w);
    view_date(w, "last_modified", entry->start_ms);
    if (entry->end_ms != TAG_FOREVER)
        view_date(w, "expiration", entry->end_ms);
}

void tag_view_short(struct jw *w, const struct tag_entry *entry)
{
    jw_begin_object(w);
    jw_member_text(w, "name", entry->name);
    write_common(w, entry);
    jw_end_object(w);
}

static void write_children(struct jw *w, const struct tag_entry *entry, const struct list *children)
{
    const struct tag_child *rows = children->items;
    int64_t count = 0, present = 0;
    jw_key(w, "child_manifests_presence");
    jw_begin_object(w);
    for (size_t i = 0; i < children->count; i++) {
        char digest[DIGEST_TEXT_SIZE];
        if (rows[i].parent_id != entry->manifest_id)
            continue;
        digest_format(&rows[i].child, digest);
        jw_member_bool(w, digest, rows[i].present);
        count++;
        present += rows[i].present;
    }
    jw_end_object(w);
    jw_member_int(w, "child_manifest_count", count);
    jw_member_int(w, "present_child_count", present);
    jw_member_bool(w, "is_sparse", present < count);
}

void tag_view_full(struct jw *w, const struct tag_entry *entry, const struct list *children,
                   bool with_immutable)
{
    enum { SECOND_MS = 1000 };
    bool is_index = media_type_kind(str_of(entry->media_type)) == MANIFEST_INDEX;
    jw_begin_object(w);
    jw_member_text(w, "name", entry->name);
    jw_member_bool(w, "reversion", entry->reversion);
    if (with_immutable)
        jw_member_bool(w, "immutable", entry->immutable);
    jw_member_int(w, "start_ts", entry->start_ms / SECOND_MS);
    if (entry->end_ms != TAG_FOREVER)
        jw_member_int(w, "end_ts", entry->end_ms / SECOND_MS);
    jw_member_bool(w, "is_manifest_list", is_index);
    write_common(w, entry);
    if (is_index)
        write_children(w, entry, children);
    jw_end_object(w);
}
