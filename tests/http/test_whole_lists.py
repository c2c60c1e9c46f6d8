# SPDX-License-Identifier: Apache-2.0
"""Lists that Quay gives whole come whole, however long they are; behind their limit they are refused,
and never cut."""
import pytest

import api
import registry
from conftest import ALICE
from orgs import Organization, Person, write_database

MANY, MOST = 21000, 50000
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) "

SEEDS = [
    "INSERT INTO account (uuid, kind, name, created_ms) {n} SELECT 'u' || i, 1, 'crowd' || i, 1 FROM n",
    "INSERT INTO account (uuid, kind, name, created_ms) {n} SELECT 'r' || i, 3, '{org}+r' || i, 1 FROM n",
    "INSERT INTO robot (account_id, owner_id, description, metadata, token_hash, token_sealed)"
    " SELECT id, {space}, '', '{{}}', x'00', x'00' FROM account WHERE uuid LIKE 'r%' AND kind = 3 AND id <> {robot}",
    "INSERT INTO team (organization_id, name, role, description) {n} SELECT {space}, 'team' || i, 1, '' FROM n",
    "INSERT INTO team_member (team_id, account_id)"
    " SELECT {team}, id FROM account WHERE name LIKE 'crowd%' OR kind = 3",
    "INSERT INTO team_invite (code, team_id, inviter_id, email, created_ms)"
    " {n} SELECT 'c' || i, {team}, {owner}, i || '@x.example', 1 FROM n",
    "INSERT INTO repository_permission (repository_id, account_id, role)"
    " SELECT {repository}, id, 1 FROM account WHERE name LIKE 'crowd%' OR kind = 3",
    "INSERT INTO repository_permission (repository_id, team_id, role)"
    " SELECT {repository}, id, 1 FROM team WHERE name LIKE 'team%'",
    "INSERT INTO repository (namespace_id, name, public, state, created_ms)"
    " {n} SELECT {space}, 'repo' || i, 0, 0, 1 FROM n",
    "INSERT INTO repository_permission (repository_id, account_id, role)"
    " SELECT id, {robot}, 1 FROM repository WHERE name LIKE 'repo%'",
    "INSERT INTO repository_permission (repository_id, team_id, role)"
    " SELECT id, {team}, 1 FROM repository WHERE name LIKE 'repo%'",
    "INSERT INTO default_permission (uuid, organization_id, account_id, role)"
    " {n} SELECT 'd' || i, {space}, {owner}, 1 FROM n",
    "INSERT INTO oauth_application (organization_id, client_id, secret_sealed, name, description, application_uri,"
    " redirect_uri) {n} SELECT {space}, 'app' || i, x'00', 'a', '', '', '' FROM n",
    "INSERT INTO account (uuid, kind, name, created_ms) {n} SELECT 'o' || i, 2, 'mine' || i, 1 FROM n",
    "INSERT INTO team (organization_id, name, role, description)"
    " SELECT id, 'owners', 3, '' FROM account WHERE name LIKE 'mine%'",
    "INSERT INTO team_member (team_id, account_id) SELECT t.id, {owner} FROM team t"
    " JOIN account a ON a.id = t.organization_id WHERE a.name LIKE 'mine%'",
]


@pytest.fixture(scope="module")
def house(start_server):
    """An organization with very many of everything, on a server of its own."""
    server = start_server(users=(ALICE,), keys={"SUPER_USERS": ["alice"]})
    org = Organization(server)
    org.team("crowd")
    robot, _ = org.robot("first")
    repository = org.repository()
    with write_database(server) as connection:
        def one(sql, *values):
            return connection.execute(sql, values).fetchone()[0]
        account = "SELECT id FROM account WHERE name = ?"
        names = {"org": org.name, "space": one(account, org.name), "owner": one(account, org.owner.name),
                 "robot": one(account, robot), "n": NUMBERS.format(many=MANY),
                 "team": one("SELECT id FROM team WHERE name = 'crowd'"),
                 "repository": one("SELECT id FROM repository WHERE name = ?", repository.split("/")[1])}
        for seed in SEEDS:
            connection.execute(seed.format(**names))
    org.superuser = api.Api(server.base, ALICE)
    return org


def count(value, members):
    for member in members:
        value = value[member]
    return len(value)


