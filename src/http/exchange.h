/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its reply, and the spare objects of a reactor. */
#pragma once

#include "engine.h"

/* An empty exchange with its arena, from the spares if there is one. */
struct exchange *exchange_new(struct reactor *reactor);
/* Tell the application that it is done, release everything it holds. */
void exchange_end(struct reactor *reactor, struct exchange *exchange, bool complete);
/* Free the spares. */
void exchange_drop_spares(struct reactor *reactor);

/* Parse the head and fill the request. False with *refusal. The bytes are copied. */
bool exchange_parse(struct exchange *exchange, struct conn *conn, struct str head,
                    struct refusal *refusal);
/* Have the application fill the reply for a refusal of ours. */
void exchange_refuse(const struct http_app *app, struct exchange *exchange,
                     const struct refusal *refusal);
