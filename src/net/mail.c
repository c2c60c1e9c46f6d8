/* SPDX-License-Identifier: Apache-2.0 */
/* SMTP by libcurl. The message is written whole beforehand (RFC 5322), so that nothing of what goes
 * into it can become a header of its own. */
#include "mail.h"

#include <curl/curl.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/macro.h"
#include "base/rand.h"
#include "base/str.h"

/* An address without quoting, comments and lists: what is left needs no escape in a header or a
 * command. */
static bool is_plain_address(struct str address)
{
    for (size_t i = 0; i < address.len; i++) {
        char c = address.ptr[i];
        if (c <= ' ' || c > '~' || strchr("<>()[]\\,;:\"", c))
            return false;
    }
    return str_find(address, '@') > 0;
}

static bool is_line(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < ' ' || text.ptr[i] > '~')
            return false;
    }
    return text.len > 0 && text.len <= MAIL_SUBJECT_MAX;
}

int mail_check(const struct mail *mail, struct err *err)
{
    if (!is_plain_address(str_of(mail->to)))
        return err_set(err, ERR_INVALID, "mail cannot be sent to this address");
    if (!is_line(str_of(mail->subject)))
        return err_set(err, ERR_INVALID, "the subject must be one line of ASCII");
    if (strlen(mail->text) > MAIL_TEXT_MAX)
        return err_set(err, ERR_TOO_LARGE, "a mail has at most %d bytes", MAIL_TEXT_MAX);
    return 0;
}

static struct str domain_of(const char *address)
{
    struct str text = str_of(address);
    return str_sub(text, (size_t)(str_find_last(text, '@') + 1), text.len);
}

static void write_message(const struct mail_server *server, const struct mail *mail, int64_t now_ms,
                          struct buf *out)
{
    char date[CLOCK_HTTP_SIZE], id[UUID_SIZE];
    clock_format_http(now_ms, date);
    rand_uuid(id);
    buf_printf(out, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n", server->sender, mail->to,
               mail->subject);
    buf_printf(out, "Date: %.*s+0000\r\nMessage-ID: <%s@%.*s>\r\n",
               (int)(strlen(date) - strlen("GMT")), date, id, STR_FMT(domain_of(server->sender)));
    buf_add_text(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: 8bit\r\nAuto-Submitted: auto-generated\r\n\r\n");
    struct str rest = str_of(mail->text), line;
    while (rest.len > 0 && str_cut(&rest, '\n', &line))
        buf_printf(out, "%.*s\r\n", STR_FMT(line));
}

/* libcurl asks for the next bytes of the message. */
static size_t give(char *to, size_t size, size_t count, void *context)
{
    struct str *left = context;
    size_t len = size_min(size * count, left->len);
    memcpy(to, left->ptr, len);
    *left = str_sub(*left, len, left->len);
    return len;
}

DEFINE_CLEANUP(CURL, curl_easy_cleanup)
DEFINE_CLEANUP(struct curl_slist, curl_slist_free_all)

static void set_server(CURL *curl, const struct mail_server *server)
{
    char url[512], sender[512];
    enum { CONNECT_SECONDS = 10 };
    snprintf(url, sizeof url, "smtp://%s:%lld", server->host, (long long)server->port);
    snprintf(sender, sizeof sender, "<%s>", server->sender);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp");
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)MAIL_SECONDS_MAX);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(server->tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (server->username) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server->username);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password ? server->password : "");
    }
}

static int perform(const struct mail_server *server, const struct mail *mail, struct str message,
                   struct err *err)
{
    char problem[CURL_ERROR_SIZE] = "", to[512];
    _cleanup_(curl_easy_cleanupp) CURL *curl = curl_easy_init();
    if (!curl)
        return err_set(err, ERR_INTERNAL, "the mail client cannot be set up");
    snprintf(to, sizeof to, "<%s>", mail->to);
    _cleanup_(curl_slist_free_allp) struct curl_slist *list = curl_slist_append(NULL, to);
    set_server(curl, server);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, list);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &message);
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        return 0;
    err_set(err, ERR_IO, "the mail could not be sent");
    return err_detail(err, "%s:%lld: %s", server->host, (long long)server->port,
                      problem[0] ? problem : curl_easy_strerror(code));
}

int mail_send(const struct mail_server *server, const struct mail *mail, int64_t now_ms,
              struct err *err)
{
    enum { HEADER_MAX = 4096, ENDS_MAX = 2 }; /* each line may grow by a CR */
    if (mail_check(mail, err) != 0)
        return -1;
    _cleanup_buf_ struct buf message;
    buf_init(&message, HEADER_MAX + (size_t)MAIL_TEXT_MAX * ENDS_MAX);
    write_message(server, mail, now_ms, &message);
    if (!buf_ok(&message))
        return err_set(err, ERR_TOO_LARGE, "the mail is too large");
    return perform(server, mail, buf_str(&message), err);
}
