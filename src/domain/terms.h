/* SPDX-License-Identifier: Apache-2.0 */
/* The terms of organizations: texts that a user accepts before pulling what an organization shares
 * with pull policy PULL_TERMS. Each version is kept as it was; so is each acceptance, when it was
 * revoked too. An acceptance counts while it is of the current version and not revoked. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "store/db/db.h"

enum {
    TERMS_CONTENT_MAX = 60000, /* bytes */
    TERMS_PAGE_MAX = 100,
};

/* In the order of enum pull_policy, ended by NULL: "everybody", "accounts", "terms". */
extern const char *const terms_policy_names[];
/* The name of a pull policy. */
const char *terms_policy_name(int64_t policy);
/* The policy of that name, or -1. */
int terms_policy_parse(const char *name);

struct terms {
    int64_t version; /* 1, 2, ... */
    const char *content;
    int64_t created_ms;
};

struct terms_acceptance {
    int64_t id;
    const char *account;
    int64_t version;
    int64_t accepted_ms;
    int64_t revoked_ms; /* 0: stands */
    const char *ip;     /* from where it was accepted; NULL: not known */
};

/* A version of an organization's terms, or the current one for version 0: 1, 0 none, -1. */
int terms_find(struct db_tx *tx, struct arena *arena, int64_t organization_id, int64_t version,
               struct terms *out, struct err *err);
/* Versions older than `before` (0: all), newest first, without their content: struct terms. */
int terms_list(struct db_tx *tx, struct arena *arena, int64_t organization_id, int64_t before,
               int64_t limit, struct list *out, struct err *err);
/* Make a text the current version, whose number becomes *version_out. From now on nobody has
 * accepted. ERR_INVALID when nothing can be read in it, or it is too long; ERR_CONFLICT when
 * another was published at the same moment. */
int terms_publish(struct db_tx *tx, int64_t organization_id, const char *content, int64_t now_ms,
                  int64_t *version_out, struct err *err);

/* Accept the current version: 1 done, 0 it was accepted before, -1. ERR_CONFLICT when `version`,
 * which the user has read, is not the current one; ERR_NOT_FOUND when there are no terms. */
int terms_accept(struct db_tx *tx, int64_t organization_id, int64_t account_id, int64_t version,
                 const char *ip, int64_t now_ms, struct err *err);
/* Revoke what the account has accepted: 1 done, 0 there was nothing, -1. */
int terms_revoke(struct db_tx *tx, int64_t organization_id, int64_t account_id, int64_t now_ms,
                 struct err *err);
/* The version that the account's standing acceptance is of, 0: none. */
int terms_accepted_version(struct db_tx *tx, int64_t organization_id, int64_t account_id,
                           int64_t *out, struct err *err);
/* Acceptances behind one with the id `after` (0: from the first), oldest first, the revoked too:
 * struct terms_acceptance. */
int terms_list_acceptances(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                           int64_t after, int64_t limit, struct list *out, struct err *err);

/* Whether the current version was accepted for the account: by itself or, for a robot, by the user
 * it belongs to, or by an administrator of the organization it belongs to. The organization's own
 * robots need none. One query. */
int terms_are_accepted(struct db_tx *tx, int64_t organization_id, int64_t account_id, bool *out,
                       struct err *err);

/* Set an organization's pull policy (enum pull_policy). PULL_TERMS needs terms: ERR_CONFLICT. */
int terms_set_policy(struct db_tx *tx, int64_t organization_id, int64_t policy, struct err *err);
