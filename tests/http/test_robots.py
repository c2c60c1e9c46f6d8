# SPDX-License-Identifier: Apache-2.0
"""Robot accounts of users and organizations, and what they can do with their tokens."""
import re

import pytest

import registry
from api import Api, assert_problem
from orgs import Organization, Person

TOKEN = re.compile(r"[A-Z0-9]{64}")


@pytest.fixture
def org(server):
    return Organization(server)


@pytest.fixture(scope="module")
def stranger(server):
    return Person(server)


@pytest.fixture(params=["user", "organization"])
def place(request, server, org):
    """Who owns the robots: namespace, the API of its owner, the path of its robots."""
    if request.param == "organization":
        return org.name, org.owner.api, org.path("robots")
    person = Person(server)
    return person.name, person.api, "user/robots"


def test_create(place):
    namespace, api, path = place
    body = {"description": "builds", "unstructured_metadata": {"team": {"a": [1, None]}}, "other": 1}
    made = api.put(f"{path}/ci", body)
    assert made.status_code == 201, made.text
    robot = made.json()
    assert robot["name"] == f"{namespace}+ci" and robot["description"] == "builds"
    assert TOKEN.fullmatch(robot["token"]) and robot["last_accessed"] is None
    assert robot["created"].endswith(" -0000")
    assert robot["unstructured_metadata"] == {"team": {"a": [1, None]}}
    assert api.get(f"{path}/ci").json() == robot
    assert_problem(api.put(f"{path}/ci"), 400, "already")


def test_create_without_body(place):
    _, api, path = place
    reply = api.request("PUT", f"{path}/ci")
    assert reply.status_code == 201
    assert reply.json()["description"] == "" and reply.json()["unstructured_metadata"] == {}


@pytest.mark.parametrize("name", ["Z7PD", "a", "a+b", "-ab", "a%20b", "x" * 255])
def test_bad_names(place, name):
    _, api, path = place
    assert_problem(api.put(f"{path}/{name}"), 400)


@pytest.mark.parametrize("body", [{"description": "x" * 256}, {"description": 1}, [],
                                  {"unstructured_metadata": []}, {"unstructured_metadata": "x"}])
def test_bad_bodies(place, body):
    _, api, path = place
    assert_problem(api.put(f"{path}/ci", body), 400)


def test_unknown(place):
    _, api, path = place
    for reply in (api.get(f"{path}/no"), api.delete(f"{path}/no"), api.post(f"{path}/no/regenerate"),
                  api.get(f"{path}/no/permissions"), api.get(f"{path}/no/federation")):
        assert_problem(reply, 400, "Could not find robot")


def test_list(place):
    namespace, api, path = place
    for name in ("one", "two", "three"):
        assert api.put(f"{path}/{name}").status_code == 201
    robots = api.get(path).json()["robots"]
    assert [r["name"] for r in robots] == [f"{namespace}+{n}" for n in ("one", "three", "two")]
    assert all(TOKEN.fullmatch(r["token"]) and "teams" not in r for r in robots)
    assert "token" not in api.get(f"{path}?token=false").json()["robots"][0]
    assert len(api.get(f"{path}?limit=2").json()["robots"]) == 2
    assert_problem(api.get(f"{path}?limit=x"), 400)
    first = api.get(f"{path}?permissions=true").json()["robots"][0]
    assert first["teams"] == [] and first["repositories"] == []


def test_list_with_rights(org):
    name, _ = org.robot()
    org.robot("other")
    org.team("coders", "member", name)
    app = org.repository()
    assert org.owner.api.put(f"repository/{app}/permissions/user/{name}",
                             {"role": "write"}).status_code == 200
    first, other = org.get("robots?permissions=true")["robots"]
    assert [team["name"] for team in first["teams"]] == ["coders"] and first["repositories"] == ["app"]
    assert other["teams"] == [] and other["repositories"] == []
    assert org.get("robots/ci/permissions") == {"permissions": [
        {"repository": {"name": "app", "is_public": False}, "role": "write"}]}


def test_permissions_of_a_users_robot(server):
    person = Person(server)
    assert person.api.put("user/robots/ci").status_code == 201
    assert person.api.get("user/robots/ci/permissions").json() == {"permissions": []}


def test_members_see_no_tokens(start_server):
    server = start_server(users=(), keys={"FEATURE_MAILING": False})
    org, one = Organization(server), Person(server)
    org.robot()
    assert_problem(one.api.get(org.path("robots")), 403)
    org.team("coders", "creator", one.name)
    robot, = one.api.get(org.path("robots?permissions=true&token=true")).json()["robots"]
    assert set(robot) == {"name", "created", "last_accessed", "description"}
    assert_problem(one.api.get(org.path("robots/ci")), 403)


def test_delete(server, place):
    namespace, api, path = place
    token = api.put(f"{path}/ci").json()["token"]
    credentials = (f"{namespace}+ci", token)
    caller = registry.Registry(server.base)
    assert caller.ask_token(credentials=credentials).status_code == 200
    assert api.delete(f"{path}/ci").status_code == 204
    assert caller.ask_token(credentials=credentials).status_code == 401
    assert api.put(f"{path}/ci").status_code == 201


