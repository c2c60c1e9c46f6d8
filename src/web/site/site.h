/* SPDX-License-Identifier: Apache-2.0 */
/* What is neither registry protocol nor API: health, metrics, keys, the front page. */
#pragma once

#include "web/call.h"

extern const struct route_table site_config_table;
extern const struct route_table site_csrf_table;
extern const struct route_table site_exported_logs_table;
extern const struct route_table site_front_table;
extern const struct route_table site_health_table;
extern const struct route_table site_invite_table;
extern const struct route_table site_keys_table;
extern const struct route_table site_mail_links_table;
extern const struct route_table site_metrics_table;
extern const struct route_table site_oauth_assign_table;
extern const struct route_table site_oauth_authorize_table;
extern const struct route_table site_oauth_exchange_table;
extern const struct route_table site_realtime_table;
extern const struct route_table site_terms_table;
extern const struct route_table site_user_page_table;
extern const struct route_table site_well_known_table;
