/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: users, organizations and robots. The name of a user or an organization is a namespace.
 *
 * Names are unique over all kinds. E-mail addresses are stored and looked up in lower case, so that
 * two spellings of one mailbox cannot be two accounts. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "store/db/db.h"

enum account_kind {
    ACCOUNT_USER = 1,
    ACCOUNT_ORGANIZATION = 2,
    ACCOUNT_ROBOT = 3,
    ACCOUNT_DELETED = 4, /* domain/account_delete.h */
};

enum {
    ACCOUNT_NAME_MIN = 2,
    ACCOUNT_NAME_MAX = 255,
    ACCOUNT_EMAIL_MAX = 254,
    ACCOUNT_PASSWORD_MIN = 8,  /* characters */
    ACCOUNT_PASSWORD_MAX = 72, /* bytes: bcrypt looks at no more */
    ACCOUNT_PAGE_MAX = 100,
};

struct account {
    int64_t id;
    const char *uuid;
    int64_t kind; /* enum account_kind */
    const char *name;
    const char *email;         /* NULL: none */
    const char *password_hash; /* secret; NULL: no password can match */
    bool enabled;
    bool superuser;
    int64_t created_ms;
    int64_t failed_logins;    /* in a row */
    int64_t failed_ms;        /* the last of them */
    bool verified;            /* has confirmed the address, where that is asked for */
    int64_t session_epoch;    /* a browser session is good while this is the number it began with */
    int64_t pull_policy;      /* enum pull_policy, of an organization */
    int64_t last_accessed_ms; /* last login; 0: never */
};

/* Who may pull the public repositories of an organization. */
enum pull_policy {
    PULL_EVERYBODY = 0,
    PULL_ACCOUNTS = 1, /* who has logged in */
    PULL_TERMS = 2,    /* who has accepted the organization's terms */
};

/* The row as columns, for statements elsewhere that join accounts. */
extern const struct schema account_schema;

/* 2 to 255 characters that form one component of a repository name (domain/name.h), so that every
 * account can push. ERR_INVALID. */
int account_check_name(struct str name, struct err *err);
/* Something before and after one '@', a dot in the domain, no spaces. ERR_INVALID. */
int account_check_email(struct str email, struct err *err);
/* At least 8 characters, at most 72 bytes, UTF-8, no white space. ERR_INVALID. */
int account_check_password(struct str password, struct err *err);

/* 1 found, 0 none, -1. A name or address longer than any account can have is simply not found. */
int account_find_by_name(struct db_tx *tx, struct arena *arena, const char *name,
                         struct account *out, struct err *err);
int account_find_by_email(struct db_tx *tx, struct arena *arena, const char *email,
                          struct account *out, struct err *err);
int account_find_by_id(struct db_tx *tx, struct arena *arena, int64_t id, struct account *out,
                       struct err *err);
int account_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid,
                         struct account *out, struct err *err);

struct account_new {
    const char *name;
    const char *email;         /* NULL: none */
    const char *password_hash; /* from password_hash() in auth/password.h, made before the
                                  transaction: it takes a quarter of a second. NULL: none */
    bool superuser;
};

/* Create a user. ERR_INVALID (name, email), ERR_EXISTS (either is taken). */
int account_create_user(struct db_tx *tx, struct arena *arena, const struct account_new *in,
                        int64_t now_ms, struct account *out, struct err *err);
/* Create an organization; of `in` only name and email count. Errors as above. */
int account_create_organization(struct db_tx *tx, struct arena *arena, const struct account_new *in,
                                int64_t now_ms, struct account *out, struct err *err);

/* These change one account; ERR_NOT_FOUND when there is none with that id. A new password also
 * forgets failed logins. `hash` NULL takes the password away. A new password and a new address make
 * codes in mails of before worth nothing: who could ask for them then may be another now. */
int account_set_password(struct db_tx *tx, int64_t id, const char *hash, struct err *err);
int account_set_enabled(struct db_tx *tx, int64_t id, bool enabled, struct err *err);
int account_set_superuser(struct db_tx *tx, int64_t id, bool superuser, struct err *err);
/* `email` NULL removes it. ERR_INVALID, ERR_EXISTS. */
int account_set_email(struct db_tx *tx, struct arena *arena, int64_t id, const char *email,
                      struct err *err);

/* End all browser sessions of the account. */
int account_end_sessions(struct db_tx *tx, int64_t id, struct err *err);

/* One more failed login, or none any more. */
int account_login_failed(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err);
int account_login_cleared(struct db_tx *tx, int64_t id, struct err *err);

struct account_page {
    int64_t kind;      /* enum account_kind */
    bool disabled_too; /* else only enabled ones */
    const char *after; /* the last name of the page before; NULL: from the start */
    int64_t limit;     /* 1 to ACCOUNT_PAGE_MAX; clamped */
};

/* A page of accounts (struct account) in order of name. */
int account_list(struct db_tx *tx, struct arena *arena, const struct account_page *page,
                 struct list *out, struct err *err);
/* How many there are of a kind, enabled or not. Looks at all of them: not for a hot path. */
int account_count(struct db_tx *tx, int64_t kind, int64_t *out, struct err *err);
/* True when there is any user: for the first start. Costs one row. */
int account_any_user(struct db_tx *tx, bool *out, struct err *err);
