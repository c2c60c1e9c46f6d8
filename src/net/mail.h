/* SPDX-License-Identifier: Apache-2.0 */
/* Sending one mail to the SMTP server of the operator: plain text, one recipient. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* Strings are borrowed. */
struct mail_server {
    const char *host;
    int64_t port;
    bool tls;             /* STARTTLS is demanded, and the server's certificate checked */
    const char *username; /* NULL: no login */
    const char *password; /* secret */
    const char *sender;   /* the address in From */
};

enum { MAIL_TEXT_MAX = 64 * 1024, MAIL_SUBJECT_MAX = 200, MAIL_SECONDS_MAX = 30 };

struct mail {
    const char *to;      /* one address */
    const char *subject; /* printable ASCII */
    const char *text;    /* lines end with "\n" */
};

/* What can be said before a connection is made: ERR_INVALID when an address could be read as
 * something else by a mail server, or the subject breaks the header. */
int mail_check(const struct mail *mail, struct err *err);
/* Send it, waiting for the server's answer. ERR_IO with the server's or the network's words as the
 * detail. */
int mail_send(const struct mail_server *server, const struct mail *mail, int64_t now_ms,
              struct err *err);
