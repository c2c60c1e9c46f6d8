/* SPDX-License-Identifier: Apache-2.0 */
/* Every route table of the program. To find what serves a URL, search for the URL. */
#include "api/api.h"
#include "registry/registry.h"
#include "site/site.h"

/* One a line, so that branches merge. */
/* clang-format off */
const struct route_table *const route_tables[] = {
    &registry_base_table,
    &registry_blob_table,
    &registry_catalog_table,
    &registry_manifest_table,
    &registry_referrers_table,
    &registry_tags_table,
    &registry_token_table,
    &registry_upload_table,
    &api_application_table,
    &api_application_token_table,
    &api_authorization_table,
    &api_capabilities_table,
    &api_discovery_table,
    &api_error_type_table,
    &api_initialize_table,
    &api_label_table,
    &api_log_export_table,
    &api_logs_table,
    &api_manifest_table,
    &api_pull_statistics_table,
    &api_repository_list_table,
    &api_repository_table,
    &api_repository_token_table,
    &api_search_table,
    &api_signin_table,
    &api_tag_change_table,
    &api_tag_table,
    &api_terms_table,
    &api_user_table,
    &site_config_table,
    &site_csrf_table,
    &site_exported_logs_table,
    &site_front_table,
    &site_health_table,
    &site_keys_table,
    &site_metrics_table,
    &site_oauth_assign_table,
    &site_oauth_authorize_table,
    &site_oauth_exchange_table,
    &site_terms_table,
    &site_well_known_table,
    NULL,
};
/* clang-format on */
