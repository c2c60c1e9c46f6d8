/* SPDX-License-Identifier: Apache-2.0 */
/* Avatars and dates. */
#include "view.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"

/* Told apart on white, and dark enough for a white letter. */
static const char *const palette[] = {
    "#8c564b", "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#e377c2", "#7f7f7f", "#bcbd22",
    "#17becf", "#393b79", "#637939", "#8c6d31", "#843c39", "#7b4173", "#3182bd", "#e6550d",
    "#31a354", "#756bb1", "#636363", "#5254a3", "#8ca252", "#bd9e39", "#ad494a", "#a55194",
    "#6baed6", "#fd8d3c", "#74c476", "#9e9ac8", "#969696", "#6b6ecf", "#b5cf6b", "#ce6dbd",
};

static void hash_text(const char *text, char out[DIGEST_TEXT_SIZE])
{
    enum { TEXT_MAX = 512 };
    char lower[TEXT_MAX];
    size_t len = size_min(strlen(text), sizeof lower);
    for (size_t i = 0; i < len; i++)
        lower[i] = char_lower(text[i]);
    struct digest digest;
    digest_of(DIGEST_SHA256, (struct str){lower, len}, &digest);
    digest_format(&digest, out);
}

void view_avatar(struct jw *w, const char *key, const char *name, const char *email,
                 const char *kind)
{
    char digest[DIGEST_TEXT_SIZE];
    hash_text(email ? email : name, digest);
    const char *hash = digest + strlen("sha256:");
    int color = 16 * char_hex_value(hash[0]) + char_hex_value(hash[1]);
    jw_key(w, key);
    jw_begin_object(w);
    jw_member_text(w, "name", name);
    jw_member_text(w, "hash", hash);
    jw_member_text(w, "color", palette[(size_t)color % ARRAY_LEN(palette)]);
    jw_member_text(w, "kind", kind);
    jw_end_object(w);
}

const char *view_account_kind(int64_t kind)
{
    return kind == ACCOUNT_ROBOT ? "robot" : kind == ACCOUNT_ORGANIZATION ? "org" : "user";
}

void view_date(struct jw *w, const char *key, int64_t wall_ms)
{
    char text[CLOCK_HTTP_SIZE], date[VIEW_DATE_SIZE];
    if (wall_ms == 0) {
        jw_member_text(w, key, NULL);
        return;
    }
    clock_format_http(wall_ms, text);
    size_t len = strlen(text) - strlen("GMT");
    snprintf(date, sizeof date, "%.*s-0000", (int)len, text);
    jw_member_text(w, key, date);
}
