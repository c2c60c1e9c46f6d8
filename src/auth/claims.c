/* SPDX-License-Identifier: Apache-2.0 */
/* Claims. Even with a good signature everything is checked that the server relies on: a key of this
 * service may sign other things some day. */
#include "claims.h"

#include "codec/json.h"
#include "codec/jw.h"

enum { CONTEXT_VERSION = 2, ACTIONS_MAX = 8 };

#define SECONDS_MAX 253402300799 /* the end of the year 9999; differences cannot overflow */

static const struct {
    unsigned action;
    const char *word;
    unsigned access; /* what it allows on a repository */
} actions[] = {
    {SCOPE_PUSH, "push", ACCESS_WRITE | ACCESS_READ},
    {SCOPE_PULL, "pull", ACCESS_READ},
    {SCOPE_DELETE, "delete", ACCESS_WRITE | ACCESS_READ},
    {SCOPE_ALL, "*", ACCESS_ADMIN | ACCESS_WRITE | ACCESS_READ},
};

static void format_access(struct jw *w, const struct token_access *access)
{
    jw_begin_object(w);
    jw_member_text(w, "type", access->kind == SCOPE_CATALOG ? "registry" : "repository");
    jw_member_text(w, "name", access->name);
    jw_key(w, "actions");
    jw_begin_array(w);
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (access->actions & actions[i].action)
            jw_text(w, actions[i].word);
    }
    jw_end_array(w);
    jw_end_object(w);
}

/* Quay's description of the caller. "kind" and "user" repeat it for readers of its first version;
 * the apostille members belong to a signing service that no longer exists. */
static void format_context(struct jw *w, const struct identity *identity)
{
    bool named = identity->kind == IDENTITY_USER || identity->kind == IDENTITY_ROBOT;
    const char *reference = identity->token_uuid               ? identity->token_uuid
                            : identity->kind == IDENTITY_ROBOT ? identity->name
                                                               : identity->uuid;
    jw_begin_object(w);
    jw_member_int(w, "version", CONTEXT_VERSION);
    jw_member_text(w, "entity_kind", identity_kind_name(identity->kind));
    jw_member_text(w, "entity_reference", reference);
    jw_member_text(w, "kind", named ? "user" : identity_kind_name(identity->kind));
    if (named || identity->account_id)
        jw_member_text(w, "user", identity->name);
    jw_key(w, "com.apostille.roots");
    jw_begin_object(w);
    jw_end_object(w);
    jw_member_text(w, "com.apostille.root", "$disabled");
    jw_end_object(w);
}

void claims_format(const struct claims_request *request, struct buf *out)
{
    struct jw w = {.buf = out};
    jw_begin_object(&w);
    jw_member_text(&w, "iss", request->issuer);
    jw_member_text(&w, "aud", request->audience);
    jw_member_text(&w, "sub", request->identity->name);
    jw_member_int(&w, "iat", request->now_s);
    jw_member_int(&w, "nbf", request->now_s);
    jw_member_int(&w, "exp", request->now_s + TOKEN_LIFETIME_S);
    jw_key(&w, "access");
    jw_begin_array(&w);
    for (size_t i = 0; i < request->access_count; i++)
        format_access(&w, &request->access[i]);
    jw_end_array(&w);
    jw_key(&w, "context");
    format_context(&w, request->identity);
    jw_end_object(&w);
}

struct wire_access {
    const char *type;
    const char *name;
    struct texts actions;
};

static const char *const access_types[] = {"repository", "registry", NULL};
static const struct field access_fields[] = {
    F_TEXT(struct wire_access, type, "type", FIELD_REQUIRED, .values = access_types),
    F_TEXT(struct wire_access, name, "name", FIELD_REQUIRED),
    F_TEXTS(struct wire_access, actions, "actions", FIELD_REQUIRED, .max = ACTIONS_MAX),
};
static const struct schema access_schema = SCHEMA(struct wire_access, access_fields);

struct wire_context {
    int64_t version;
    const char *kind;
    const char *entity;
};

static const struct field context_fields[] = {
    F_INT(struct wire_context, version, "version", FIELD_REQUIRED),
    F_TEXT(struct wire_context, kind, "entity_kind", FIELD_REQUIRED),
    F_TEXT(struct wire_context, entity, "entity_reference", FIELD_NULLABLE),
};
static const struct schema context_schema = SCHEMA(struct wire_context, context_fields);

struct wire_claims {
    const char *issuer, *audience, *subject;
    int64_t issued, not_before, expires;
    struct list access; /* struct wire_access */
    struct wire_context context;
};

