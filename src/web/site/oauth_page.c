/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of /oauth. */
#include "oauth_page.h"

#include "auth/oauth_scope.h"
#include "html.h"
#include "web/api/oauth_view.h"
#include "web/caller.h"
#include "web/errors.h"

enum { PAGE_MAX = 256 * 1024 };

static bool has_dangerous(unsigned asked)
{
    for (const struct oauth_scope *scope = oauth_scopes; scope->bit; scope++) {
        if (asked & scope->bit && scope->dangerous)
            return true;
    }
    return false;
}

static int consent_json(struct call *call, const struct oauth_request *request, struct err *err)
{
    const struct oauth_application *application = &request->application;
    struct oauth_view view = {
        .name = application->name,
        .description = application->description,
        .uri = application->application_uri,
        .avatar_email = application->avatar_email,
        .organization = call->space.name,
        .organization_email = call->space.email,
    };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, PAGE_MAX);
    jw_begin_object(&w);
    oauth_view_scopes(&w, request->scope);
    jw_member_bool(&w, "has_dangerous_scopes", has_dangerous(request->asked));
    oauth_view_application(&w, &view);
    jw_member_text(&w, "response_type", request->response_type);
    jw_member_text(&w, "client_id", request->client_id);
    jw_member_text(&w, "redirect_uri", request->redirect_uri);
    jw_member_text(&w, "scope", request->scope);
    jw_member_text(&w, "csrf_token_val", caller_csrf(call));
    jw_member_text(&w, "state", request->state);
    if (request->challenge) {
        jw_member_text(&w, "code_challenge", request->challenge);
        jw_member_text(&w, "code_challenge_method", request->challenge_method);
    }
    jw_member_text(&w, "assignment_uuid", request->assignment_uuid);
    jw_end_object(&w);
    reply_header(call->reply, "Cache-Control", "no-store");
    return call_reply_json(call, 200, &body, err);
}

static void write_scopes(struct buf *page, unsigned asked)
{
    buf_add_text(page, "<ul>\n");
    for (const struct oauth_scope *scope = oauth_scopes; scope->bit; scope++) {
        if (!(asked & scope->bit))
            continue;
        buf_add_text(page, scope->dangerous ? "<li class=\"danger\"><strong>" : "<li><strong>");
        html_text(page, scope->title);
        buf_add_text(page, "</strong> (<code>");
        html_text(page, scope->name);
        buf_add_text(page, "</code>): ");
        html_text(page, scope->description);
        buf_add_text(page, "</li>\n");
    }
    buf_add_text(page, "</ul>\n");
}

static void write_form(struct buf *page, const struct oauth_request *request, const char *csrf,
                       const char *action, const char *button)
{
    buf_printf(page, "<form method=\"post\" action=\"%s\">\n", action);
    html_hidden(page, "client_id", request->client_id);
    html_hidden(page, "redirect_uri", request->redirect_uri);
    html_hidden(page, "scope", request->scope);
    html_hidden(page, "response_type", request->response_type);
    html_hidden(page, "state", request->state);
    html_hidden(page, "code_challenge", request->challenge);
    html_hidden(page, "code_challenge_method", request->challenge_method);
    html_hidden(page, "assignment_uuid", request->assignment_uuid);
    html_hidden(page, "_csrf_token", csrf);
    buf_printf(page, "<button type=\"submit\">%s</button>\n</form>\n", button);
}

static int consent_html(struct call *call, const struct oauth_request *request, struct err *err)
{
    const char *csrf = caller_csrf(call);
    _cleanup_buf_ struct buf page;
    buf_init(&page, PAGE_MAX);
    html_begin(&page, "Let an application in?");
    buf_add_text(&page, "<p><strong>");
    html_text(&page, request->application.name);
    buf_add_text(&page, "</strong> of the organization <strong>");
    html_text(&page, call->space.name);
    buf_add_text(&page, "</strong> asks to act for you, <strong>");
    html_text(&page, call->account.name);
    buf_add_text(&page, "</strong>.</p>\n<p>");
    html_text(&page, request->application.description);
    buf_add_text(&page, "</p>\n<p>It would be able to:</p>\n");
    write_scopes(&page, request->asked);
    if (has_dangerous(request->asked))
        buf_add_text(&page, "<p class=\"danger\">What is marked is powerful: say yes only if you "
                            "trust the application.</p>\n");
    buf_add_text(&page, "<p>The answer is sent to <code>");
    html_text(&page, request->redirect_uri);
    buf_add_text(&page, "</code>.</p>\n");
    write_form(&page, request, csrf, "/oauth/authorizeapp", "Allow");
    write_form(&page, request, csrf, "/oauth/denyapp", "Deny");
    html_end(&page);
    return html_reply(call, 200, &page, NULL, err);
}

int oauth_page_consent(struct call *call, const struct oauth_request *request, struct err *err)
{
    bool json = request->format && strcmp(request->format, "json") == 0;
    return json ? consent_json(call, request, err) : consent_html(call, request, err);
}

static int message_json(struct call *call, int status, const char *message, struct err *err)
{
    return call_reply_text(call, status, "message", message, err);
}

int oauth_page_message(struct call *call, bool json, int status, const char *message,
                       struct err *err)
{
    if (json)
        return message_json(call, status, message, err);
    _cleanup_buf_ struct buf page;
    buf_init(&page, PAGE_MAX);
    html_begin(&page, status < 400 ? "Applications" : "This did not work");
    buf_add_text(&page, "<p>");
    html_text(&page, message);
    buf_add_text(&page, "</p>\n");
    html_end(&page);
    return html_reply(call, status, &page, NULL, err);
}

int oauth_page_error(struct call *call, bool json, struct err *err)
{
    if (json || err->code == ERR_TOO_MANY || err->code == ERR_BUSY) /* these have Retry-After */
        return -1;
    call->reply->error = err_code_name(err->code);
    call->reply->detail = err->detail[0] ? arena_strdup(call->arena, err->detail) : NULL;
    int status = err->code == ERR_READ_ONLY ? 503 : errors_status(err->code);
    const char *message = arena_strdup(call->arena, err->msg);
    return oauth_page_message(call, false, status, message, err);
}
