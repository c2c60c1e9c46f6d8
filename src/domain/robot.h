/* SPDX-License-Identifier: Apache-2.0 */
/* Robot accounts: accounts of programs, that belong to a user or an organization and log in with a
 * token. A robot's name is that of its namespace, '+', and a short name. It may do what it was
 * given, by itself or through teams, and nothing because of its owner. */
#pragma once

#include "base/arena.h"
#include "base/seal.h"
#include "domain/account.h"
#include "store/db/db.h"

enum {
    ROBOT_TOKEN_LEN = 64,
    ROBOT_SHORT_MAX = 254,
    ROBOT_DESCRIPTION_MAX = 255,
    ROBOT_IDENTITIES_MAX = 100,
};

struct robot {
    int64_t id; /* of its account */
    int64_t owner_id;
    const char *uuid;
    const char *name; /* NAMESPACE+SHORT */
    const char *description;
    const char *metadata; /* a JSON object */
    struct str token_hash;
    struct str token_sealed;
    int64_t created_ms;
    int64_t last_accessed_ms; /* 0: never */
    bool enabled;
    bool owner_enabled;
};

struct robot_new {
    const struct account *owner;
    const char *short_name;
    const char *description; /* NULL: none */
    const char *metadata;    /* a JSON object; NULL: {} */
};

/* A foreign identity that may ask for a token of the robot. */
struct robot_identity {
    const char *issuer;
    const char *subject;
};

/* The short name must be as an account's. ERR_INVALID. */
int robot_check_short_name(const char *owner, const char *short_name, struct err *err);
/* "owner+short", in the arena. */
const char *robot_name(struct arena *arena, const char *owner, const char *short_name);

/* By its whole name: 1 found, 0 none, -1. */
int robot_find(struct db_tx *tx, struct arena *arena, const char *name, struct robot *out,
               struct err *err);
/* Create with a new token, which is kept sealed by the key. ERR_INVALID, ERR_EXISTS. */
int robot_create(struct db_tx *tx, struct arena *arena, const struct seal_key *key,
                 const struct robot_new *in, int64_t now_ms, struct robot *out, struct err *err);
/* A new token; the old one is worth nothing from then on. robot->token_hash and token_sealed become
 * the new ones. */
int robot_renew_token(struct db_tx *tx, struct arena *arena, const struct seal_key *key,
                      struct robot *robot, struct err *err);
/* The token, in the arena; NULL when the key is not the one it was sealed with. */
const char *robot_token(struct arena *arena, const struct seal_key *key, const struct robot *robot);
/* With all its rights and memberships. */
int robot_delete(struct db_tx *tx, int64_t id, struct err *err);
/* Note that it was used now. */
int robot_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);

/* The robots of an owner in order of name, after one (NULL: from the start): struct robot, at most
 * `limit`; with 0, or more than DB_WHOLE_MAX, whole. */
int robot_list(struct db_tx *tx, struct arena *arena, int64_t owner_id, const char *after,
               int64_t limit, struct list *out, struct err *err);
/* Their teams, and the repositories they have rights on: struct member_link (domain/member.h) in
 * order of robot, whole. */
int robot_list_teams(struct db_tx *tx, struct arena *arena, int64_t owner_id, struct list *out,
                     struct err *err);
int robot_list_repositories(struct db_tx *tx, struct arena *arena, int64_t owner_id,
                            struct list *out, struct err *err);
/* The rights of one robot: struct held_right (domain/team.h), whole. */
int robot_list_rights(struct db_tx *tx, struct arena *arena, int64_t id, struct list *out,
                      struct err *err);

/* Foreign identities: struct robot_identity, at most ROBOT_IDENTITIES_MAX. */
int robot_list_identities(struct db_tx *tx, struct arena *arena, int64_t id, struct list *out,
                          struct err *err);
/* Put these in place of all there are. Each needs an issuer that is a URL of http or https and a
 * subject, and none may come twice: ERR_INVALID. */
int robot_put_identities(struct db_tx *tx, int64_t id, const struct list *identities,
                         struct err *err);
/* Fails, with ERR_INVALID, for a robot of another namespace: its tokens are in the hands of others
 * than those who give it rights here. */
int robot_check_home(const struct account *who, const char *namespace_name, struct err *err);
