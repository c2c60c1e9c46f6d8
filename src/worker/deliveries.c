/* SPDX-License-Identifier: Apache-2.0 */
/* One delivery after another, the one that is due longest first: a receiver that fails waits longer
 * and longer, and does not keep the others waiting. The document is that of Quay. */
#include "worker/deliveries.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/jw.h"
#include "domain/activity.h"
#include "domain/audit.h"
#include "domain/audit_delivery.h"
#include "net/post.h"
#include "worker/ticker.h"

enum { DOCUMENT_MAX = 16 * 1024, DATE_SIZE = 16 };

struct deliveries {
    struct deliveries_config config;
    struct ticker *ticker;
    bool failing;
};

static bool is_stopping(void *context)
{
    struct deliveries *deliveries = context;
    return ticker_is_stopping(deliveries->ticker);
}

static const char *link_of(struct arena *arena, const struct audit_delivery *delivery)
{
    if (delivery->export_state != AUDIT_EXPORT_READY)
        return NULL;
    return arena_printf(arena, "%s/exportedlogs/%s", delivery->base_url, delivery->uuid);
}

static void write_day(struct jw *w, const char *key, int64_t at_ms)
{
    char text[DATE_SIZE];
    struct tm day;
    time_t seconds = (time_t)(at_ms / 1000);
    gmtime_r(&seconds, &day);
    jw_member_text(w, key, strftime(text, sizeof text, "%m/%d/%Y", &day) > 0 ? text : NULL);
}

static int send_post(struct deliveries *deliveries, struct arena *arena,
                     const struct audit_delivery *delivery, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    const char *link = link_of(arena, delivery);
    buf_init(&body, DOCUMENT_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "export_id", delivery->uuid);
    write_day(&w, "start_time", delivery->start_ms);
    write_day(&w, "end_time", delivery->end_ms - ACTIVITY_DAY_MS); /* of which all is in it */
    jw_member_text(&w, "namespace", delivery->namespace_name);
    jw_member_text(&w, "repository", delivery->repository_name);
    jw_member_text(&w, "exported_data_url", link);
    jw_member_text(&w, "status", link ? "success" : "failed");
    jw_end_object(&w);
    if (!buf_ok(&body))
        return err_set(err, ERR_TOO_LARGE, "the document is too large");
    struct post post = {delivery->target, buf_str(&body), deliveries->config.allowed, is_stopping,
                        deliveries};
    return post_json(&post, err);
}

static int send_mail(struct deliveries *deliveries, struct arena *arena,
                     const struct audit_delivery *delivery, struct err *err)
{
    const struct deliveries_config *config = &deliveries->config;
    const char *link = link_of(arena, delivery);
    if (!config->mail.host)
        return err_set(err, ERR_IO, "this registry sends no mail now");
    const char *news = link ? arena_printf(arena,
                                           "the export of an audit log that was asked for is "
                                           "there:\n\n    %s\n\nWho has this link can read it "
                                           "until it expires.\n",
                                           link)
                            : "the export of an audit log that was asked for has failed.\n";
    struct mail mail = {
        .to = delivery->target,
        .subject = link ? "Export of an audit log" : "Export of an audit log has failed",
        .text = arena_printf(arena,
                             "Hello,\n\n%s\nExport: %s\n\nIf you know of no export, ignore this "
                             "mail.\n\n-- \n%s\n",
                             news, delivery->uuid, config->hostname),
    };
    return mail_send(&config->mail, &mail, clock_wall_ms(), err);
}

/* What users may see of a failure: nothing that tells of the network here. */
static const char *write_metadata(struct arena *arena, const struct audit_delivery *delivery,
                                  const struct err *failure)
{
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    bool web = delivery->kind == AUDIT_DELIVERY_WEB;
    buf_init(&metadata, DOCUMENT_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "export_id", delivery->uuid);
    jw_member_text(&w, "error", failure->msg);
    jw_member_text(&w, web ? "url" : "email", delivery->target);
    jw_end_object(&w);
    return buf_ok(&metadata) ? arena_text(arena, buf_str(&metadata)) : "{}";
}

