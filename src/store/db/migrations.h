/* SPDX-License-Identifier: Apache-2.0 */
/* The files of migrations/, embedded at build time in the order of their numbers. */
#pragma once

#include "base/embed.h"

extern const struct embedded migration_files[];
