/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the operator, which every page of the registry shows. */
#pragma once

#include "base/arena.h"
#include "store/db/db.h"

enum { MESSAGES_MAX = 100, MESSAGE_CONTENT_MAX = 16 * 1024 };

struct message {
    int64_t id;
    const char *uuid;
    const char *content;
    const char *severity;   /* "info", "warning", "error" */
    const char *media_type; /* "text/plain", "text/markdown" */
};

/* All of them (struct message), oldest first. */
int message_list(struct db_tx *tx, struct arena *arena, struct list *out, struct err *err);
/* Add one; id and uuid do not count. ERR_LIMIT when there are MESSAGES_MAX. */
int message_create(struct db_tx *tx, struct arena *arena, const struct message *in,
                   struct err *err);
/* 1 done, 0 there is none with that uuid, -1. */
int message_delete(struct db_tx *tx, const char *uuid, struct err *err);
