/* SPDX-License-Identifier: Apache-2.0 */
/* What superusers ask about the registry as a whole: its size, its state, its changes, its
 * configuration, everybody's app tokens. */
#include "api.h"
#include "base/log.h"
#include "codec/jw.h"
#include "domain/app_token.h"
#include "domain/registry_size.h"
#include "page_token.h"
#include "view.h"
#include "web/rights.h"

enum { BODY_MAX = 4 * 1024 * 1024, TOKENS_PAGE = 50 };

static int size_get(struct call *call, struct err *err)
{
    struct registry_size size;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        registry_size_get(tx, call->arena, &size, err) != 0)
        return -1;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_int(&w, "size_bytes", size.bytes);
    jw_key(&w, "last_ran");
    if (size.ran_ms)
        jw_int(&w, size.ran_ms);
    else
        jw_null(&w);
    jw_member_bool(&w, "running", size.running);
    jw_member_bool(&w, "queued", size.queued);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

static int size_post(struct call *call, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (call_begin_write(call, &tx, err) != 0)
        return -1;
    int queued = registry_size_ask(tx, call->arena, err);
    if (queued < 0 || db_commit(&tx, err) != 0)
        return -1;
    reply_bytes(call->reply, queued ? 201 : 202, "application/json", STR("\"\""));
    return 0;
}

/* There is no set-up to go through: a registry that answers is ready. */
static int status_get(struct call *call, struct err *err)
{
    (void)err;
    reply_bytes(call->reply, 200, "application/json",
                STR("{\"status\": \"ready\", \"provider_id\": \"file\"}"));
    return 0;
}

static int shutdown_post(struct call *call, struct err *err)
{
    struct log_line line;
    (void)err;
    log_begin(&line, LOG_WARNING, "a superuser ends this process");
    log_text(&line, "user", call->account.name);
    log_end(&line);
    call->service->stop();
    reply_bytes(call->reply, 200, "application/json", STR("{}"));
    return 0;
}

static int changelog_get(struct call *call, struct err *err)
{
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "log", call->service->changelog);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

/* Where it is off, Quay refuses superusers as it does others. */
static int config_get(struct call *call, struct err *err)
{
    if (!call_feature(call, FEATURE_CONFIG_DUMP))
        return rights_refuse(call, err);
    reply_header(call->reply, "Cache-Control", "no-store");
    reply_bytes(call->reply, 200, "application/json", str_of(call->rules->config_dump));
    return 0;
}

static int no_builds(struct call *call, struct err *err)
{
    (void)call;
    return err_set(err, ERR_NOT_FOUND, "builds are not configured: this registry builds no images");
}

struct tokens_query {
    const char *next_page;
};
static const struct field tokens_fields[] = {
    F_TEXT(struct tokens_query, next_page, "next_page", 0, .max = 4096),
};
static const struct schema tokens_schema = SCHEMA(struct tokens_query, tokens_fields);

static void write_token(struct jw *w, const struct app_token *token)
{
    jw_begin_object(w);
    jw_member_text(w, "uuid", token->uuid);
    jw_member_text(w, "title", token->title);
    view_date(w, "last_accessed", token->last_accessed_ms);
    view_date(w, "created", token->created_ms);
    view_date(w, "expiration", token->expires_ms);
    jw_end_object(w);
}

/* Of a plain superuser these are none of his business. */
static int tokens_get(struct call *call, struct err *err)
{
    const struct tokens_query *query = call->query;
    const char *cursor = page_token_read(call, query->next_page);
    uint64_t before = INT64_MAX;
    struct list list = {0};
    if (!call_feature(call, FEATURE_SUPER_USERS))
        return err_set(err, ERR_NOT_FOUND, "this feature is switched off");
    if (!rights_full_access(call) && !call->identity->readonly_superuser)
        return rights_refuse(call, err);
    if (cursor && !str_to_u64(str_of(cursor), INT64_MAX, &before))
        before = INT64_MAX;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0 ||
        app_token_list_all(tx, call->arena, (int64_t)before, TOKENS_PAGE, &list, err) != 0)
        return -1;
    const struct app_token *tokens = list.items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "tokens");
    jw_begin_array(&w);
    for (size_t i = 0; i < list.count; i++)
        write_token(&w, &tokens[i]);
    jw_end_array(&w);
    jw_member_bool(&w, "only_expiring", false);
    if (list.count == TOKENS_PAGE)
        jw_member_text(&w, "next_page",
                       page_token_make(call, arena_printf(call->arena, "%lld",
                                                          (long long)tokens[TOKENS_PAGE - 1].id)));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

#define BASE "/api/v1/superuser/"
#define READ                                                                                       \
    .auth = ROUTE_API, .errors = ERRORS_API, .right = RIGHT_SUPERUSER,                             \
    .flags = ROUTE_READONLY_SUPERUSER | ROUTE_FRESH_LOGIN
#define BUILD READ, .feature = FEATURE_SUPER_USERS, .handler = no_builds

static const struct route superuser_registry_routes[] = {
    {METHOD_GET, BASE "registrysize/", "getRegistrySize", "Get the size of all blobs.", READ,
     .feature = FEATURE_SUPER_USERS, .handler = size_get},
    {METHOD_POST, BASE "registrysize/", "queueRegistrySizeCalculation",
     "Have the size of all blobs counted.", .auth = ROUTE_API, .errors = ERRORS_API,
     .right = RIGHT_SUPERUSER, .flags = ROUTE_FRESH_LOGIN, .feature = FEATURE_SUPER_USERS,
     .handler = size_post},
    {METHOD_GET, BASE "registrystatus", "scRegistryStatus", "Ask whether the registry is set up.",
     .auth = ROUTE_API, .errors = ERRORS_API, .flags = ROUTE_ANONYMOUS,
     .feature = FEATURE_SUPER_USERS, .handler = status_get},
    {METHOD_POST, BASE "shutdown", "scShutdownContainer",
     "End this process, so that its supervisor starts it anew.", .auth = ROUTE_API,
     .errors = ERRORS_API, .right = RIGHT_SUPERUSER,
     .flags = ROUTE_FRESH_LOGIN | ROUTE_WHILE_READ_ONLY, .feature = FEATURE_SUPER_USERS,
     .handler = shutdown_post},
    {METHOD_GET, BASE "changelog/", "getChangeLog", "Get the changes of the program.", READ,
     .feature = FEATURE_SUPER_USERS, .handler = changelog_get},
    {METHOD_GET, BASE "config", "getConfigDump", "Get the configuration without its secrets.", READ,
     .feature = FEATURE_SUPER_USERS, .handler = config_get},
    {METHOD_GET, BASE "apptokens", "listAllAppTokens", "List the app tokens of all users.", READ,
     .feature = FEATURE_APP_TOKENS, .query = &tokens_schema, .handler = tokens_get},
    {METHOD_GET, BASE "{build_uuid}/logs", "getRepoBuildLogsSuperUser", "There are no builds.",
     BUILD},
    {METHOD_GET, BASE "{build_uuid}/logs/archive", "getRepoBuildLogsArchiveSuperUser",
     "There are no builds.", BUILD},
    {METHOD_GET, BASE "{build_uuid}/status", "getRepoBuildStatusSuperUser", "There are no builds.",
     BUILD},
    {METHOD_GET, BASE "{build_uuid}/build", "getRepoBuildSuperUser", "There are no builds.", BUILD},
};
const struct route_table api_superuser_registry_table = ROUTES(superuser_registry_routes);
