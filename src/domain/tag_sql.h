/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of tag.c. */
#pragma once

#include "store/db/db.h"

struct tag_name_row {
    const char *name;
};

struct tag_end_row {
    int64_t end_ms;
};

/* What a name means before it is pointed at something; id 0: nothing. */
struct tag_target_row {
    int64_t id;
    int64_t manifest_id;
    int64_t end_ms;
    bool immutable;
    bool ruled; /* the repository or its namespace has policies of immutability */
};

extern const struct query *const tag_queries[];

extern const struct query Q_TAG_FIND;
extern const struct query Q_TAG_TARGET;
extern const struct query Q_TAG_EXISTED;
extern const struct query Q_TAG_LIST;
extern const struct query Q_TAG_NAMES;
extern const struct query Q_TAG_LIVE_OF_MANIFEST;
extern const struct query Q_TAG_SHOWN_OF_MANIFEST;
extern const struct query Q_TAG_IMMUTABLE_OF_MANIFEST;
extern const struct query Q_TAG_CLOSE_ALL;
extern const struct query Q_TAG_CLOSED_AT;
extern const struct query Q_TAG_CLOSE;
extern const struct query Q_TAG_INSERT;
extern const struct query Q_TAG_KEPT_UNTIL;
extern const struct query Q_TAG_SET_IMMUTABLE;
extern const struct query Q_TAG_PROTECT;
extern const struct query Q_TAG_DELETE;
extern const struct query Q_TAG_DELETE_ENDED;
extern const struct query Q_TAG_HISTORY;
extern const struct query Q_TAG_HISTORY_OF_NAME;
extern const struct query Q_TAG_CHILDREN;
extern const struct query Q_TAG_CHILDREN_OF_NAME;
