/* SPDX-License-Identifier: Apache-2.0 */
/* What the API shows of a user. */
#pragma once

#include "domain/account_profile.h"
#include "quota_view.h"
#include "web/call.h"

struct user_view {
    const struct account *user;
    struct account_profile profile;
    struct quota_shown quota;
    struct list organizations; /* struct account_organization; with role TEAM_NONE those of
                                  PUBLIC_NAMESPACES that he is not in */
    bool own;                  /* with what only he may know */
    bool belongs;              /* with the organizations he is in */
};

/* Load what the caller of the request may see of the user: all of himself within the scopes of his
 * token, the public part of others. */
int user_view_load(struct call *call, const struct account *user, struct user_view *out,
                   struct err *err);
/* Answer 200 with it. */
int user_view_reply(struct call *call, const struct user_view *view, struct err *err);
