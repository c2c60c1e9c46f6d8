/* SPDX-License-Identifier: Apache-2.0 */
/* Logins of robot accounts: one read, one hash. That it was used is written down no more often than
 * once a minute, and a login is not refused because that could not be done. */
#include "robot_login.h"

#include "auth/auth_state.h"
#include "domain/robot.h"
#include "domain/secret.h"

enum { TOUCH_MS = 60 * 1000 };

bool robot_login_allowed(const struct auth_config *rules, const char *name)
{
    for (size_t i = 0; rules->robots_disallow && i < rules->robots_whitelist.count; i++) {
        if (strcmp(rules->robots_whitelist.items[i], name) == 0)
            return true;
    }
    return !rules->robots_disallow;
}

static int load(struct auth *auth, struct arena *arena, const char *name, struct robot *out,
                struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    return db_begin(auth->db, DB_READ, &tx, err) != 0 ? -1 : robot_find(tx, arena, name, out, err);
}

static void touch(struct auth *auth, const struct robot *robot, int64_t now_ms)
{
    struct err ignored;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (now_ms - robot->last_accessed_ms < TOUCH_MS ||
        db_begin(auth->db, DB_WRITE_RELAXED, &tx, &ignored) != 0)
        return;
    if (robot_touch(tx, robot->id, now_ms, &ignored) == 0)
        (void)db_commit(&tx, &ignored);
}

int robot_login(struct auth *auth, struct arena *arena, const char *name, struct str token,
                int64_t now_ms, struct identity *out, struct err *err)
{
    struct robot robot;
    if (!robot_login_allowed(&auth->rules, name))
        return err_set(err, ERR_UNAUTHORIZED, "robot accounts are not allowed here");
    int found = load(auth, arena, name, &robot, err);
    if (found < 0)
        return -1;
    if (found == 0 || !secret_matches(robot.token_hash, token))
        return err_set(err, ERR_UNAUTHORIZED, "no robot account has this name and token");
    if (!robot.enabled || !robot.owner_enabled)
        return err_set(err, ERR_UNAUTHORIZED, "the robot's owner is disabled");
    struct account account = {
        .id = robot.id, .kind = ACCOUNT_ROBOT, .name = robot.name, .uuid = robot.uuid};
    *out = identity_of_account(&auth->rules, &account);
    touch(auth, &robot, now_ms);
    return 0;
}
