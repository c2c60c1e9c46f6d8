# SPDX-License-Identifier: Apache-2.0
"""Default permissions and terms on the command line, beside a server."""
import json

import pytest

import api
import registry
from orgs import Organization, Person


@pytest.fixture
def org(server):
    return Organization(server)


def rows(server, *words):
    return json.loads(server.run(*words, "--json").stdout)


def fails(server, *words):
    done = server.run(*words, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done
    return done.stderr


def log(server, org, *words):
    """[(kind, metadata)] of the entries whose kind contains one of the words, oldest first."""
    entries = rows(server, "logs", "--org", org.name)
    return [(entry["kind"], entry["metadata"]) for entry in entries if any(word in entry["kind"] for word in words)]


def rights(org, repository, kind="user"):
    reply = org.owner.api.get(f"repository/{repository}/permissions/{kind}/")
    return {name: row["role"] for name, row in reply.json()["permissions"].items()}


def test_default_permissions(server, org):
    org.team("readers")
    robot, _ = org.robot()
    other = Person(server)
    default = ("permission", "default")
    first = rows(server, *default, "add", org.name, "team:readers", "read")
    assert first == {"id": first["id"], "account": None, "team": "readers", "right": "read", "creator": None}
    second = rows(server, *default, "add", org.name, robot, "write", "--creator", org.owner.name)
    assert second == {"id": second["id"], "account": robot, "team": None, "right": "write",
                      "creator": org.owner.name}
    third = rows(server, *default, "add", org.name, other.name, "admin", "--creator", robot)
    assert rows(server, *default, "list", org.name) == [first, second, third]
    assert f"{first['id']}  team:readers" in server.run(*default, "list", org.name).stdout
    repository = org.repository()
    assert rights(org, repository, "team") == {"readers": "read"}
    assert rights(org, repository) == {org.owner.name: "admin", robot: "write"}
    server.run(*default, "change", org.name, first["id"], "write")
    server.run(*default, "remove", org.name, second["id"])
    assert [rule["role"] for rule in org.get("prototypes")["prototypes"]] == ["write", "admin"]
    repository = org.repository("later")
    assert rights(org, repository, "team") == {"readers": "write"}
    assert rights(org, repository) == {org.owner.name: "admin"}
    assert log(server, org, "prototype") == [
        ("create_prototype_permission", {"prototypeid": first["id"], "activating_username": None, "role": "read",
                                         "delegate_team": "readers"}),
        ("create_prototype_permission", {"prototypeid": second["id"], "activating_username": org.owner.name,
                                         "role": "write", "delegate_user": robot}),
        ("create_prototype_permission", {"prototypeid": third["id"], "activating_username": robot, "role": "admin",
                                         "delegate_user": other.name}),
        ("modify_prototype_permission", {"prototypeid": first["id"], "activating_username": None, "role": "write",
                                         "delegate_team": "readers", "original_role": "read"}),
        ("delete_prototype_permission", {"prototypeid": second["id"], "activating_username": org.owner.name,
                                         "role": "write", "delegate_user": robot}),
    ]


@pytest.mark.parametrize("words, says", [
    (("add", "{org}", "none-such", "read"), "there is no user or robot account none-such"),
    (("add", "{org}", "team:none", "read"), "there is no team none"),
    (("add", "{org}", "{owner}", "own"), "read, write or admin"),
    (("add", "{owner}", "{owner}", "read"), "there is no organization"),
    (("add", "{org}", "{owner}", "read", "--creator", "none-such"), "there is no user or robot account"),
    (("change", "{org}", "none", "read"), "no default permission none"),
    (("remove", "{org}", "none"), "no default permission none"),
    (("list", "none-such"), "there is no organization none-such"),
])
def test_default_refusals(server, org, words, says):
    words = [word.format(org=org.name, owner=org.owner.name) for word in words]
    assert says in fails(server, "permission", "default", *words)
    assert org.get("prototypes")["prototypes"] == []


def test_a_rule_of_another_organization(server, org):
    other = Organization(server)
    rule = rows(server, "permission", "default", "add", other.name, other.owner.name, "read")
    assert "no default permission" in fails(server, "permission", "default", "remove", org.name, rule["id"])
    assert rows(server, "permission", "default", "list", other.name) == [rule]


def test_terms(server, org, tmp_path):
    """Published and asked for on the command line, accepted over the API, revoked again."""
    text, user = tmp_path / "terms.txt", Person(server)
    owner = registry.Registry(server.base, org.owner.credentials)
    owner.repository(f"{org.name}/app").push_image("v1", "terms")
    server.run("repo", "public", f"{org.name}/app")

    def pull():
        return registry.Registry(server.base, user.credentials).repository(
            f"{org.name}/app", "pull").get_manifest("v1").status_code

    assert "publish terms first" in fails(server, "terms", "policy", org.name, "terms")
    assert "has no terms" in fails(server, "terms", "show", org.name)
    text.write_text("Be kind.")
    assert server.run("terms", "publish", org.name, str(text)).stdout == "published version 1 of the terms\n"
    text.write_text("Be kind \u2013 and careful.\n")
    assert rows(server, "terms", "publish", org.name, str(text)) == {"version": 2}
    server.run("terms", "policy", org.name, "terms")
    assert server.run("terms", "show", org.name).stdout == "Be kind \u2013 and careful.\n"
    assert server.run("terms", "show", org.name, "1").stdout == "Be kind.\n"
    shown = rows(server, "terms", "show", org.name)
    assert shown.pop("published")
    assert shown == {"organization": org.name, "pull_policy": "terms", "version": 2,
                     "content": "Be kind \u2013 and careful.\n"}
    assert [row["version"] for row in rows(server, "terms", "versions", org.name)] == [2, 1]
    assert pull() == 403
    assert user.api.post(org.path("terms/accept"), {"version": 2}).status_code == 200
    assert pull() == 200
    row, = rows(server, "terms", "acceptances", org.name)
    assert (row["username"], row["version"], row["revoked"], row["ip"]) == (user.name, 2, None, "127.0.0.1")
    server.run("terms", "revoke", org.name, user.name)
    assert pull() == 403
    row, = rows(server, "terms", "acceptances", org.name)
    assert row["revoked"]
    assert "(revoked)" in server.run("terms", "acceptances", org.name).stdout
    assert "has not accepted" in fails(server, "terms", "revoke", org.name, user.name)
    server.run("terms", "policy", org.name, "everybody")
    assert pull() == 200
    assert log(server, org, "terms", "policy") == [
        ("terms_publish", {"namespace": org.name, "version": "1"}),
        ("terms_publish", {"namespace": org.name, "version": "2"}),
        ("org_change_pull_policy", {"namespace": org.name, "policy": "terms"}),
        ("terms_accept", {"namespace": org.name, "username": user.name, "version": "2"}),
        ("terms_revoke", {"namespace": org.name, "username": user.name}),
        ("org_change_pull_policy", {"namespace": org.name, "policy": "everybody"}),
    ]


def test_terms_of_standard_input(server, org):
    server.run("terms", "publish", org.name, "-", password="Piped.")  # what goes to standard input
    assert server.run("terms", "show", org.name).stdout == "Piped.\n"


def test_many_versions(server, org):
    """More than one page of them."""
    for number in range(105):
        assert org.put("terms", {"content": f"Terms {number}."})["version"] == number + 1
    versions = [row["version"] for row in rows(server, "terms", "versions", org.name)]
    assert versions == list(range(105, 0, -1))
    assert [row["version"] for row in rows(server, "terms", "versions", org.name, "--limit", "2")] == [105, 104]


@pytest.mark.parametrize("content, says", [
    (b" \n ", "must not be empty"),
    (b"x" * 60001, "larger than 60000 bytes"),
    (b"\xff\xfe", "UTF-8"),
    (b"a\0b", "UTF-8"),
])
def test_bad_texts(server, org, tmp_path, content, says):
    (tmp_path / "terms").write_bytes(content)
    assert says in fails(server, "terms", "publish", org.name, str(tmp_path / "terms"))
    assert api.Api(server.base).get(org.path("terms")).json()["version"] == 0


@pytest.mark.parametrize("words, says", [
    (("policy", "{org}", "nobody"), "everybody, accounts or terms"),
    (("policy", "none-such", "accounts"), "there is no organization"),
    (("show", "{org}", "0"), "a version is a number from 1"),
    (("show", "{org}", "3"), "no such version"),
    (("publish", "{org}", "/none/such"), "/none/such"),
    (("revoke", "{org}", "none-such"), "there is no user none-such"),
    (("acceptances", "none-such"), "there is no organization"),
    (("versions", "none-such"), "there is no organization"),
])
def test_terms_refusals(server, org, words, says):
    assert says in fails(server, "terms", *[word.format(org=org.name) for word in words])
