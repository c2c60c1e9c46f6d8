/* SPDX-License-Identifier: Apache-2.0 */
/* The list of lists of statements. */
#include "queries.h"

#include "domain/account_sql.h"
#include "domain/activity_sql.h"
#include "domain/audit_sql.h"
#include "domain/default_permission_sql.h"
#include "domain/fsck_sql.h"
#include "domain/gc_explain_sql.h"
#include "domain/gc_sql.h"
#include "domain/grant_sql.h"
#include "domain/manifest_sql.h"
#include "domain/oauth_token_sql.h"
#include "domain/registry_size_sql.h"
#include "domain/repo_blob_sql.h"
#include "domain/repository_sql.h"
#include "domain/service_key_sql.h"
#include "domain/setting_sql.h"
#include "domain/tag_sql.h"
#include "domain/upload_sql.h"

const struct query *const *const domain_queries[] = {
    account_queries,
    activity_queries,
    audit_queries,
    default_permission_queries,
    fsck_queries,
    gc_explain_queries,
    gc_queries,
    grant_queries,
    manifest_queries,
    oauth_token_queries,
    registry_size_queries,
    repo_blob_queries,
    repository_queries,
    service_key_queries,
    setting_queries,
    tag_queries,
    upload_queries,
    NULL,
};
