/* SPDX-License-Identifier: Apache-2.0 */
/* A first config.yaml. */
#pragma once

#include "base/err.h"

/* Write the commented sample (conf/config.yaml) into the folder, which is made when it is missing.
 * ERR_EXISTS when there is a config.yaml already. */
int config_init(const char *dir, struct err *err);
