/* SPDX-License-Identifier: Apache-2.0 */
/* What web pages and programs are told of the configuration: GET /config. */
#pragma once

#include "app/config.h"
#include "base/buf.h"

enum { CONFIG_PUBLIC_MAX = 64 * 1024 };

/* Append a JSON object of the settings that anybody may know, under their names in config.yaml. */
void config_public_settings(const struct config *config, struct buf *out);
/* Append a JSON object of all features, those of Quay that wharf lacks too: {"NAME": on}. `on` is
 * the feature_bit() of those that routes depend on and that are in fact there. */
void config_public_features(const struct config *config, uint64_t on, struct buf *out);

/* Whether config.yaml has the feature on, and those that it needs. */
bool config_public_feature_on(const struct config *config, enum feature feature);
/* The key that switches a feature, "FEATURE_..."; NULL when there is none. */
const char *config_public_feature_key(enum feature feature);
/* Whether the feature is on while config.yaml does not name it. */
bool config_public_feature_default(enum feature feature);
