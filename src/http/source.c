/* SPDX-License-Identifier: Apache-2.0 */
/* RWF_NOWAIT tells whether a read would wait. Once a file is read in order, the kernel reads ahead
 * of us, so it is mostly the first piece of a cold file that takes the way over a worker. */
#include "source.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t read_nowait(const struct exchange *exchange, char *data, size_t len, uint64_t at)
{
    const struct iovec part = {data, len};
    return preadv2(exchange->reply.fd, &part, 1, (off_t)at, RWF_NOWAIT);
}

ssize_t source_read(struct exchange *exchange, char *data, size_t len)
{
    if (!exchange->may_wait) {
        ssize_t n = read_nowait(exchange, data, len, exchange->file_at);
        if (n >= 0)
            return n;
        if (errno == EAGAIN)
            return SOURCE_COLD;
        exchange->always_waits = true; /* this file system knows no such read */
    }
    exchange->may_wait = exchange->always_waits;
    return pread(exchange->reply.fd, data, len, (off_t)exchange->file_at);
}

bool source_is_warm(struct exchange *exchange, size_t len)
{
    char byte;
    bool skip = exchange->may_wait;
    exchange->may_wait = exchange->always_waits;
    if (skip || len == 0)
        return true;
    const uint64_t places[] = {exchange->file_at, exchange->file_at + len - 1};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (read_nowait(exchange, &byte, 1, places[i]) >= 0)
            continue;
        if (errno == EAGAIN)
            return false;
        exchange->always_waits = exchange->may_wait = true;
        return true;
    }
    return true;
}

void source_warm(struct exchange *exchange, char *scratch, size_t len)
{
    if (len > exchange->file_left)
        len = (size_t)exchange->file_left;
    ssize_t n = pread(exchange->reply.fd, scratch, len, (off_t)exchange->file_at);
    (void)n; /* a failure shows when it is sent */
    exchange->may_wait = true;
}
