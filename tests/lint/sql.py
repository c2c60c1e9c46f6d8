# SPDX-License-Identifier: Apache-2.0
"""SQL is written in *_sql.c beside its domain, in store/db and in migrations; nowhere else."""
import re

import lint

STATEMENT = re.compile(
    r'"\s*(SELECT\s|INSERT\s+INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|(CREATE|ALTER|DROP)\s+'
    r"(TABLE|UNIQUE|INDEX)\b|WITH\s+\w+\s+AS\b|BEGIN\b|COMMIT\b|ROLLBACK\b|PRAGMA\s)")


def check(path, text):
    if path.endswith("_sql.c") or path.startswith("src/store/db/"):
        return []
    return [(lint.line_of(text, match.start()), "SQL belongs into a *_sql.c file")
            for match in STATEMENT.finditer(lint.without_comments(text))]


if __name__ == "__main__":
    lint.run(
        check, lint.files(".c", ".h", under=("src/",)),
        bad=[("src/domain/tag.c", f'db("{statement}");\n') for statement in (
            "SELECT id FROM tag", "INSERT INTO tag", "UPDATE tag SET x = 1", "DELETE FROM tag",
            "CREATE TABLE tag", "DROP INDEX tag", "WITH t AS (", "PRAGMA user_version")],
        good=[
            ("src/domain/tag_sql.c", '"SELECT id FROM tag"\n'),
            ("src/store/db/db_sqlite.c", '"PRAGMA user_version"\n'),
            ("src/domain/tag.c", '/* "SELECT id" */ err_set(err, X, "Update the tag");\n'),
        ])
