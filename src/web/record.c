/* SPDX-License-Identifier: Apache-2.0 */
/* What pulls, pushes, deletions and logins leave in the audit log, with the names that Quay gives
 * to their details. */
#include "record.h"

#include "codec/jw.h"

enum { METADATA_MAX = 16 * 1024 };

static bool is_listed(const struct texts *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (str_eq_text(name, names->items[i]))
            return true;
    }
    return false;
}

static bool is_wanted(const struct call *call, struct str space)
{
    return call->service->audit && !call->rules->read_only &&
           !is_listed(&call->rules->audit.unaudited, space);
}

/* "ns" and "repo" of a full name. */
static void split(const char *full, struct str *space_out, struct str *repository_out)
{
    struct str name = str_of(full);
    size_t slash = (size_t)str_find(name, '/');
    *space_out = str_sub(name, 0, slash);
    *repository_out = str_sub(name, slash + 1, name.len);
}

static struct str user_agent(const struct call *call)
{
    return request_header(call->request, STR("User-Agent"));
}

static void add_caller(struct audit_event *event, const struct identity *who)
{
    event->performer_id = who->account_id;
    if (who->kind == IDENTITY_ANONYMOUS)
        audit_event_add(event, "public", STR("true"));
    else
        audit_event_add(event, "username", str_of(who->name));
    if (who->kind == IDENTITY_ROBOT)
        audit_event_add(event, "is_robot", STR("true"));
    if (!who->token_uuid)
        return;
    audit_event_add(event, "oauth_token_id", str_of(who->token_uuid));
    audit_event_add(event, "oauth_token_application_id", str_of(who->token_client_id));
    audit_event_add(event, "oauth_token_application", str_of(who->token_application));
}

static struct audit_event of_repository(const struct call *call, enum audit_kind kind,
                                        const struct identity *who, const char *full_name)
{
    struct str space, repository;
    split(full_name, &space, &repository);
    struct audit_event event = {.kind = kind, .ip = str_of(call->request->remote)};
    audit_event_add(&event, "namespace", space);
    audit_event_add(&event, "repo", repository);
    audit_event_add(&event, "user-agent", user_agent(call));
    add_caller(&event, who);
    return event;
}

bool record_strict(const struct call *call)
{
    return call->rules->audit.strict_pulls;
}

/* False when the namespace wants none. */
static bool pull_event(const struct call *call, const struct cached_manifest *manifest,
                       const char *reference, struct audit_event *out)
{
    const char *name = call->name.full ? call->name.full : call_value(call, "repository");
    bool by_digest = strchr(reference, ':') != NULL;
    struct str space, repository;
    split(name, &space, &repository);
    if (!is_wanted(call, space) || is_listed(&call->rules->audit.unaudited_pulls, space))
        return false;
    /* On a reactor the identity is not set yet; without a token there is none but the public. */
    const struct identity *who = call->bearer ? &call->bearer->identity : call->identity;
    *out = of_repository(call, AUDIT_PULL_REPO, who, name);
    out->namespace_id = manifest->namespace_id;
    out->repository_id = manifest->repository_id;
    out->digest = manifest->packed;
    out->by_tag = !by_digest;
    if (!by_digest)
        audit_event_add(out, "tag", str_of(reference));
    audit_event_add(out, "manifest_digest", str_of(manifest->digest));
    audit_event_add(out, "mediaType", str_of(manifest->media_type));
    return true;
}

void record_pull(const struct call *call, const struct cached_manifest *manifest,
                 const char *reference)
{
    struct audit_event event;
    if (pull_event(call, manifest, reference, &event))
        audit_queue_add(call->service->audit, call->request->reactor, &event, call->now_ms);
}

int record_pull_now(const struct call *call, const struct cached_manifest *manifest,
                    const char *reference, struct err *err)
{
    struct audit_event event;
    if (!pull_event(call, manifest, reference, &event))
        return 0;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(call->service->db, DB_WRITE, &tx, err) != 0 ||
        audit_queue_write(call->service->audit, tx, &event, call->now_ms, err) != 0)
        return -1;
    return db_commit(&tx, err);
}

