/* SPDX-License-Identifier: Apache-2.0 */
/* What the routes below /organization/{orgname}/team/{teamname} share. */
#pragma once

#include "codec/jw.h"
#include "domain/team.h"
#include "web/call.h"

/* The team that the path names: 1 found, 0 none, -1. */
int team_call_find(struct call *call, struct db_tx *tx, struct team *out, struct err *err);
/* The same; ERR_NOT_FOUND when there is none. */
int team_call_get(struct call *call, struct db_tx *tx, struct team *out, struct err *err);
/* A member of a team, as an object: a user, a robot, or an account (or, with `name` NULL, an
 * address) that is invited. */
void team_call_write_member(struct jw *w, const struct team_member *member, bool invited);
/* The metadata of the notification about an invitation. */
const char *team_call_notice(struct arena *arena, const char *code, const char *inviter,
                             const char *organization, const char *team);
