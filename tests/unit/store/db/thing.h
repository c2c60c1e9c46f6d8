/* SPDX-License-Identifier: Apache-2.0 */
/* Two made-up tables, with every type of column, for the tests of the database. */
#pragma once

#include "store/db/db_driver.h"

#include "unit.h"

struct thing {
    int64_t id;
    const char *name;
    int64_t amount;
    bool flag;
    struct str data;
    struct digest digest;
    const char *note;
};

struct count {
    int64_t count;
};

static const struct field thing_fields[] = {
    F_INT(struct thing, id, "id", 0),
    F_TEXT(struct thing, name, "name", 0),
    F_INT(struct thing, amount, "amount", FIELD_NULLABLE),
    F_BOOL(struct thing, flag, "flag", 0),
    F_BYTES(struct thing, data, "data", FIELD_NULLABLE),
    F_DIGEST(struct thing, digest, "digest", FIELD_NULLABLE),
    F_TEXT(struct thing, note, "note", FIELD_NULLABLE),
};
static const struct schema thing_row = SCHEMA(struct thing, thing_fields);
static const struct field count_fields[] = {F_INT(struct count, count, "count", 0)};
static const struct schema count_row = SCHEMA(struct count, count_fields);

static const char thing_tables[] =
    "CREATE TABLE thing (id @pk@, name @name@ NOT NULL, amount BIGINT,"
    " flag SMALLINT NOT NULL DEFAULT 0, data @blob@, digest @bytes@, note @text@,"
    " CONSTRAINT thing_name UNIQUE (name));"
    "CREATE TABLE part (id @pk@, thing_id BIGINT NOT NULL,"
    " CONSTRAINT part_thing FOREIGN KEY (thing_id) REFERENCES thing (id));";

#define THING_COLUMNS "SELECT id, name, amount, flag, data, digest, note FROM thing"

static const struct query Q_THING_INSERT = {
    .sql = "INSERT INTO thing (name, amount, flag, data, digest, note)"
           " VALUES ($1, $2, $3, $4, $5, $6)",
    .params = "tIiBDT",
};
static const struct query Q_THING_FIND = {
    .sql = THING_COLUMNS " WHERE name = $1",
    .params = "t",
    .row = &thing_row,
};
static const struct query Q_THING_LIST = {
    .sql = THING_COLUMNS " WHERE amount >= $1 ORDER BY id LIMIT $2",
    .params = "ii",
    .row = &thing_row,
};
static const struct query Q_THING_COUNT = {
    .sql = "SELECT COUNT(*) AS count FROM thing",
    .row = &count_row,
};
static const struct query Q_THING_SUM = {
    .sql = "SELECT SUM(amount) AS count FROM thing",
    .row = &count_row,
};
static const struct query Q_THING_ADD = {
    .sql = "UPDATE thing SET amount = amount + $2 WHERE name = $1",
    .params = "ti",
};
static const struct query Q_THING_DELETE = {
    .sql = "DELETE FROM thing WHERE name = $1",
    .params = "t",
};
static const struct query Q_PART_INSERT = {
    .sql = "INSERT INTO part (thing_id) VALUES ($1)",
    .params = "i",
};

/* Make the tables; fails the test when that is not possible. */
static inline void make_things(struct db *db)
{
    struct err err;
    _cleanup_buf_ struct buf sql;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    buf_init(&sql, 64 * 1024);
    assert_ok(dialect_expand(db_dialect(db), str_of(thing_tables), &sql, &err), &err);
    assert_ok(db_begin(db, DB_WRITE, &tx, &err), &err);
    assert_ok(db_script(tx, sql.ptr, &err), &err);
    assert_ok(db_commit(&tx, &err), &err);
}

/* Commit one row with this name and amount. */
static inline int put_thing(struct db *db, const char *name, int64_t amount, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_WRITE, &tx, err) != 0 ||
        db_insert(tx, &Q_THING_INSERT, err, name, &amount, (int64_t)0, (struct str){0}, NULL,
                  NULL) < 0)
        return -1;
    return db_commit(&tx, err);
}

/* A count or sum in a transaction of its own, or -1. */
static inline int64_t read_number(struct db *db, const struct query *query, struct err *err)
{
    struct arena arena = {0};
    struct count row = {-1};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0 || db_one(tx, query, &arena, &row, err) != 1)
        row.count = -1;
    arena_done(&arena);
    return row.count;
}
