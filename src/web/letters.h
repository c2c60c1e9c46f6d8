/* SPDX-License-Identifier: Apache-2.0 */
/* The mails that the registry sends: their words. Each queues one; nothing is sent, and nothing
 * fails, where FEATURE_MAILING is off. A mail that cannot be queued is not worth failing a request
 * that has been carried out: it is logged. */
#pragma once

#include "web/call.h"

/* Somebody signed up with this address: the link with the code confirms it. */
void letter_confirm(struct call *call, const char *to, const char *username, const char *code);
/* The user wants this address in place of his present one. */
void letter_change_email(struct call *call, const char *to, const char *username, const char *code);
/* To the address that was replaced, so that its owner knows when it was somebody else's doing. */
void letter_email_changed(struct call *call, const char *to, const char *username,
                          const char *new_email);
/* Likewise for a password. */
void letter_password_changed(struct call *call, const char *to, const char *username);
/* A way in for a user who has forgotten the password. */
void letter_recovery(struct call *call, const char *to, const char *username, const char *code);
/* Somebody is asked to join a team. `username` NULL: who has no account yet. */
void letter_team_invite(struct call *call, const char *to, const char *username,
                        const char *inviter, const char *organization, const char *team,
                        const char *code);
