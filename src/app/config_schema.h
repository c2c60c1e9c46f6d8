/* SPDX-License-Identifier: Apache-2.0 */
/* struct config as a schema: which key fills which member, within which bounds. */
#pragma once

#include "app/config.h"
#include "codec/schema.h"

extern const struct schema config_schema;
extern const struct config config_schema_defaults;
