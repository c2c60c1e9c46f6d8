/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, for those that do it at the end of something else. */
#pragma once

#include "web/call.h"

/* Sign the browser in with a name or address and a password, and answer: success with a new
 * session; 403 when they are wrong, or the address is not confirmed; 429 when the user is locked
 * out. */
int signin_conduct(struct call *call, const char *typed, const char *password, struct err *err);
