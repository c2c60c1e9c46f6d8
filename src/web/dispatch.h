/* SPDX-License-Identifier: Apache-2.0 */
/* From a parsed request to the handler of its route, and from an error to a reply. */
#pragma once

#include "http/server.h"
#include "web/service.h"

/* The application functions for server_new; `service` is borrowed. */
struct http_app dispatch_app(struct service *service);
