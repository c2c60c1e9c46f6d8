/* SPDX-License-Identifier: Apache-2.0 */
/* Every route table of the program. To find what serves a URL, search for the URL. */
#include "api/api.h"
#include "registry/registry.h"
#include "site/site.h"

const struct route_table *const route_tables[] = {
    &registry_base_table,      &registry_token_table,
    &registry_catalog_table,   &registry_tags_table,
    &registry_manifest_table,  &registry_blob_table,
    &registry_upload_table,    &registry_referrers_table,
    &api_initialize_table,     &api_log_export_table,
    &api_logs_table,           &api_signin_table,
    &api_user_table,           &site_csrf_table,
    &site_exported_logs_table, &site_front_table,
    &site_health_table,        &site_keys_table,
    &site_metrics_table,       NULL,
};
