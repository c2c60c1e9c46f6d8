/* SPDX-License-Identifier: Apache-2.0 */
/* What `wharf config` shows. */
#pragma once

#include "app/config.h"
#include "base/buf.h"

enum { CONFIG_PRINT_MAX = 4 * 1024 * 1024 };

/* The findings for people: grouped, worst first, with a line that sums up. */
void config_check_print(const struct config_findings *findings, struct buf *out);
/* The same as a JSON object. */
void config_check_json(const struct config_findings *findings, struct buf *out);
/* The values in force as YAML that config_load would read. Secrets are masked. */
void config_show(const struct config *config, struct buf *out);
/* The page docs/config.md: every key, from the tables. */
void config_docs(struct buf *out);
