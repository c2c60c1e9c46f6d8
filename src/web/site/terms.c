/* SPDX-License-Identifier: Apache-2.0 */
/* The page that a refused pull leads to: the terms of an organization, and how to accept them. */
#include "domain/terms.h"

#include "domain/account.h"
#include "site.h"

enum { PAGE_MAX = 8 * TERMS_CONTENT_MAX };

static void add_escaped(struct buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        switch (*c) {
        case '&':
            buf_add_text(out, "&amp;");
            break;
        case '<':
            buf_add_text(out, "&lt;");
            break;
        case '>':
            buf_add_text(out, "&gt;");
            break;
        default:
            buf_add_char(out, *c);
        }
    }
}

static int load(struct call *call, struct account *organization, struct terms *terms,
                struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    int found = account_find_by_name(tx, call->arena, call_value(call, "name"), organization, err);
    if (found > 0)
        found = organization->kind == ACCOUNT_ORGANIZATION
                    ? terms_find(tx, call->arena, organization->id, 0, terms, err)
                    : 0;
    return found == 0  ? err_set(err, ERR_NOT_FOUND, "there are no terms at this address")
           : found < 0 ? -1
                       : 0;
}

static void write_page(struct buf *page, const struct call *call, const char *name,
                       const struct terms *terms)
{
    buf_printf(page,
               "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Terms of %s</title>"
               "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50em;margin:4em auto;"
               "padding:0 1em}pre{background:#eee;padding:1em;white-space:pre-wrap}</style>"
               "<h1>Terms of %s</h1><p>Version %lld</p><pre>",
               name, name, (long long)terms->version);
    add_escaped(page, terms->content);
    buf_printf(page,
               "</pre><h2>Accepting them</h2><p>With a token of yours that has the scope "
               "<code>user:admin</code>:</p><pre>curl -X POST -H \"Authorization: Bearer $TOKEN\" "
               "\\\n  -H \"Content-Type: application/json\" -d '{\"version\": %lld}' \\\n"
               "  %s/api/v1/organization/%s/terms/accept</pre></html>\n",
               (long long)terms->version, call_base_url(call), name);
}

static int terms_get(struct call *call, struct err *err)
{
    struct account organization = {0};
    struct terms terms = {0};
    _cleanup_buf_ struct buf page;
    buf_init(&page, PAGE_MAX);
    if (load(call, &organization, &terms, err) != 0)
        return -1;
    write_page(&page, call, organization.name, &terms);
    reply_header(call->reply, "Content-Security-Policy",
                 "default-src 'none'; style-src 'unsafe-inline'");
    reply_header(call->reply, "X-Content-Type-Options", "nosniff");
    return call_reply(call, 200, "text/html; charset=utf-8", &page, err);
}

static const struct route terms_routes[] = {
    {METHOD_GET, "/organization/{name}/terms", "terms_page",
     "Show the terms of an organization and how to accept them.", .auth = ROUTE_OPEN,
     .errors = ERRORS_API, .handler = terms_get},
};
const struct route_table site_terms_table = ROUTES(terms_routes);
