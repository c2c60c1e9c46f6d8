/* SPDX-License-Identifier: Apache-2.0 */
/* The functions behind the commands, one file for each group. Each returns an exit status, or -1
 * with *err set; cli->args holds as many words as its row in commands.c demands. */
#pragma once

#include "app/cli.h"

/* serve.c, doctor.c, gc.c, fsck.c, small.c */
int command_serve(struct cli *cli, struct err *err);
int command_version(struct cli *cli, struct err *err);
int command_doctor(struct cli *cli, struct err *err);
int command_gc(struct cli *cli, struct err *err);
int command_fsck(struct cli *cli, struct err *err);
int command_migrate(struct cli *cli, struct err *err);
int command_routes(struct cli *cli, struct err *err);

/* config_command.c */
int command_config_check(struct cli *cli, struct err *err);
int command_config_show(struct cli *cli, struct err *err);
int command_config_init(struct cli *cli, struct err *err);
int command_config_docs(struct cli *cli, struct err *err);

/* user.c */
int command_user_create(struct cli *cli, struct err *err);
int command_user_passwd(struct cli *cli, struct err *err);
int command_user_list(struct cli *cli, struct err *err);
int command_user_enable(struct cli *cli, struct err *err);
int command_user_disable(struct cli *cli, struct err *err);

/* org.c */
int command_org_create(struct cli *cli, struct err *err);
int command_org_delete(struct cli *cli, struct err *err);
int command_org_rename(struct cli *cli, struct err *err);
int command_org_list(struct cli *cli, struct err *err);
int command_org_members(struct cli *cli, struct err *err);
int command_org_takeover(struct cli *cli, struct err *err);

/* prune.c */
int command_prune(struct cli *cli, struct err *err);
int command_prune_list(struct cli *cli, struct err *err);
int command_prune_add(struct cli *cli, struct err *err);
int command_prune_remove(struct cli *cli, struct err *err);
int command_prune_run(struct cli *cli, struct err *err);

/* team.c */
int command_team_create(struct cli *cli, struct err *err);
int command_team_delete(struct cli *cli, struct err *err);
int command_team_add(struct cli *cli, struct err *err);
int command_team_remove(struct cli *cli, struct err *err);
int command_team_list(struct cli *cli, struct err *err);
int command_team_members(struct cli *cli, struct err *err);

/* robot.c */
int command_robot_create(struct cli *cli, struct err *err);
int command_robot_delete(struct cli *cli, struct err *err);
int command_robot_token(struct cli *cli, struct err *err);
int command_robot_renew(struct cli *cli, struct err *err);
int command_robot_list(struct cli *cli, struct err *err);

/* robot_federation.c */
int command_federation_list(struct cli *cli, struct err *err);
int command_federation_add(struct cli *cli, struct err *err);
int command_federation_remove(struct cli *cli, struct err *err);
int command_federation_clear(struct cli *cli, struct err *err);

/* application.c */
int command_app_list(struct cli *cli, struct err *err);
int command_app_create(struct cli *cli, struct err *err);
int command_app_renew(struct cli *cli, struct err *err);
int command_app_delete(struct cli *cli, struct err *err);

/* service_key.c */
int command_key_list(struct cli *cli, struct err *err);
int command_key_create(struct cli *cli, struct err *err);
int command_key_approve(struct cli *cli, struct err *err);
int command_key_delete(struct cli *cli, struct err *err);

/* permission_set.c */
int command_permission_give(struct cli *cli, struct err *err);
int command_permission_take(struct cli *cli, struct err *err);

/* permission.c */
int command_permission_explain(struct cli *cli, struct err *err);
int command_permission_list(struct cli *cli, struct err *err);

/* default_permission.c */
int command_default_add(struct cli *cli, struct err *err);
int command_default_list(struct cli *cli, struct err *err);
int command_default_change(struct cli *cli, struct err *err);
int command_default_remove(struct cli *cli, struct err *err);

/* terms.c */
int command_terms_show(struct cli *cli, struct err *err);
int command_terms_versions(struct cli *cli, struct err *err);
int command_terms_publish(struct cli *cli, struct err *err);
int command_terms_acceptances(struct cli *cli, struct err *err);
int command_terms_revoke(struct cli *cli, struct err *err);
int command_terms_policy(struct cli *cli, struct err *err);

/* user_change.c */
int command_user_delete(struct cli *cli, struct err *err);
int command_user_rename(struct cli *cli, struct err *err);
int command_user_convert(struct cli *cli, struct err *err);
int command_user_verify(struct cli *cli, struct err *err);
int command_user_email(struct cli *cli, struct err *err);

/* app_token.c */
int command_apptoken_list(struct cli *cli, struct err *err);
int command_apptoken_create(struct cli *cli, struct err *err);
int command_apptoken_delete(struct cli *cli, struct err *err);

/* repo.c */
int command_quota_show(struct cli *cli, struct err *err);
int command_quota_set(struct cli *cli, struct err *err);
int command_quota_limit(struct cli *cli, struct err *err);
int command_quota_remove(struct cli *cli, struct err *err);
int command_repo_list(struct cli *cli, struct err *err);
int command_repo_create(struct cli *cli, struct err *err);
int command_repo_delete(struct cli *cli, struct err *err);
int command_repo_public(struct cli *cli, struct err *err);
int command_repo_private(struct cli *cli, struct err *err);
int command_repo_show(struct cli *cli, struct err *err);
int command_repo_describe(struct cli *cli, struct err *err);
int command_repo_state(struct cli *cli, struct err *err);

/* token.c */
int command_token_create(struct cli *cli, struct err *err);
int command_token_list(struct cli *cli, struct err *err);
int command_token_delete(struct cli *cli, struct err *err);
int command_repo_token(struct cli *cli, struct err *err);

/* logs.c */
int command_logs(struct cli *cli, struct err *err);

/* immutability.c */
int command_immutability_list(struct cli *cli, struct err *err);
int command_immutability_add(struct cli *cli, struct err *err);
int command_immutability_remove(struct cli *cli, struct err *err);

/* tag.c */
int command_tag_list(struct cli *cli, struct err *err);
int command_tag_move(struct cli *cli, struct err *err);
int command_tag_delete(struct cli *cli, struct err *err);

/* tag_history.c */
int command_tag_history(struct cli *cli, struct err *err);
int command_tag_restore(struct cli *cli, struct err *err);
int command_tag_purge(struct cli *cli, struct err *err);

/* tag_change.c */
int command_tag_expire(struct cli *cli, struct err *err);
int command_tag_immutable(struct cli *cli, struct err *err);

/* label.c */
int command_label_list(struct cli *cli, struct err *err);
int command_label_add(struct cli *cli, struct err *err);
int command_label_remove(struct cli *cli, struct err *err);

/* message.c */
int command_message_list(struct cli *cli, struct err *err);
int command_message_add(struct cli *cli, struct err *err);
int command_message_remove(struct cli *cli, struct err *err);
