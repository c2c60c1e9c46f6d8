/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of repository.c. */
#pragma once

#include "store/db/db.h"

extern const struct query *const repository_queries[];

extern const struct query Q_REPOSITORY_FIND;
extern const struct query Q_REPOSITORY_DETAIL;
extern const struct query Q_REPOSITORY_INSERT;
extern const struct query Q_REPOSITORY_SET_PUBLIC;
extern const struct query Q_REPOSITORY_SET_STATE;
extern const struct query Q_REPOSITORY_SET_DESCRIPTION;
extern const struct query Q_REPOSITORY_RETIRE;
extern const struct query Q_REPOSITORY_QUEUE_ALL;
extern const struct query Q_REPOSITORY_RETIRE_ALL;
extern const struct query Q_REPOSITORY_PAGE_IN_NAMESPACE;
extern const struct query Q_REPOSITORY_PAGE_STARRED;
extern const struct query Q_REPOSITORY_PAGE_ANYWHERE;
extern const struct query Q_REPOSITORY_SEARCH;
