/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

char live_byte(size_t at)
{
    return (char)('a' + (at * 7 + at / 251) % 26);
}

long live_cpu_ms(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

void live_wait(const atomic_int *counter, int value)
{
    for (int i = 0; i < CLIENT_TIMEOUT_S * 1000; i++) {
        if (atomic_load(counter) >= value)
            return;
        poll(NULL, 0, 1);
    }
    fail_msg("a counter stayed at %d, want %d", atomic_load(counter), value);
}

/* --- the application --- */

struct upload {
    struct live *live;
    uint64_t length, sum;
    bool broken;
};

static int upload_write(void *context, const void *data, size_t len, struct err *err)
{
    struct upload *upload = context;
    const unsigned char *bytes = data;
    if (upload->broken)
        return err_set(err, ERR_NO_SPACE, "no space");
    for (size_t i = 0; i < len; i++)
        upload->sum += bytes[i];
    upload->length += len;
    return 0;
}

static void upload_finish(void *context, struct request *request, struct reply *reply)
{
    struct upload *upload = context;
    const char *text = arena_printf(request->arena, "%llu %llu", (unsigned long long)upload->length,
                                    (unsigned long long)upload->sum);
    reply_bytes(reply, 201, "text/plain", str_of(text));
    atomic_fetch_add(&upload->live->finishes, 1);
}

static void upload_abort(void *context)
{
    struct upload *upload = context;
    atomic_fetch_add(&upload->live->aborts, 1);
}

static bool app_quick(void *context, struct request *request, struct reply *reply)
{
    (void)context;
    if (!str_eq(request->path, STR("/quick")))
        return false;
    reply_bytes(reply, 200, "text/plain", STR("quick"));
    return true;
}

static void answer_large(struct request *request, struct reply *reply)
{
    char *bytes = arena_alloc(request->arena, LIVE_FILE_SIZE);
    for (size_t i = 0; i < LIVE_FILE_SIZE; i++)
        bytes[i] = live_byte(i);
    reply_bytes(reply, 200, NULL, (struct str){bytes, LIVE_FILE_SIZE});
}

static void answer_cold(const struct live *live, struct reply *reply)
{
    fdatasync(live->files[0]);
    posix_fadvise(live->files[0], 0, 0, POSIX_FADV_DONTNEED);
    reply_file(reply, NULL, dup(live->files[0]), LIVE_FILE_SIZE, "\"tag\"");
}

static void answer_held(struct live *live, struct reply *reply)
{
    pthread_mutex_lock(&live->lock);
    while (!live->released)
        pthread_cond_wait(&live->release, &live->lock);
    pthread_mutex_unlock(&live->lock);
    reply_bytes(reply, 200, "text/plain", STR("held"));
}

static void answer_stream(struct live *live, struct reply *reply)
{
    stream_unref(live->stream);
    live->stream = stream_new("beat ");
    stream_write(live->stream, STR("hello "));
    reply_stream(reply, "text/plain", stream_ref(live->stream));
}

static bool app_start(void *context, struct request *request, struct reply *reply,
                      struct body_sink *sink)
{
    struct live *live = context;
    struct str path = request->path;
    atomic_fetch_add(&live->starts, 1);
    if (str_eq(path, STR("/upload")) || str_eq(path, STR("/broken"))) {
        struct upload *upload = arena_alloc(request->arena, sizeof *upload);
        *upload = (struct upload){.live = live, .broken = str_eq(path, STR("/broken"))};
        *sink = (struct body_sink){upload_write, upload_finish, upload_abort, upload,
                                   LIVE_UPLOAD_MAX};
        return true;
    }
    if (str_eq(path, STR("/work")))
        reply_bytes(reply, 200, "text/plain", STR("work"));
    else if (str_eq(path, STR("/large")))
        answer_large(request, reply);
    else if (str_eq(path, STR("/file")))
        reply_file(reply, NULL, dup(live->files[0]), LIVE_FILE_SIZE, "\"tag\"");
    else if (str_eq(path, STR("/cold")))
        answer_cold(live, reply);
    else if (str_eq(path, STR("/small")))
        reply_file(reply, NULL, dup(live->files[1]), LIVE_SMALL_FILE_SIZE, "\"tag\"");
    else if (str_eq(path, STR("/hold")))
        answer_held(live, reply);
    else if (str_eq(path, STR("/stream")))
        answer_stream(live, reply);
    else if (str_eq(path, STR("/early")))
        reply_bytes(reply, 401, "text/plain", STR("early"));
    else
        reply_bytes(reply, 404, "text/plain", STR("unknown"));
    return false;
}

static void app_error(void *context, struct request *request, struct reply *reply, int status,
                      const struct err *err)
{
    struct live *live = context;
    (void)request;
    atomic_fetch_add(&live->errors, 1);
    if (status == 0)
        status = err->code == ERR_NO_SPACE ? 507 : 500;
    reply_bytes(reply, status, "text/plain", arena_str(reply->arena, str_of(err->msg)));
}

static void app_done(void *context, const struct request *request, const struct reply *reply,
                     uint64_t sent, struct buf *log)
{
    struct live *live = context;
    (void)log;
    bool head = request && request->method == METHOD_HEAD;
    if (reply->status == 0 || (reply->body == REPLY_BYTES && sent < reply->bytes.len && !head))
        atomic_fetch_add(&live->lost, 1);
    atomic_fetch_add(&live->dones, 1);
}

/* --- the server --- */

void live_make_certificate(struct live *live, const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    assert_true(key && certificate);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = fopen(live->certificate, "w");
    assert_true(file && PEM_write_X509(file, certificate) == 1);
    fclose(file);
    file = fopen(live->key, "w");
    assert_true(file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static int make_file(struct live *live, const char *name, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", live->directory, name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char *bytes = malloc(size);
    struct err err;
    assert_true(fd >= 0 && bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = live_byte(i);
    assert_ok(file_write_all(fd, bytes, size, &err), &err);
    free(bytes);
    unlink(path);
    return fd;
}

static const struct listener_config listeners[] = {{"127.0.0.1:0", false}, {"127.0.0.1:0", true}};

struct live *live_start(const struct server_limits *limits)
{
    struct live *live = calloc(1, sizeof *live);
    struct err err;
    signal(SIGPIPE, SIG_IGN); /* of OpenSSL's own socket writes in the client */
    assert_non_null(live);
    snprintf(live->directory, sizeof live->directory, "/tmp/wharf-http-XXXXXX");
    assert_non_null(mkdtemp(live->directory));
    snprintf(live->certificate, sizeof live->certificate, "%s/cert", live->directory);
    snprintf(live->key, sizeof live->key, "%s/key", live->directory);
    live_make_certificate(live, "first");
    live->files[0] = make_file(live, "large", LIVE_FILE_SIZE);
    live->files[1] = make_file(live, "small", LIVE_SMALL_FILE_SIZE);
    pthread_mutex_init(&live->lock, NULL);
    pthread_cond_init(&live->release, NULL);
    const struct http_app app = {live, app_quick, app_start, app_error, app_done, NULL};
    const struct tls_config tls = {live->certificate, live->key, NULL, true};
    assert_ok(server_new(listeners, ARRAY_LEN(listeners), &tls, limits, &app, &live->server, &err),
              &err);
    assert_ok(server_start(live->server, &err), &err);
    return live;
}

void live_release(struct live *live)
{
    pthread_mutex_lock(&live->lock);
    live->released = true;
    pthread_cond_broadcast(&live->release);
    pthread_mutex_unlock(&live->lock);
}

void live_end(struct live *live)
{
    live_release(live);
    server_stop(live->server);
    struct server_stats stats;
    server_stats(live->server, &stats);
    assert_int_equal(stats.open, 0);
    assert_int_equal(stats.idle, 0);
    server_free(live->server);
    stream_unref(live->stream);
    unlink(live->certificate);
    unlink(live->key);
    rmdir(live->directory);
    close(live->files[0]);
    close(live->files[1]);
    pthread_mutex_destroy(&live->lock);
    pthread_cond_destroy(&live->release);
    free(live);
}
