/* SPDX-License-Identifier: Apache-2.0 */
/* What media types a client takes. */
#pragma once

#include "http/request.h"

/* True when the Accept headers cover the type: by name, by "type/" "*", or by "*" "/" "*"; with
 * none at all everything is taken (RFC 9110 section 12.5.1; q=0 excludes). */
bool accept_covers(const struct request *request, struct str media_type);
/* True when the type is listed by its full name. */
bool accept_names(const struct request *request, struct str media_type);
