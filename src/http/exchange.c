/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges live from the end of a head to the last byte of the reply. A few are kept per reactor,
 * each with the first block of its arena, so that a request on a busy server costs no malloc. */
#include "exchange.h"

#include <stdlib.h>

#include "base/log.h"
#include "body.h"

enum { SPARE_EXCHANGES = 64, LOG_MAX = 1024 * 1024, LOG_FULL = 64 * 1024 };

void engine_take(struct spare_bufs *spare, struct buf *buf, size_t max)
{
    if (spare->count == 0) {
        buf_init(buf, max);
        return;
    }
    *buf = spare->items[--spare->count];
    buf->max = max;
}

void engine_give(struct spare_bufs *spare, struct buf *buf)
{
    enum { KEEP_MAX = 160 * 1024 };
    if (!buf->ptr)
        return;
    if (spare->count < ARRAY_LEN(spare->items) && buf->cap <= KEEP_MAX) {
        buf_clear(buf);
        spare->items[spare->count++] = *buf;
    } else {
        buf_done(buf);
    }
    *buf = (struct buf){0};
}

struct exchange *exchange_new(struct reactor *reactor)
{
    struct exchange *exchange = reactor->spare_exchanges;
    if (exchange) {
        reactor->spare_exchanges = exchange->next;
        reactor->spare_exchange_count--;
    } else {
        exchange = calloc(1, sizeof *exchange);
        if (!exchange)
            abort();
    }
    exchange->next = NULL;
    exchange->has_request = exchange->started = exchange->has_sink = exchange->corked = false;
    exchange->may_wait = exchange->always_waits = false;
    exchange->body = (struct body){.complete = true};
    exchange->copied = exchange->sent = exchange->file_left = 0;
    exchange->bytes = (struct str){NULL, 0};
    exchange->reply = (struct reply){.arena = &exchange->arena, .fd = -1};
    return exchange;
}

void exchange_end(struct reactor *reactor, struct exchange *exchange, bool complete)
{
    const struct http_app *app = &reactor->server->app;
    const struct request *request = exchange->has_request ? &exchange->request : NULL;
    uint64_t sent = exchange->sent + (complete ? exchange->copied : 0);
    if (reactor->log.max == 0)
        buf_init(&reactor->log, LOG_MAX);
    app->done(app->context, request, &exchange->reply, sent, &reactor->log);
    if (reactor->log.len >= LOG_FULL || !buf_ok(&reactor->log)) {
        log_write(buf_str(&reactor->log));
        buf_clear(&reactor->log);
    }
    reply_clear(&exchange->reply);
    if (reactor->spare_exchange_count >= SPARE_EXCHANGES) {
        arena_done(&exchange->arena);
        free(exchange);
        return;
    }
    arena_reset(&exchange->arena);
    exchange->next = reactor->spare_exchanges;
    reactor->spare_exchanges = exchange;
    reactor->spare_exchange_count++;
}

void exchange_drop_spares(struct reactor *reactor)
{
    while (reactor->spare_exchanges) {
        struct exchange *exchange = reactor->spare_exchanges;
        reactor->spare_exchanges = exchange->next;
        arena_done(&exchange->arena);
        free(exchange);
    }
    reactor->spare_exchange_count = 0;
}

bool exchange_parse(struct exchange *exchange, struct conn *conn, struct str head,
                    struct refusal *refusal)
{
    struct request *request = &exchange->request;
    bool expects_100;
    if (!head_parse(arena_str(&exchange->arena, head), request, &expects_100, refusal))
        return false;
    exchange->has_request = true;
    body_init(&exchange->body, request, expects_100);
    request->arena = &exchange->arena;
    request->tls = conn->tls;
    request->remote = conn->remote;
    request->reactor = conn->reactor->index;
    request->id = conn->reactor->next_id;
    request->started_us = conn->head_us;
    request->body_received = 0;
    request->app = NULL;
    conn->reactor->next_id += conn->reactor->server->reactor_count;
    return true;
}

static enum err_code code_of_status(int status)
{
    switch (status) {
    case 408:
        return ERR_TIMEOUT;
    case 413:
    case 414:
    case 431:
        return ERR_TOO_LARGE;
    case 417:
    case 501:
    case 505:
        return ERR_UNSUPPORTED;
    case 503:
        return ERR_BUSY;
    default:
        return ERR_INVALID;
    }
}

void exchange_refuse(const struct http_app *app, struct exchange *exchange,
                     const struct refusal *refusal)
{
    struct err err;
    err_set(&err, code_of_status(refusal->status), "%s", refusal->reason);
    reply_clear(&exchange->reply);
    app->error(app->context, exchange->has_request ? &exchange->request : NULL, &exchange->reply,
               refusal->status, &err);
    if (refusal->status == 503)
        reply_header(&exchange->reply, "Retry-After", "1");
}
