/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of a repository: storing, finding and deleting them. */
#pragma once

#include "base/arena.h"
#include "domain/audit.h"
#include "domain/manifest_parse.h"
#include "domain/quota_gate.h"
#include "domain/tag.h"
#include "domain/upload.h"
#include "store/db/db.h"

struct manifest {
    int64_t id;
    struct digest digest;
    const char *media_type;
    struct str content; /* as received */
    int64_t until_ms;   /* found by a tag: when that ends; else TAG_FOREVER */
};

/* By digest: 1, 0, -1. */
int manifest_find(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                  const struct digest *digest, struct manifest *out, struct err *err);
/* By live tag: 1, 0, -1. */
int manifest_find_by_tag(struct db_tx *tx, struct arena *arena, int64_t repository_id,
                         const char *tag, int64_t now_ms, struct manifest *out, struct err *err);
struct manifest_put {
    int64_t repository_id;
    struct str media_type; /* the Content-Type */
    struct str content;
    struct digest digest; /* of content, in the algorithm it was asked for by */
    const char *tag;      /* NULL: pushed by digest */
    int64_t now_ms;
    const struct audit_entry *audit; /* written with it, and the push counted; NULL: neither */
    struct quota_gate *quota;        /* that it must keep within; filled; NULL: none */
};

/* Store a manifest and, with a tag, move the tag to it. Everything it refers to must be usable in
 * the repository: ERR_MANIFEST_BLOB_UNKNOWN names what is not. ERR_TAG_IMMUTABLE; ERR_DENIED
 * with put->quota->reached when a limit of the quota is. The parsed
 * manifest is given back in *info_out. */
int manifest_store(const struct upload_store *store, struct arena *arena,
                   const struct manifest_policy *policy, const struct manifest_put *put,
                   struct manifest_info *info_out, struct err *err);

/* Delete by digest: closes every tag on it and hides the manifest at once, as clients expect to get
 * 404 from then on; it and its blobs go when the time machine's window has passed. An index that
 * names it keeps serving it. 1 done, 0 no such manifest, -1; ERR_TAG_IMMUTABLE when an immutable
 * tag holds it. */
int manifest_delete(struct db *db, struct arena *arena, const struct manifest_policy *policy,
                    int64_t repository_id, const struct digest *digest, int64_t now_ms,
                    struct err *err);
/* The same inside a write transaction. */
int manifest_hide(struct db_tx *tx, struct arena *arena, const struct manifest_policy *policy,
                  int64_t repository_id, const struct digest *digest, int64_t now_ms,
                  struct err *err);
