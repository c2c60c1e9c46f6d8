/* SPDX-License-Identifier: Apache-2.0 */
/* Errors on the wire. The registry's codes and statuses are those of OCI Distribution 1.1 and of
 * Quay where that leaves a choice; docs/quay-differences.md has the deliberate exceptions. */
#include "errors.h"

#include <stdio.h>

#include "base/quote.h"
#include "codec/jw.h"

static const struct mapping {
    int status;
    const char *oci;  /* code of the registry protocol */
    const char *type; /* error_type of Quay's API */
} mappings[ERR_CODE_COUNT] = {
    [ERR_NONE] = {500, "UNKNOWN", "internal"},
    [ERR_INTERNAL] = {500, "UNKNOWN", "internal"},
    [ERR_IO] = {500, "UNKNOWN", "internal"},
    [ERR_NO_SPACE] = {507, "DENIED", "internal"},
    [ERR_TIMEOUT] = {504, "UNKNOWN", "internal"},
    [ERR_BUSY] = {503, "TOOMANYREQUESTS", "internal"},
    [ERR_CANCELLED] = {503, "UNKNOWN", "internal"},
    [ERR_INVALID] = {400, "INVALID_REQUEST", "invalid_request"},
    [ERR_TOO_LARGE] = {413, "SIZE_INVALID", "invalid_request"},
    [ERR_TOO_MANY] = {429, "TOOMANYREQUESTS", "exceeds_license"},
    [ERR_NOT_FOUND] = {404, "NOT_FOUND", "not_found"},
    [ERR_EXISTS] = {400, "INVALID_REQUEST", "invalid_request"},
    [ERR_CONFLICT] = {409, "DENIED", "invalid_request"},
    [ERR_UNAUTHORIZED] = {401, "UNAUTHORIZED", "invalid_token"},
    [ERR_DENIED] = {403, "DENIED", "insufficient_scope"},
    [ERR_READ_ONLY] = {405, "DENIED", "invalid_request"},
    [ERR_UNSUPPORTED] = {405, "UNSUPPORTED", "invalid_request"},
    [ERR_CSRF] = {403, "DENIED", "invalid_request"},
    [ERR_FRESH_LOGIN] = {401, "UNAUTHORIZED", "fresh_login_required"},
    [ERR_LIMIT] = {402, "DENIED", "exceeds_license"},
    [ERR_GONE] = {410, "UNSUPPORTED", "invalid_request"},
    [ERR_BLOB_UNKNOWN] = {404, "BLOB_UNKNOWN", "not_found"},
    [ERR_BLOB_UPLOAD_INVALID] = {400, "BLOB_UPLOAD_INVALID", "invalid_request"},
    [ERR_BLOB_UPLOAD_UNKNOWN] = {404, "BLOB_UPLOAD_UNKNOWN", "not_found"},
    [ERR_DIGEST_INVALID] = {400, "DIGEST_INVALID", "invalid_request"},
    [ERR_MANIFEST_BLOB_UNKNOWN] = {400, "MANIFEST_BLOB_UNKNOWN", "invalid_request"},
    [ERR_MANIFEST_INVALID] = {400, "MANIFEST_INVALID", "invalid_request"},
    [ERR_MANIFEST_UNKNOWN] = {404, "MANIFEST_UNKNOWN", "not_found"},
    [ERR_MEDIA_TYPE] = {415, "MANIFEST_INVALID", "invalid_request"},
    [ERR_NAME_INVALID] = {400, "NAME_INVALID", "invalid_request"},
    [ERR_NAME_UNKNOWN] = {404, "NAME_UNKNOWN", "not_found"},
    [ERR_RANGE] = {416, "BLOB_UPLOAD_INVALID", "invalid_request"},
    [ERR_SIZE_INVALID] = {400, "SIZE_INVALID", "invalid_request"},
    [ERR_TAG_EXPIRED] = {404, "TAG_EXPIRED", "not_found"},
    [ERR_TAG_IMMUTABLE] = {409, "TAG_IMMUTABLE", "tag_immutable"},
    [ERR_TAG_INVALID] = {400, "TAG_INVALID", "invalid_request"},
};

int errors_status(enum err_code code)
{
    return mappings[code].status;
}

static void write_oci(struct jw *w, const struct mapping *how, const char *message, bool read_only)
{
    jw_begin_object(w);
    jw_key(w, "errors");
    jw_begin_array(w);
    jw_begin_object(w);
    jw_member_text(w, "code", how->oci);
    jw_member_text(w, "message", message);
    jw_key(w, "detail");
    jw_begin_object(w);
    jw_end_object(w);
    if (read_only)
        jw_member_bool(w, "is_readonly", true);
    jw_end_object(w);
    jw_end_array(w);
    jw_end_object(w);
}

static void write_type(struct jw *w, const char *type)
{
    char path[64];
    snprintf(path, sizeof path, "/api/v1/error/%s", type);
    jw_member_text(w, "type", path);
}

/* Quay has three shapes of errors, by where in it they come from: typed problems, {"message"} and
 * {"error"}. Clients look for one of them, so ours has the members of all three. */
static void write_problem(struct jw *w, const struct mapping *how, int status, const char *message,
                          enum err_code code)
{
    jw_begin_object(w);
    jw_member_text(w, "detail", message);
    jw_member_text(w, "error_message", message);
    jw_member_text(w, "message", message);
    jw_member_text(w, "error_type", how->type);
    jw_member_text(w, "title", how->type);
    write_type(w, how->type);
    jw_member_int(w, "status", status);
    if (code == ERR_CSRF)
        jw_member_text(w, "error", message);
    if (code == ERR_UNAUTHORIZED)
        jw_member_bool(w, "session_required", false);
    if (code == ERR_READ_ONLY)
        jw_member_bool(w, "is_readonly", true);
    jw_end_object(w);
}

void errors_reply(struct reply *reply, enum route_errors family, int status, const struct err *err)
{
    enum { BODY_MAX = 4096 };
    const struct mapping *how = &mappings[err->code];
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    if (status == 0)
        status = family == ERRORS_API && err->code == ERR_READ_ONLY ? 503 : how->status;
    /* What failed inside is for the log; the client gets the sentence that was meant for it. */
    if (family == ERRORS_OCI)
        write_oci(&w, how, err->msg, err->code == ERR_READ_ONLY);
    else
        write_problem(&w, how, status, err->msg, err->code);
    reply->error = err_code_name(err->code);
    reply->detail = err->detail[0] ? arena_strdup(reply->arena, err->detail) : NULL;
    reply_bytes(reply, status, "application/json", arena_str(reply->arena, buf_str(&body)));
}
