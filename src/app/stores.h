/* SPDX-License-Identifier: Apache-2.0 */
/* Database and object storage, opened as the settings say. */
#pragma once

#include "app/settings.h"
#include "auth/secrets.h"
#include "store/blob/blob.h"
#include "store/db/db.h"

struct stores {
    struct db *db;
    struct blob_store *blobs;
};

/* The database alone, as it is; creates the folder of an embedded one. */
int stores_open_db(const struct settings *settings, struct db **out, struct err *err);

/* Open both, creating folders that are missing, and bring the schema up to date. */
int stores_open(const struct settings *settings, struct stores *out, struct err *err);
void stores_close(struct stores *stores);
#define _cleanup_stores_ _cleanup_(stores_close)

/* For commands: load the settings of the command line and open. */
int stores_open_cli(struct cli *cli, struct settings *settings_out, struct stores *out,
                    struct err *err);
/* For commands: the keys of secrets at rest. It may draw them, which takes a transaction of its
 * own, so that this goes before any other. */
int stores_load_secrets(struct cli *cli, struct secrets *out, struct err *err);
