/* SPDX-License-Identifier: Apache-2.0 */
/* wharf-load: makes load on a registry over HTTP/1.1 and prints what was measured as one JSON
 * object. The driver, bench.py, starts the servers and runs it; bench/README.md has the commands.
 */
#include "load.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"

static const struct command {
    const char *name;
    void (*run)(const struct options *options, struct result *result);
} commands[] = {
    {"get", get_run},   {"pull", pull_run},   {"connect", connect_run},
    {"push", push_run}, {"image", image_run}, {"hold", hold_run},
};

enum option_key {
    OPTION_ADDRESS,
    OPTION_TLS,
    OPTION_CONNECTIONS,
    OPTION_COUNT,
    OPTION_MS,
    OPTION_WARM_MS,
    OPTION_BYTES,
    OPTION_KIND,
    OPTION_REPOSITORY,
    OPTION_HEADER,
    OPTION_PID,
};

static const struct option long_options[] = {
    {"address", required_argument, NULL, OPTION_ADDRESS},
    {"tls", no_argument, NULL, OPTION_TLS},
    {"connections", required_argument, NULL, OPTION_CONNECTIONS},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"ms", required_argument, NULL, OPTION_MS},
    {"warm-ms", required_argument, NULL, OPTION_WARM_MS},
    {"bytes", required_argument, NULL, OPTION_BYTES},
    {"kind", required_argument, NULL, OPTION_KIND},
    {"repository", required_argument, NULL, OPTION_REPOSITORY},
    {"header", required_argument, NULL, OPTION_HEADER},
    {"pid", required_argument, NULL, OPTION_PID},
    {NULL, 0, NULL, 0},
};

void die(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fflush(stdout);
    fputs("wharf-load: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    _exit(1);
}

static uint64_t number(const char *text, uint64_t max)
{
    uint64_t value;
    if (!str_to_u64(str_of(text), max, &value))
        die("%s is not a number up to %llu", text, (unsigned long long)max);
    return value;
}

/* "127.0.0.1:5000" */
static void set_address(struct options *options, const char *text)
{
    char name[INET_ADDRSTRLEN];
    const char *colon = strchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof name || strlen(text) >= sizeof options->host)
        die("--address is ADDRESS:PORT");
    snprintf(name, sizeof name, "%.*s", (int)(colon - text), text);
    snprintf(options->host, sizeof options->host, "%s", text);
    options->address.sin_family = AF_INET;
    options->address.sin_port = htons((uint16_t)number(colon + 1, UINT16_MAX));
    if (inet_pton(AF_INET, name, &options->address.sin_addr) != 1)
        die("%s is not an IPv4 address", name);
}

static void add_pid(struct options *options, const char *text)
{
    if (options->pid_count == PIDS_MAX)
        die("at most %d processes", PIDS_MAX);
    options->pids[options->pid_count++] = (pid_t)number(text, INT32_MAX);
}

static void set_option(struct options *options, int key, const char *value)
{
    switch ((enum option_key)key) {
    case OPTION_ADDRESS:
        set_address(options, value);
        break;
    case OPTION_TLS:
        options->tls = conn_tls_new();
        break;
    case OPTION_CONNECTIONS:
        options->connections = (unsigned)number(value, CONNECTIONS_MAX);
        break;
    case OPTION_COUNT:
        options->count = (unsigned)number(value, 1000000);
        break;
    case OPTION_MS:
        options->ms = (unsigned)number(value, 3600000);
        break;
    case OPTION_WARM_MS:
        options->warm_ms = (unsigned)number(value, 60000);
        break;
    case OPTION_BYTES:
        options->bytes = number(value, UINT64_C(8) << 30);
        break;
    case OPTION_KIND:
        options->kind = value;
        break;
    case OPTION_REPOSITORY:
        options->repository = value;
        break;
    case OPTION_HEADER:
        buf_printf(&options->headers, "%s\r\n", value);
        break;
    case OPTION_PID:
        add_pid(options, value);
        break;
    }
}

static void parse_options(int argc, char **argv, struct options *options)
{
    int key;
    *options = (struct options){.connections = 1, .ms = 1000, .warm_ms = 300};
    buf_init(&options->headers, 32 * 1024);
    while ((key = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (key == '?')
            die("see bench/README.md");
        set_option(options, key, optarg);
    }
    for (int i = optind; i < argc; i++) {
        if (options->path_count == PATHS_MAX)
            die("at most %d paths", PATHS_MAX);
        options->paths[options->path_count++] = argv[i];
    }
    if (options->address.sin_port == 0 || options->connections == 0 || !buf_ok(&options->headers))
        die("--address and --connections are needed, and headers of less than 32 KB");
}

static void print_result(const struct result *result)
{
    printf("{\"requests\":%llu,\"bytes\":%llu,\"elapsed_us\":%lld,\"server_cpu_us\":%lld,"
           "\"client_cpu_us\":%lld,\"machine_cpu_us\":%lld,\"steal_us\":%lld,"
           "\"rss\":%llu,\"rss_anon\":%llu,"
           "\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f%.*s}\n",
           (unsigned long long)result->requests, (unsigned long long)result->bytes,
           (long long)result->elapsed_us, (long long)result->server_cpu_us,
           (long long)result->client_cpu_us, (long long)result->machine_cpu_us,
           (long long)result->steal_us, (unsigned long long)result->rss,
           (unsigned long long)result->rss_anon, hist_at(&result->latency, 0.5),
           hist_at(&result->latency, 0.9), hist_at(&result->latency, 0.99),
           hist_at(&result->latency, 1), STR_FMT(buf_str(&result->extra)));
}

int main(int argc, char **argv)
{
    static struct options options;
    static struct result result;
    if (argc < 2)
        die("usage: wharf-load COMMAND --address ADDRESS:PORT [options] [path...]");
    signal(SIGPIPE, SIG_IGN); /* OpenSSL cannot be told per write */
    parse_options(argc - 1, argv + 1, &options);
    buf_init(&result.extra, 64 * 1024);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            commands[i].run(&options, &result);
            print_result(&result);
            buf_done(&result.extra);
            buf_done(&options.headers);
            SSL_CTX_free(options.tls);
            return 0;
        }
    die("no command %s", argv[1]);
}
