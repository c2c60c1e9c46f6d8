# SPDX-License-Identifier: Apache-2.0
"""Finding users, robots, teams and organizations by the beginning of their names."""
import pytest

from api import Api
from orgs import Organization, Person, make_user


@pytest.fixture(scope="module")
def org(server):
    org = Organization(server)
    org.team("findable")
    org.robot("finder")
    return org


def names(reply):
    assert reply.status_code == 200, reply.text
    return [(one["kind"], one["name"]) for one in reply.json()["results"]]


def test_users(server, org):
    name = org.owner.name
    found, = Api(server.base).get(f"entities/{name}").json()["results"]
    assert found == {"name": name, "kind": "user", "is_robot": False, "avatar": found["avatar"]}
    assert ("user", name) in names(Api(server.base).get(f"entities/{name[:-1]}"))
    assert names(Api(server.base).get("entities/R9NZ")) == []
    assert names(Api(server.base).get(f"entities/{org.name}")) == []  # no user


def test_inside_an_organization(org):
    api, where = org.owner.api, f"namespace={org.name}"
    assert names(api.get(f"entities/find?{where}&includeTeams=true")) == [
        ("team", "findable"), ("user", f"{org.name}+finder")]
    assert names(api.get(f"entities/find?{where}")) == [("user", f"{org.name}+finder")]
    robot, = api.get(f"entities/find?{where}").json()["results"]
    assert robot["is_robot"] is True and robot["is_org_member"] is True
    owner, = api.get(f"entities/{org.owner.name}?{where}").json()["results"]
    assert owner["is_org_member"] is True
    assert names(api.get(f"entities/{org.name}?{where}&includeOrgs=true")) == [("org", org.name)]


def test_from_outside(server, org):
    stranger = Person(server)
    where = f"namespace={org.name}&includeTeams=true&includeOrgs=true"
    for caller in (stranger.api, Api(server.base)):
        assert names(caller.get(f"entities/find?{where}")) == []
        assert names(caller.get(f"entities/{org.name}?{where}")) == []
    assert names(stranger.api.get("entities/find?namespace=there-is-none")) == []


def test_own_robots(server):
    person = Person(server)
    assert person.api.put("user/robots/finder").status_code == 201
    assert names(person.api.get(f"entities/find?namespace={person.name}")) == [
        ("user", f"{person.name}+finder")]
    assert names(Api(server.base).get(f"entities/find?namespace={person.name}")) == []


def test_whole_names_only(start_server):
    server = start_server(users=(), keys={"FEATURE_PARTIAL_USER_AUTOCOMPLETE": False})
    name, _ = make_user(server)
    caller = Api(server.base)
    assert names(caller.get(f"entities/{name}")) == [("user", name)]
    assert names(caller.get(f"entities/{name[:-1]}")) == []
