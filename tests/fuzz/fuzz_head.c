/* SPDX-License-Identifier: Apache-2.0 */
/* A head gives the same answer in one piece and byte by byte, and what is accepted can be framed in
 * one way only. */
#include "fuzz.h"
#include "http/head.h"

enum { HEAD_MAX = 4096 };

static enum head_result find(struct str in, size_t step, size_t *len_out, struct refusal *refusal)
{
    struct head_scan scan = {0};
    enum head_result result = HEAD_INCOMPLETE;
    for (size_t end = step; end < in.len && result == HEAD_INCOMPLETE; end += step)
        result = head_find(&scan, str_sub(in, 0, end), HEAD_MAX, len_out, refusal);
    if (result == HEAD_INCOMPLETE)
        result = head_find(&scan, in, HEAD_MAX, len_out, refusal);
    return result;
}

static void check_accepted(const struct request *request, struct str head)
{
    struct str value = request_header(request, STR("Transfer-Encoding"));
    must(request->path.len > 0 && request->path.ptr[0] == '/');
    must(str_find(request->path, '?') < 0);
    must(request->version_minor == 0 || request_header(request, STR("host")).ptr);
    must(!value.ptr || request->body_length == BODY_LENGTH_CHUNKED);
    must(!value.ptr || !request_header(request, STR("Content-Length")).ptr);
    must(request->header_count <= HEADERS_MAX);
    must(str_find(head, '\0') < 0);
    for (size_t i = 0; i + 1 < head.len; i++)
        must((head.ptr[i] == '\r') == (head.ptr[i + 1] == '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = {(const char *)data, size};
    struct refusal refusal, again;
    size_t len = 0, len_again = 0;
    enum head_result result = find(in, size + 1, &len, &refusal);
    enum head_result in_steps = find(in, 1, &len_again, &again);
    must(result == in_steps || result == HEAD_REFUSED || in_steps == HEAD_REFUSED);
    must(result != HEAD_COMPLETE || in_steps != HEAD_COMPLETE || len == len_again);
    if (result != HEAD_COMPLETE)
        return 0;
    struct request request;
    bool expects_100;
    must(len <= size && len <= HEAD_MAX);
    if (head_parse(str_sub(in, 0, len), &request, &expects_100, &refusal))
        check_accepted(&request, str_sub(in, 0, len));
    else
        must(refusal.status >= 400 && refusal.reason);
    return 0;
}
