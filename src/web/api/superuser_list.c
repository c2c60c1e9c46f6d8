/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of accounts for superusers. Quay's clients may ask for all at once; what is fetched is
 * fetched in pages of one transaction. The largest registries come with a next page. */
#include "superuser_list.h"

#include "page_token.h"

enum { LIMIT_MAX = 100 };

static const struct field list_fields[] = {
    F_INT(struct superuser_list_query, limit, "limit", 0, .min = 1, .max = LIMIT_MAX),
    F_TEXT(struct superuser_list_query, next_page, "next_page", 0, .max = 4096),
    F_BOOL(struct superuser_list_query, disabled, "disabled", 0),
};
const struct schema superuser_list_schema = SCHEMA(struct superuser_list_query, list_fields);

static bool with_disabled(const struct call *call)
{
    const struct superuser_list_query *query = call->query;
    bool said = false;
    struct str rest = call->request->query, pair;
    while (str_cut(&rest, '&', &pair))
        said |= str_starts(pair, STR("disabled="));
    return !said || query->disabled;
}

/* A page of accounts, and what is to be shown of their quotas. */
struct fetched {
    struct list accounts;
    struct list quotas; /* struct quota_row */
    size_t at;          /* in quotas */
    enum usage_state state;
};

static int fetch(struct call *call, struct db_tx *tx, const struct account_page *page,
                 struct fetched *out, struct err *err)
{
    *out = (struct fetched){0};
    if (account_list(tx, call->arena, page, &out->accounts, err) != 0)
        return -1;
    const struct account *accounts = out->accounts.items;
    size_t count = out->accounts.count;
    if (count == 0 || !call_feature(call, FEATURE_EDIT_QUOTA))
        return 0;
    if (usage_state_get(tx, call->arena, &out->state, err) != 0)
        return -1;
    return quota_list(tx, call->arena, page->kind, accounts[0].name, accounts[count - 1].name,
                      page->disabled_too, &out->quotas, err);
}

static struct quota_shown next_quota(struct call *call, struct fetched *page,
                                     const struct account *account)
{
    struct quota_shown shown = {.on = call_feature(call, FEATURE_EDIT_QUOTA), .state = page->state};
    if (shown.on && quota_list_next(&page->quotas, &page->at, call->arena, account->id,
                                    &shown.quota, &shown.bytes))
        shown.found = shown.quota.id != 0;
    return shown;
}

int superuser_list_reply(struct call *call, int64_t kind, const char *member,
                         void (*write)(struct call *call, struct jw *w,
                                       const struct account *account,
                                       const struct quota_shown *quota),
                         struct err *err)
{
    const struct superuser_list_query *query = call->query;
    int64_t left = query->limit ? query->limit : DB_WHOLE_MAX;
    struct account_page page = {kind, with_disabled(call), page_token_read(call, query->next_page),
                                0};
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    bool more = true;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    buf_init(&body, REPLY_BODY_MAX);
    if (db_begin(call->service->db, DB_READ, &tx, err) != 0)
        return -1;
    jw_begin_object(&w);
    jw_key(&w, member);
    jw_begin_array(&w);
    while (left > 0 && more) {
        struct fetched fetched;
        page.limit = left < ACCOUNT_PAGE_MAX ? left : ACCOUNT_PAGE_MAX;
        if (fetch(call, tx, &page, &fetched, err) != 0)
            return -1;
        const struct account *accounts = fetched.accounts.items;
        size_t count = fetched.accounts.count;
        for (size_t i = 0; i < count; i++) {
            struct quota_shown quota = next_quota(call, &fetched, &accounts[i]);
            write(call, &w, &accounts[i], &quota);
        }
        more = (int64_t)count == page.limit;
        left -= (int64_t)count;
        if (count > 0)
            page.after = accounts[count - 1].name;
    }
    jw_end_array(&w);
    if (more)
        jw_member_text(&w, "next_page", page_token_make(call, page.after));
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

int superuser_list_find(struct call *call, struct db_tx *tx, const char *name, int64_t kind,
                        struct account *out, struct err *err)
{
    int found = account_find_by_name(tx, call->arena, name, out, err);
    if (found < 0)
        return -1;
    if (found == 0 || out->kind != kind)
        return err_set(err, ERR_NOT_FOUND, "Not Found");
    return 0;
}
