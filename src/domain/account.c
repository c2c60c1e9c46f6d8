/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts. The rules for names, addresses and passwords are here, once, for the API, the command
 * line and imports alike. Hashing a password is not: it is slow, and belongs in no transaction. */
#include "account.h"

#include "base/quote.h"
#include "base/rand.h"
#include "domain/account_sql.h"
#include "domain/mail_code.h"
#include "domain/name.h"

int account_check_name(struct str name, struct err *err)
{
    if (name.len < ACCOUNT_NAME_MIN || name.len > ACCOUNT_NAME_MAX)
        return err_set(err, ERR_INVALID, "a name must have %d to %d characters", ACCOUNT_NAME_MIN,
                       ACCOUNT_NAME_MAX);
    if (!name_component_ok(name))
        return err_set(err, ERR_INVALID,
                       "a name must be made of lower-case letters, digits and single separators "
                       "(. _ __ -)");
    return 0;
}

/* Printable, and no white space: what an address or a password is made of. */
static bool is_dense(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7f)
            return false;
    }
    return utf8_valid(text);
}

int account_check_email(struct str email, struct err *err)
{
    ptrdiff_t at = str_find(email, '@');
    ptrdiff_t dot = str_find_last(email, '.');
    bool ok = email.len <= ACCOUNT_EMAIL_MAX && is_dense(email) && at > 0 &&
              str_find_last(email, '@') == at && dot > at + 1 && dot + 1 < (ptrdiff_t)email.len;
    if (!ok)
        return err_set(err, ERR_INVALID, "this is not an e-mail address");
    return 0;
}

static size_t utf8_count(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

int account_check_password(struct str password, struct err *err)
{
    if (!is_dense(password) || utf8_count(password) < ACCOUNT_PASSWORD_MIN)
        return err_set(err, ERR_INVALID,
                       "a password must have at least %d characters and no white space",
                       ACCOUNT_PASSWORD_MIN);
    if (password.len > ACCOUNT_PASSWORD_MAX)
        return err_set(err, ERR_INVALID, "a password may have at most %d bytes",
                       ACCOUNT_PASSWORD_MAX);
    return 0;
}

static char *lower_text(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *at = copy; at && *at; at++)
        *at = char_lower(*at);
    return copy;
}

int account_find_by_name(struct db_tx *tx, struct arena *arena, const char *name,
                         struct account *out, struct err *err)
{
    if (strlen(name) > ACCOUNT_NAME_MAX)
        return 0;
    return db_one(tx, &Q_ACCOUNT_BY_NAME, arena, out, err, name);
}

int account_find_by_email(struct db_tx *tx, struct arena *arena, const char *email,
                          struct account *out, struct err *err)
{
    if (strlen(email) > ACCOUNT_EMAIL_MAX)
        return 0;
    return db_one(tx, &Q_ACCOUNT_BY_EMAIL, arena, out, err, lower_text(arena, email));
}

int account_find_by_id(struct db_tx *tx, struct arena *arena, int64_t id, struct account *out,
                       struct err *err)
{
    return db_one(tx, &Q_ACCOUNT_BY_ID, arena, out, err, id);
}

int account_find_by_uuid(struct db_tx *tx, struct arena *arena, const char *uuid,
                         struct account *out, struct err *err)
{
    return db_one(tx, &Q_ACCOUNT_BY_UUID, arena, out, err, uuid);
}

static int create(struct db_tx *tx, struct arena *arena, const struct account *row,
                  struct account *out, struct err *err)
{
    if (account_check_name(str_of(row->name), err) != 0)
        return -1;
    if (row->email && account_check_email(str_of(row->email), err) != 0)
        return -1;
    struct account made = *row;
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    made.uuid = arena_strdup(arena, uuid);
    made.name = arena_strdup(arena, row->name);
    made.email = lower_text(arena, row->email);
    made.password_hash = arena_strdup(arena, row->password_hash);
    made.enabled = true;
    made.verified = true;
    made.id = db_insert(tx, &Q_ACCOUNT_INSERT, err, made.uuid, made.kind, made.name, made.email,
                        made.password_hash, (int64_t)made.superuser, made.created_ms);
    if (made.id < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_EXISTS, "the name %s%s is taken", made.name,
                       made.email ? " or the e-mail address" : "");
    if (made.id < 0)
        return -1;
    *out = made;
    return 0;
}

