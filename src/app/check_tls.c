/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate and ports: the two things that keep a configured registry from answering most
 * often. The server itself is asked, with a server that is made and not started: what it accepts
 * here it accepts at the start. */
#include "check_tls.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { WARN_DAYS = 14 };

static X509 *read_certificate(const char *path)
{
    FILE *file = fopen(path, "re");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    return certificate;
}

static void judge_dates(const struct settings *settings, struct arena *arena,
                        struct check_result *out)
{
    const char *path = settings->tls.certificate_file;
    int days = 0, seconds = 0;
    X509 *certificate = read_certificate(path);
    bool readable = certificate &&
                    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1;
    bool early = readable && X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0;
    X509_free(certificate);
    const char *renew = "renew the certificate, then: systemctl reload wharf";
    if (!readable)
        *out = (struct check_result){CHECK_PROBLEM,
                                     arena_printf(arena, "%s is no certificate", path),
                                     "put the PEM certificate chain there"};
    else if (early)
        *out = (struct check_result){CHECK_PROBLEM, "the certificate is not valid yet",
                                     "set the clock, or wait"};
    else if (days < 0 || seconds < 0)
        *out = (struct check_result){CHECK_PROBLEM, "the certificate has expired", renew};
    else
        *out = (struct check_result){
            days < WARN_DAYS ? CHECK_WARNING : CHECK_OK,
            arena_printf(arena, "the certificate is valid for %d more days", days),
            days < WARN_DAYS ? renew : NULL};
}

/* A server on a port of the system's choosing, to try something with. */
static int try_server(const struct listener_config *listener, const struct tls_config *tls,
                      struct err *err)
{
    static const struct http_app nothing = {0};
    struct server_limits limits = {.reactors = 1};
    _cleanup_(server_freep) struct server *server = NULL;
    return server_new(listener, 1, tls, &limits, &nothing, &server, err);
}

void check_tls(const struct settings *settings, struct arena *arena, struct check_result *out)
{
    struct err err = {0};
    struct listener_config any_port = {.address = "127.0.0.1:0", .tls = true};
    if (!settings->tls.certificate_file) {
        *out = (struct check_result){CHECK_OK, "TLS is not configured", NULL};
        return;
    }
    if (try_server(&any_port, &settings->tls, &err) != 0) {
        *out = (struct check_result){
            CHECK_PROBLEM,
            arena_printf(arena, "%s%s%s", err.msg, err.detail[0] ? ": " : "", err.detail),
            arena_printf(arena, "chown %u %s && chmod 600 %s", (unsigned)geteuid(),
                         settings->tls.key_file, settings->tls.key_file)};
        return;
    }
    judge_dates(settings, arena, out);
}

void check_ports(const struct settings *settings, struct arena *arena, struct check_result *out)
{
    for (size_t i = 0; i < settings->listener_count; i++) {
        struct err err = {0};
        struct listener_config plain = {.address = settings->listeners[i].address};
        if (try_server(&plain, NULL, &err) == 0)
            continue;
        const char *port = strrchr(plain.address, ':');
        *out = (struct check_result){
            err.code == ERR_BUSY ? CHECK_WARNING : CHECK_PROBLEM, arena_strdup(arena, err.msg),
            arena_printf(arena,
                         "fine when it is wharf that runs; else: ss -ltnp 'sport = %s' tells who",
                         port ? port : plain.address)};
        return;
    }
    *out = (struct check_result){CHECK_OK, "all addresses are free to listen on", NULL};
}
