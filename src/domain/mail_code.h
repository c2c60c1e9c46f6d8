/* SPDX-License-Identifier: Apache-2.0 */
/* Codes that are sent by mail. Who has one has read the mailbox. Only the hash is stored, and each
 * works once. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum mail_purpose {
    MAIL_CONFIRM = 1, /* that the address of a new account is its owner's */
    MAIL_CHANGE = 2,  /* the same of an address that is to replace the present one */
    MAIL_RECOVER = 3, /* let in somebody who forgot the password */
};

enum { MAIL_CODE_LEN = 40 };

struct mail_code {
    int64_t id;
    int64_t purpose; /* enum mail_purpose */
    int64_t account_id;
    const char *email; /* MAIL_CHANGE: the new address; else NULL */
};

/* Make one for an account. `email`: for MAIL_CHANGE, else NULL. */
int mail_code_create(struct db_tx *tx, enum mail_purpose purpose, int64_t account_id,
                     const char *email, int64_t now_ms, int64_t lifetime_ms,
                     char text_out[MAIL_CODE_LEN + 1], struct err *err);
/* Use up the code of that text: 1, 0 when there is none, it was used or is too old, -1. */
int mail_code_use(struct db_tx *tx, struct arena *arena, struct str text, int64_t now_ms,
                  struct mail_code *out, struct err *err);
/* Whether one for that purpose was made for the account after `since_ms`: nobody's mailbox is to be
 * filled by others. 1, 0, -1. */
int mail_code_recent(struct db_tx *tx, enum mail_purpose purpose, int64_t account_id,
                     int64_t since_ms, struct err *err);
/* Make what was sent for that purpose worth nothing; and for any. */
int mail_code_cancel(struct db_tx *tx, enum mail_purpose purpose, int64_t account_id,
                     struct err *err);
int mail_code_cancel_all(struct db_tx *tx, int64_t account_id, struct err *err);
/* Whether a team's invitation with that code went to this address: 1, 0, -1. Who has it, has read
 * the mailbox. */
int mail_code_invited(struct db_tx *tx, const char *code, const char *email, struct err *err);
