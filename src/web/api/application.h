/* SPDX-License-Identifier: Apache-2.0 */
/* What the resources of an OAuth application share. */
#pragma once

#include "domain/oauth_application.h"
#include "web/call.h"

/* The application {client_id} of call->space; ERR_NOT_FOUND when it has none such. */
int application_get(struct call *call, struct db_tx *tx, struct oauth_application *out,
                    struct err *err);
