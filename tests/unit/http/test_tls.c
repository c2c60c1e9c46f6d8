/* SPDX-License-Identifier: Apache-2.0 */
/* What is particular to TLS: versions, ALPN, tickets, a new certificate, plain HTTP on its port. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

#define GET_QUICK "GET /quick HTTP/1.1\r\nHost: h\r\n\r\n"

static void check_name(const struct client *client, const char *name)
{
    X509 *certificate = SSL_get1_peer_certificate(client->ssl);
    char text[64] = "";
    assert_non_null(certificate);
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text,
                              sizeof text);
    X509_free(certificate);
    assert_string_equal(text, name);
}

static void test_reload(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    const struct tls_config tls = {live->certificate, live->key, NULL, true};
    struct client before, after;
    struct err err;
    client_open(&before, live, true);
    check_name(&before, "first");
    live_make_certificate(live, "second");
    assert_ok(server_reload_tls(live->server, &tls, &err), &err);
    client_open(&after, live, true);
    check_name(&after, "second");
    client_expect(&before, GET_QUICK, 200, "quick");
    client_expect(&after, GET_QUICK, 200, "quick");
    client_close(&after);
    /* a bad pair changes nothing */
    const struct tls_config bad = {live->certificate, "/nowhere/key", NULL, true};
    assert_fails(server_reload_tls(live->server, &bad, &err), &err, ERR_NOT_FOUND);
    client_open(&after, live, true);
    check_name(&after, "second");
    client_close(&before);
    client_close(&after);
    live_end(live);
}

static void test_plain_on_tls_port(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    struct client client;
    client_open_raw(&client, live, true);
    client_expect(&client, GET_QUICK, 400, NULL);
    client_expect_end(&client);
    client_close(&client);
    struct server_stats stats;
    server_stats(live->server, &stats);
    assert_int_equal(stats.handshakes_failed, 1);
    live_end(live);
}

/* Shake hands with a prepared context; the version agreed on, or 0. */
static int shake(struct client *client, const struct live *live, SSL_CTX *context)
{
    client_open_raw(client, live, true);
    client->context = context;
    client->ssl = SSL_new(context);
    SSL_set_fd(client->ssl, client->fd);
    return SSL_connect(client->ssl) == 1 ? SSL_version(client->ssl) : 0;
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        int version;
        const char *alpn; /* in wire form; NULL: none */
        int agreed;
    } cases[] = {
        {TLS1_3_VERSION, NULL, TLS1_3_VERSION},
        {TLS1_2_VERSION, NULL, TLS1_2_VERSION},
        {TLS1_1_VERSION, NULL, 0},
        {TLS1_3_VERSION, "\x02h2\x08http/1.1", TLS1_3_VERSION},
        {TLS1_2_VERSION, "\x08http/1.1", TLS1_2_VERSION},
        {TLS1_3_VERSION, "\x02h2", 0},
    };
    struct live *live = live_start(NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct client client;
        SSL_CTX *context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_min_proto_version(context, cases[i].version);
        SSL_CTX_set_max_proto_version(context, cases[i].version);
        const char *alpn = cases[i].alpn;
        if (alpn)
            SSL_CTX_set_alpn_protos(context, (const unsigned char *)alpn, (unsigned)strlen(alpn));
        int agreed = shake(&client, live, context);
        if (agreed != cases[i].agreed)
            fail_msg("row %zu: agreed on %x", i, (unsigned)agreed);
        if (agreed)
            client_expect(&client, GET_QUICK, 200, "quick");
        client_close(&client);
    }
    live_end(live);
}

/* A second connection may use the ticket of the first. */
static void test_ticket(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct live *live = live_start(NULL);
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        struct client first, second;
        SSL_CTX *context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_max_proto_version(context, versions[i]);
        SSL_CTX_up_ref(context);
        assert_true(shake(&first, live, context) != 0);
        client_expect(&first, GET_QUICK, 200, "quick"); /* the ticket comes with it in 1.3 */
        SSL_SESSION *session = SSL_get1_session(first.ssl);
        client_open_raw(&second, live, true);
        second.context = context;
        second.ssl = SSL_new(context);
        SSL_set_fd(second.ssl, second.fd);
        SSL_set_session(second.ssl, session);
        assert_int_equal(SSL_connect(second.ssl), 1);
        assert_true(SSL_session_reused(second.ssl));
        client_expect(&second, GET_QUICK, 200, "quick");
        SSL_SESSION_free(session);
        client_close(&first);
        client_close(&second);
    }
    live_end(live);
}

/* The end is told by a closing alert, so that a truncation can be told from it. */
static void test_close_notify(void **state)
{
    (void)state;
    struct live *live = live_start(NULL);
    struct client client;
    char more;
    client_open(&client, live, true);
    client_expect(&client, "GET /quick HTTP/1.0\r\n\r\n", 200, "quick");
    int n = SSL_read(client.ssl, &more, 1);
    assert_int_equal(SSL_get_error(client.ssl, n), SSL_ERROR_ZERO_RETURN);
    client_close(&client);
    live_end(live);
}

/* A record that never ends, sent while the server only swallows: it must wait for the rest, and
 * serve others meanwhile. */
static void test_partial_record(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "bad\r\n\r\n",                                                 /* then it lingers */
        "PUT /early HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n", /* or drains */
    };
    static const char record[] = {0x17, 3, 3, 0, 100, 1, 2, 3};
    const struct server_limits limits = {.reactors = 1};
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        struct live *live = live_start(&limits);
        struct client client, other;
        client_open(&client, live, true);
        client_expect(&client, requests[i], i == 0 ? 400 : 401, NULL);
        assert_int_equal(write(client.fd, record, sizeof record), sizeof record);
        for (int round = 0; round < 3; round++) {
            client_open(&other, live, false);
            client_expect(&other, GET_QUICK, 200, "quick");
            client_close(&other);
        }
        client_close(&client);
        live_end(live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reload),       cmocka_unit_test(test_plain_on_tls_port),
        cmocka_unit_test(test_versions),     cmocka_unit_test(test_ticket),
        cmocka_unit_test(test_close_notify), cmocka_unit_test(test_partial_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
