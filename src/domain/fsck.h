/* SPDX-License-Identifier: Apache-2.0 */
/* Reconciliation of rows and objects, while the registry is in use: what a crash, a restored backup
 * or a failing disk has left behind. Nothing that is found needs the collector or the server to be
 * stopped; what is being pushed or collected at that moment is looked at twice before it is called
 * a finding. Memory is bounded whatever the size of the registry. */
#pragma once

#include "domain/gc.h"

enum fsck_kind {
    FSCK_BLOB_MISSING,     /* the object of a blob is gone */
    FSCK_BLOB_SIZE,        /* ... has another size than it should */
    FSCK_BLOB_CONTENT,     /* ... other content (only when verifying) */
    FSCK_BLOB_UNREADABLE,  /* ... cannot be read */
    FSCK_MANIFEST_CONTENT, /* a manifest does not have its digest (only when verifying) */
    FSCK_UPLOAD_SHORT,     /* an upload's object lacks bytes that were acknowledged */
    FSCK_ORPHAN,           /* an object that no row names */
    FSCK_FORGOTTEN,        /* a row that would never be collected */
    FSCK_USAGE,            /* a sum of used storage is not what it should be */
    FSCK_KIND_COUNT,
};

enum fsck_action {
    FSCK_LEFT,    /* nothing was done */
    FSCK_REMOVED, /* the object was removed, the session ended */
    FSCK_ADOPTED, /* the orphan has the content that a blob lacked: it is that blob's object now */
    FSCK_QUEUED,  /* the collector will look at it */
    FSCK_COUNTED, /* the sum was made anew */
};

struct fsck_finding {
    enum fsck_kind kind;
    enum fsck_action action;
    const char *name;       /* digest, upload, repository; an orphan's key */
    const char *object_key; /* NULL: it is about no object */
    int64_t size;           /* that it should have; an orphan's size */
    int64_t found;          /* size that it has */
    struct texts affected;  /* "alice/app:latest", "alice/app@sha256:..." */
    bool more_affected;     /* than are listed */
};

struct fsck_report {
    int64_t blobs, manifests, uploads, objects; /* looked at */
    int64_t bytes;                              /* read to verify */
    int64_t orphan_bytes;
    int64_t findings[FSCK_KIND_COUNT];
    int64_t repaired;
};

struct fsck {
    struct db *db;
    struct blob_store *store;
    struct gc_policy policy; /* of the collector */
    bool repair;             /* what can be: damaged blobs are only reported */
    bool force;              /* repair even if it removes more objects than it leaves */
    bool verify;             /* read and hash everything */
    int64_t orphan_age_ms;   /* younger objects may be uploads that have no row yet [1 day] */
    /* A non-zero return ends the run with that value. */
    int (*each)(void *context, const struct fsck_finding *finding);
    /* Called now and then; NULL: never. */
    void (*progress)(void *context, const struct fsck_report *report);
    void *context;
};

/* 0 when all has been looked at, whatever was found; -1 when something kept us from looking;
 * ERR_CONFLICT when repairing would remove most of the objects. */
int fsck_run(const struct fsck *fsck, int64_t now_ms, struct fsck_report *report, struct err *err);

/* One sentence about what a kind means, and a word for scripts. */
const char *fsck_kind_text(enum fsck_kind kind);
const char *fsck_kind_name(enum fsck_kind kind);