int account_create_user(struct db_tx *tx, struct arena *arena, const struct account_new *in,
                        int64_t now_ms, struct account *out, struct err *err)
{
    struct account row = {
        .kind = ACCOUNT_USER,
        .name = in->name,
        .email = in->email,
        .password_hash = in->password_hash,
        .superuser = in->superuser,
        .created_ms = now_ms,
    };
    return create(tx, arena, &row, out, err);
}

int account_create_organization(struct db_tx *tx, struct arena *arena, const struct account_new *in,
                                int64_t now_ms, struct account *out, struct err *err)
{
    struct account row = {
        .kind = ACCOUNT_ORGANIZATION,
        .name = in->name,
        .email = in->email,
        .created_ms = now_ms,
    };
    return create(tx, arena, &row, out, err);
}

/* The verdict on an UPDATE of one account by its id. */
static int changed_one(int64_t rows, struct err *err)
{
    if (rows == 0)
        return err_set(err, ERR_NOT_FOUND, "no such account");
    return rows < 0 ? -1 : 0;
}

int account_set_password(struct db_tx *tx, int64_t id, const char *hash, struct err *err)
{
    return mail_code_cancel_all(tx, id, err) != 0
               ? -1
               : changed_one(db_exec(tx, &Q_ACCOUNT_SET_PASSWORD, err, id, hash), err);
}

int account_set_enabled(struct db_tx *tx, int64_t id, bool enabled, struct err *err)
{
    return changed_one(db_exec(tx, &Q_ACCOUNT_SET_ENABLED, err, id, (int64_t)enabled), err);
}

int account_set_superuser(struct db_tx *tx, int64_t id, bool superuser, struct err *err)
{
    return changed_one(db_exec(tx, &Q_ACCOUNT_SET_SUPERUSER, err, id, (int64_t)superuser), err);
}

int account_set_email(struct db_tx *tx, struct arena *arena, int64_t id, const char *email,
                      struct err *err)
{
    if (email && account_check_email(str_of(email), err) != 0)
        return -1;
    const char *stored = lower_text(arena, email);
    int64_t rows = db_exec(tx, &Q_ACCOUNT_SET_EMAIL, err, id, stored);
    if (rows < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_EXISTS, "the e-mail address is taken");
    return changed_one(rows, err) != 0 ? -1 : mail_code_cancel_all(tx, id, err);
}

int account_end_sessions(struct db_tx *tx, int64_t id, struct err *err)
{
    return changed_one(db_exec(tx, &Q_ACCOUNT_END_SESSIONS, err, id), err);
}

int account_login_failed(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
    return changed_one(db_exec(tx, &Q_ACCOUNT_LOGIN_FAILED, err, id, now_ms), err);
}

int account_login_cleared(struct db_tx *tx, int64_t id, struct err *err)
{
    return changed_one(db_exec(tx, &Q_ACCOUNT_LOGIN_CLEARED, err, id), err);
}

int account_list(struct db_tx *tx, struct arena *arena, const struct account_page *page,
                 struct list *out, struct err *err)
{
    int64_t limit = page->limit < 1 ? 1 : page->limit;
    limit = limit > ACCOUNT_PAGE_MAX ? ACCOUNT_PAGE_MAX : limit;
    return db_list(tx, &Q_ACCOUNT_PAGE, arena, out, err, page->after ? page->after : "", page->kind,
                   (int64_t)page->disabled_too, limit);
}

/* One number: 1, 0 when there is no row, -1. */
static int read_number(struct db_tx *tx, const struct query *query, int64_t kind, int64_t *out,
                       struct err *err)
{
    struct arena scratch = {0};
    struct account_number_row row = {0};
    int found = db_one(tx, query, &scratch, &row, err, kind);
    arena_done(&scratch);
    if (found > 0)
        *out = row.number;
    return found;
}

int account_count(struct db_tx *tx, int64_t kind, int64_t *out, struct err *err)
{
    return read_number(tx, &Q_ACCOUNT_COUNT, kind, out, err) < 0 ? -1 : 0;
}

int account_any_user(struct db_tx *tx, bool *out, struct err *err)
{
    int64_t id;
    int found = read_number(tx, &Q_ACCOUNT_FIRST, ACCOUNT_USER, &id, err);
    if (found < 0)
        return -1;
    *out = found > 0;
    return 0;
}
