/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces that the resources about people share: organizations, teams, robots, permissions. */
#pragma once

#include "codec/jw.h"
#include "domain/member.h"
#include "domain/team.h"
#include "web/call.h"

/* A user or a robot by name: 1 found, 0 none, -1. */
int people_find(struct call *call, struct db_tx *tx, const char *name, struct account *out,
                struct err *err);
/* The same; ERR_INVALID when there is none. */
int people_get(struct call *call, struct db_tx *tx, const char *name, struct account *out,
               struct err *err);
/* ERR_INVALID for a robot of another namespace than call->space: its tokens are in other hands. */
int people_check_robot(const struct call *call, const struct account *who, struct err *err);
/* Commit, and answer 204. */
int people_finish(struct call *call, struct db_tx **tx, struct err *err);
/* Answer {"permissions": [...]} with rights (struct held_right). */
int people_reply_rights(struct call *call, const struct list *rights, struct err *err);

/* Going through links (struct member_link, in order of account) together with accounts in the same
 * order. */
struct people_links {
    const struct member_link *items;
    size_t count;
    size_t at;
};

/* From the first. */
struct people_links people_links_of(const struct list *list);
/* The next link of that account, or NULL; those of accounts before it are skipped. */
const struct member_link *people_links_next(struct people_links *links, const char *account);
/* The links of that account as an array: names alone, or objects with an avatar (teams). */
void people_write_names(struct jw *w, const char *key, struct people_links *links,
                        const char *account);
void people_write_teams(struct jw *w, const char *key, struct people_links *links,
                        const char *account);
