# SPDX-License-Identifier: Apache-2.0
"""wharf permission: who may do what with a repository, and why; the same as the server says."""
import base64
import json

import pytest

import dbrows
import registry
from conftest import ALICE, create_user

READ, WRITE = 1, 2


@pytest.fixture(scope="module")
def house(start_server):
    """An organization of alice; others have their rights by all ways there are."""
    server = start_server(keys={"SUPER_USERS": ["boss"], "GLOBAL_READONLY_SUPER_USERS": ["auditor"]})
    for name in ("writer", "reader", "member", "stranger", "boss", "auditor", "gone"):
        create_user(server, (name, "some-password"))
    dbrows.create_organization(server, "house", "alice")
    dbrows.add_to_team(server, "house", "writers", dbrows.MEMBER, "writer", "gone")
    dbrows.add_to_team(server, "house", "members", dbrows.MEMBER, "member", "writer")
    server.run("repo", "create", "house/door")  # and not by a push, which makes its user an administrator
    with dbrows.rows(server) as connection:
        door, = connection.execute("SELECT id FROM repository WHERE name = 'door'").fetchone()
        team, = connection.execute("SELECT id FROM team WHERE name = 'writers'").fetchone()
        dbrows.insert(connection, "repository_permission", repository_id=door, team_id=team, role=WRITE)
        for name, role in (("reader", READ), ("writer", READ)):
            dbrows.insert(connection, "repository_permission", repository_id=door, role=role,
                          account_id=dbrows.id_of(connection, name))
    server.run("user", "disable", "gone")
    return server


def explain(server, who, what="house/door"):
    answer = json.loads(server.run("permission", "explain", who, what, "--json").stdout)
    return answer, {row["right"]: row["reason"] for row in answer["rights"] if row["allowed"]}


def test_by_team(house):
    answer, rights = explain(house, "writer")
    assert set(rights) == {"read", "write"}
    assert answer["grants"] == [{"role": "write", "team": "writers", "team_role": "member"},
                                {"role": "read", "team": None, "team_role": None}]
    text = house.run("permission", "explain", "writer", "house/door").stdout
    assert "write   yes: a right given on the repository, directly or to a team" in text
    assert "admin   no: nothing allows it" in text
    assert "member of the team writers, which was given write on the repository" in text


def test_by_administration(house):
    answer, rights = explain(house, "alice")
    assert set(rights) == {"read", "write", "admin", "create"}
    assert {"role": None, "team": "owners", "team_role": "admin"} in answer["grants"]


@pytest.mark.parametrize("who, wanted", [("member", set()), ("stranger", set()), ("reader", {"read"}),
                                         ("boss", set()), ("auditor", {"read"})])
def test_others(house, who, wanted):
    assert set(explain(house, who)[1]) == wanted


@pytest.mark.parametrize("who", ["alice", "writer", "reader", "member", "stranger", "boss", "auditor"])
def test_the_server_says_the_same(house, who):
    password = ALICE[1] if who == "alice" else "some-password"
    token = registry.Registry(house.base, (who, password)).token("repository:house/door:pull,push,*")
    access, = registry_access(token)
    names = {"pull": "read", "push": "write", "*": "admin"}
    assert {names[action] for action in access["actions"]} == set(explain(house, who)[1]) - {"create"}


def registry_access(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["access"]


def test_disabled(house):
    assert explain(house, "gone")[0]["enabled"] is False
    assert "disabled" in house.run("permission", "explain", "gone", "house/door").stdout


def listed(server, *words):
    return json.loads(server.run("permission", "list", "house/door", *words, "--json").stdout)


def test_list(house):
    rows = [(row["account"], row["right"], row["team"]) for row in listed(house)]
    assert rows == [("alice", "admin", "owners"), ("gone", "write", "writers"), ("reader", "read", None),
                    ("writer", "read", None), ("writer", "write", "writers"),
                    ("(read-only superusers)", "read", None)]
    text = house.run("permission", "list", "house/door").stdout
    assert "the team owners administers the organization" in text
    assert "given to the team writers (the account is disabled)" in text


def test_who_can_push(house):
    assert [(row["account"], row["reason"]) for row in listed(house, "write")] == [
        ("alice", "the team owners administers the organization"),
        ("gone", "given to the team writers"), ("writer", "given to the team writers")]
    assert [row["account"] for row in listed(house, "admin")] == ["alice"]


def test_pages(house):
    assert [row["account"] for row in listed(house, "--limit", "2")] == ["alice", "gone"]
    behind = listed(house, "write", "--after", "gone")
    assert [row["account"] for row in behind] == ["writer"]
    assert listed(house, "write", "--after", "writer") == []


def test_public(house):
    house.run("repo", "public", "house/door")
    assert ("(everybody)", "the repository is public") in [(row["account"], row["reason"])
                                                          for row in listed(house)]
    assert explain(house, "stranger")[1] == {"read": "the repository is public"}
    house.run("repo", "private", "house/door")


def test_user_namespace(house):
    registry.Registry(house.base, ALICE).repository("alice/own").push_image("v1", "own")
    rows = json.loads(house.run("permission", "list", "alice/own", "write", "--json").stdout)
    assert [(row["account"], row["reason"]) for row in rows] == [("alice", "owner of the namespace")]


@pytest.mark.parametrize("words, message", [
    (("explain", "nobody-here", "house/door"), "there is no account nobody-here"),
    (("explain", "alice", "house/none"), "there is no repository house/none"),
    (("explain", "alice", "nowhere/none"), "there is no account nowhere"),
    (("list", "house/none"), "there is no repository house/none"),
    (("list", "house/door", "fly"), "fly: must be read, write or admin"),
])
def test_mistakes(house, words, message):
    done = house.run("permission", *words, check=False)
    assert done.returncode == 1 and message in done.stderr
