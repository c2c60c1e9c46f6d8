/* SPDX-License-Identifier: Apache-2.0 */
/* What can be wrong with a registry's surroundings, found out one by one. `wharf doctor` shows all
 * results; `wharf serve` logs those that are not fine. */
#pragma once

#include "app/settings.h"

enum check_state { CHECK_OK, CHECK_WARNING, CHECK_PROBLEM };

struct check_result {
    enum check_state state;
    const char *text; /* what was found */
    const char *mend; /* what to do; NULL when fine */
};

struct check {
    const char *name;
    bool at_start; /* wharf serve looks at it too */
    /* Everything in the result lives in the arena. Must not change anything but to create folders
     * and files that a start would create. */
    void (*run)(const struct settings *settings, struct arena *arena, struct check_result *out);
};

/* Ended by a row without name. */
extern const struct check check_all[];
