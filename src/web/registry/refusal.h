/* SPDX-License-Identifier: Apache-2.0 */
/* Refused pulls that a person can do something about. */
#pragma once

#include "web/call.h"

/* Set the error for a request whose token does not allow what the route needs: ERR_DENIED with what
 * to do when the repository is public and its organization asks for something first; else
 * ERR_UNAUTHORIZED, which leads clients to ask for another token. Returns -1. */
int refusal_explain(struct call *call, struct err *err);
