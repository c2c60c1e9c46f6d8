/* SPDX-License-Identifier: Apache-2.0 */
/* DISTRIBUTED_STORAGE_CONFIG: a mapping from a location's name to [driver, parameters]. */
#pragma once

#include <jansson.h>

#include "app/config.h"

/* The location named `preferred`; where that is NULL, the only one. ERR_INVALID and ERR_UNSUPPORTED
 * say what to change. */
int config_storage_read(struct arena *arena, const json_t *locations, const char *preferred,
                        struct config_storage *out, struct err *err);
