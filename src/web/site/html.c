/* SPDX-License-Identifier: Apache-2.0 */
/* Small pages, escaped. */
#include "html.h"

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text(struct buf *page, const char *text)
{
    for (; text && *text; text++) {
        const char *escape = escape_of(*text);
        if (escape)
            buf_add_text(page, escape);
        else
            buf_add_char(page, *text);
    }
}

void html_hidden(struct buf *page, const char *name, const char *value)
{
    if (!value)
        return;
    buf_add_text(page, "<input type=\"hidden\" name=\"");
    html_text(page, name);
    buf_add_text(page, "\" value=\"");
    html_text(page, value);
    buf_add_text(page, "\">\n");
}

void html_begin(struct buf *page, const char *title)
{
    buf_add_text(page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    html_text(page, title);
    buf_add_text(page, "</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;"
                       "margin:3em auto;padding:0 1em}code{background:#eee;padding:.1em .3em;"
                       "overflow-wrap:anywhere}.danger{color:#a00}form{display:inline}"
                       "button{font:inherit;padding:.4em 1em}</style>\n</head>\n<body>\n<h1>");
    html_text(page, title);
    buf_add_text(page, "</h1>\n");
}

void html_end(struct buf *page)
{
    buf_add_text(page, "</body>\n</html>\n");
}

int html_reply(struct call *call, int status, const struct buf *page, const char *nonce,
               struct err *err)
{
    /* No form-action: it would also forbid where the answer to a form redirects to. */
    const char *policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
                         " frame-ancestors 'none'";
    if (nonce)
        policy = arena_printf(call->arena, "%s; script-src 'nonce-%s'", policy, nonce);
    reply_header(call->reply, "Content-Security-Policy", policy);
    reply_header(call->reply, "X-Frame-Options", "DENY");
    reply_header(call->reply, "X-Content-Type-Options", "nosniff");
    reply_header(call->reply, "Referrer-Policy", "no-referrer");
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply(call, status, "text/html; charset=utf-8", page, err);
}
