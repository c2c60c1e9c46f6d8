/* SPDX-License-Identifier: Apache-2.0 */
/* The mailer: a queue of mails and a thread that sends them, so that no request waits for a mail
 * server, or tells by its time whether there was something to send. */
#pragma once

#include "base/macro.h"
#include "net/mail.h"

enum { MAILER_QUEUE_MAX = 256 }; /* mails that wait */

struct mailer;

/* Start the thread. The strings of `server` are borrowed and must outlive the mailer. */
int mailer_start(const struct mail_server *server, struct mailer **out, struct err *err);
/* Send what still waits, until one fails, and end. NULL is fine. */
void mailer_stop(struct mailer *mailer);
DEFINE_CLEANUP(struct mailer, mailer_stop)

/* Queue a copy. Whether it was sent is for the log. ERR_INVALID as mail_check, ERR_BUSY when too
 * many wait. */
int mailer_post(struct mailer *mailer, const struct mail *mail, struct err *err);
