/* SPDX-License-Identifier: Apache-2.0 */
/* The head parser. It goes through the head once, line by line, with one table that says which
 * bytes may stand where; the few headers that decide framing are known by a table as well. */
#include "head.h"

enum { REQUEST_LINE_MAX = TARGET_MAX + 32 };

enum char_class { IN_TOKEN = 1, IN_VALUE = 2, IN_TARGET = 4, IN_HOST = 8 };

#define T (IN_TOKEN | IN_VALUE | IN_TARGET)           /* token punctuation */
#define A (IN_TOKEN | IN_VALUE | IN_TARGET | IN_HOST) /* also in a host name */
#define V (IN_VALUE | IN_TARGET)                      /* delimiters */
#define H (IN_VALUE | IN_TARGET | IN_HOST)            /* ':' and the brackets of an IPv6 address */
#define B (IN_VALUE)                                  /* blanks, '#', bytes above ASCII */

__extension__ static const uint8_t classes[256] = {
    ['\t'] = B,        [' '] = B, ['!'] = A,           ['"'] = V,  ['#'] = IN_VALUE | IN_TOKEN,
    ['$'] = A,         ['%'] = A, ['&'] = A,           ['\''] = A, ['('] = H,
    [')'] = H,         ['*'] = A, ['+'] = A,           [','] = H,  ['-'] = A,
    ['.'] = A,         ['/'] = V, ['0' ... '9'] = A,   [':'] = H,  [';'] = H,
    ['<'] = V,         ['='] = H, ['>'] = V,           ['?'] = V,  ['@'] = V,
    ['A' ... 'Z'] = A, ['['] = H, ['\\'] = V,          [']'] = H,  ['^'] = T,
    ['_'] = A,         ['`'] = T, ['a' ... 'z'] = A,   ['{'] = V,  ['|'] = T,
    ['}'] = V,         ['~'] = A, [0x80 ... 0xff] = B,
};

#undef T
#undef A
#undef V
#undef H
#undef B

static bool all_in(struct str s, enum char_class class)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!(classes[(uint8_t)s.ptr[i]] & class))
            return false;
    }
    return true;
}

static bool refuse(struct refusal *refusal, int status, const char *reason)
{
    *refusal = (struct refusal){status, reason};
    return false;
}

static enum head_result too_long(const struct head_scan *scan, struct str in, size_t max,
                                 struct refusal *refusal)
{
    if (scan->line == 0 && in.len > REQUEST_LINE_MAX)
        refuse(refusal, 414, "the request target is too long");
    else if (in.len >= max)
        refuse(refusal, 431, "the request head is too long");
    else
        return HEAD_INCOMPLETE;
    return HEAD_REFUSED;
}

enum head_result head_find(struct head_scan *scan, struct str in, size_t max, size_t *len_out,
                           struct refusal *refusal)
{
    /* Whoever speaks another protocol shall hear it now, not at the deadline. */
    if (scan->looked == 0 && in.len > 0 && in.ptr[0] != '\r' &&
        !(classes[(uint8_t)in.ptr[0]] & IN_TOKEN)) {
        refuse(refusal, 400, "the request line is malformed");
        return HEAD_REFUSED;
    }
    for (;;) {
        const char *from = in.ptr + scan->looked;
        const char *end = in.len > scan->looked ? memchr(from, '\n', in.len - scan->looked) : NULL;
        if (!end) {
            scan->looked = in.len;
            return too_long(scan, in, max, refusal);
        }
        size_t at = (size_t)(end - in.ptr);
        if (at == scan->line || end[-1] != '\r') {
            refuse(refusal, 400, "a line of the head does not end in CRLF");
            return HEAD_REFUSED;
        }
        bool empty = at == scan->line + 1;
        scan->looked = at + 1;
        if (empty || at >= max || (scan->line == 0 && at > REQUEST_LINE_MAX)) {
            *len_out = at + 1;
            struct str whole = {in.ptr, at + 1};
            return too_long(scan, whole, max, refusal) == HEAD_REFUSED ? HEAD_REFUSED
                                                                       : HEAD_COMPLETE;
        }
        scan->line = at + 1;
    }
}

/* --- the request line --- */

