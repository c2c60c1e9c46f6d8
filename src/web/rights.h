/* SPDX-License-Identifier: Apache-2.0 */
/* What a route of the API demands of its caller, checked before its handler runs. */
#pragma once

#include "web/call.h"

/* Look up {orgname} and {repository+}, fill call->space, space_access, repository and access, and
 * decide. A caller who may not is told so before he is told that there is no such thing: 401 when
 * anonymous, 403 else, then 404. */
int rights_check(struct call *call, struct err *err);
/* Refuse this caller: ERR_UNAUTHORIZED when anonymous, else ERR_DENIED. For handlers whose rule is
 * more than a route can say. Returns -1. */
int rights_refuse(const struct call *call, struct err *err);
/* Has the user of a browser given his password lately? True of programs, and of who has none. */
bool rights_is_fresh(const struct call *call);
/* What lists of repositories show this caller: his own and those he was given rights on, as far as
 * his token reads repositories; all of them for who may see all. */
struct repository_filter rights_list_filter(const struct call *call);
/* A superuser to whom FEATURE_SUPERUSERS_FULL_ACCESS gives what owners may do. */
bool rights_full_access(const struct call *call);
