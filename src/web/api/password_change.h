/* SPDX-License-Identifier: Apache-2.0 */
/* A user changes his own password: what the API and the page for it have in common. */
#pragma once

#include "web/call.h"

/* Check it, and hash it, which takes long: outside of any transaction. ERR_INVALID. */
int password_change_prepare(struct call *call, struct str password, const char **hash_out,
                            struct err *err);
/* Change it: every session of call->account ends, and links of mails to recover it too. */
int password_change_apply(struct call *call, struct db_tx *tx, const char *hash, struct err *err);
/* After the commit: the mail about it, and for a browser a new session of the account as it was
 * `changed`. */
void password_change_tell(struct call *call, const struct account *changed);
