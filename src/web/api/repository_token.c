/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of a repository, which Quay's API once managed: whoever may administer the repository
 * is told that this is over. Tokens that exist go on working ("$token"), and wharf token create
 * --repository makes them. */
#include "api.h"

static int gone(struct call *call, struct err *err)
{
    (void)call;
    return err_set(err, ERR_GONE, "Handling of access tokens is no longer supported");
}

#define TOKENS "/api/v1/repository/{repository+}/tokens/"

static const struct route repository_token_routes[] = {
    {METHOD_GET, TOKENS, "listRepoTokens", "Retired.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .find_repository = true, .handler = gone},
    {METHOD_POST, TOKENS, "createToken", "Retired.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS, .find_repository = true,
     .handler = gone},
    {METHOD_GET, TOKENS "{code}", "getTokens", "Retired.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER,
     .find_repository = true, .handler = gone},
    {METHOD_PUT, TOKENS "{code}", "changeToken", "Retired.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .find_repository = true, .handler = gone},
    {METHOD_DELETE, TOKENS "{code}", "deleteToken", "Retired.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .find_repository = true, .handler = gone},
};
const struct route_table api_repository_token_table = ROUTES(repository_token_routes);
