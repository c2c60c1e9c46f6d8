/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration as superusers see it in the API: GET /api/v1/superuser/config. */
#pragma once

#include "app/config.h"
#include "base/buf.h"

enum { CONFIG_DUMP_MAX = 512 * 1024 };

/* Append {"config": values in force, "warning": doubtful keys and why, "env": {}, "schema": what
 * kind of value each key takes}. Secrets that are set show as asterisks. */
void config_dump(const struct config *config, const struct config_findings *findings,
                 struct buf *out);
