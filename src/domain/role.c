/* SPDX-License-Identifier: Apache-2.0 */
/* The names of roles. */
#include "role.h"

#include "base/macro.h"

const char *const role_names[] = {"read", "write", "admin", NULL};
const char *const role_team_names[] = {"member", "creator", "admin", NULL};

static const char *name_of(const char *const *names, int64_t role)
{
    return role >= 1 && role <= 3 ? names[role - 1] : "none";
}

static int number_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0)
            return i + 1;
    }
    return 0;
}

const char *role_name(int64_t role)
{
    return name_of(role_names, role);
}

const char *role_team_name(int64_t role)
{
    return name_of(role_team_names, role);
}

enum role role_parse(const char *name)
{
    return (enum role)number_of(role_names, name);
}

enum team_role role_team_parse(const char *name)
{
    return (enum team_role)number_of(role_team_names, name);
}
