/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces that many replies of the API are made of. */
#pragma once

#include "codec/jw.h"
#include "domain/account.h"

enum { VIEW_DATE_SIZE = 40 };

/* The key and an avatar: {name, hash, color, kind}. `kind`: user, robot, org, team, app. The hash
 * is that of the address when there is one, else of the name, so that avatars can be looked up. */
void view_avatar(struct jw *w, const char *key, const char *name, const char *email,
                 const char *kind);
/* "user", "org" or "robot": the avatar kind of an account. */
const char *view_account_kind(int64_t kind);
/* The key and a time as RFC 822 writes it ("Tue, 24 Nov 2026 03:05:43 -0000"); 0 writes null. */
void view_date(struct jw *w, const char *key, int64_t wall_ms);
