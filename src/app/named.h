/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose first word is a repository. */
#pragma once

#include "app/accounts.h"
#include "app/stores.h"
#include "domain/repository.h"

struct named {
    struct settings settings;
    struct repository_name name;
    struct repository repository;
};

/* Parse args[0] by the rules in force. */
int named_parse(struct cli *cli, const struct settings *settings, struct repository_name *out,
                struct err *err);
/* The same of any text. */
int named_parse_text(struct cli *cli, const struct settings *settings, const char *text,
                     struct repository_name *out, struct err *err);
/* Open the stores, begin a write transaction, find the repository. ERR_NAME_UNKNOWN. */
int named_open(struct cli *cli, struct stores *stores, struct db_tx **tx_out, struct named *out,
               struct err *err);

/* The same within the transaction of `accounts`, by any text; what is audited there is about the
 * repository from then on. */
int named_get(struct accounts *accounts, const char *text, struct named *out, struct err *err);
/* ERR_READ_ONLY unless tags and labels of the repository may be changed. */
int named_check_writable(const struct named *named, struct err *err);
