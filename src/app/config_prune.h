/* SPDX-License-Identifier: Apache-2.0 */
/* The policy for every namespace, by which tags are pruned. */
#pragma once

#include <jansson.h>

#include "domain/prune_policy.h"

/* DEFAULT_NAMESPACE_AUTOPRUNE_POLICY: {method, value, tag_pattern, tag_pattern_matches}, the last
 * two of which may be missing. Texts live in the arena; *out is untouched on failure. */
int config_prune_read(struct arena *arena, const json_t *value, struct prune_policy *out,
                      struct err *err);