static bool parse_version(struct str text, struct request *request, struct refusal *refusal)
{
    bool shaped = text.len == 8 && str_starts(text, STR("HTTP/")) && char_is_digit(text.ptr[5]) &&
                  text.ptr[6] == '.' && char_is_digit(text.ptr[7]);
    if (!shaped)
        return refuse(refusal, 400, "the request line is malformed");
    if (text.ptr[5] != '1')
        return refuse(refusal, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    request->version_minor = text.ptr[7] == '0' ? 0 : 1;
    request->keep_alive = request->version_minor == 1;
    return true;
}

/* "http://host/path": the path is taken, and the authority replaces Host (RFC 9112 3.2.2). */
static bool parse_absolute(struct str target, struct request *request, struct refusal *refusal)
{
    size_t scheme = str_starts(target, STR("https://")) ? 8 : 7;
    struct str rest = str_sub(target, scheme, target.len);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
        end++;
    request->host = str_sub(rest, 0, end);
    request->path = str_sub(rest, end, rest.len);
    if (end == 0 || !all_in(request->host, IN_HOST))
        return refuse(refusal, 400, "the host in the request target is malformed");
    return true;
}

static bool parse_target(struct str target, struct request *request, struct refusal *refusal)
{
    if (target.len > TARGET_MAX)
        return refuse(refusal, 414, "the request target is too long");
    if (target.len == 0 || !all_in(target, IN_TARGET))
        return refuse(refusal, 400, "the request target has characters that must be escaped");
    request->target = request->path = target;
    request->query = (struct str){NULL, 0};
    request->host = (struct str){NULL, 0};
    if (str_eq(target, STR("*"))) {
        if (request->method != METHOD_OPTIONS)
            return refuse(refusal, 400, "the request target is malformed");
        request->path = STR("/*");
        return true;
    }
    if (str_starts(target, STR("http://")) || str_starts(target, STR("https://"))) {
        if (!parse_absolute(target, request, refusal))
            return false;
    } else if (target.ptr[0] != '/') {
        return refuse(refusal, 400, "the request target is malformed");
    }
    ptrdiff_t mark = str_find(request->path, '?');
    if (mark >= 0) {
        request->query = str_sub(request->path, (size_t)mark + 1, request->path.len);
        request->path.len = (size_t)mark;
    }
    if (request->path.len == 0)
        request->path = STR("/");
    return true;
}

static bool parse_request_line(struct str line, struct request *request, struct refusal *refusal)
{
    ptrdiff_t first = str_find(line, ' ');
    ptrdiff_t last = str_find_last(line, ' ');
    if (first <= 0 || last == first)
        return refuse(refusal, 400, "the request line is malformed");
    struct str method = str_sub(line, 0, (size_t)first);
    if (!all_in(method, IN_TOKEN))
        return refuse(refusal, 400, "the request line is malformed");
    if (!parse_version(str_sub(line, (size_t)last + 1, line.len), request, refusal))
        return false;
    if (!method_parse(method, &request->method))
        return refuse(refusal, 501, "the method is unknown");
    struct str target = str_sub(line, (size_t)first + 1, (size_t)(last - first - 1));
    return parse_target(target, request, refusal);
}

/* --- headers --- */

/* Headers that mean something to the server, or that must not come twice. */
enum known {
    KNOWN_HOST,
    KNOWN_CONTENT_LENGTH,
    KNOWN_TRANSFER_ENCODING,
    KNOWN_EXPECT,
    KNOWN_AUTHORIZATION,
    KNOWN_CONTENT_TYPE,
    KNOWN_CONTENT_RANGE,
    KNOWN_RANGE,
    KNOWN_IF_RANGE,
    KNOWN_ORIGIN,
    KNOWN_SINGLE_COUNT,
    KNOWN_CONNECTION = KNOWN_SINGLE_COUNT,
    KNOWN_COUNT,
};

static const struct str known_names[KNOWN_COUNT] = {
    [KNOWN_HOST] = {"host", 4},
    [KNOWN_CONTENT_LENGTH] = {"content-length", 14},
    [KNOWN_TRANSFER_ENCODING] = {"transfer-encoding", 17},
    [KNOWN_EXPECT] = {"expect", 6},
    [KNOWN_AUTHORIZATION] = {"authorization", 13},
    [KNOWN_CONTENT_TYPE] = {"content-type", 12},
    [KNOWN_CONTENT_RANGE] = {"content-range", 13},
    [KNOWN_RANGE] = {"range", 5},
    [KNOWN_IF_RANGE] = {"if-range", 8},
    [KNOWN_ORIGIN] = {"origin", 6},
    [KNOWN_CONNECTION] = {"connection", 10},
};

struct head_state {
    struct str single[KNOWN_SINGLE_COUNT]; /* NULL ptr: not seen */
    bool close;
    bool keep_alive;
};

static bool note_connection(struct head_state *state, struct str value, struct refusal *refusal)
{
    struct str option;
    while (str_cut(&value, ',', &option)) {
        option = str_trim(option);
        if (!all_in(option, IN_TOKEN))
            return refuse(refusal, 400, "the Connection header is malformed");
        state->close |= str_eq_case(option, STR("close"));
        state->keep_alive |= str_eq_case(option, STR("keep-alive"));
    }
    return true;
}

static bool note_header(struct head_state *state, struct str name, struct str value,
                        struct refusal *refusal)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (name.len != known_names[i].len || !str_eq_case(name, known_names[i]))
            continue;
        if (i == KNOWN_CONNECTION)
            return note_connection(state, value, refusal);
        if (state->single[i].ptr)
            return refuse(refusal, 400, "a header that must not repeat is repeated");
        state->single[i] = value;
        return true;
    }
    return true;
}

