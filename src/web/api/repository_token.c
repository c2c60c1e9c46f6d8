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

static const struct route repository_token_routes[] = {
    {METHOD_GET, "/api/v1/repository/{repository+}/tokens/", "listRepoTokens", "Retired.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .find_repository = true,
     .handler = gone},
    {METHOD_POST, "/api/v1/repository/{repository+}/tokens/", "createToken", "Retired.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .find_repository = true, .handler = gone},
    {METHOD_GET, "/api/v1/repository/{repository+}/tokens/{code}", "getTokens", "Retired.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_REPO_ADMIN,
     .flags = ROUTE_FULL_ACCESS | ROUTE_READONLY_SUPERUSER, .find_repository = true,
     .handler = gone},
    {METHOD_PUT, "/api/v1/repository/{repository+}/tokens/{code}", "changeToken", "Retired.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .find_repository = true, .handler = gone},
    {METHOD_DELETE, "/api/v1/repository/{repository+}/tokens/{code}", "deleteToken", "Retired.",
     .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_REPO_ADMIN, .flags = ROUTE_FULL_ACCESS,
     .find_repository = true, .handler = gone},
};
const struct route_table api_repository_token_table = ROUTES(repository_token_routes);
