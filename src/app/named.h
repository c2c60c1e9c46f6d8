/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose first word is a repository. */
#pragma once

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
