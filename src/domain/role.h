/* SPDX-License-Identifier: Apache-2.0 */
/* Roles: the steps of rights on a repository and in an organization, and their names. */
#pragma once

#include <stdint.h>

#include "base/str.h"

/* On a repository. Each includes the ones before it. Stored in permission tables. */
enum role { ROLE_NONE = 0, ROLE_READ = 1, ROLE_WRITE = 2, ROLE_ADMIN = 3 };

/* Of a team, in its organization: members get what repositories give the team; creators may also
 * create repositories; admins may do everything. Stored in team.role. */
enum team_role { TEAM_NONE = 0, TEAM_MEMBER = 1, TEAM_CREATOR = 2, TEAM_ADMIN = 3 };

/* For schemas: "read", "write", "admin"; "member", "creator", "admin". NULL-ended, in the order of
 * the enums, without the zero. */
extern const char *const role_names[];
extern const char *const role_team_names[];

/* The name of a stored role; "none" for anything else. */
const char *role_name(int64_t role);
const char *role_team_name(int64_t role);
/* The role of a name, 0 when there is none such. */
enum role role_parse(const char *name);
enum team_role role_team_parse(const char *name);
