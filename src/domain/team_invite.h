/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations into a team: of a user, or of whoever reads the mail of an address. The code in the
 * invitation is what accepts it. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { TEAM_INVITE_CODE_LEN = 32 };

struct team_invite {
    int64_t id;
    int64_t team_id;
    int64_t organization_id;
    const char *organization; /* name */
    const char *team;
    const char *inviter;
    int64_t account_id; /* who is invited; 0: an address */
    const char *account;
    const char *email; /* the account's, or the address that is invited */
    const char *code;
};

/* Invite an account (id, or 0) or an address (lower case). When either is invited to that team
 * already, its code stays. The code is TEAM_INVITE_CODE_LEN characters in the arena. */
int team_invite_put(struct db_tx *tx, struct arena *arena, const struct team_invite *in,
                    int64_t inviter_id, int64_t now_ms, const char **code_out, struct err *err);
/* 1 found, 0 none, -1. */
int team_invite_find(struct db_tx *tx, struct arena *arena, const char *code,
                     struct team_invite *out, struct err *err);
/* Those of a team: struct team_invite, whole. */
int team_invite_list(struct db_tx *tx, struct arena *arena, int64_t team_id, struct list *out,
                     struct err *err);
int team_invite_delete(struct db_tx *tx, int64_t id, struct err *err);
/* Those of an account or an address for a team: 1 done, 0 there was none, -1. */
int team_invite_cancel(struct db_tx *tx, int64_t team_id, int64_t account_id, const char *email,
                       struct err *err);
