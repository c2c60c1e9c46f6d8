/* SPDX-License-Identifier: Apache-2.0 */
/* Quay's REST API, /api/v1. One file for each resource, its route table at its end. */
#pragma once

#include "web/call.h"

extern const struct route_table api_app_token_table;
extern const struct route_table api_application_table;
extern const struct route_table api_application_token_table;
extern const struct route_table api_authorization_table;
extern const struct route_table api_capabilities_table;
extern const struct route_table api_client_key_table;
extern const struct route_table api_discovery_table;
extern const struct route_table api_entity_table;
extern const struct route_table api_error_type_table;
extern const struct route_table api_immutability_table;
extern const struct route_table api_initialize_table;
extern const struct route_table api_label_table;
extern const struct route_table api_log_export_table;
extern const struct route_table api_logs_table;
extern const struct route_table api_manifest_table;
extern const struct route_table api_member_table;
extern const struct route_table api_message_table;
extern const struct route_table api_organization_table;
extern const struct route_table api_permission_table;
extern const struct route_table api_private_table;
extern const struct route_table api_prototype_table;
extern const struct route_table api_pull_statistics_table;
extern const struct route_table api_quota_table;
extern const struct route_table api_recovery_table;
extern const struct route_table api_repository_list_table;
extern const struct route_table api_repository_table;
extern const struct route_table api_repository_token_table;
extern const struct route_table api_robot_federation_table;
extern const struct route_table api_robot_table;
extern const struct route_table api_search_table;
extern const struct route_table api_signin_table;
extern const struct route_table api_signup_table;
extern const struct route_table api_starred_table;
extern const struct route_table api_superuser_key_table;
extern const struct route_table api_superuser_organization_table;
extern const struct route_table api_superuser_registry_table;
extern const struct route_table api_superuser_user_table;
extern const struct route_table api_tag_change_table;
extern const struct route_table api_tag_table;
extern const struct route_table api_team_invite_table;
extern const struct route_table api_team_member_table;
extern const struct route_table api_team_table;
extern const struct route_table api_terms_table;
extern const struct route_table api_user_convert_table;
extern const struct route_table api_user_notification_table;
extern const struct route_table api_user_table;
