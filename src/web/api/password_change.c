/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of passwords. */
#include "password_change.h"

#include "domain/account.h"
#include "domain/account_profile.h"
#include "web/caller.h"
#include "web/letters.h"

int password_change_prepare(struct call *call, struct str password, const char **hash_out,
                            struct err *err)
{
    char hash[PASSWORD_HASH_SIZE];
    if (account_check_password(password, err) != 0 ||
        auth_hash_password(call->service->auth, password, hash, err) != 0)
        return -1;
    *hash_out = arena_strdup(call->arena, hash);
    return 0;
}

int password_change_apply(struct call *call, struct db_tx *tx, const char *hash, struct err *err)
{
    int64_t id = call->account.id;
    if (account_set_password(tx, id, hash, err) != 0 || account_end_sessions(tx, id, err) != 0)
        return -1;
    return call_audit(call, tx, err, AUDIT_ACCOUNT_CHANGE_PASSWORD, NULL);
}

void password_change_tell(struct call *call, const struct account *changed)
{
    const struct account *user = &call->account;
    letter_password_changed(call, user->email, user->name);
    if (call->identity->browser)
        caller_begin_session(call, changed->uuid, changed->session_epoch);
}
