/* SPDX-License-Identifier: Apache-2.0 */
/* The end of accounts, and new names. Everything is a fixed number of statements, however much an
 * account has; the content of repositories is the collector's to remove. */
#include "account_delete.h"

#include "base/rand.h"
#include "domain/account_delete_sql.h"
#include "domain/repository.h"

/* Names of robots stand between these two. */
static int delete_robot_accounts(struct db_tx *tx, const char *owner, struct err *err)
{
    char from[ACCOUNT_NAME_MAX + 2], to[ACCOUNT_NAME_MAX + 2];
    size_t len = strlen(owner);
    if (len > ACCOUNT_NAME_MAX)
        return err_set(err, ERR_INTERNAL, "an account's name is too long");
    memcpy(from, owner, len);
    memcpy(to, owner, len);
    memcpy(from + len, "+", 2);
    memcpy(to + len, ",", 2);
    return db_exec(tx, &Q_ACCOUNT_DELETE_ROBOT_ACCOUNTS, err, from, to) < 0 ? -1 : 0;
}

int account_delete(struct db_tx *tx, const struct account *account, int64_t now_ms, struct err *err)
{
    char buried[UUID_SIZE + 1] = "!";
    rand_uuid(buried + 1);
    if (repository_delete_all(tx, account->id, now_ms, err) != 0)
        return -1;
    for (size_t i = 0; account_delete_steps[i]; i++) {
        if (db_exec(tx, account_delete_steps[i], err, account->id) < 0)
            return -1;
    }
    if (delete_robot_accounts(tx, account->name, err) != 0)
        return -1;
    return db_exec(tx, &Q_ACCOUNT_DELETE_BURY, err, account->id, buried) < 0 ? -1 : 0;
}

int account_check_not_sole_admin(struct db_tx *tx, struct arena *arena, int64_t id, struct err *err)
{
    struct account_delete_name_row row;
    int found = db_one(tx, &Q_ACCOUNT_DELETE_SOLE_ADMIN, arena, &row, err, id);
    if (found > 0)
        return err_set(err, ERR_INVALID,
                       "the organization %.200s would have nobody to administer it: delete it "
                       "first, or add another owner",
                       row.name);
    return found;
}

/* A robot that nobody could name any more could not log in. */
static int check_robot_names(struct db_tx *tx, struct arena *arena, const struct account *account,
                             const char *name, struct err *err)
{
    struct account_delete_length_row robots = {0};
    if (db_one(tx, &Q_ACCOUNT_DELETE_LONGEST_ROBOT, arena, &robots, err, account->id) < 0)
        return -1;
    int64_t grows = (int64_t)strlen(name) - (int64_t)strlen(account->name);
    if (robots.longest == 0 || robots.longest + grows <= ACCOUNT_NAME_MAX)
        return 0;
    return err_set(err, ERR_INVALID,
                   "with this name those of its robot accounts would be longer than %d characters",
                   ACCOUNT_NAME_MAX);
}

int account_rename(struct db_tx *tx, struct arena *arena, const struct account *account,
                   const char *name, struct err *err)
{
    if (account_check_name(str_of(name), err) != 0 ||
        check_robot_names(tx, arena, account, name, err) != 0)
        return -1;
    int64_t rows = db_exec(tx, &Q_ACCOUNT_DELETE_RENAME, err, account->id, name);
    if (rows < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_EXISTS, "the name %.200s is taken", name);
    if (rows < 0)
        return -1;
    const char *prefix = arena_printf(arena, "%s+", name);
    int64_t short_from = (int64_t)strlen(account->name) + 2; /* counted from 1, behind the '+' */
    return db_exec(tx, &Q_ACCOUNT_DELETE_RENAME_ROBOTS, err, account->id, prefix, short_from) < 0
               ? -1
               : 0;
}