/* An event as an entry of the call's repository. */
static const struct audit_entry *entry_of(const struct call *call, const struct audit_event *event)
{
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    for (size_t i = 0; i < event->pair_count; i++) {
        if (!event->pairs[i].value.ptr)
            continue;
        jw_key(&w, event->pairs[i].key);
        jw_slice(&w, str_sub(event->pairs[i].value, 0, AUDIT_VALUE_MAX));
    }
    jw_end_object(&w);
    struct audit_entry entry = {
        .kind = event->kind,
        .namespace_id = call->repository.namespace_id,
        .performer_id = event->performer_id,
        .repository_id = call->repository.id,
        .ip = call->request->remote,
        .metadata = buf_ok(&metadata) ? arena_text(call->arena, buf_str(&metadata)) : "{}",
    };
    return arena_memdup(call->arena, &entry, sizeof entry);
}

const struct audit_entry *record_push(const struct call *call, const char *tag, const char *digest,
                                      struct str media_type)
{
    if (!is_wanted(call, str_of(call->name.namespace_name)))
        return NULL;
    struct audit_event event = of_repository(call, AUDIT_PUSH_REPO, call->identity,
                                             call->name.full);
    audit_event_add(&event, "tag", str_of(tag));
    audit_event_add(&event, "manifest_digest", str_of(digest));
    audit_event_add(&event, "mediaType", media_type);
    return entry_of(call, &event);
}

const struct audit_entry *record_delete(const struct call *call, const char *tag,
                                        const char *digest)
{
    if (!is_wanted(call, str_of(call->name.namespace_name)))
        return NULL;
    struct audit_event event = of_repository(call, AUDIT_DELETE_TAG, call->identity,
                                             call->name.full);
    audit_event_add(&event, "tag", str_of(tag));
    audit_event_add(&event, "manifest_digest", str_of(digest));
    return entry_of(call, &event);
}

static struct audit_event of_login(const struct call *call, enum audit_kind kind, const char *type)
{
    struct audit_event event = {.kind = kind, .ip = str_of(call->request->remote)};
    audit_event_add(&event, "type", str_of(type));
    audit_event_add(&event, "useragent", user_agent(call));
    return event;
}

void record_login(const struct call *call, const struct identity *who, const char *type)
{
    if (!call->rules->audit.logins || !is_wanted(call, str_of(who->name)))
        return;
    struct audit_event event = of_login(call, AUDIT_LOGIN_SUCCESS, type);
    event.namespace_id = who->account_id;
    event.performer_id = who->account_id;
    audit_event_add(&event, "kind", str_of(identity_kind_name(who->kind)));
    audit_event_add(&event, "username", str_of(who->name));
    audit_queue_add(call->service->audit, call->request->reactor, &event, call->now_ms);
}

void record_login_failure(const struct call *call, const char *username, const char *type,
                          const char *message)
{
    if (!call->rules->audit.login_failures || !is_wanted(call, str_of(username)))
        return;
    struct audit_event event = of_login(call, AUDIT_LOGIN_FAILURE, type);
    event.namespace_name = str_of(username);
    audit_event_add(&event, "username", str_of(username));
    audit_event_add(&event, "message", str_of(message));
    audit_queue_add(call->service->audit, call->request->reactor, &event, call->now_ms);
}

static bool failure_wanted(const struct call *call)
{
    const struct audit_rules *audit = &call->rules->audit;
    switch (call->route->failed) {
    case AUDIT_PULL_REPO_FAILED:
        return audit->pull_failures;
    case AUDIT_PUSH_REPO_FAILED:
        return audit->push_failures;
    case AUDIT_DELETE_TAG_FAILED:
        return audit->delete_failures;
    default:
        return false;
    }
}

void record_failure(const struct call *call, const struct err *err)
{
    if (!call->route || !call->name.full || !failure_wanted(call) ||
        !is_wanted(call, str_of(call->name.namespace_name)))
        return;
    struct audit_event event = of_repository(call, call->route->failed, call->identity,
                                             call->name.full);
    const char *reference = call_value(call, "reference");
    event.namespace_id = call->repository.namespace_id;
    event.repository_id = call->repository.id;
    event.namespace_name = str_of(call->name.namespace_name);
    event.repository = str_of(call->name.path);
    if (reference)
        audit_event_add(&event, strchr(reference, ':') ? "manifest_digest" : "tag",
                        str_of(reference));
    audit_event_add(&event, "message", str_of(err->msg));
    audit_queue_add(call->service->audit, call->request->reactor, &event, call->now_ms);
}
