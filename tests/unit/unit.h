/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test includes before anything else: cmocka with the headers it wants first, and
 * the few checks that it lacks. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/macro.h"
#include "base/str.h"

/* The slice must hold exactly this text; prints both when not. */
#define assert_str_text(s, text)                                                                   \
    do {                                                                                           \
        struct str got_ = (s), want_ = str_of(text);                                               \
        if (!str_eq(got_, want_))                                                                  \
            fail_msg("got \"%.*s\", want \"%.*s\"", STR_FMT(got_), STR_FMT(want_));                \
    } while (0)

/* The call must fail with this code. */
#define assert_fails(call, error, want_code)                                                       \
    do {                                                                                           \
        *(error) = (struct err){0};                                                                \
        assert_int_equal((call), -1);                                                              \
        if ((error)->code != (want_code))                                                          \
            fail_msg("got %s (%s), want %s", err_code_name((error)->code), (error)->msg,           \
                     err_code_name(want_code));                                                    \
    } while (0)

/* The call must succeed; prints the error when not. */
#define assert_ok(call, error)                                                                     \
    do {                                                                                           \
        *(error) = (struct err){0};                                                                \
        if ((call) != 0)                                                                           \
            fail_msg("%s: %s (%s)", err_code_name((error)->code), (error)->msg, (error)->detail);  \
    } while (0)
