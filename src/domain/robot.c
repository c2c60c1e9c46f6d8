/* SPDX-License-Identifier: Apache-2.0 */
/* Robot accounts. The token is kept twice: as a hash, which is what a login is compared with, and
 * sealed, because the API shows it to the owner again. */
#include "robot.h"

#include "base/rand.h"
#include "domain/robot_sql.h"
#include "domain/secret.h"

int robot_check_short_name(const char *owner, const char *short_name, struct err *err)
{
    if (account_check_name(str_of(short_name), err) != 0)
        return err_wrap(err, "robot account: ");
    if (strlen(short_name) > ROBOT_SHORT_MAX ||
        strlen(owner) + 1 + strlen(short_name) > ACCOUNT_NAME_MAX)
        return err_set(err, ERR_INVALID, "robot account: the name is too long");
    return 0;
}

const char *robot_name(struct arena *arena, const char *owner, const char *short_name)
{
    return arena_printf(arena, "%s+%s", owner, short_name);
}

int robot_find(struct db_tx *tx, struct arena *arena, const char *name, struct robot *out,
               struct err *err)
{
    if (strlen(name) > ACCOUNT_NAME_MAX)
        return 0;
    return db_one(tx, &Q_ROBOT_FIND, arena, out, err, name);
}

static void draw_token(struct arena *arena, const struct seal_key *key, struct robot *robot)
{
    char token[ROBOT_TOKEN_LEN + 1];
    uint8_t hash[SECRET_HASH_SIZE];
    _cleanup_buf_ struct buf sealed;
    rand_token(token, ROBOT_TOKEN_LEN);
    secret_hash(str_of(token), hash);
    buf_init(&sealed, ROBOT_TOKEN_LEN + SEAL_OVERHEAD);
    seal_close(key, str_of(token), &sealed);
    explicit_bzero(token, sizeof token);
    robot->token_hash = arena_str(arena, (struct str){(const char *)hash, sizeof hash});
    robot->token_sealed = arena_str(arena, buf_str(&sealed));
}

int robot_create(struct db_tx *tx, struct arena *arena, const struct seal_key *key,
                 const struct robot_new *in, int64_t now_ms, struct robot *out, struct err *err)
{
    char uuid[UUID_SIZE];
    rand_uuid(uuid);
    if (robot_check_short_name(in->owner->name, in->short_name, err) != 0)
        return -1;
    struct robot made = {
        .owner_id = in->owner->id,
        .uuid = arena_strdup(arena, uuid),
        .name = robot_name(arena, in->owner->name, in->short_name),
        .description = in->description ? in->description : "",
        .metadata = in->metadata ? in->metadata : "{}",
        .created_ms = now_ms,
        .enabled = true,
        .owner_enabled = in->owner->enabled,
    };
    draw_token(arena, key, &made);
    made.id = db_insert(tx, &Q_ROBOT_INSERT_ACCOUNT, err, made.uuid, made.name, now_ms);
    if (made.id < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_EXISTS, "there is a robot account %.200s already", made.name);
    if (made.id < 0 || db_exec(tx, &Q_ROBOT_INSERT, err, made.id, made.owner_id, made.description,
                               made.metadata, made.token_hash, made.token_sealed) < 0)
        return -1;
    *out = made;
    return 0;
}

int robot_renew_token(struct db_tx *tx, struct arena *arena, const struct seal_key *key,
                      struct robot *robot, struct err *err)
{
    struct robot renewed = *robot;
    draw_token(arena, key, &renewed);
    if (db_exec(tx, &Q_ROBOT_SET_TOKEN, err, robot->id, renewed.token_hash, renewed.token_sealed) <
        0)
        return -1;
    *robot = renewed;
    return 0;
}

const char *robot_token(struct arena *arena, const struct seal_key *key, const struct robot *robot)
{
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, ROBOT_TOKEN_LEN);
    return seal_open(key, robot->token_sealed, &plain) ? arena_text(arena, buf_str(&plain)) : NULL;
}

