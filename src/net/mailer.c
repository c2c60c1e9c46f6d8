/* SPDX-License-Identifier: Apache-2.0 */
/* The queue and its thread. A mail is tried a few times, as servers ask for a pause when they are
 * busy; then it is given up, as its reader can have it sent again. */
#include "mailer.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

enum { TRIES = 3, PAUSE_SECONDS = 5 };

struct letter {
    struct letter *next;
    struct arena arena; /* holds the texts */
    struct mail mail;
};

struct mailer {
    struct mail_server server;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct letter *first, **last; /* guarded by lock, as all below */
    size_t waiting;
    bool stopping;
};

static void letter_free(struct letter *letter)
{
    if (!letter)
        return;
    arena_done(&letter->arena);
    free(letter);
}

static struct letter *letter_new(const struct mail *mail)
{
    struct letter *letter = calloc(1, sizeof *letter);
    if (!letter)
        abort();
    letter->mail.to = arena_strdup(&letter->arena, mail->to);
    letter->mail.subject = arena_strdup(&letter->arena, mail->subject);
    letter->mail.text = arena_strdup(&letter->arena, mail->text);
    return letter;
}

/* The next letter, or NULL when there is none and we are to stop. */
static struct letter *take(struct mailer *mailer)
{
    pthread_mutex_lock(&mailer->lock);
    while (!mailer->first && !mailer->stopping)
        pthread_cond_wait(&mailer->wake, &mailer->lock);
    struct letter *letter = mailer->first;
    if (letter) {
        mailer->first = letter->next;
        if (!mailer->first)
            mailer->last = &mailer->first;
        mailer->waiting--;
    }
    pthread_mutex_unlock(&mailer->lock);
    return letter;
}

/* True when we are to stop. */
static bool pause_or_stop(struct mailer *mailer)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PAUSE_SECONDS;
    pthread_mutex_lock(&mailer->lock);
    int rc = 0;
    while (!mailer->stopping && rc == 0)
        rc = pthread_cond_timedwait(&mailer->wake, &mailer->lock, &until);
    bool stopping = mailer->stopping;
    pthread_mutex_unlock(&mailer->lock);
    return stopping;
}

/* False when it was given up. */
static bool deliver(struct mailer *mailer, const struct mail *mail)
{
    struct err err = {0};
    struct log_line line;
    bool sent = false;
    for (int tries = 0; !sent && tries < TRIES; tries++) {
        if (tries > 0 && pause_or_stop(mailer))
            break;
        sent = mail_send(&mailer->server, mail, clock_wall_ms(), &err) == 0;
        if (err.code == ERR_INVALID)
            break;
    }
    log_begin(&line, sent ? LOG_INFO : LOG_ERROR, sent ? "mail sent" : "mail not sent");
    log_text(&line, "to", mail->to);
    log_text(&line, "subject", mail->subject);
    if (!sent)
        log_err(&line, &err);
    log_end(&line);
    return sent;
}

static bool is_stopping(struct mailer *mailer)
{
    pthread_mutex_lock(&mailer->lock);
    bool stopping = mailer->stopping;
    pthread_mutex_unlock(&mailer->lock);
    return stopping;
}

static void *loop(void *context)
{
    struct mailer *mailer = context;
    struct letter *letter;
    while ((letter = take(mailer))) {
        bool sent = deliver(mailer, &letter->mail);
        letter_free(letter);
        if (!sent && is_stopping(mailer))
            break;
    }
    return NULL;
}

int mailer_start(const struct mail_server *server, struct mailer **out, struct err *err)
{
    pthread_condattr_t monotonic;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "the mail client cannot be set up");
    struct mailer *mailer = calloc(1, sizeof *mailer);
    if (!mailer)
        abort();
    mailer->server = *server;
    mailer->last = &mailer->first;
    pthread_mutex_init(&mailer->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&mailer->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int rc = pthread_create(&mailer->thread, NULL, loop, mailer);
    if (rc != 0) {
        pthread_cond_destroy(&mailer->wake);
        pthread_mutex_destroy(&mailer->lock);
        free(mailer);
        errno = rc;
        return err_set_errno(err, "the mailer's thread cannot be started");
    }
    *out = mailer;
    return 0;
}

void mailer_stop(struct mailer *mailer)
{
    if (!mailer)
        return;
    pthread_mutex_lock(&mailer->lock);
    mailer->stopping = true;
    pthread_cond_broadcast(&mailer->wake);
    pthread_mutex_unlock(&mailer->lock);
    pthread_join(mailer->thread, NULL);
    while (mailer->first) {
        struct letter *next = mailer->first->next;
        letter_free(mailer->first);
        mailer->first = next;
    }
    pthread_cond_destroy(&mailer->wake);
    pthread_mutex_destroy(&mailer->lock);
    free(mailer);
    curl_global_cleanup();
}

int mailer_post(struct mailer *mailer, const struct mail *mail, struct err *err)
{
    if (mail_check(mail, err) != 0)
        return -1;
    struct letter *letter = letter_new(mail);
    pthread_mutex_lock(&mailer->lock);
    bool full = mailer->waiting >= MAILER_QUEUE_MAX || mailer->stopping;
    if (!full) {
        *mailer->last = letter;
        mailer->last = &letter->next;
        mailer->waiting++;
        pthread_cond_signal(&mailer->wake);
    }
    pthread_mutex_unlock(&mailer->lock);
    if (!full)
        return 0;
    letter_free(letter);
    return err_set(err, ERR_BUSY, "too many mails wait to be sent; try again later");
}
