/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of audit.c and audit_log.c, audit_archive.c and audit_export.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const audit_queries[];

extern const struct query Q_AUDIT_INSERT;
extern const struct query Q_AUDIT_DELETE;
extern const struct query Q_AUDIT_PAGE;
extern const struct query Q_AUDIT_PAGE_OF_NAMESPACE;
extern const struct query Q_AUDIT_PAGE_OF_PERFORMER;
extern const struct query Q_AUDIT_PAGE_OF_REPOSITORY;
extern const struct query Q_AUDIT_FORWARD;
extern const struct query Q_AUDIT_FORWARD_OF_NAMESPACE;
extern const struct query Q_AUDIT_FORWARD_OF_REPOSITORY;
extern const struct query Q_AUDIT_COUNT;
extern const struct query Q_AUDIT_COUNT_OF_NAMESPACE;
extern const struct query Q_AUDIT_COUNT_OF_PERFORMER;
extern const struct query Q_AUDIT_COUNT_OF_REPOSITORY;
extern const struct query Q_AUDIT_ARCHIVES;
extern const struct query Q_AUDIT_ARCHIVE_FIND;
extern const struct query Q_AUDIT_ARCHIVE_INSERT;
extern const struct query Q_AUDIT_ARCHIVE_UPDATE;
extern const struct query Q_AUDIT_EXPORT_INSERT;
extern const struct query Q_AUDIT_EXPORT_FIND;
extern const struct query Q_AUDIT_EXPORT_NEXT;
extern const struct query Q_AUDIT_EXPORT_FINISH;
extern const struct query Q_AUDIT_EXPORT_EXPIRED;
extern const struct query Q_AUDIT_EXPORT_DELETE;
