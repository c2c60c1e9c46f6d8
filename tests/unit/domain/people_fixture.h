/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of people share: a database in memory with one open transaction, in which there
 * are users, an organization "acme" and its teams. */
#pragma once

#include "unit.h"

#include "domain/account.h"
#include "domain/grant.h"
#include "domain/repository.h"
#include "domain/robot.h"
#include "domain/team.h"
#include "store/db/migrate.h"

static const int64_t NOW = 1800000000000;

struct fixture {
    struct db *db;
    struct db_tx *tx;
    struct arena arena;
    struct err err;
    struct seal_key key;
    struct account alice, bob, acme;
    struct team owners, coders; /* of acme: alice is in owners, bob in coders (member) */
};

static inline struct account fixture_user(struct fixture *f, const char *name)
{
    struct account made = {0};
    struct account_new in = {.name = name};
    assert_ok(account_create_user(f->tx, &f->arena, &in, NOW, &made, &f->err), &f->err);
    return made;
}

static inline struct team fixture_team(struct fixture *f, const char *name, int64_t role,
                                       int64_t member_id)
{
    struct team team = {.organization_id = f->acme.id, .name = name, .role = role};
    team.id = team_create(f->tx, &team, &f->err);
    assert_true(team.id > 0);
    team.description = "";
    assert_int_equal(team_add_member(f->tx, team.id, member_id, &f->err), 1);
    return team;
}

static inline struct robot fixture_robot(struct fixture *f, const struct account *owner,
                                         const char *name)
{
    struct robot made = {0};
    struct robot_new in = {.owner = owner, .short_name = name};
    assert_ok(robot_create(f->tx, &f->arena, &f->key, &in, NOW, &made, &f->err), &f->err);
    return made;
}

static inline int64_t fixture_repository(struct fixture *f, const struct account *owner,
                                         int64_t creator_id, const char *name)
{
    struct repository_new in = {.namespace_id = owner->id, .creator_id = creator_id, .name = name};
    int64_t id = repository_create_for(f->tx, &in, NOW, &f->err);
    assert_true(id > 0);
    return id;
}

/* The highest role by grants alone. */
static inline int64_t fixture_role(struct fixture *f, int64_t account_id, int64_t repository_id)
{
    int64_t role;
    assert_ok(grant_on_repository(f->tx, account_id, repository_id, &role, &f->err), &f->err);
    return role;
}

static inline int fixture_open(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    struct db_config config = {.uri = "sqlite://:memory:"};
    *state = &f;
    if (db_open(&config, &f.db, &f.err) != 0 || migrate_up(f.db, &f.err) < 0 ||
        db_begin(f.db, DB_WRITE, &f.tx, &f.err) != 0)
        return -1;
    seal_derive(STR("secret"), "test", &f.key);
    f.alice = fixture_user(&f, "alice");
    f.bob = fixture_user(&f, "bob");
    struct account_new in = {.name = "acme"};
    if (account_create_organization(f.tx, &f.arena, &in, NOW, &f.acme, &f.err) != 0)
        return -1;
    f.owners = fixture_team(&f, team_owners_name, TEAM_ADMIN, f.alice.id);
    f.coders = fixture_team(&f, "coders", TEAM_MEMBER, f.bob.id);
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    db_end(&f->tx);
    db_close(f->db);
    arena_done(&f->arena);
    return 0;
}

#define WITH_PEOPLE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
