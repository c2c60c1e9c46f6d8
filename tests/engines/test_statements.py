# SPDX-License-Identifier: Apache-2.0
"""Every statement of the program is prepared by a real server of each engine, through the engine's
own client, on the schema that the migrations made."""
import glob
import os
import re
import sqlite3

import pytest

from conftest import ROOT, dump


def prepare_line(server, number, sql):
    """One line that prepares the statement; types of parameters are left to the engine."""
    assert "--" not in sql, "a comment would swallow the rest of the line"
    flat = " ".join(sql.split())
    if server.dialect == "postgres":
        return f"PREPARE s{number} AS {flat};"
    quoted = flat.replace("\\", "\\\\").replace("'", "''")
    return f"PREPARE s{number} FROM '{quoted}';"


def prepare_errors(server, texts):
    errors = server.run([prepare_line(server, i, sql) for i, sql in enumerate(texts)])
    return [f"{texts[line - 1]}\n    {error}" for line, error in errors]


def test_statements_are_accepted(server, statements):
    errors = prepare_errors(server, [row["sql"] for row in statements])
    assert not errors, "\n".join(errors)


def test_a_wrong_statement_is_noticed(server):
    """The harness itself: each of these must be refused, the good one between them not."""
    mark = "$1" if server.dialect == "postgres" else "?"
    wrong = ["SELECT nothing FROM nowhere", "SELECT no_such_column FROM tag",
             f"INSERT INTO tag (name, name) VALUES ({mark}, {mark})", "SELEKT 1"]
    good = f"SELECT id FROM tag WHERE name = {mark}"
    texts = [text for bad in wrong for text in (bad, good)]
    errors = prepare_errors(server, texts)
    assert len(errors) == len(wrong), errors
    assert all(good not in error for error in errors)


def sqlite_columns():
    lite = sqlite3.connect(":memory:")
    for row in dump("sqlite"):
        if row["kind"] == "migration":
            lite.executescript(row["sql"])
    tables = lite.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"
                          " AND name NOT LIKE 'sqlite_%'").fetchall()
    return {(table, column[1]) for (table,) in tables
            for column in lite.execute(f'PRAGMA table_info("{table}")')}


def test_migrations_make_the_same_tables(server):
    """Names of tables and columns are the same on every engine as on SQLite."""
    schema = "public" if server.dialect == "postgres" else "wharf"
    output = server.output(
        ["SELECT CONCAT(table_name, '/', column_name) FROM information_schema.columns"
         f" WHERE table_schema = '{schema}';"])
    assert {tuple(line.split("/")) for line in output.split()} == sqlite_columns()


def plans_of(server, rows):
    """PostgreSQL's plans, with sequential scans made so dear that one is left only where no index
    can help at all."""
    lines = ["SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan;"]
    for number, row in enumerate(rows):
        nulls = ", ".join(["NULL"] * len(row["params"]))
        lines += [prepare_line(server, number, row["sql"]), f"\\echo @{number}",
                  f"EXPLAIN EXECUTE s{number}" + (f"({nulls});" if nulls else ";")]
    output = server.output(lines)
    plans = re.split(r"^@\d+\n", output, flags=re.M)[1:]
    assert "ERROR" not in output and len(plans) == len(rows), output
    return plans


@pytest.mark.parametrize("server", ["postgres"], indirect=True)
def test_indexes_serve_the_statements(server, statements):
    rows = [row for row in statements if not row["scan_ok"]]
    scans = [f"{row['sql']}\n{plan}" for row, plan in zip(rows, plans_of(server, rows))
             if "Seq Scan" in plan]
    assert not scans, "\n".join(scans)
    unindexed = {"sql": "SELECT id FROM tag WHERE immutable = $1", "params": "i"}
    assert "Seq Scan" in plans_of(server, [unindexed])[0]


def test_all_statements_are_listed():
    """A query that its file's list forgets would never be prepared here."""
    for path in sorted(glob.glob(os.path.join(ROOT, "src", "**", "*_sql.c"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        defined = set(re.findall(r"const struct query (\w+) = \{", text))
        lists = re.findall(r"const struct query \*const \w+_queries\[\] = \{(.*?)\};", text, re.S)
        assert len(lists) == 1, f"{path}: must define one list of its queries"
        listed = re.findall(r"&(\w+)", lists[0])
        assert sorted(listed) == sorted(defined), path
