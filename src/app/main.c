/* SPDX-License-Identifier: Apache-2.0 */
/* wharf: one binary for the server and its administration. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>

#include "app/cli.h"

/* glibc gives each thread a heap of its own, and keeps what they free: with dozens of workers that
 * is most of the memory. Two are enough, and large pieces go back to the system at once. */
static void limit_heaps(void)
{
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 512 * 1024);
}

static void print_error(const struct err *err)
{
    fflush(stdout);
    fprintf(stderr, "wharf: %s%s%s%s\n", err->msg, err->detail[0] ? " (" : "", err->detail,
            err->detail[0] ? ")" : "");
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct cli cli;
    struct err err = {0};
    bool help = false;
    int status = EXIT_USAGE;
    limit_heaps();
    signal(SIGPIPE, SIG_IGN);
    if (cli_parse(&arena, argc - 1, argv + 1, &cli, &help, &err) != 0) {
        print_error(&err);
    } else if (help) {
        cli_print_help(&cli);
        /* Only who asks for help, and does not forget a word, is done with it. */
        status = argc > (cli.group ? 2 : 1) ? EXIT_DONE : EXIT_USAGE;
    } else {
        status = cli.command->run(&cli, &err);
        if (status < 0) {
            print_error(&err);
            status = EXIT_FAILED;
        }
    }
    if (fflush(stdout) != 0 && status == EXIT_DONE)
        status = EXIT_FAILED;
    arena_done(&arena);
    return status;
}
