/* SPDX-License-Identifier: Apache-2.0 */
/* POST by libcurl. The address is looked at when the socket is made for it: it is the one that is
 * connected to, whatever else the name may mean a moment before or after. */
#include "post.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macro.h"

DEFINE_CLEANUP(CURL, curl_easy_cleanup)
DEFINE_CLEANUP(CURLU, curl_url_cleanup)
DEFINE_CLEANUP(char, curl_free)
DEFINE_CLEANUP(struct curl_slist, curl_slist_free_all)

struct attempt {
    const struct post *post;
    const char *host;
    size_t received;
    bool refused; /* an address, */
    bool opened;  /* but not every one */
};

static bool to_ip(const struct curl_sockaddr *address, struct ip *out)
{
    static const uint8_t ipv4[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address->family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)&address->addr;
        memcpy(out->bytes, &in6->sin6_addr, IP_BYTES);
        return true;
    }
    if (address->family != AF_INET)
        return false;
    const struct sockaddr_in *in = (const void *)&address->addr;
    memcpy(out->bytes, ipv4, sizeof ipv4);
    memcpy(out->bytes + sizeof ipv4, &in->sin_addr, IP_BYTES - sizeof ipv4);
    return true;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct attempt *attempt = context;
    struct ip ip;
    (void)purpose;
    if (!to_ip(address, &ip) || !outside_allows(attempt->post->allowed, attempt->host, &ip)) {
        attempt->refused = true;
        return CURL_SOCKET_BAD;
    }
    attempt->opened = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Headers and body are counted, and thrown away. */
static size_t receive(char *data, size_t size, size_t count, void *context)
{
    struct attempt *attempt = context;
    (void)data;
    attempt->received += size * count;
    return attempt->received <= POST_ANSWER_MAX ? size * count : 0;
}

static int progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                    curl_off_t up)
{
    const struct attempt *attempt = context;
    const struct post *post = attempt->post;
    (void)down_total, (void)down, (void)up_total, (void)up;
    return post->is_stopping && post->is_stopping(post->owner);
}

static void set_request(CURL *curl, CURLU *parts, const struct post *post,
                        struct curl_slist *headers)
{
    curl_easy_setopt(curl, CURLOPT_CURLU, parts);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.len);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body.ptr);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
}

static void set_limits(CURL *curl, struct attempt *attempt)
{
    enum { CONNECT_SECONDS = 10 };
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)POST_SECONDS_MAX);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, attempt);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, attempt);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, attempt);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, attempt);
}

static int judge(CURL *curl, CURLcode code, const struct attempt *attempt, const char *problem,
                 struct err *err)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status >= 200 && status <= 299)
        return 0;
    if (code != CURLE_OK && attempt->refused && !attempt->opened)
        return err_set(err, ERR_DENIED, "the registry does not call this host");
    if (code == CURLE_OK)
        return err_set(err, ERR_IO, "the answer was %ld", status);
    err_set(err, ERR_IO, "the address could not be called");
    return err_detail(err, "%s: %s", attempt->host,
                      problem[0] ? problem : curl_easy_strerror(code));
}

static int perform(const struct post *post, CURLU *parts, const char *host, struct err *err)
{
    char problem[CURL_ERROR_SIZE] = "";
    struct attempt attempt = {.post = post, .host = host};
    _cleanup_(curl_easy_cleanupp) CURL *curl = curl_easy_init();
    _cleanup_(curl_slist_free_allp) struct curl_slist *headers = curl_slist_append(
        NULL, "Content-Type: application/json");
    if (!curl || !headers || !curl_slist_append(headers, "User-Agent: wharf"))
        return err_set(err, ERR_INTERNAL, "the client cannot be set up");
    set_request(curl, parts, post, headers);
    set_limits(curl, &attempt);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
    return judge(curl, curl_easy_perform(curl), &attempt, problem, err);
}

int post_begin(struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "the client cannot be set up");
    return 0;
}

void post_end(void)
{
    curl_global_cleanup();
}

int post_json(const struct post *post, struct err *err)
{
    _cleanup_(curl_url_cleanupp) CURLU *parts = curl_url();
    _cleanup_(curl_freep) char *host = NULL;
    if (outside_check(post->allowed, post->url, err) != 0) {
        err->code = err->code == ERR_INVALID ? ERR_DENIED : err->code;
        return -1;
    }
    if (!parts || curl_url_set(parts, CURLUPART_URL, post->url, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return err_set(err, ERR_INTERNAL, "the client cannot be set up");
    return perform(post, parts, host, err);
}
