/* SPDX-License-Identifier: Apache-2.0 */
/* Route tables in the words of Swagger 2.0. */
#pragma once

#include "base/arena.h"
#include "codec/jw.h"
#include "web/route.h"

/* "/api/v1/repository/{repository}" of "/api/v1/repository/{repository+}". */
const char *swagger_path(struct arena *arena, const char *path);
/* The word under which an operation is listed: "team" of "/api/v1/organization/{orgname}/team/x".
 */
const char *swagger_tag(struct arena *arena, const char *path);
/* The name of the definition of a route's body. */
const char *swagger_definition(struct arena *arena, const struct route *route);

/* One operation: an object with its id, parameters, replies and the scopes it takes. */
void swagger_operation(struct jw *w, struct arena *arena, const struct route *route);
/* A schema as a JSON schema. */
void swagger_schema(struct jw *w, const struct schema *schema);
