# SPDX-License-Identifier: Apache-2.0
"""Rights on a repository: of users, robots and teams, by themselves and together."""
import pytest

from api import Api, assert_problem
from orgs import Organization, Person, audit


@pytest.fixture
def org(server):
    return Organization(server)


@pytest.fixture
def app(org):
    """The path of a new repository's permissions."""
    return f"repository/{org.repository()}/permissions"


@pytest.fixture(scope="module")
def stranger(server):
    return Person(server)


def test_users(org, app, stranger):
    api = org.owner.api
    name, _ = org.robot()
    one = api.put(f"{app}/user/{stranger.name}", {"role": "read"}).json()
    assert one["role"] == "read" and one["name"] == stranger.name
    assert one["is_robot"] is False and one["is_org_member"] is False
    assert api.put(f"{app}/user/{name}", {"role": "write"}).json()["is_robot"] is True
    assert api.get(f"{app}/user/{stranger.name}").json() == one
    listed = api.get(f"{app}/user/").json()["permissions"]
    assert set(listed) == {stranger.name, name, org.owner.name}
    assert listed[stranger.name] == one and listed[org.owner.name]["role"] == "admin"
    assert api.put(f"{app}/user/{stranger.name}", {"role": "admin"}).json()["role"] == "admin"
    assert api.delete(f"{app}/user/{stranger.name}").status_code == 204
    assert_problem(api.get(f"{app}/user/{stranger.name}"), 400)
    assert_problem(api.delete(f"{app}/user/{stranger.name}"), 400)
    kinds = [metadata for _, metadata in org.audit()][-4:]
    assert kinds[0] == {"username": stranger.name, "repo": "app", "namespace": org.name, "role": "read"}
    assert kinds[3] == {"username": stranger.name, "repo": "app", "namespace": org.name}


def test_teams(org, app):
    api = org.owner.api
    org.team()
    one = api.put(f"{app}/team/coders", {"role": "write"}).json()
    assert one == {"role": "write", "name": "coders", "avatar": one["avatar"]}
    assert api.get(f"{app}/team/coders").json()["role"] == "write"
    assert api.get(f"{app}/team/").json() == {"permissions": {"coders": one}}
    assert api.delete(f"{app}/team/coders").status_code == 204
    assert_problem(api.get(f"{app}/team/coders"), 400)
    assert_problem(api.delete(f"{app}/team/coders"), 400)
    assert_problem(api.get(f"{app}/team/owners"), 400)


@pytest.mark.parametrize("path, body", [
    ("user/alice", {}), ("user/alice", {"role": "owner"}), ("user/alice", {"role": None}),
    ("user/A2O9", {"role": "read"}), ("team/none", {"role": "read"}), ("team/owners", {"role": 1}),
])
def test_refused(org, app, path, body):
    assert_problem(org.owner.api.put(f"{app}/{path}", body), 400)


def test_organizations_hold_no_rights(server, org, app):
    assert_problem(org.owner.api.put(f"{app}/user/{org.name}", {"role": "read"}), 400)


def test_robots_of_others(server, org, app):
    """Who has the token of a robot is somebody else's affair than the repository's."""
    other = Organization(server)
    robot, _ = other.robot()
    assert_problem(org.owner.api.put(f"{app}/user/{robot}", {"role": "read"}), 400, "robot")
    assert org.owner.api.get(f"{app}/user/").json()["permissions"].get(robot) is None
    own, _ = org.robot("helper")
    assert org.owner.api.put(f"{app}/user/{own}", {"role": "read"}).status_code == 200


def test_of_a_user(server, stranger):
    """In a user's own namespace there are no teams, and he is always admin."""
    person = Person(server)
    body = {"namespace": person.name, "repository": "app", "description": "", "visibility": "private"}
    assert person.api.post("repository", body).status_code == 201
    path = f"repository/{person.name}/app/permissions"
    assert_problem(person.api.put(f"{path}/user/{person.name}", {"role": "read"}), 400, "owner")
    assert_problem(person.api.put(f"{path}/team/owners", {"role": "read"}), 400)
    one = person.api.put(f"{path}/user/{stranger.name}", {"role": "read"}).json()
    assert "is_org_member" not in one
    assert stranger.api.get(f"repository/{person.name}/app").status_code == 200
    assert person.api.get(f"{path}/team/").json() == {"permissions": {}}
    assert person.api.get(f"{path}/user/{person.name}/transitive").json()["permissions"] == [
        {"role": "admin"}, {"role": "admin"}]  # given when he made it, and as the owner
    assert audit(server, person.name)[-1][1]["username"] == stranger.name


def test_transitive(server, org, app):
    api = org.owner.api
    one = Person(server)
    assert_problem(api.get(f"{app}/user/{one.name}/transitive"), 404)
    assert_problem(api.get(f"{app}/user/nobody-here/transitive"), 404)
    org.team("readers", "member", one.name)
    org.team("writers", "member", one.name)
    assert_problem(api.get(f"{app}/user/{one.name}/transitive"), 404)
    api.put(f"{app}/team/readers", {"role": "read"})
    api.put(f"{app}/team/writers", {"role": "write"})
    api.put(f"{app}/user/{one.name}", {"role": "admin"})
    reply = api.get(f"{app}/user/{one.name}/transitive").json()["permissions"]
    assert sorted(each["role"] for each in reply) == ["admin", "read", "write"]
    org.team("chiefs", "admin", one.name)
    assert len(api.get(f"{app}/user/{one.name}/transitive").json()["permissions"]) == 4


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["user/alice", "team/owners"])
def test_others_may_not(server, org, app, stranger, method, path):
    org.owner.api.put(f"{app}/user/{stranger.name}", {"role": "write"})
    body = {"role": "read"}
    assert_problem(stranger.api.request(method, f"{app}/{path}", json=body), 403)
    assert_problem(Api(server.base).request(method, f"{app}/{path}", json=body), 401)
    for listing in ("user/", "team/", "user/alice/transitive"):
        assert_problem(stranger.api.get(f"{app}/{listing}"), 403)
        assert_problem(Api(server.base).get(f"{app}/{listing}"), 401)


def test_an_admin_of_the_repository_alone(org, app, stranger):
    org.owner.api.put(f"{app}/user/{stranger.name}", {"role": "admin"})
    assert stranger.api.put(f"{app}/user/alice", {"role": "read"}).status_code == 200
    assert_problem(stranger.api.put(org.path("team/more"), {"role": "member"}), 403)


def test_rights_take_effect(server, org, app, stranger):
    path = f"repository/{org.name}/app"
    assert_problem(stranger.api.get(path), 403)
    org.owner.api.put(f"{app}/user/{stranger.name}", {"role": "read"})
    assert stranger.api.get(path).json()["can_write"] is False
    org.owner.api.put(f"{app}/user/{stranger.name}", {"role": "write"})
    assert stranger.api.get(path).json()["can_write"] is True
    org.owner.api.delete(f"{app}/user/{stranger.name}")
    assert_problem(stranger.api.get(path), 403)
