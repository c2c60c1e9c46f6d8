/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what the program would send to an engine, one JSON object a line: its migrations, then
 * each of its statements.
 *
 *     dump_sql sqlite|postgres|mysql */
#include <stdio.h>

#include "base/quote.h"
#include "domain/queries.h"
#include "store/db/dialect.h"
#include "store/db/migrate.h"
#include "store/db/migrations.h"

enum { SQL_MAX = 1024 * 1024 };

static void print_field(struct buf *line, const char *name, struct str value)
{
    buf_printf(line, "%s\"%s\":", line->len > 0 ? "," : "{", name);
    quote_json(line, value);
}

static int print_line(const char *kind, const char *name, const struct buf *sql,
                      const struct query *query, struct err *err)
{
    _cleanup_buf_ struct buf line;
    buf_init(&line, 2 * SQL_MAX);
    print_field(&line, "kind", str_of(kind));
    print_field(&line, "name", str_of(name));
    print_field(&line, "sql", buf_str(sql));
    print_field(&line, "params", str_of(query && query->params ? query->params : ""));
    print_field(&line, "scan_ok", str_of(query && query->scan_ok ? "yes" : ""));
    if (!buf_ok(&line))
        return err_set(err, ERR_TOO_LARGE, "%s", name);
    printf("%s}\n", line.ptr);
    return 0;
}

static int print_migration(enum dialect dialect, const char *name, const char *text,
                           struct err *err)
{
    _cleanup_buf_ struct buf sql;
    buf_init(&sql, SQL_MAX);
    if (dialect_expand(dialect, str_of(text), &sql, err) != 0)
        return -1;
    return print_line("migration", name, &sql, NULL, err);
}

static int print_queries(enum dialect dialect, const struct query *const *queries, struct err *err)
{
    for (; *queries; queries++) {
        struct dialect_marks marks;
        _cleanup_buf_ struct buf sql;
        buf_init(&sql, SQL_MAX);
        if (dialect_query(dialect, *queries, &sql, &marks, err) != 0 ||
            print_line("query", (*queries)->sql, &sql, *queries, err) != 0)
            return -1;
    }
    return 0;
}

static int print_all(enum dialect dialect, struct err *err)
{
    if (print_migration(dialect, "schema_migration", migrate_table, err) != 0)
        return -1;
    for (const struct embedded *file = migration_files; file->name; file++) {
        if (print_migration(dialect, file->name, file->data, err) != 0)
            return -1;
    }
    if (print_queries(dialect, migrate_queries, err) != 0)
        return -1;
    for (const struct query *const *const *list = domain_queries; *list; list++) {
        if (print_queries(dialect, *list, err) != 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct err err;
    for (unsigned i = 0; argc == 2 && i < DIALECT_COUNT; i++) {
        enum dialect dialect = i;
        if (strcmp(argv[1], dialect_name(dialect)) != 0)
            continue;
        if (print_all(dialect, &err) == 0)
            return 0;
        fprintf(stderr, "dump_sql: %s (%s)\n", err.msg, err.detail);
        return 1;
    }
    fprintf(stderr, "usage: dump_sql sqlite|postgres|mysql\n");
    return 2;
}
