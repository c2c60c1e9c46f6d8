/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose words are accounts and teams: the stores, one transaction, and finding them. */
#pragma once

#include "app/stores.h"
#include "domain/account.h"
#include "domain/audit_kind.h"
#include "domain/team.h"

struct accounts {
    struct cli *cli;
    struct settings settings;
    struct stores stores;
    struct db_tx *tx;
    int64_t now_ms;
    int64_t repository_id; /* what entries of the audit log are about; 0: none */
};

/* Open the stores and begin a transaction. `out` is zeroed, and closed in any case. */
int accounts_open(struct cli *cli, enum db_mode mode, struct accounts *out, struct err *err);
void accounts_close(struct accounts *accounts);
#define _cleanup_accounts_ _cleanup_(accounts_close)

/* By name; ERR_NOT_FOUND when there is none, or it is of another kind. A holder is a user or a
 * robot, a namespace a user or an organization. */
int accounts_get_user(struct accounts *accounts, const char *name, struct account *out,
                      struct err *err);
int accounts_get_organization(struct accounts *accounts, const char *name, struct account *out,
                              struct err *err);
int accounts_get_holder(struct accounts *accounts, const char *name, struct account *out,
                        struct err *err);
int accounts_get_namespace(struct accounts *accounts, const char *name, struct account *out,
                           struct err *err);
int accounts_get_team(struct accounts *accounts, const struct account *organization,
                      const char *name, struct team *out, struct err *err);
/* An entry of the audit log by nobody in particular: pairs of a name and a text, ended by NULL. */
int accounts_audit(struct accounts *accounts, int64_t namespace_id, struct err *err,
                   enum audit_kind kind, ...);
