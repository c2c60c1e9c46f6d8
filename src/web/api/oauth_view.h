/* SPDX-License-Identifier: Apache-2.0 */
/* How replies show an OAuth application and scopes. */
#pragma once

#include "codec/jw.h"

struct oauth_view {
    const char *name;
    const char *description;
    const char *uri;
    const char *avatar_email; /* NULL: none */
    const char *organization;
    const char *organization_email; /* NULL: none */
    const char *client_id;          /* NULL: not shown */
};

/* The key "application" and what is said of it. */
void oauth_view_application(struct jw *w, const struct oauth_view *view);
/* The key "scopes" and a description of each scope of the text. */
void oauth_view_scopes(struct jw *w, const char *scope);
