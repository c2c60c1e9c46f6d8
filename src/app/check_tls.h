/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of what clients connect to: certificate and ports. */
#pragma once

#include "app/check.h"

/* Certificate and key: readable, belonging together, valid now and for a while. */
void check_tls(const struct settings *settings, struct arena *arena, struct check_result *out);
/* Each address can be listened on: a problem when another process has it. */
void check_ports(const struct settings *settings, struct arena *arena, struct check_result *out);
