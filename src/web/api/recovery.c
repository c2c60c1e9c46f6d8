/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/recovery: a mail for who forgot the password. Whether there is a user with that
 * address is not told; that it is an organization's is, as with Quay, since nobody logs in as one:
 * its name is shown in part. */
#include "api.h"
#include "codec/jw.h"
#include "domain/account.h"
#include "domain/mail_code.h"
#include "web/letters.h"

enum { RESEND_MS = 60 * 1000 }; /* between two mails to one user */

struct recovery_body {
    const char *email;
};

static const struct field recovery_fields[] = {
    F_TEXT(struct recovery_body, email, "email", FIELD_REQUIRED, .max = ACCOUNT_EMAIL_MAX),
};
static const struct schema recovery_schema = SCHEMA(struct recovery_body, recovery_fields);

static int reply_sent(struct call *call)
{
    reply_bytes(call->reply, 200, "application/json", STR("{\"status\": \"sent\"}"));
    return 0;
}

/* "buynlarge" becomes "bu*******". */
static const char *redact(struct arena *arena, const char *name)
{
    enum { SHOWN = 2 };
    char *text = arena_strdup(arena, name);
    for (size_t i = SHOWN; text[i]; i++)
        text[i] = '*';
    return text;
}

static int reply_organization(struct call *call, const struct account *organization,
                              struct err *err)
{
    enum { BODY_MAX = 4096 };
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "status", "org");
    jw_member_text(&w, "orgemail", organization->email);
    jw_member_text(&w, "orgname", redact(call->arena, organization->name));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* Make a code, unless one went out a moment ago: then the reply is the same, and nothing is sent.
 */
static int make_code(struct call *call, struct db_tx *tx, const struct account *user,
                     char code[MAIL_CODE_LEN + 1], struct err *err)
{
    int recent = mail_code_recent(tx, MAIL_RECOVER, user->id, call->now_ms - RESEND_MS, err);
    if (recent != 0)
        return recent < 0 ? -1 : 0;
    return mail_code_create(tx, MAIL_RECOVER, user->id, NULL, call->now_ms,
                            call->rules->recovery_ms, code, err);
}

static int recovery_post(struct call *call, struct err *err)
{
    const struct recovery_body *body = call->body;
    struct account account = {0};
    char code[MAIL_CODE_LEN + 1] = "";
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int found = account_find_by_email(tx, call->arena, body->email, &account, err);
    if (found < 0)
        return -1;
    if (found > 0 && account.kind == ACCOUNT_ORGANIZATION)
        return reply_organization(call, &account, err);
    bool user = found > 0 && account.kind == ACCOUNT_USER && account.enabled;
    if (user && make_code(call, tx, &account, code, err) != 0)
        return -1;
    if (db_commit(&tx, err) != 0)
        return -1;
    if (code[0])
        letter_recovery(call, account.email, account.name, code);
    return reply_sent(call);
}

static const struct route recovery_routes[] = {
    {METHOD_POST, "/api/v1/recovery", "requestRecoveryEmail",
     "Ask for a mail that lets in who forgot the password.", .auth = ROUTE_API,
     .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS, .feature = FEATURE_MAILING,
     .body = &recovery_schema, .handler = recovery_post},
};
const struct route_table api_recovery_table = ROUTES(recovery_routes);
