/* SPDX-License-Identifier: Apache-2.0 */
/* The one error value of the program.
 *
 * A function that can fail returns 0 or -1 and takes `struct err *err` as its last parameter. It
 * is a plain value on the caller's stack: setting it allocates nothing. `code` is for programs,
 * `msg` is safe to show to a client, `detail` is for the log only (paths, SQL, errno text). */
#pragma once

#include <stdarg.h>

#include "macro.h"

/* What went wrong, in the terms of the registry. web/errors.c maps each to a status and to the
 * words of each protocol; nothing below web knows HTTP. */
enum err_code {
    ERR_NONE = 0,
    ERR_INTERNAL,     /* a bug, or a state that cannot be mended by the caller */
    ERR_IO,           /* the disk, the network or the database failed */
    ERR_NO_SPACE,     /* disk or quota of the file system exhausted */
    ERR_TIMEOUT,      /* a deadline passed */
    ERR_BUSY,         /* try again */
    ERR_CANCELLED,    /* the peer went away or the process is stopping */
    ERR_INVALID,      /* the input breaks a rule named in msg */
    ERR_TOO_LARGE,    /* the input exceeds a limit named in msg */
    ERR_TOO_MANY,     /* too many attempts, items or requests */
    ERR_NOT_FOUND,    /* no such thing, where no more precise code exists */
    ERR_EXISTS,       /* the name is taken */
    ERR_CONFLICT,     /* the state does not allow it now */
    ERR_UNAUTHORIZED, /* no, wrong or expired credentials */
    ERR_DENIED,       /* known caller, not allowed */
    ERR_READ_ONLY,    /* the registry or the repository takes no writes */
    ERR_UNSUPPORTED,  /* a feature that is absent or switched off */
    ERR_CSRF,         /* a browser's request without its token: perhaps not the user's will */
    ERR_FRESH_LOGIN,  /* the password must be given again first */
    ERR_LIMIT,        /* more than the account's plan has */
    ERR_GONE,         /* what was here once is never coming back */
    /* The registry protocol's own codes (OCI Distribution 1.1, "Error Codes"). */
    ERR_BLOB_UNKNOWN,
    ERR_BLOB_UPLOAD_INVALID,
    ERR_BLOB_UPLOAD_UNKNOWN,
    ERR_DIGEST_INVALID,
    ERR_MANIFEST_BLOB_UNKNOWN,
    ERR_MANIFEST_INVALID,
    ERR_MANIFEST_UNKNOWN,
    ERR_MEDIA_TYPE, /* MANIFEST_INVALID with status 415: a type the registry does not store */
    ERR_NAME_INVALID,
    ERR_NAME_UNKNOWN,
    ERR_RANGE, /* a chunk that does not continue the upload, or a range past the end */
    ERR_SIZE_INVALID,
    ERR_TAG_EXPIRED,
    ERR_TAG_IMMUTABLE,
    ERR_TAG_INVALID,
    ERR_CODE_COUNT,
};

struct err {
    enum err_code code;
    char msg[256];    /* one sentence for the client; truncated when longer */
    char detail[256]; /* for the log; may be empty */
};

/* Fill *err and return -1, so that a failure is one line: return err_set(err, ERR_..., "...").
 * `fmt` makes the message shown to the client; the detail is emptied. err may be NULL. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* As err_set, with errno's text as the detail and ENOSPC, EDQUOT and ETIMEDOUT turned into their
 * own codes; anything else is ERR_IO. Call before anything else can change errno. */
int err_set_errno(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Add to the detail of an error that is set. Returns -1, so that it can be returned too. */
int err_detail(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Put context in front of the message ("user alice: " + msg). Returns -1. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The analyzer does not see across files: tell it what the four always return, or it suspects every
 * output of a function that failed. */
#ifdef __clang_analyzer__
#define err_set(...)       (err_set(__VA_ARGS__), -1)
#define err_set_errno(...) (err_set_errno(__VA_ARGS__), -1)
#define err_detail(...)    (err_detail(__VA_ARGS__), -1)
#define err_wrap(...)      (err_wrap(__VA_ARGS__), -1)
#endif

/* The code's stable lower-case name, for logs and tests; never NULL. */
const char *err_code_name(enum err_code code);
