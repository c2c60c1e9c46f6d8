/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of its own for each test: cmocka's setup and teardown. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

static inline int enter_temporary(void **state)
{
    char *dir = strdup("/tmp/wharf-store-XXXXXX");
    *state = dir;
    return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static inline int leave_temporary(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
    int result = chdir("/") != 0 || system(command) != 0;
    free(*state);
    return result;
}

#define TEMPORARY(test) cmocka_unit_test_setup_teardown(test, enter_temporary, leave_temporary)
