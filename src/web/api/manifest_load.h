/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest that a route of the API names as {manifestref}. */
#pragma once

#include "domain/manifest.h"
#include "web/call.h"

/* Find it in the call's repository. ERR_NOT_FOUND, also when the text is no digest. */
int manifest_load_named(struct call *call, struct db_tx *tx, struct manifest *out, struct err *err);