@pytest.mark.parametrize("path, members, extra", [
    ("organization/{org}", ["teams"], 2),  # and the two that are there from the start
    ("organization/{org}", ["ordered_teams"], 2),
    ("organization/{org}/members", ["members"], 1),
    ("organization/{org}/robots", ["robots"], 1),
    ("organization/{org}/robots?permissions=true&token=false", ["robots"], 1),
    ("organization/{org}/robots/first/permissions", ["permissions"], 1),
    ("organization/{org}/team/crowd/members?includePending=true", ["members"], MANY * 2 + 1),
    ("organization/{org}/team/crowd/permissions", ["permissions"], 0),
    ("organization/{org}/prototypes", ["prototypes"], 0),
    ("organization/{org}/applications", ["applications"], 0),
    ("repository/{org}/app/permissions/user/", ["permissions"], MANY + 2),
    ("repository/{org}/app/permissions/team/", ["permissions"], 0),
    ("user/", ["organizations"], 1),
])
def test_whole(house, path, members, extra):
    reply = house.owner.api.get(path.format(org=house.name))
    assert reply.status_code == 200, reply.text[:200]
    assert count(reply.json(), members) == MANY + extra
    assert "next_page" not in reply.json()


def test_names_are_found_at_once(house):
    """Among very many of an organization with very many teams."""
    found = house.owner.api.get(f"entities/crowd?namespace={house.name}&includeTeams=true").json()["results"]
    assert len(found) >= 10


def test_collaborators(house):
    """Who is in no team; the crowd is, at first."""
    assert house.get("collaborators")["collaborators"] == []
    with write_database(house.server) as connection:
        connection.execute("DELETE FROM team_member WHERE team_id IN (SELECT id FROM team WHERE name = 'crowd')")
    assert count(house.get("collaborators"), ["collaborators"]) == MANY


def test_superusers_see_all(house):
    for path, member, least in (("superuser/users/", "users", MANY), ("superuser/organizations/", "organizations", MANY)):
        reply = house.superuser.get(path).json()
        assert list(reply) == [member] and len(reply[member]) > least


def test_some_robots(house):
    assert count(house.get("robots?limit=3"), ["robots"]) == 3
    assert count(house.get("robots?limit=20500"), ["robots"]) == 20500


def test_on_the_command_line(house):
    for words in (("robot", "list", house.name), ("team", "list", house.name), ("permission", "default", "list", house.name)):
        assert len(house.server.run(*words).stdout.splitlines()) >= MANY, words


def test_labels(server):
    person = Person(server)
    repository = registry.Registry(server.base, person.credentials).repository(f"{person.name}/app")
    digest = repository.push_image("v1", "labels")
    with write_database(server) as connection:
        connection.execute(
            "INSERT INTO label (uuid, repository_id, manifest_id, label_key, label_value, json, source) "
            + NUMBERS.format(many=1500) + "SELECT 'label' || i, t.repository_id, t.manifest_id, 'k' || i, 'v', 0, 2"
            " FROM n, tag t JOIN repository r ON r.id = t.repository_id JOIN account a ON a.id = r.namespace_id"
            " WHERE a.name = ?", (person.name,))
    labels = person.api.get(f"repository/{person.name}/app/manifest/{digest}/labels").json()["labels"]
    assert len(labels) == 1500


def test_the_limit(house):
    """Exactly at it all of them come; one more is said so, and how many there may be."""
    with write_database(house.server) as connection:
        space = connection.execute("SELECT id FROM account WHERE name = ?", (house.name,)).fetchone()[0]
        there = connection.execute("SELECT COUNT(*) FROM team WHERE organization_id = ?", (space,)).fetchone()[0]
        connection.execute("INSERT INTO team (organization_id, name, role, description) "
                           + NUMBERS.format(many=MOST - there) + "SELECT ?, 'more' || i, 1, '' FROM n", (space,))
    assert count(house.get(), ["teams"]) == MOST
    house.team("onemore")
    api.assert_problem(house.owner.api.get(house.path()), 413)
    assert str(MOST) in house.owner.api.get(house.path()).json()["detail"]
    done = house.server.run("team", "list", house.name, check=False)
    assert (done.returncode, str(MOST) in done.stderr) == (1, True)
