/* SPDX-License-Identifier: Apache-2.0 */
/* Audit entries of the registry protocol and of logins. What changes something is written with the
 * change (record_push and record_delete fill the entry); the rest waits in the audit queue. */
#pragma once

#include "domain/audit_queue.h"
#include "web/call.h"
#include "web/manifest_cache.h"

/* Whether pulls wait for their entry: then they do not take the quick path. */
bool record_strict(const struct call *call);
/* A manifest was pulled by call->bearer's identity. Allocates nothing; for reactors too. */
void record_pull(const struct call *call, const struct cached_manifest *manifest,
                 const char *reference);
/* The same, durable when it returns. */
int record_pull_now(const struct call *call, const struct cached_manifest *manifest,
                    const char *reference, struct err *err);
/* The entry of a push to a tag (NULL: by digest), for its transaction; NULL when none is wanted. */
const struct audit_entry *record_push(const struct call *call, const char *tag, const char *digest,
                                      struct str media_type);
/* The same of a deletion by tag or digest. */
const struct audit_entry *record_delete(const struct call *call, const char *tag,
                                        const char *digest);
/* Somebody logged in, or did not; `type` is "v2auth" or "quayauth". */
void record_login(const struct call *call, const struct identity *who, const char *type);
void record_login_failure(const struct call *call, const char *username, const char *type,
                          const char *message);
/* A request was refused: an entry when the route says of which kind and config.yaml wants it. */
void record_failure(const struct call *call, const struct err *err);
