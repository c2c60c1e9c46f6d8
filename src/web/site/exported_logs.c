/* SPDX-License-Identifier: Apache-2.0 */
/* GET /exportedlogs/<id>: the file of an export. Who knows the id, which cannot be guessed, may
 * have it until it expires, as with Quay. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "domain/audit_export.h"
#include "site.h"
#include "web/call.h"

static int refuse_unknown(struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "there is no such export, or it has expired");
}

static int find(struct call *call, struct audit_export *out, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = audit_export_find(tx, call->arena, call_value(call, "id"), out, err);
    if (found < 0)
        return -1;
    bool there = found > 0 && out->state == AUDIT_EXPORT_READY && out->expires_ms > call->now_ms;
    return there ? 0 : refuse_unknown(err);
}

static int exported_get(struct call *call, struct err *err)
{
    struct audit_export export;
    struct stat info;
    if (find(call, &export, err) != 0)
        return -1;
    /* The uuid is the database's, not the caller's: it is the name of a file. */
    const char *path = audit_export_path(call->arena, call->service->exports, export.uuid);
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0)
        return refuse_unknown(err);
    reply_header(call->reply, "Cache-Control", "private, no-store");
    reply_file(call->reply, "application/json", fd, (uint64_t)info.st_size, NULL);
    fd = -1;
    return 0;
}

static const struct route exported_routes[] = {
    {METHOD_GET, "/exportedlogs/{id}", "exported_logs", "Fetch an export of an audit log.",
     .auth = ROUTE_OPEN, .errors = ERRORS_API, .flags = ROUTE_SECRET_PATH,
     .feature = FEATURE_LOG_EXPORT, .handler = exported_get},
};
const struct route_table site_exported_logs_table = ROUTES(exported_routes);
