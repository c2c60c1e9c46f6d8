# SPDX-License-Identifier: Apache-2.0
"""Organizations, teams, robots and rights on the command line, beside a server."""
import json

import pytest

import registry
from orgs import Organization, Person, make_user, numbers


@pytest.fixture
def org(server):
    return Organization(server)


def lines(server, *words):
    return json.loads(server.run(*words, "--json").stdout)


def fails(server, *words):
    """What a failed command said."""
    done = server.run(*words, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith("wharf: ")
    return done.stderr


def test_story(server):
    """An organization with a team, a robot and a repository, without the API."""
    name = f"cliorg{next(numbers)}"
    owner, member = make_user(server), make_user(server)
    server.run("org", "create", name, owner[0], "--email", f"{name}@people.example")
    server.run("team", "create", name, "readers")
    server.run("team", "add", name, "readers", member[0])
    server.run("repo", "create", f"{name}/app")
    token = server.run("robot", "create", f"{name}+ci").stdout.strip()
    server.run("permission", "give", f"{name}/app", f"{name}+ci", "write")
    robot = registry.Registry(server.base, (f"{name}+ci", token))
    robot.repository(f"{name}/app").push_image("v1", "cli")
    reader = registry.Registry(server.base, member)
    assert reader.repository(f"{name}/app").get_manifest("v1").status_code == 401
    server.run("permission", "give", f"{name}/app", "team:readers", "read")
    assert reader.repository(f"{name}/app").get_manifest("v1").status_code == 200
    assert lines(server, "team", "list", name) == [
        {"name": "owners", "role": "admin", "description": "", "members": 1, "repositories": 0},
        {"name": "readers", "role": "member", "description": "", "members": 1, "repositories": 1}]
    assert lines(server, "team", "members", name, "readers") == [{"name": member[0], "kind": "user"}]
    assert lines(server, "org", "members", name) == sorted(
        [{"name": owner[0], "team": "owners"}, {"name": member[0], "team": "readers"}],
        key=lambda row: row["name"])
    assert name in [row["name"] for row in lines(server, "org", "list")]
    listed, = lines(server, "robot", "list", name)
    assert listed["name"] == f"{name}+ci" and listed["last_accessed"]
    server.run("permission", "take", f"{name}/app", "team:readers")
    assert reader.repository(f"{name}/app").get_manifest("v1").status_code == 401
    server.run("team", "remove", name, "readers", member[0])
    server.run("team", "delete", name, "readers")
    server.run("robot", "delete", f"{name}+ci")
    assert robot.ask_token().status_code == 401
    server.run("org", "delete", name)
    assert name not in server.run("org", "list").stdout


def test_robot_tokens(server, org):
    name, token = org.robot()
    assert server.run("robot", "token", name).stdout == token + "\n"
    renewed = lines(server, "robot", "renew", name)
    assert renewed["name"] == name and renewed["token"] != token
    assert org.get("robots/ci")["token"] == renewed["token"]
    assert registry.Registry(server.base, (name, renewed["token"])).ask_token().status_code == 200


@pytest.mark.parametrize("words, says", [
    (("org", "create", "acme-x", "nobody-here"), "there is no user nobody-here"),
    (("org", "create", "Acme", "{owner}"), "lower-case"),
    (("org", "create", "{org}", "{owner}"), "taken"),
    (("org", "delete", "{owner}"), "there is no organization"),
    (("org", "members", "none-such"), "there is no organization"),
    (("team", "create", "{org}", "x"), "characters"),
    (("team", "create", "{org}", "owners"), "exists"),
    (("team", "create", "{org}", "more", "--role", "owner"), "--role"),
    (("team", "delete", "{org}", "owners"), "administer"),
    (("team", "remove", "{org}", "owners", "{owner}"), "administer"),
    (("team", "add", "{org}", "none", "{owner}"), "there is no team none"),
    (("team", "add", "{org}", "owners", "{org}"), "there is no user or robot"),
    (("team", "members", "{org}", "none"), "there is no team"),
    (("robot", "create", "noplus"), "NAMESPACE+NAME"),
    (("robot", "create", "{org}+X"), "characters"),
    (("robot", "create", "none-such+ci"), "there is no user or organization"),
    (("robot", "token", "{org}+none"), "there is no robot account"),
    (("robot", "renew", "{org}+none"), "there is no robot account"),
    (("robot", "delete", "{org}+none"), "there is no robot account"),
    (("robot", "list", "none-such"), "there is no user or organization"),
    (("permission", "give", "{org}/none", "{owner}", "read"), "there is no repository"),
    (("permission", "give", "{org}/app", "{owner}", "own"), "read, write or admin"),
    (("permission", "give", "{org}/app", "team:none", "read"), "there is no team"),
    (("permission", "take", "{org}/app", "team:owners"), "no right"),
])
def test_refusals(server, words, says):
    org = Organization(server)
    org.repository()
    words = [word.format(org=org.name, owner=org.owner.name) for word in words]
    assert says in fails(server, *words)


def test_rename(server, org):
    name, token = org.robot()
    org.repository()
    new = f"renamed{next(numbers)}"
    server.run("org", "rename", org.name, new)
    assert org.owner.api.get(f"repository/{new}/app").status_code == 200
    assert registry.Registry(server.base, (f"{new}+ci", token)).ask_token().status_code == 200
    assert registry.Registry(server.base, (name, token)).ask_token().status_code == 401
    assert "taken" in fails(server, "org", "rename", new, org.owner.name)
    person = Person(server)
    server.run("user", "rename", person.name, f"{person.name}-new")
    assert person.api.get("user/").json()["username"] == f"{person.name}-new"


def test_delete_user(server, org):
    """An organization is not left alone, unless one insists."""
    assert "nobody to administer" in fails(server, "user", "delete", org.owner.name)
    other = Person(server)
    org.team("owners", "admin", other.name)
    server.run("user", "delete", org.owner.name)
    assert other.api.get(f"organization/{org.name}").json()["is_admin"] is True
    server.run("user", "delete", "--force", other.name)
    assert other.api.get("user/").status_code == 401
    assert "there is no user" in fails(server, "user", "delete", other.name)
    server.run("user", "create", other.name, "--password-stdin", password="some-password\n")


def test_robots_of_others(server):
    """Get no rights: their tokens are in other hands."""
    org = Organization(server)
    org.repository()
    name = f"{org.owner.name}+ci"
    server.run("robot", "create", name)
    for words in ("permission", "give", f"{org.name}/app", name, "read"), ("team", "add", org.name, "owners", name):
        assert f"{name} is no robot account of {org.name}" in fails(server, *words)


def test_rights_are_in_the_log_of_the_repository(server):
    org = Organization(server)
    org.repository()
    server.run("permission", "give", f"{org.name}/app", "team:owners", "read")
    server.run("permission", "take", f"{org.name}/app", "team:owners")
    entries = json.loads(server.run("logs", "--repo", f"{org.name}/app", "--json").stdout)
    assert [entry["kind"] for entry in entries][-2:] == ["change_repo_permission", "delete_repo_permission"]
