/* SPDX-License-Identifier: Apache-2.0 */
/* Labels of manifests: those that came with it, which stay as they are, and those that were added
 * through the API. Two keys do something: quay.expires-after lets the manifest's tags end,
 * quay.immutable protects them. */
#pragma once

#include "base/arena.h"
#include "codec/schema.h"
#include "domain/tag.h"
#include "store/db/db.h"

enum label_source { LABEL_OF_MANIFEST = 1, LABEL_OF_API = 2, LABEL_INTERNAL = 3 };

enum {
    LABEL_KEY_MAX = 255,
    LABEL_VALUE_MAX = 32 * 1024,
};

struct label {
    int64_t id;
    const char *uuid;
    const char *key;
    const char *value;
    bool json;      /* the value is JSON, not plain text */
    int64_t source; /* enum label_source */
};

/* "manifest", "api", "internal". */
const char *label_source_name(int64_t source);
/* "application/json" or "text/plain". */
const char *label_media_type(const struct label *label);

/* A key as it may be given: small letters and digits, with single '.' and '-' between. ERR_INVALID.
 */
int label_check_key(struct str key, struct err *err);
/* ERR_INVALID when it begins as keys do that nobody may add. */
int label_check_reserved(const char *key, const struct texts *prefixes, struct err *err);
/* "30m", "12h", "2w": a number and s, m, h, d, w or y. Clamped to the policy's bounds. */
bool label_parse_lifetime(const struct manifest_policy *policy, struct str text, int64_t *ms_out);

/* The labels of a manifest whose keys begin with `prefix`, in order of key: struct label. */
int label_list(struct db_tx *tx, struct arena *arena, int64_t manifest_id, const char *prefix,
               struct list *out, struct err *err);
/* 1 found, 0 none, -1. */
int label_find(struct db_tx *tx, struct arena *arena, int64_t manifest_id, const char *uuid,
               struct label *out, struct err *err);

/* Inside a write transaction: add it, giving it an id and a uuid (arena). */
int label_add(struct db_tx *tx, struct arena *arena, int64_t repository_id, int64_t manifest_id,
              struct label *io, struct err *err);
int label_delete(struct db_tx *tx, int64_t id, struct err *err);

/* Inside a write transaction, when a manifest is new: add what came with it (struct image_label),
 * but for what is longer than a label may be. */
int label_add_pushed(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                     int64_t manifest_id, const struct list *labels, struct err *err);

/* What the keys that do something ask for. */
struct label_effect {
    int64_t lifetime_ms; /* 0: none */
    bool immutable;
};
/* Add what one label asks for. */
void label_effect_add(const struct manifest_policy *policy, const char *key, const char *value,
                      struct label_effect *io);
/* Of a stored manifest. */
int label_effect_load(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                      int64_t manifest_id, struct label_effect *out, struct err *err);
/* Inside a write transaction: have it on one live tag. A tag that cannot change is left alone. */
int label_effect_on_tag(struct db_tx *tx, const struct manifest_policy *policy,
                        int64_t repository_id, const struct label_effect *effect,
                        const struct tag *tag, int64_t now_ms, struct err *err);
/* On all live tags of a manifest. */
int label_effect_on_manifest(struct db_tx *tx, struct arena *arena,
                             const struct manifest_policy *policy, int64_t repository_id,
                             int64_t manifest_id, const struct label_effect *effect, int64_t now_ms,
                             struct err *err);
