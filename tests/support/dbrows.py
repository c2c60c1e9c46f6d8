# SPDX-License-Identifier: Apache-2.0
"""People in the database of a server, running or not, for tests that are about something else."""
import contextlib
import sqlite3
import time
import uuid

ORGANIZATION = 2
MEMBER, CREATOR, ADMIN = 1, 2, 3


@contextlib.contextmanager
def rows(server):
    """A connection to the server's database, in one transaction."""
    connection = sqlite3.connect(server.data + "/wharf.db", timeout=60)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def select(server, sql, *values):
    """All rows of a query."""
    with rows(server) as connection:
        return connection.execute(sql, values).fetchall()


def id_of(connection, name):
    found = connection.execute("SELECT id FROM account WHERE name = ?", (name,)).fetchone()
    assert found, f"there is no account {name}"
    return found[0]


def insert(connection, table, **values):
    names, marks = ", ".join(values), ", ".join("?" for _ in values)
    return connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})",
                              list(values.values())).lastrowid


def insert_account(connection, kind, name, **more):
    return insert(connection, "account", uuid=str(uuid.uuid4()), kind=kind, name=name,
                  created_ms=int(time.time() * 1000), **more)


def create_organization(server, name, owner):
    """An organization with its team of owners."""
    with rows(server) as connection:
        organization = insert_account(connection, ORGANIZATION, name)
        team = insert(connection, "team", organization_id=organization, name="owners", role=ADMIN,
                      description="")
        insert(connection, "team_member", team_id=team, account_id=id_of(connection, owner))


def add_to_team(server, organization, team, role, *members):
    """A team, made when it is not there, and who belongs to it."""
    with rows(server) as connection:
        key = id_of(connection, organization), team
        found = connection.execute("SELECT id FROM team WHERE organization_id = ? AND name = ?", key).fetchone()
        number = found[0] if found else insert(connection, "team", organization_id=key[0], name=team,
                                               role=role, description="")
        for member in members:
            insert(connection, "team_member", team_id=number, account_id=id_of(connection, member))