static void say(const struct audit_delivery *delivery, const struct err *failure, bool last)
{
    struct log_line line;
    log_begin(&line, failure ? last ? LOG_ERROR : LOG_WARNING : LOG_INFO,
              !failure ? "export delivered"
              : last   ? "export not delivered; given up"
                       : "export not delivered; tried again later");
    log_text(&line, "export", delivery->uuid);
    log_text(&line, "to", delivery->target);
    log_int(&line, "try", delivery->tries + 1);
    if (failure)
        log_err(&line, failure);
    log_end(&line);
}

static int end(struct db *db, struct arena *arena, const struct audit_delivery *delivery,
               const struct err *failure, struct err *err)
{
    int64_t now_ms = clock_wall_ms();
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 ||
        audit_delivery_end(tx, delivery->id, failure ? AUDIT_DELIVERY_FAILED : AUDIT_DELIVERY_DONE,
                           err) != 0)
        return -1;
    if (failure) {
        struct audit_entry entry = {
            .kind = AUDIT_EXPORT_LOGS_FAILURE,
            .namespace_id = delivery->namespace_id,
            .repository_id = delivery->repository_id,
            .performer_id = delivery->performer_id,
            .metadata = write_metadata(arena, delivery, failure),
        };
        if (audit_write(tx, &entry, now_ms, err) != 0)
            return -1;
    }
    return db_commit(&tx, err);
}

static int deliver(struct deliveries *deliveries, struct arena *arena,
                   const struct audit_delivery *delivery, int64_t now_ms, struct err *err)
{
    struct err failure = {0};
    bool expired = delivery->export_state == AUDIT_EXPORT_READY && delivery->expires_ms <= now_ms;
    int sent = expired ? err_set(&failure, ERR_GONE, "the link to the export has expired")
               : delivery->kind == AUDIT_DELIVERY_WEB
                   ? send_post(deliveries, arena, delivery, &failure)
                   : send_mail(deliveries, arena, delivery, &failure);
    if (sent != 0 && is_stopping(deliveries))
        return 0;
    bool last = sent != 0 &&
                (expired || failure.code == ERR_DENIED || failure.code == ERR_INVALID ||
                 delivery->tries + 1 >= AUDIT_DELIVERY_TRIES);
    say(delivery, sent != 0 ? &failure : NULL, last);
    if (sent != 0 && !last)
        return 0;
    return end(deliveries->config.db, arena, delivery, sent != 0 ? &failure : NULL, err);
}

/* 1 tried one, 0 none is due, -1. */
static int next(struct deliveries *deliveries, struct arena *arena, struct err *err)
{
    struct audit_delivery delivery;
    struct db *db = deliveries->config.db;
    int64_t now_ms = clock_wall_ms();
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    bool due = false;
    if (db_begin(db, DB_READ, &tx, err) != 0 || audit_delivery_is_due(tx, now_ms, &due, err) != 0)
        return -1;
    db_end(&tx);
    if (!due)
        return 0;
    if (db_begin(db, DB_WRITE, &tx, err) != 0)
        return -1;
    int found = audit_delivery_take(tx, arena, now_ms, &delivery, err);
    if (found <= 0)
        return found;
    if (db_commit(&tx, err) != 0 || deliver(deliveries, arena, &delivery, now_ms, err) != 0)
        return -1;
    return 1;
}

static void look(void *context)
{
    struct deliveries *deliveries = context;
    struct arena arena = {0};
    struct err err = {0};
    int done;
    do {
        arena_reset(&arena);
        done = next(deliveries, &arena, &err);
    } while (done > 0 && !is_stopping(deliveries));
    arena_done(&arena);
    if (done < 0 && !deliveries->failing)
        log_failure("exports cannot be delivered; it is tried again", &err);
    deliveries->failing = done < 0;
}

int deliveries_start(const struct deliveries_config *config, struct deliveries **out,
                     struct err *err)
{
    if (post_begin(err) != 0)
        return -1;
    struct deliveries *deliveries = calloc(1, sizeof *deliveries);
    if (!deliveries)
        abort();
    deliveries->config = *config;
    struct ticker_config ticker = {config->interval_ms, look, deliveries};
    if (ticker_start(&ticker, &deliveries->ticker, err) != 0) {
        free(deliveries);
        post_end();
        return -1;
    }
    *out = deliveries;
    return 0;
}

void deliveries_stop(struct deliveries *deliveries)
{
    if (!deliveries)
        return;
    ticker_stop(deliveries->ticker);
    free(deliveries);
    post_end();
}
