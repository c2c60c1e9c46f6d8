/* SPDX-License-Identifier: Apache-2.0 */
/* The registry protocol, /v2: OCI Distribution 1.1 and Docker Registry v2. One file for each kind
 * of resource, its route table at its end. */
#pragma once

#include "web/call.h"

extern const struct route_table registry_base_table;
extern const struct route_table registry_token_table;
extern const struct route_table registry_catalog_table;
extern const struct route_table registry_tags_table;
extern const struct route_table registry_search_table;
extern const struct route_table registry_manifest_table;
extern const struct route_table registry_blob_table;
extern const struct route_table registry_upload_table;
extern const struct route_table registry_referrers_table;
