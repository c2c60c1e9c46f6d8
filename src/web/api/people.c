/* SPDX-License-Identifier: Apache-2.0 */
/* What the resources about people share. */
#include "people.h"

#include "domain/robot.h"
#include "view.h"

int people_find(struct call *call, struct db_tx *tx, const char *name, struct account *out,
                struct err *err)
{
    int found = account_find_by_name(tx, call->arena, name, out, err);
    if (found <= 0)
        return found;
    return out->kind == ACCOUNT_USER || out->kind == ACCOUNT_ROBOT;
}

int people_get(struct call *call, struct db_tx *tx, const char *name, struct account *out,
               struct err *err)
{
    int found = people_find(call, tx, name, out, err);
    if (found == 0)
        return err_set(err, ERR_INVALID, "Unknown user %.200s", name);
    return found < 0 ? -1 : 0;
}

int people_check_robot(const struct call *call, const struct account *who, struct err *err)
{
    return robot_check_home(who, call->space.name, err);
}

int people_finish(struct call *call, struct db_tx **tx, struct err *err)
{
    if (db_commit(tx, err) != 0)
        return -1;
    reply_status(call->reply, 204);
    return 0;
}

int people_reply_rights(struct call *call, const struct list *rights, struct err *err)
{
    const struct held_right *all = rights->items;
    _cleanup_buf_ struct buf body;
    struct jw w = {.buf = &body};
    buf_init(&body, REPLY_BODY_MAX);
    jw_begin_object(&w);
    jw_key(&w, "permissions");
    jw_begin_array(&w);
    for (size_t i = 0; i < rights->count; i++) {
        jw_begin_object(&w);
        jw_key(&w, "repository");
        jw_begin_object(&w);
        jw_member_text(&w, "name", all[i].repository);
        jw_member_bool(&w, "is_public", all[i].is_public);
        jw_end_object(&w);
        jw_member_text(&w, "role", role_name(all[i].role));
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
    return call_reply_json(call, 200, &body, err);
}

struct people_links people_links_of(const struct list *list)
{
    return (struct people_links){.items = list->items, .count = list->count};
}

const struct member_link *people_links_next(struct people_links *links, const char *account)
{
    while (links->at < links->count) {
        const struct member_link *link = &links->items[links->at];
        int order = strcmp(link->account, account);
        if (order > 0)
            return NULL;
        links->at++;
        if (order == 0)
            return link;
    }
    return NULL;
}

void people_write_names(struct jw *w, const char *key, struct people_links *links,
                        const char *account)
{
    const struct member_link *link;
    jw_key(w, key);
    jw_begin_array(w);
    while ((link = people_links_next(links, account)) != NULL)
        jw_text(w, link->name);
    jw_end_array(w);
}

void people_write_teams(struct jw *w, const char *key, struct people_links *links,
                        const char *account)
{
    const struct member_link *link;
    jw_key(w, key);
    jw_begin_array(w);
    while ((link = people_links_next(links, account)) != NULL) {
        jw_begin_object(w);
        jw_member_text(w, "name", link->name);
        view_avatar(w, "avatar", link->name, NULL, "team");
        jw_end_object(w);
    }
    jw_end_array(w);
}
