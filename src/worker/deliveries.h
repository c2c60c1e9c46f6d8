/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that tells, by a POST or a mail, of exports of the audit log that are there. A thread
 * of its own, as a receiver may be slow. */
#pragma once

#include "codec/schema.h"
#include "net/mail.h"
#include "store/db/db.h"

struct deliveries;

struct deliveries_config {
    struct db *db;               /* borrowed, as all texts are */
    const struct texts *allowed; /* hosts that may be called: outside_allows */
    struct mail_server mail;     /* host NULL: there is no mail */
    const char *hostname;        /* of this registry, under mails */
    int64_t interval_ms;         /* between two looks [1 s] */
};

/* Start the thread. */
int deliveries_start(const struct deliveries_config *config, struct deliveries **out,
                     struct err *err);
/* End it; what is under way is given up within a second or so, and tried again later, but a mail is
 * waited for. NULL is fine. */
void deliveries_stop(struct deliveries *deliveries);
DEFINE_CLEANUP(struct deliveries, deliveries_stop)