static bool parse_header(struct str line, struct request *request, struct head_state *state,
                         struct refusal *refusal)
{
    if (request->header_count == HEADERS_MAX)
        return refuse(refusal, 431, "too many headers");
    ptrdiff_t colon = str_find(line, ':');
    struct str name = str_sub(line, 0, colon > 0 ? (size_t)colon : 0);
    if (name.len == 0 || !all_in(name, IN_TOKEN))
        return refuse(refusal, 400, "a header line is malformed");
    struct str value = str_trim(str_sub(line, (size_t)colon + 1, line.len));
    if (!all_in(value, IN_VALUE))
        return refuse(refusal, 400, "a header value has a control character");
    request->headers[request->header_count++] = (struct header){name, value};
    return note_header(state, name, value, refusal);
}

static bool apply_host(const struct head_state *state, struct request *request,
                       struct refusal *refusal)
{
    struct str host = state->single[KNOWN_HOST];
    if (!host.ptr && request->version_minor >= 1)
        return refuse(refusal, 400, "the Host header is missing");
    if (!all_in(host, IN_HOST))
        return refuse(refusal, 400, "the Host header is malformed");
    if (!request->host.ptr)
        request->host = host;
    return true;
}

static bool apply_framing(const struct head_state *state, struct request *request,
                          struct refusal *refusal)
{
    struct str length = state->single[KNOWN_CONTENT_LENGTH];
    struct str coding = state->single[KNOWN_TRANSFER_ENCODING];
    request->body_length = 0;
    if (coding.ptr) {
        if (length.ptr)
            return refuse(refusal, 400, "Content-Length and Transfer-Encoding exclude each other");
        if (request->version_minor == 0)
            return refuse(refusal, 400, "HTTP/1.0 has no Transfer-Encoding");
        if (!str_eq_case(coding, STR("chunked")))
            return refuse(refusal, 501, "the only transfer coding here is chunked");
        request->body_length = BODY_LENGTH_CHUNKED;
        return true;
    }
    if (!length.ptr)
        return true;
    uint64_t value;
    if (str_to_u64(length, INT64_MAX, &value)) {
        request->body_length = (int64_t)value;
        return true;
    }
    for (size_t i = 0; i < length.len; i++) {
        if (!char_is_digit(length.ptr[i]))
            return refuse(refusal, 400, "the Content-Length header is malformed");
    }
    if (length.len == 0)
        return refuse(refusal, 400, "the Content-Length header is malformed");
    return refuse(refusal, 413, "the request body is too large");
}

static bool apply_expect(const struct head_state *state, const struct request *request,
                         bool *expect_out, struct refusal *refusal)
{
    struct str expect = state->single[KNOWN_EXPECT];
    *expect_out = false;
    if (!expect.ptr || request->version_minor == 0)
        return true; /* HTTP/1.0 knows no expectations (RFC 9110 10.1.1) */
    if (!str_eq_case(expect, STR("100-continue")))
        return refuse(refusal, 417, "the only expectation here is 100-continue");
    *expect_out = request->body_length != 0;
    return true;
}

/* Take the next line off *rest, which holds only whole lines. False at the empty line. */
static bool next_line(struct str *rest, struct str *line_out)
{
    if (!str_cut(rest, '\n', line_out) || line_out->len < 2)
        return false;
    line_out->len--; /* the CR, which head_find has seen */
    return true;
}

bool head_parse(struct str head, struct request *request, bool *expect_out, struct refusal *refusal)
{
    struct head_state state = {0};
    struct str line = {NULL, 0};
    request->header_count = 0;
    if (!next_line(&head, &line) || !parse_request_line(line, request, refusal))
        return head.ptr && line.len > 1 ? false
                                        : refuse(refusal, 400, "the request line is malformed");
    while (next_line(&head, &line)) {
        if (!parse_header(line, request, &state, refusal))
            return false;
    }
    if (state.close || (state.keep_alive && request->version_minor == 0))
        request->keep_alive = !state.close;
    return apply_host(&state, request, refusal) && apply_framing(&state, request, refusal) &&
           apply_expect(&state, request, expect_out, refusal);
}
