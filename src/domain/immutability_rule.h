/* SPDX-License-Identifier: Apache-2.0 */
/* What policies of immutability say of one tag. */
#pragma once

#include "base/arena.h"
#include "base/pattern.h"
#include "store/db/db.h"

/* A policy's pattern, ready to be matched. NULL when it cannot be compiled, as after another
 * version of the library was installed: then it matches nothing. The caller frees it. */
struct pattern *immutability_rule_compile(const char *tag_pattern);
/* Whether the policy holds for a tag. `matches` as in struct immutability_policy. A match that
 * takes too many steps is none. */
bool immutability_rule_holds(struct pattern *pattern, bool matches, const char *tag);
/* Whether any policy of the repository or of its namespace makes the tag immutable: 1, and the
 * audit log says so; 0; -1. Inside the write transaction in which the tag is made or moved. */
int immutability_rule_demands(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                              const char *tag, int64_t now_ms, struct err *err);
