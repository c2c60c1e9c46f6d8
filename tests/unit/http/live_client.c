/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "live.h"

enum { ANSWER_MAX = 16 * 1024 * 1024 };

void client_open_raw(struct client *client, const struct live *live, bool tls)
{
    *client = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)server_port(live->server, tls))};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    struct timeval patience = {.tv_sec = CLIENT_TIMEOUT_S};
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(client->fd, (struct sockaddr *)&address, sizeof address), 0);
    buf_init(&client->in, ANSWER_MAX);
}

void client_open(struct client *client, const struct live *live, bool tls)
{
    client_open_raw(client, live, tls);
    if (!tls)
        return;
    client->context = SSL_CTX_new(TLS_client_method());
    client->ssl = SSL_new(client->context);
    assert_non_null(client->ssl);
    SSL_set_fd(client->ssl, client->fd);
    assert_int_equal(SSL_connect(client->ssl), 1);
}

void client_close(struct client *client)
{
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    close(client->fd);
    buf_done(&client->in);
    *client = (struct client){.fd = -1};
}

bool client_send(struct client *client, struct str data)
{
    while (data.len > 0) {
        ssize_t n;
        if (client->ssl)
            n = SSL_write(client->ssl, data.ptr, (int)data.len);
        else
            n = send(client->fd, data.ptr, data.len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        data = str_sub(data, (size_t)n, data.len);
    }
    return true;
}

bool client_send_text(struct client *client, const char *text)
{
    return client_send(client, str_of(text));
}

/* False at the end of the connection. */
static bool receive(struct client *client)
{
    char *room = buf_reserve(&client->in, 16 * 1024);
    assert_non_null(room);
    errno = 0;
    ssize_t n = client->ssl ? SSL_read(client->ssl, room, 16 * 1024)
                            : recv(client->fd, room, 16 * 1024, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("the server neither answers nor closes");
    if (n <= 0)
        return false;
    buf_commit(&client->in, (size_t)n);
    return true;
}

static const char *head_end(const struct client *client)
{
    return client->in.len ? memmem(client->in.ptr, client->in.len, "\r\n\r\n", 4) : NULL;
}

bool answer_has(const struct answer *answer, const char *line)
{
    return strstr(answer->head, line) != NULL;
}

static size_t body_length(const struct answer *answer)
{
    static const char name[] = "\r\nContent-Length: ";
    const char *at = strstr(answer->head, name);
    uint64_t length = 0;
    if (!at)
        return 0;
    struct str value = str_of(at + sizeof name - 1), line;
    assert_true(str_cut(&value, '\r', &line) && str_to_u64(line, ANSWER_MAX, &length));
    return (size_t)length;
}

bool client_read_until(struct client *client, const char *text)
{
    size_t len = strlen(text);
    for (;;) {
        char *at = client->in.len ? memmem(client->in.ptr, client->in.len, text, len) : NULL;
        if (at) {
            buf_consume(&client->in, (size_t)(at - client->in.ptr) + len);
            return true;
        }
        if (!receive(client))
            return false;
    }
}

void client_answer(struct client *client, struct answer *answer, bool head)
{
    *answer = (struct answer){0};
    buf_init(&answer->body, ANSWER_MAX);
    while (!head_end(client)) {
        if (!receive(client))
            return;
    }
    size_t len = (size_t)(head_end(client) - client->in.ptr) + 4;
    assert_true(len < sizeof answer->head);
    memcpy(answer->head, client->in.ptr, len);
    buf_consume(&client->in, len);
    uint64_t status;
    assert_true(str_to_u64(str_sub(str_of(answer->head), 9, 3), 999, &status));
    size_t want = head || status < 200 || status == 204 || status == 304 ? 0 : body_length(answer);
    while (client->in.len < want) {
        if (!receive(client))
            return;
    }
    answer->status = (int)status;
    buf_add(&answer->body, client->in.ptr, want);
    buf_consume(&client->in, want);
}

void answer_done(struct answer *answer)
{
    buf_done(&answer->body);
}

void client_expect(struct client *client, const char *request, int status, const char *body)
{
    struct answer answer;
    client_send_text(client, request);
    client_answer(client, &answer, strncmp(request, "HEAD ", 5) == 0);
    if (answer.status != status)
        fail_msg("%.40s: got %d, want %d", request, answer.status, status);
    if (body)
        assert_str_text(buf_str(&answer.body), body);
    answer_done(&answer);
}

void client_expect_end(struct client *client)
{
    while (receive(client))
        buf_clear(&client->in);
}
