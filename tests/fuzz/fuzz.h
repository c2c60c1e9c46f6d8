/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzz target includes: libFuzzer's entry point and the check that a property holds. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"

/* Try one input; called over and over. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that must hold for every input; unlike assert it cannot be compiled away. */
static inline void must(bool holds)
{
    if (!holds)
        abort();
}
