/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets. Options that an accepted socket inherits from its listener are set here, once,
 * and not for every connection. */
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

enum { HOST_MAX = 256 };

static int split_address(struct str address, char host[HOST_MAX], char port[8], struct err *err)
{
    ptrdiff_t colon = str_find_last(address, ':');
    uint64_t number;
    struct str name = str_sub(address, 0, colon > 0 ? (size_t)colon : 0);
    if (colon < 0 || !str_to_u64(str_sub(address, (size_t)colon + 1, address.len), 65535, &number))
        return err_set(err, ERR_INVALID, "%.*s: not an address of the form host:port",
                       STR_FMT(address));
    if (name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = str_sub(name, 1, name.len - 2);
    else if (str_find(name, ':') >= 0)
        return err_set(err, ERR_INVALID, "%.*s: an IPv6 address needs brackets", STR_FMT(address));
    if (name.len >= HOST_MAX)
        return err_set(err, ERR_INVALID, "listen address is too long");
    snprintf(host, HOST_MAX, "%.*s", STR_FMT(name));
    snprintf(port, 8, "%u", (unsigned)number);
    return 0;
}

static int bind_error(const char *address, struct err *err)
{
    if (errno == EADDRINUSE)
        return err_set(err, ERR_BUSY, "%s: the port is in use by another process", address);
    if (errno == EACCES)
        return err_set(err, ERR_DENIED, "%s: ports below 1024 need the right to bind them",
                       address);
    return err_set_errno(err, "%s: cannot listen", address);
}

static int set_option(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value);
}

static int open_one(const struct addrinfo *info, bool both, int *fd_out)
{
    _cleanup_close_ int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (info->ai_family == AF_INET6)
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1);
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0)
        return -1;
    *fd_out = fd;
    fd = -1;
    return 0;
}

static unsigned port_of(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
    /* The analyzer does not see that a zeroed sockaddr_storage is a zeroed sockaddr_in. */
    const struct sockaddr_in *v4 = (const void *)address;
    return ntohs(v4->sin_port); /* NOLINT(clang-analyzer-core.CallAndMessage) */
}

static struct addrinfo *look_up(const char *host, const char *port, int family)
{
    const struct addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    return getaddrinfo(host, port, &hints, &list) == 0 ? list : NULL;
}

int listener_open(const char *address, int *fd_out, unsigned *port_out, struct err *err)
{
    char host[HOST_MAX], port[8];
    if (split_address(str_of(address), host, port, err) != 0)
        return -1;
    bool all = host[0] == '\0';
    /* "All" is one IPv6 socket that takes IPv4 too; a machine without IPv6 gets an IPv4 one. */
    static const int families[] = {AF_INET6, AF_INET};
    int fd = -1;
    errno = EADDRNOTAVAIL;
    for (size_t i = all ? 0 : 1; i < ARRAY_LEN(families) && fd < 0; i++) {
        struct addrinfo *list = look_up(all ? NULL : host, port, all ? families[i] : AF_UNSPEC);
        if (!list)
            continue;
        int opened = open_one(list, all, &fd);
        int saved = errno;
        freeaddrinfo(list);
        errno = saved;
        if (opened != 0 && errno == EADDRINUSE)
            break;
    }
    if (fd < 0)
        return bind_error(address, err);
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound;
    getsockname(fd, (struct sockaddr *)&bound, &size);
    *fd_out = fd;
    *port_out = port_of(&bound);
    return 0;
}

static void format_remote(const struct sockaddr_storage *address, char out[INET6_ADDRSTRLEN])
{
    out[0] = '\0';
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        inet_ntop(AF_INET, &v4->sin_addr, out, INET6_ADDRSTRLEN);
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;
        if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
            inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], out, INET6_ADDRSTRLEN);
        else
            inet_ntop(AF_INET6, &v6->sin6_addr, out, INET6_ADDRSTRLEN);
    }
}

int listener_accept(int fd, char remote[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    int accepted = accept4(fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0)
        format_remote(&address, remote);
    return accepted;
}
