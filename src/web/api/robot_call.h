/* SPDX-License-Identifier: Apache-2.0 */
/* What the routes of robot accounts share. */
#pragma once

#include "domain/robot.h"
#include "web/call.h"

/* The robot of call->space that the path names. ERR_INVALID when there is none. */
int robot_call_get(struct call *call, struct db_tx *tx, struct robot *out, struct err *err);
