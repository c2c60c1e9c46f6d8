/* SPDX-License-Identifier: Apache-2.0 */
/* Terms. The number of a version is made from the highest one there is; the unique index refuses
 * the second of two that are published at once. */
#include "terms.h"

#include "domain/account.h"
#include "domain/terms_sql.h"

const char *const terms_policy_names[] = {"everybody", "accounts", "terms", NULL};

const char *terms_policy_name(int64_t policy)
{
    bool known = policy >= PULL_EVERYBODY && policy <= PULL_TERMS;
    return terms_policy_names[known ? policy : PULL_EVERYBODY];
}

int terms_policy_parse(const char *name)
{
    for (int i = 0; terms_policy_names[i]; i++) {
        if (strcmp(terms_policy_names[i], name) == 0)
            return i;
    }
    return -1;
}

int terms_find(struct db_tx *tx, struct arena *arena, int64_t organization_id, int64_t version,
               struct terms *out, struct err *err)
{
    return version == 0
               ? db_one(tx, &Q_TERMS_CURRENT, arena, out, err, organization_id)
               : db_one(tx, &Q_TERMS_BY_VERSION, arena, out, err, organization_id, version);
}

int terms_list(struct db_tx *tx, struct arena *arena, int64_t organization_id, int64_t before,
               int64_t limit, struct list *out, struct err *err)
{
    return db_list(tx, &Q_TERMS_LIST, arena, out, err, organization_id, before ? before : INT64_MAX,
                   limit < TERMS_PAGE_MAX ? limit : TERMS_PAGE_MAX);
}

/* The number of the current version; 0: there are no terms. */
static int current_version(struct db_tx *tx, int64_t organization_id, int64_t *out, struct err *err)
{
    struct arena arena = {0};
    struct terms current = {0};
    int found = terms_find(tx, &arena, organization_id, 0, &current, err);
    arena_done(&arena);
    if (found < 0)
        return -1;
    *out = current.version;
    return 0;
}

static bool is_blank(const char *text)
{
    while (*text && (unsigned char)*text <= ' ')
        text++;
    return !*text;
}

int terms_publish(struct db_tx *tx, int64_t organization_id, const char *content, int64_t now_ms,
                  int64_t *version_out, struct err *err)
{
    int64_t version;
    if (is_blank(content))
        return err_set(err, ERR_INVALID, "content: must not be empty");
    if (strlen(content) > TERMS_CONTENT_MAX)
        return err_set(err, ERR_INVALID, "content: longer than %d bytes", TERMS_CONTENT_MAX);
    if (current_version(tx, organization_id, &version, err) != 0)
        return -1;
    version++;
    if (db_insert(tx, &Q_TERMS_INSERT, err, organization_id, version, content, now_ms) < 0)
        return err && err->code == ERR_EXISTS
                   ? err_set(err, ERR_CONFLICT, "another version was published just now")
                   : -1;
    *version_out = version;
    return 0;
}

int terms_accepted_version(struct db_tx *tx, int64_t organization_id, int64_t account_id,
                           int64_t *out, struct err *err)
{
    struct terms_number_row row = {0};
    struct arena none = {0}; /* a number takes no memory */
    int found = db_one(tx, &Q_TERMS_ACCEPTED_VERSION, &none, &row, err, organization_id,
                       account_id);
    arena_done(&none);
    if (found < 0)
        return -1;
    *out = row.number;
    return 0;
}

int terms_accept(struct db_tx *tx, int64_t organization_id, int64_t account_id, int64_t version,
                 const char *ip, int64_t now_ms, struct err *err)
{
    int64_t current, accepted;
    if (current_version(tx, organization_id, &current, err) != 0 ||
        terms_accepted_version(tx, organization_id, account_id, &accepted, err) != 0)
        return -1;
    if (current == 0)
        return err_set(err, ERR_NOT_FOUND, "this organization has no terms");
    if (version != current)
        return err_set(err, ERR_CONFLICT, "the terms have changed: version %lld is the current one",
                       (long long)current);
    if (accepted == current)
        return 0;
    return db_insert(tx, &Q_TERMS_ACCEPT, err, organization_id, account_id, version, now_ms, ip) < 0
               ? -1
               : 1;
}

int terms_revoke(struct db_tx *tx, int64_t organization_id, int64_t account_id, int64_t now_ms,
                 struct err *err)
{
    int64_t rows = db_exec(tx, &Q_TERMS_REVOKE, err, organization_id, account_id, now_ms);
    return rows < 0 ? -1 : rows > 0;
}

int terms_list_acceptances(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                           int64_t after, int64_t limit, struct list *out, struct err *err)
{
    return db_list(tx, &Q_TERMS_ACCEPTANCES, arena, out, err, organization_id, after,
                   limit < TERMS_PAGE_MAX ? limit : TERMS_PAGE_MAX);
}

int terms_are_accepted(struct db_tx *tx, int64_t organization_id, int64_t account_id, bool *out,
                       struct err *err)
{
    struct terms_number_row row = {0};
    struct arena none = {0}; /* a number takes no memory */
    int found = db_one(tx, &Q_TERMS_ARE_ACCEPTED, &none, &row, err, organization_id, account_id);
    arena_done(&none);
    if (found < 0)
        return -1;
    *out = row.number > 0;
    return 0;
}

int terms_set_policy(struct db_tx *tx, int64_t organization_id, int64_t policy, struct err *err)
{
    int64_t version = 1;
    if (policy == PULL_TERMS && current_version(tx, organization_id, &version, err) != 0)
        return -1;
    if (version == 0)
        return err_set(err, ERR_CONFLICT, "publish terms first: there is nothing to accept yet");
    return db_exec(tx, &Q_TERMS_SET_POLICY, err, organization_id, policy) < 0 ? -1 : 0;
}
