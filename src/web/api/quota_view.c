/* SPDX-License-Identifier: Apache-2.0 */
/* Views of quotas. */
#include "quota_view.h"

#include "base/size.h"

static const struct field body_fields[] = {
    F_INT(struct quota_body, limit_bytes, "limit_bytes", 0, .min = -INT64_MAX, .max = INT64_MAX),
    F_TEXT(struct quota_body, limit, "limit", 0, .max = SIZE_TEXT_MAX),
};
const struct schema quota_body_schema = SCHEMA(struct quota_body, body_fields);

int quota_body_bytes(const struct call *call, int64_t *out, struct err *err)
{
    const struct quota_body *body = call->body;
    bool number = call_has(call, "limit_bytes"), text = call_has(call, "limit");
    if (number && text)
        return err_set(err, ERR_INVALID, "limit_bytes and limit cannot both be given");
    if (text)
        return size_parse(str_of(body->limit), out, err) != 0 ? -1 : 1;
    *out = body->limit_bytes;
    return number;
}

const char *quota_view_text(struct arena *arena, int64_t bytes)
{
    char text[SIZE_TEXT_MAX];
    size_format(bytes, text);
    return arena_strdup(arena, text);
}

void quota_view_write_limit(struct jw *w, const struct quota_limit *limit)
{
    jw_begin_object(w);
    jw_member_int(w, "id", limit->id);
    jw_member_text(w, "type", quota_kind_name(limit->kind));
    jw_member_int(w, "limit_percent", limit->percent);
    jw_end_object(w);
}

static void write_limits(struct jw *w, const struct quota *quota)
{
    const struct quota_limit *limits = quota ? quota->limits.items : NULL;
    jw_key(w, "limits");
    jw_begin_array(w);
    for (size_t i = 0; quota && i < quota->limits.count; i++)
        quota_view_write_limit(w, &limits[i]);
    jw_end_array(w);
}

void quota_view_write(const struct call *call, struct jw *w, const struct quota *quota)
{
    int64_t system = call->rules->quota_system_bytes;
    int64_t bytes = quota ? quota->limit_bytes : system;
    jw_begin_object(w);
    jw_key(w, "id");
    if (quota)
        jw_int(w, quota->id);
    else
        jw_null(w);
    jw_member_int(w, "limit_bytes", bytes);
    jw_member_text(w, "limit", quota_view_text(call->arena, bytes));
    jw_member_bool(w, "default_config", !quota);
    write_limits(w, quota);
    jw_member_bool(w, "default_config_exists", system != 0);
    jw_end_object(w);
}

int quota_shown_load(struct call *call, struct db_tx *tx, int64_t namespace_id,
                     struct quota_shown *out, struct err *err)
{
    *out = (struct quota_shown){.on = call_feature(call, FEATURE_EDIT_QUOTA)};
    if (!out->on)
        return 0;
    int found = quota_find(tx, call->arena, namespace_id, &out->quota, err);
    if (found < 0 || usage_of_namespace(tx, call->arena, namespace_id, &out->bytes, err) != 0)
        return -1;
    out->found = found;
    return usage_state_get(tx, call->arena, &out->state, err);
}

static void write_use(const struct call *call, struct jw *w, int64_t bytes, int64_t quota_bytes)
{
    int64_t allowed = quota_bytes ? quota_bytes : call->rules->quota_system_bytes;
    jw_member_int(w, "quota_bytes", bytes);
    jw_key(w, "configured_quota");
    if (allowed)
        jw_int(w, allowed);
    else
        jw_null(w);
}

void quota_shown_write(const struct call *call, struct jw *w, const struct quota_shown *shown)
{
    if (!shown->on)
        return;
    jw_key(w, "quotas");
    jw_begin_array(w);
    if (shown->found) {
        jw_begin_object(w);
        jw_member_int(w, "id", shown->quota.id);
        jw_member_int(w, "limit_bytes", shown->quota.limit_bytes);
        write_limits(w, &shown->quota);
        jw_end_object(w);
    }
    jw_end_array(w);
    jw_key(w, "quota_report");
    jw_begin_object(w);
    write_use(call, w, shown->bytes, shown->found ? shown->quota.limit_bytes : 0);
    jw_member_text(w, "running_backfill", usage_state_names[shown->state]);
    jw_member_text(w, "backfill_status", usage_state_names[shown->state]);
    jw_end_object(w);
}

void quota_shown_write_repository(const struct call *call, struct jw *w, int64_t bytes,
                                  int64_t quota_bytes)
{
    if (!call_feature(call, FEATURE_EDIT_QUOTA))
        return;
    jw_key(w, "quota_report");
    jw_begin_object(w);
    write_use(call, w, bytes, quota_bytes);
    jw_end_object(w);
}
