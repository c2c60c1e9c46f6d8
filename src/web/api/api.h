/* SPDX-License-Identifier: Apache-2.0 */
/* Quay's REST API, /api/v1. One file for each resource, its route table at its end. */
#pragma once

#include "web/call.h"

extern const struct route_table api_entity_table;
extern const struct route_table api_initialize_table;
extern const struct route_table api_member_table;
extern const struct route_table api_permission_table;
extern const struct route_table api_prototype_table;
extern const struct route_table api_robot_federation_table;
extern const struct route_table api_robot_table;
extern const struct route_table api_signin_table;
extern const struct route_table api_signup_table;
extern const struct route_table api_team_invite_table;
extern const struct route_table api_team_member_table;
extern const struct route_table api_team_table;
extern const struct route_table api_user_table;
