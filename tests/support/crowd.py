# SPDX-License-Identifier: Apache-2.0
"""A crowd: organizations that all have the same many members, put straight into the database; and
how much work a request gives that database, by the server's own counters."""
import re
import time
import uuid

import dbrows
import registry

PASSWORD = "some-password"
REPOSITORIES = 30  # of each organization: two are public, the first five are the members' to read


def person(number):
    return f"crowd{number:04}"


def organization(number):
    return f"club{number:04}"


def seed(server, count):
    """`count` organizations with `count` members each, all of the same users, who have PASSWORD.
    The owner of organization N is user N; its team "everyone" is all of them."""
    server.run("user", "create", person(0), "--password-stdin", password=PASSWORD + "\n")
    now = int(time.time() * 1000)
    with dbrows.rows(server) as connection:
        connection.execute("PRAGMA cache_size = -200000")
        password = connection.execute("SELECT password_hash FROM account WHERE name = ?",
                                      (person(0),)).fetchone()[0]
        add_accounts(connection, password, now, count)
        add_teams(connection)
        add_repositories(connection, now)


def add_accounts(connection, password, now, count):
    connection.executemany(
        "INSERT INTO account (uuid, kind, name, email, password_hash, created_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(str(uuid.uuid4()), 1, person(i), f"{person(i)}@people.example", password, now)
         for i in range(1, count)]
        + [(str(uuid.uuid4()), 2, organization(i), None, None, now) for i in range(count)])


def add_teams(connection):
    connection.execute("INSERT INTO team (organization_id, name, role, description)"
                       " SELECT id, 'owners', 3, '' FROM account WHERE name LIKE 'club%'")
    connection.execute("INSERT INTO team (organization_id, name, role, description)"
                       " SELECT id, 'everyone', 1, '' FROM account WHERE name LIKE 'club%'")
    connection.execute(
        "INSERT INTO team_member (team_id, account_id) SELECT t.id, u.id FROM team t"
        " JOIN account o ON o.id = t.organization_id"
        " JOIN account u ON u.name = 'crowd' || substr(o.name, 5) WHERE t.name = 'owners'")
    connection.execute(
        "INSERT INTO team_member (team_id, account_id) SELECT t.id, u.id FROM team t"
        " CROSS JOIN account u WHERE t.name = 'everyone' AND u.name LIKE 'crowd%'")


def add_repositories(connection, now):
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {REPOSITORIES - 1})"
        " INSERT INTO repository (namespace_id, name, public, created_ms)"
        " SELECT a.id, printf('app%02d', n.i), n.i < 2, ? FROM account a CROSS JOIN n"
        " WHERE a.name LIKE 'club%'", (now,))
    connection.execute(
        "INSERT INTO repository_permission (repository_id, team_id, role) SELECT r.id, t.id, 1"
        " FROM repository r JOIN team t ON t.organization_id = r.namespace_id"
        " WHERE t.name = 'everyone' AND r.name < 'app05'")
    connection.execute(
        "INSERT INTO star (account_id, repository_id, created_ms) SELECT a.id, r.id, ?"
        " FROM account a CROSS JOIN repository r WHERE a.name = ? AND r.name = 'app01'",
        (now, person(0)))


def add_warehouse(connection, count):
    """An organization with `count` private repositories; person 1 may read the even ones through a
    team, person 0 none."""
    now = int(time.time() * 1000)
    number = dbrows.insert_account(connection, dbrows.ORGANIZATION, "warehouse")
    team = dbrows.insert(connection, "team", organization_id=number, name="readers",
                         role=dbrows.MEMBER, description="")
    dbrows.insert(connection, "team_member", team_id=team,
                  account_id=dbrows.id_of(connection, person(1)))
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)"
        " INSERT INTO repository (namespace_id, name, public, created_ms)"
        " SELECT ?, printf('box%06d', n.i), 0, ? FROM n", (count, number, now))
    connection.execute(
        "INSERT INTO repository_permission (repository_id, team_id, role) SELECT id, ?, 1"
        " FROM repository WHERE namespace_id = ? AND id % 2 = 0", (team, number))


class Work:
    """Statements and steps of the database so far."""

    def __init__(self, server):
        text = registry.requests.get(server.base + "/metrics", timeout=60).text
        self.statements, self.steps = (
            sum(int(value) for value in
                re.findall(rf"^wharf_database_{name}_total{{[^}}]*}} (\d+)$", text, re.MULTILINE))
            for name in ("statements", "steps"))


def work_of(server, ask):
    """What `ask` returned, and the least work that one of several goes took: what the server does
    on its own meanwhile is not counted that way."""
    ask()  # fills the caches of logins
    least = None
    for _ in range(3):
        before = Work(server)
        answer = ask()
        after = Work(server)
        work = after.statements - before.statements, after.steps - before.steps
        least = min(least or work, work)
    return answer, *least
