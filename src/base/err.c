/* SPDX-License-Identifier: Apache-2.0 */
/* The error value: formatting into fixed arrays, nothing else. Truncation is accepted on purpose:
 * an error path that can itself fail helps nobody. */
#include "err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#undef err_set /* what the header says to the analyzer */
#undef err_set_errno
#undef err_detail
#undef err_wrap

static const char *const names[ERR_CODE_COUNT] = {
    [ERR_NONE] = "none",
    [ERR_INTERNAL] = "internal",
    [ERR_IO] = "io",
    [ERR_NO_SPACE] = "no_space",
    [ERR_TIMEOUT] = "timeout",
    [ERR_BUSY] = "busy",
    [ERR_CANCELLED] = "cancelled",
    [ERR_INVALID] = "invalid",
    [ERR_TOO_LARGE] = "too_large",
    [ERR_TOO_MANY] = "too_many",
    [ERR_NOT_FOUND] = "not_found",
    [ERR_EXISTS] = "exists",
    [ERR_CONFLICT] = "conflict",
    [ERR_UNAUTHORIZED] = "unauthorized",
    [ERR_DENIED] = "denied",
    [ERR_READ_ONLY] = "read_only",
    [ERR_UNSUPPORTED] = "unsupported",
    [ERR_CSRF] = "csrf",
    [ERR_FRESH_LOGIN] = "fresh_login",
    [ERR_LIMIT] = "limit",
    [ERR_GONE] = "gone",
    [ERR_BLOB_UNKNOWN] = "blob_unknown",
    [ERR_BLOB_UPLOAD_INVALID] = "blob_upload_invalid",
    [ERR_BLOB_UPLOAD_UNKNOWN] = "blob_upload_unknown",
    [ERR_DIGEST_INVALID] = "digest_invalid",
    [ERR_MANIFEST_BLOB_UNKNOWN] = "manifest_blob_unknown",
    [ERR_MANIFEST_INVALID] = "manifest_invalid",
    [ERR_MANIFEST_UNKNOWN] = "manifest_unknown",
    [ERR_MEDIA_TYPE] = "media_type",
    [ERR_NAME_INVALID] = "name_invalid",
    [ERR_NAME_UNKNOWN] = "name_unknown",
    [ERR_RANGE] = "range",
    [ERR_SIZE_INVALID] = "size_invalid",
    [ERR_TAG_EXPIRED] = "tag_expired",
    [ERR_TAG_IMMUTABLE] = "tag_immutable",
    [ERR_TAG_INVALID] = "tag_invalid",
};

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (!err)
        return -1;
    va_list args;
    va_start(args, fmt);
    err->code = code;
    err->detail[0] = '\0';
    vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    return -1;
}

static enum err_code code_of_errno(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return ERR_NO_SPACE;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    default:
        return ERR_IO;
    }
}

int err_set_errno(struct err *err, const char *fmt, ...)
{
    int number = errno;
    if (!err)
        return -1;
    va_list args;
    va_start(args, fmt);
    err->code = code_of_errno(number);
    vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    char text[128];
    snprintf(err->detail, sizeof err->detail, "%s", strerror_r(number, text, sizeof text));
    return -1;
}

int err_detail(struct err *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    size_t used = strlen(err->detail);
    if (used > 0 && used + 2 < sizeof err->detail) {
        memcpy(err->detail + used, "; ", 3);
        used += 2;
    }
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->detail + used, sizeof err->detail - used, fmt, args);
    va_end(args);
    return -1;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    char old[sizeof err->msg];
    memcpy(old, err->msg, sizeof old);
    va_list args;
    va_start(args, fmt);
    int used = vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof err->msg)
        snprintf(err->msg + used, sizeof err->msg - (size_t)used, "%s", old);
    return -1;
}

const char *err_code_name(enum err_code code)
{
    return (unsigned)code < ERR_CODE_COUNT && names[code] ? names[code] : "unknown";
}