def test_regenerate(server, place):
    namespace, api, path = place
    before = api.put(f"{path}/ci").json()
    after = api.post(f"{path}/ci/regenerate").json()
    assert TOKEN.fullmatch(after["token"]) and after["token"] != before["token"]
    assert "unstructured_metadata" not in after and after["name"] == before["name"]
    caller = registry.Registry(server.base)
    for token, status in ((before["token"], 401), (after["token"], 200)):
        assert caller.ask_token(credentials=(f"{namespace}+ci", token)).status_code == status
    assert api.get(f"{path}/ci").json()["last_accessed"] is not None


def test_federation(place):
    _, api, path = place
    path = f"{path}/ci"
    api.put(path)
    assert api.get(f"{path}/federation").json() == []
    one = [{"issuer": "https://idp.example", "subject": "repo:acme/app"}]
    assert api.post(f"{path}/federation", one).json() == one
    two = [{"issuer": "http://a.example", "subject": "x"}, {"issuer": "http://a.example", "subject": "y"}]
    assert api.post(f"{path}/federation", two).json() == two
    assert api.get(f"{path}/federation").json() == two
    bad = [{}, {"issuer": "https://a"}, {"issuer": "ldap://a", "subject": "x"},
           {"issuer": "https://a", "subject": 1}, {"issuer": "https://a", "subject": ""}, "x"]
    for entry in bad:
        assert_problem(api.post(f"{path}/federation", [entry]), 400)
    assert_problem(api.post(f"{path}/federation", one + one), 400)
    assert_problem(api.post(f"{path}/federation", {"issuer": "https://a", "subject": "x"}), 400)
    assert api.get(f"{path}/federation").json() == two
    assert api.delete(f"{path}/federation").status_code == 204
    assert api.get(f"{path}/federation").json() == []


@pytest.mark.parametrize("method, path", [
    ("GET", "robots"), ("PUT", "robots/new"), ("GET", "robots/ci"), ("DELETE", "robots/ci"),
    ("POST", "robots/ci/regenerate"), ("GET", "robots/ci/permissions"),
    ("GET", "robots/ci/federation"), ("POST", "robots/ci/federation"),
    ("DELETE", "robots/ci/federation"),
])
def test_others_may_not(server, org, stranger, method, path):
    org.robot()
    body = [] if path.endswith("federation") else {}
    assert_problem(stranger.api.request(method, org.path(path), json=body), 403)
    assert_problem(Api(server.base).request(method, org.path(path), json=body), 401)
    assert_problem(Api(server.base).request(method, f"user/{path}", json=body), 401)


def test_push_and_pull(server, org):
    """A robot may do what it was given, and nothing because of its owner."""
    app = org.repository()
    name, token = org.robot()
    robot = registry.Registry(server.base, (name, token))

    def grant(role):
        path = f"repository/{app}/permissions/user/{name}"
        reply = org.owner.api.put(path, {"role": role}) if role else org.owner.api.delete(path)
        assert reply.status_code in (200, 204)
    assert robot.repository(app).post("blobs/uploads/").status_code == 401
    grant("read")
    assert robot.repository(app).post("blobs/uploads/").status_code == 401
    assert robot.repository(app, "pull").get("tags/list").status_code == 200
    grant("write")
    digest = robot.repository(app).push_image("v1", "by a robot")
    assert robot.repository(app, "pull").get_manifest(digest).status_code == 200
    grant(None)
    assert robot.repository(app, "pull").get_manifest(digest).status_code == 401


def test_creating_by_push(server, org):
    """In a creators' team a robot makes repositories, whose admin it is."""
    name, token = org.robot()
    robot = registry.Registry(server.base, (name, token))
    full = f"{org.name}/made-by-push"
    assert robot.repository(full).post("blobs/uploads/").status_code == 401
    org.team("builders", "creator", name)
    robot.repository(full).push_image("v1", "creator")
    one = org.owner.api.get(f"repository/{full}/permissions/user/{name}").json()
    assert one["role"] == "admin" and one["is_robot"] is True and one["is_org_member"] is True


def test_disabled_owner(server):
    person = Person(server)
    token = person.api.put("user/robots/ci").json()["token"]
    caller = registry.Registry(server.base, (f"{person.name}+ci", token))
    assert caller.ask_token().status_code == 200
    server.run("user", "disable", person.name)
    registry.assert_error(caller.ask_token(), 401, "UNAUTHORIZED", "disabled")


def test_disallowed(start_server):
    server = start_server(users=(), keys={"ROBOTS_DISALLOW": True, "ROBOTS_WHITELIST": ["x1+allowed"]})
    server.run("user", "create", "x1", "--password-stdin", password="some-password\n")
    api = Api(server.base, ("x1", "some-password"))
    assert_problem(api.put("user/robots/ci"), 400, "disabled")
    robot = api.put("user/robots/allowed").json()
    assert registry.Registry(server.base, (robot["name"], robot["token"])).ask_token().ok
    reply = registry.Registry(server.base, ("x1+ci", robot["token"])).ask_token()
    registry.assert_error(reply, 401, "UNAUTHORIZED", "not allowed")


def test_scope_to_list(server):
    """To create repositories is not to know the organization's people and robots."""
    org = Organization(server)
    org.robot()
    for scope, status in (("org:admin", 200), ("repo:create", 403), ("repo:create,repo:admin", 403)):
        token = server.run("token", "create", "--user", org.owner.name, "--scope", scope,
                           "x").stdout.strip()
        program = Api(server.base, token=token)
        for rest in ("robots", "team/owners/members", "private"):
            assert program.get(org.path(rest)).status_code == status, (scope, rest)
