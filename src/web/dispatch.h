/* SPDX-License-Identifier: Apache-2.0 */
/* From a parsed request to the handler of its route, and from an error to a reply. */
#pragma once

#include "http/server.h"
#include "web/service.h"

/* The routes, compiled for look-up. ERR_INTERNAL when two rows collide. */
struct route_index;
int route_index_new(struct route_index **out, struct err *err);
void route_index_free(struct route_index *index);
DEFINE_CLEANUP(struct route_index, route_index_free)

/* The application functions for server_new; `service` is borrowed. */
struct http_app dispatch_app(struct service *service);