static const struct field claims_fields[] = {
    F_TEXT(struct wire_claims, issuer, "iss", FIELD_REQUIRED),
    F_TEXT(struct wire_claims, audience, "aud", FIELD_REQUIRED),
    F_TEXT(struct wire_claims, subject, "sub", FIELD_REQUIRED),
    F_INT(struct wire_claims, issued, "iat", FIELD_REQUIRED, .max = SECONDS_MAX),
    F_INT(struct wire_claims, not_before, "nbf", FIELD_REQUIRED, .max = SECONDS_MAX),
    F_INT(struct wire_claims, expires, "exp", FIELD_REQUIRED, .max = SECONDS_MAX),
    F_LIST(struct wire_claims, access, "access", FIELD_REQUIRED, .max = CLAIMS_GRANTS_MAX,
           .sub = &access_schema),
    F_OBJECT(struct wire_claims, context, "context", FIELD_REQUIRED, &context_schema),
};
static const struct schema claims_schema = SCHEMA(struct wire_claims, claims_fields);

static int refuse(struct err *err, const char *reason)
{
    return err_set(err, ERR_UNAUTHORIZED, "the token %s", reason);
}

static int check_times(const struct wire_claims *wire, const struct claims_rules *rules,
                       int64_t now_s, struct err *err)
{
    if (wire->expires <= now_s - TOKEN_LEEWAY_S)
        return refuse(err, "has expired");
    if (wire->not_before > now_s + TOKEN_LEEWAY_S || wire->issued > now_s + TOKEN_LEEWAY_S)
        return refuse(err, "is not valid yet");
    if (wire->expires - wire->issued > rules->max_fresh_s)
        return refuse(err, "is valid for longer than allowed");
    return 0;
}

static int parse_kind(const char *name, enum identity_kind *out, struct err *err)
{
    for (unsigned kind = 0; kind < IDENTITY_KIND_COUNT; kind++) {
        if (strcmp(name, identity_kind_name((enum identity_kind)kind)) == 0) {
            *out = (enum identity_kind)kind;
            return 0;
        }
    }
    return refuse(err, "is for an unknown kind of account");
}

static int parse_actions(const struct texts *words, unsigned *access_out, struct err *err)
{
    unsigned access = 0;
    for (size_t i = 0; i < words->count; i++) {
        size_t a = 0;
        while (a < ARRAY_LEN(actions) && strcmp(words->items[i], actions[a].word) != 0)
            a++;
        if (a == ARRAY_LEN(actions))
            return refuse(err, "grants an unknown action");
        access |= actions[a].access;
    }
    *access_out = access;
    return 0;
}

/* Entries for repositories become grants; those for the catalog need none, as any token will do. */
static int parse_access(struct arena *arena, const struct list *access,
                        const struct name_rules *names, struct claims *out, struct err *err)
{
    const struct wire_access *items = access->items;
    out->grants = arena_array(arena, access->count, sizeof *out->grants);
    for (size_t i = 0; i < access->count; i++) {
        struct repository_name name;
        unsigned bits = 0;
        if (parse_actions(&items[i].actions, &bits, err) != 0)
            return -1;
        if (strcmp(items[i].type, "repository") != 0)
            continue;
        if (name_parse_repository(arena, str_of(items[i].name), names, &name, err) != 0)
            return refuse(err, "names a repository that cannot be");
        out->grants[out->grant_count++] = (struct grant){name.full, bits};
    }
    return 0;
}

int claims_check(struct arena *arena, const json_t *json, const struct claims_rules *rules,
                 int64_t now_s, struct claims *out, struct err *err)
{
    struct wire_claims wire = {0};
    struct claims claims = {0};
    if (json_decode(arena, &claims_schema, json, &wire, err) != 0) {
        err->code = ERR_UNAUTHORIZED;
        return err_wrap(err, "the token's claims: ");
    }
    if (strcmp(wire.issuer, rules->issuer) != 0)
        return refuse(err, "comes from another issuer");
    if (strcmp(wire.audience, rules->audience) != 0)
        return refuse(err, "is for another service");
    if (wire.context.version != CONTEXT_VERSION)
        return refuse(err, "has a context of an unknown version");
    if (check_times(&wire, rules, now_s, err) != 0 ||
        parse_kind(wire.context.kind, &claims.kind, err) != 0 ||
        parse_access(arena, &wire.access, rules->names, &claims, err) != 0)
        return -1;
    if (claims.kind != IDENTITY_ANONYMOUS && !wire.context.entity)
        return refuse(err, "does not say whose it is");
    claims.entity = wire.context.entity;
    claims.issued_s = wire.issued;
    claims.expires_s = wire.expires;
    *out = claims;
    return 0;
}
