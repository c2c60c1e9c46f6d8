/* SPDX-License-Identifier: Apache-2.0 */
/* Quay's REST API, /api/v1. One file for each resource, its route table at its end. */
#pragma once

#include "web/call.h"

extern const struct route_table api_initialize_table;
extern const struct route_table api_log_export_table;
extern const struct route_table api_logs_table;
extern const struct route_table api_signin_table;
extern const struct route_table api_user_table;
