/* SPDX-License-Identifier: Apache-2.0 */
/* The list of lists of statements. */
#include "queries.h"

#include "domain/access_token_sql.h"
#include "domain/account_delete_sql.h"
#include "domain/account_profile_sql.h"
#include "domain/account_sql.h"
#include "domain/activity_sql.h"
#include "domain/app_token_sql.h"
#include "domain/audit_delivery_sql.h"
#include "domain/audit_sql.h"
#include "domain/default_permission_sql.h"
#include "domain/entity_sql.h"
#include "domain/expiry_sql.h"
#include "domain/fsck_sql.h"
#include "domain/gc_explain_sql.h"
#include "domain/gc_sql.h"
#include "domain/grant_holder_sql.h"
#include "domain/grant_sql.h"
#include "domain/immutability_policy_sql.h"
#include "domain/label_sql.h"
#include "domain/mail_code_sql.h"
#include "domain/manifest_sql.h"
#include "domain/member_sql.h"
#include "domain/message_sql.h"
#include "domain/notification_sql.h"
#include "domain/oauth_application_sql.h"
#include "domain/oauth_assignment_sql.h"
#include "domain/oauth_code_sql.h"
#include "domain/oauth_expire_sql.h"
#include "domain/oauth_token_sql.h"
#include "domain/plan_sql.h"
#include "domain/quota_sql.h"
#include "domain/registry_size_sql.h"
#include "domain/repo_blob_sql.h"
#include "domain/repository_sql.h"
#include "domain/robot_sql.h"
#include "domain/search_sql.h"
#include "domain/service_key_admin_sql.h"
#include "domain/service_key_sql.h"
#include "domain/setting_sql.h"
#include "domain/star_sql.h"
#include "domain/tag_sql.h"
#include "domain/team_invite_sql.h"
#include "domain/team_sql.h"
#include "domain/terms_sql.h"
#include "domain/upload_sql.h"
#include "domain/usage_sql.h"

/* One a line, so that branches merge. */
/* clang-format off */
const struct query *const *const domain_queries[] = {
    access_token_queries,
    account_delete_queries,
    account_profile_queries,
    account_queries,
    activity_queries,
    app_token_queries,
    audit_delivery_queries,
    audit_queries,
    default_permission_queries,
    entity_queries,
    expiry_queries,
    fsck_queries,
    gc_explain_queries,
    gc_queries,
    grant_holder_queries,
    grant_queries,
    immutability_policy_queries,
    label_queries,
    mail_code_queries,
    manifest_queries,
    member_queries,
    message_queries,
    notification_queries,
    oauth_application_queries,
    oauth_assignment_queries,
    oauth_code_queries,
    oauth_expire_queries,
    oauth_token_queries,
    plan_queries,
    quota_queries,
    registry_size_queries,
    repo_blob_queries,
    repository_queries,
    robot_queries,
    search_queries,
    service_key_admin_queries,
    service_key_queries,
    setting_queries,
    star_queries,
    tag_queries,
    team_invite_queries,
    team_queries,
    terms_queries,
    upload_queries,
    usage_queries,
    NULL,
};
/* clang-format on */
