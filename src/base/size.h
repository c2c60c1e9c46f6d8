/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes of storage as people write them: "10 GiB", "512Mi", "5G", "200000". */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { SIZE_TEXT_MAX = 32 };

/* A whole number, at most one space, and a unit or none (bytes). Units are powers of 1024 (KiB, MiB
 * ... EiB, also Ki, Mi ... Ei) or of 1000 (KB, MB ... EB, also K, M ... E), in any case.
 * ERR_INVALID when it is something else, or more than fits. */
int size_parse(struct str text, int64_t *out, struct err *err);
/* In the largest power of 1024 that it reaches, with one decimal: "10.0 GiB", "195.3 KiB",
 * "512.0 Byte". */
void size_format(int64_t bytes, char out[static SIZE_TEXT_MAX]);