int robot_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    static const struct query *const steps[] = {
        &Q_ROBOT_DELETE_IDENTITIES,
        &Q_ROBOT_DELETE_MEMBERSHIPS,
        &Q_ROBOT_DELETE_RIGHTS,
        &Q_ROBOT_DELETE_DEFAULTS,
        &Q_ROBOT_DELETE,
        &Q_ROBOT_DELETE_ACCOUNT,
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (db_exec(tx, steps[i], err, id) < 0)
            return -1;
    }
    return 0;
}

int robot_touch(struct db_tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
    return db_exec(tx, &Q_ROBOT_TOUCH, err, id, now_ms) < 0 ? -1 : 0;
}

int robot_list(struct db_tx *tx, struct arena *arena, int64_t owner_id, const char *after,
               int64_t limit, struct list *out, struct err *err)
{
    bool whole = limit < 1 || limit > DB_WHOLE_MAX;
    return db_list_whole(tx, &Q_ROBOT_LIST, arena, out, err, owner_id, after ? after : "",
                         whole ? DB_WHOLE_LIMIT : limit);
}

int robot_list_teams(struct db_tx *tx, struct arena *arena, int64_t owner_id, struct list *out,
                     struct err *err)
{
    return db_list_whole(tx, &Q_ROBOT_LIST_TEAMS, arena, out, err, owner_id, DB_WHOLE_LIMIT);
}

int robot_list_repositories(struct db_tx *tx, struct arena *arena, int64_t owner_id,
                            struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_ROBOT_LIST_REPOSITORIES, arena, out, err, owner_id, DB_WHOLE_LIMIT);
}

int robot_list_rights(struct db_tx *tx, struct arena *arena, int64_t id, struct list *out,
                      struct err *err)
{
    return db_list_whole(tx, &Q_ROBOT_RIGHTS, arena, out, err, id, DB_WHOLE_LIMIT);
}

int robot_list_identities(struct db_tx *tx, struct arena *arena, int64_t id, struct list *out,
                          struct err *err)
{
    return db_list(tx, &Q_ROBOT_IDENTITIES, arena, out, err, id, (int64_t)ROBOT_IDENTITIES_MAX);
}

static int check_identity(const struct robot_identity *all, size_t at, struct err *err)
{
    const struct robot_identity *one = &all[at];
    if (!one->issuer || !one->issuer[0] || !one->subject || !one->subject[0])
        return err_set(err, ERR_INVALID, "an identity needs an issuer and a subject");
    struct str issuer = str_of(one->issuer);
    if (!str_starts(issuer, STR("https://")) && !str_starts(issuer, STR("http://")))
        return err_set(err, ERR_INVALID, "issuer: must be a URL of http or https");
    for (size_t i = 0; i < at; i++) {
        if (strcmp(all[i].issuer, one->issuer) == 0 && strcmp(all[i].subject, one->subject) == 0)
            return err_set(err, ERR_INVALID, "an identity is given twice");
    }
    return 0;
}

int robot_put_identities(struct db_tx *tx, int64_t id, const struct list *identities,
                         struct err *err)
{
    const struct robot_identity *all = identities->items;
    if (identities->count > ROBOT_IDENTITIES_MAX)
        return err_set(err, ERR_INVALID, "a robot may have %d identities", ROBOT_IDENTITIES_MAX);
    if (db_exec(tx, &Q_ROBOT_DELETE_IDENTITIES, err, id) < 0)
        return -1;
    for (size_t i = 0; i < identities->count; i++) {
        if (check_identity(all, i, err) != 0 ||
            db_insert(tx, &Q_ROBOT_IDENTITY_INSERT, err, id, all[i].issuer, all[i].subject) < 0)
            return -1;
    }
    return 0;
}

int robot_check_home(const struct account *who, const char *namespace_name, struct err *err)
{
    struct str name = str_of(who->name), owner;
    if (who->kind == ACCOUNT_ROBOT && str_cut(&name, '+', &owner) &&
        !str_eq_text(owner, namespace_name))
        return err_set(err, ERR_INVALID, "%.200s is no robot account of %.200s", who->name,
                       namespace_name);
    return 0;
}
