/* SPDX-License-Identifier: Apache-2.0 */
/* Files that tools/embed.py compiled into the program. */
#pragma once

#include <stddef.h>

/* A list of them ends with a row whose name is NULL. */
struct embedded {
    const char *name; /* without its folder */
    const char *data; /* `len` bytes, and a NUL behind them */
    size_t len;
};
