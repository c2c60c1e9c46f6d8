/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's keys for cookies, page tokens and stored secrets. They come from config.yaml where
 * it has them, so that Quay's files work and an operator can keep them apart from the database;
 * else they are drawn once and kept in the database. */
#pragma once

#include "base/seal.h"
#include "store/db/db.h"

/* Each NULL where config.yaml is silent. */
struct secrets_config {
    const char *secret_key;          /* SECRET_KEY: cookies, client keys */
    const char *database_secret_key; /* DATABASE_SECRET_KEY: secrets that the database keeps */
    const char *page_token_key;      /* PAGE_TOKEN_KEY */
};

struct secrets {
    struct seal_key cookie;     /* signs session cookies and CSRF tokens */
    struct seal_key client_key; /* seals passwords for the command line */
    struct seal_key store;      /* seals what the database keeps: tokens that are shown again */
    struct seal_key page;       /* seals page tokens */
};

/* The database's schema must be up to date. */
int secrets_load(struct db *db, const struct secrets_config *config, struct secrets *out,
                 struct err *err);
