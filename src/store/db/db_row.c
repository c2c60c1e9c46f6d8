/* SPDX-License-Identifier: Apache-2.0 */
/* Rows: columns are looked up by name once, when a statement is prepared; filling a struct is then
 * one switch for each column. */
#include "store/db/db_row.h"

#include <stdlib.h>

int db_row_plan(const struct db_driver *driver, struct db_stmt *stmt, struct err *err)
{
    const struct schema *row = stmt->query->row;
    if (!row)
        return 0;
    unsigned count = driver->columns(stmt);
    const struct field **fields = calloc(size_max(count, 1), sizeof *fields);
    if (!fields)
        abort();
    for (unsigned i = 0; i < count; i++) {
        const char *name = driver->column_name(stmt, i);
        fields[i] = schema_find(row, str_of(name));
        if (!fields[i]) {
            free(fields);
            err_set(err, ERR_INTERNAL, "statement: no field for column %s", name);
            return err_detail(err, "%s", stmt->query->sql);
        }
    }
    stmt->fields = fields;
    return 0;
}

static enum db_kind stored_as(enum field_kind kind)
{
    switch (kind) {
    case FIELD_BOOL:
    case FIELD_INT:
        return DB_INT;
    case FIELD_TEXT:
        return DB_TEXT;
    case FIELD_BYTES:
    case FIELD_DIGEST:
        return DB_BYTES;
    default:
        return DB_NULL;
    }
}

static int fill_member(const struct field *field, struct db_value value, struct arena *arena,
                       void *member, struct err *err)
{
    if (value.kind == DB_NULL)
        return 0;
    if (value.kind != stored_as(field->kind))
        return err_set(err, ERR_INTERNAL, "database: column %s has an unexpected type",
                       field->name);
    switch (field->kind) {
    case FIELD_BOOL:
        *(bool *)member = value.number != 0;
        return 0;
    case FIELD_INT:
        *(int64_t *)member = value.number;
        return 0;
    case FIELD_TEXT:
        *(const char **)member = arena_text(arena, value.bytes);
        return 0;
    case FIELD_BYTES:
        *(struct str *)member = arena_str(arena, value.bytes);
        return 0;
    default:
        return digest_unpack(value.bytes, member, err);
    }
}

int db_row_fill(const struct db_driver *driver, struct db_stmt *stmt, struct arena *arena,
                void *row, struct err *err)
{
    unsigned count = driver->columns(stmt);
    for (unsigned i = 0; i < count; i++) {
        const struct field *field = stmt->fields[i];
        void *member = (char *)row + field->offset;
        if (fill_member(field, driver->column(stmt, i), arena, member, err) != 0)
            return err_detail(err, "%s", stmt->query->sql);
    }
    return 0;
}
