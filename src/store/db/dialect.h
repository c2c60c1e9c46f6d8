/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between the engines' SQL. Statements are written once:
 *
 *   parameters       $1, $2, ... in any order and number of uses
 *   column types     @pk@ @bytes@ @blob@ @name@ @text@ in migrations
 *   row locks        FOR UPDATE, FOR SHARE, with or without SKIP LOCKED; nothing on SQLite, where
 *                    the one writer holds the whole database
 *   names            ours that an engine reserves are quoted for it
 *
 * Everything else is portable, or the statement has a text of its own in query.mysql. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "store/db/db.h"

enum dialect { DIALECT_SQLITE, DIALECT_POSTGRES, DIALECT_MYSQL, DIALECT_COUNT };

enum {
    DIALECT_SQL_MAX = 16 * 1024, /* bytes of one statement */
    DIALECT_PARAMS_MAX = 32,     /* arguments of one statement */
    DIALECT_MARKS_MAX = 64,      /* placeholders of one statement, where each use counts */
};

/* "sqlite", "postgres", "mysql". */
const char *dialect_name(enum dialect dialect);

/* Append a migration with its column types and names made the engine's own. ERR_INTERNAL names an
 * unknown placeholder. */
int dialect_expand(enum dialect dialect, struct str sql, struct buf *out, struct err *err);

/* The statement as the engine takes it. */
struct dialect_marks {
    unsigned count;
    uint8_t argument[DIALECT_MARKS_MAX]; /* of each placeholder in order of the text, from 0 */
};

/* Append the text of a query. Where the engine's placeholders have numbers, `marks` is the
 * identity over the parameters; on MySQL (`?`) it says which argument stands where. ERR_INTERNAL
 * when the text and query.params do not agree. */
int dialect_query(enum dialect dialect, const struct query *query, struct buf *out,
                  struct dialect_marks *marks, struct err *err);
