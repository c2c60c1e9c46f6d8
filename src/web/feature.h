/* SPDX-License-Identifier: Apache-2.0 */
/* Features that config.yaml switches: what routes depend on, and what /config tells web pages. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum feature {
    FEATURE_ALWAYS, /* no feature: what has it as its feature is always there */
    FEATURE_AGGREGATED_LOGS,
    FEATURE_APP_TOKENS,
    FEATURE_ASSIGN_OAUTH_TOKEN,
    FEATURE_BLACKLISTED_EMAILS,
    FEATURE_CHANGE_TAG_EXPIRATION,
    FEATURE_CONFIG_DUMP,
    FEATURE_DIRECT_LOGIN,
    FEATURE_EDIT_QUOTA,
    FEATURE_IMMUTABLE_TAGS,
    FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE,
    FEATURE_INVITE_ONLY_USER_CREATION,
    FEATURE_LOG_EXPORT,
    FEATURE_MAILING,
    FEATURE_PERMANENTLY_DELETE_TAGS,
    FEATURE_PULL_STATS,
    FEATURE_QUOTA_MANAGEMENT,
    FEATURE_SUPER_USERS,
    FEATURE_USER_CREATION,
    FEATURE_USER_INITIALIZE,
    FEATURE_USER_METADATA,
    FEATURE_USER_RENAME,
    FEATURE_VERIFY_QUOTA,
    FEATURE_COUNT, /* at most 64: they are bits */
};

/* Its bit in a set of features. */
static inline uint64_t feature_bit(enum feature feature)
{
    return UINT64_C(1) << feature;
}
