# SPDX-License-Identifier: Apache-2.0
"""Default permissions of an organization (prototypes), and what a new repository gets by them."""
import pytest

import registry
from api import Api, assert_problem
from orgs import Organization, Person


@pytest.fixture
def org(server):
    return Organization(server)


@pytest.fixture(scope="module")
def stranger(server):
    return Person(server)


def user(name):
    return {"name": name, "kind": "user"}


def team(name):
    return {"name": name, "kind": "team"}


def roles(org, full, kind):
    permissions = org.owner.api.get(f"repository/{full}/permissions/{kind}/").json()["permissions"]
    return {name: one["role"] for name, one in permissions.items()}


def test_create_and_list(org, stranger):
    org.team()
    name, _ = org.robot()
    one = org.post("prototypes", {"role": "read", "delegate": user(stranger.name),
                                  "activating_user": {"name": org.owner.name}})
    assert one["role"] == "read" and len(one["id"]) == 36
    assert one["delegate"]["name"] == stranger.name and one["delegate"]["kind"] == "user"
    assert one["delegate"]["is_robot"] is False and one["delegate"]["is_org_member"] is False
    assert one["activating_user"]["name"] == org.owner.name
    assert one["activating_user"]["is_org_member"] is True
    two = org.post("prototypes", {"role": "write", "delegate": team("coders")})
    assert two["activating_user"] is None
    assert two["delegate"] == {"name": "coders", "kind": "team", "avatar": two["delegate"]["avatar"]}
    three = org.post("prototypes", {"role": "admin", "delegate": user(name), "activating_user": None})
    assert three["delegate"]["is_robot"] is True and three["delegate"]["is_org_member"] is True
    assert org.get("prototypes") == {"prototypes": [one, two, three]}
    assert org.audit()[-3][1] == {"prototypeid": one["id"], "activating_username": org.owner.name,
                                  "role": "read", "delegate_user": stranger.name}


@pytest.mark.parametrize("body", [
    {}, {"role": "read"}, {"role": "none", "delegate": {"name": "alice", "kind": "user"}},
    {"role": "read", "delegate": {"name": "7DGP", "kind": "user"}},
    {"role": "read", "delegate": {"name": "alice", "kind": "org"}},
    {"role": "read", "delegate": {"name": "no-team", "kind": "team"}},
    {"role": "read", "delegate": {"name": "alice"}}, {"role": "read", "delegate": "alice"},
    {"role": "read", "delegate": {"name": "alice", "kind": "user"}, "activating_user": {"name": "none"}},
    {"role": "read", "delegate": {"name": "alice", "kind": "user"}, "activating_user": "alice"},
])
def test_create_refuses(org, body):
    assert_problem(org.owner.api.post(org.path("prototypes"), body), 400)
    assert org.get("prototypes") == {"prototypes": []}


def test_change_and_delete(org, stranger):
    one = org.post("prototypes", {"role": "read", "delegate": user(stranger.name)})
    changed = org.put(f"prototypes/{one['id']}", {"role": "admin"})
    assert changed == {**one, "role": "admin"}
    assert org.audit()[-1][1]["original_role"] == "read"
    org.put(f"prototypes/{one['id']}", {"role": "owner"}, status=400)
    org.put("prototypes/none", {"role": "read"}, status=404)
    org.delete(f"prototypes/{one['id']}")
    org.delete(f"prototypes/{one['id']}", status=404)
    assert org.get("prototypes") == {"prototypes": []}


def test_of_another_organization(server, org, stranger):
    other = Organization(server)
    one = other.post("prototypes", {"role": "read", "delegate": user(stranger.name)})
    org.put(f"prototypes/{one['id']}", {"role": "admin"}, status=404)
    org.delete(f"prototypes/{one['id']}", status=404)
    assert other.get("prototypes") == {"prototypes": [one]}


@pytest.mark.parametrize("method, path", [("GET", "prototypes"), ("POST", "prototypes"),
                                          ("PUT", "prototypes/x"), ("DELETE", "prototypes/x")])
def test_others_may_not(server, org, stranger, method, path):
    body = {"role": "read", "delegate": user(stranger.name)}
    assert_problem(stranger.api.request(method, org.path(path), json=body), 403)
    assert_problem(Api(server.base).request(method, org.path(path), json=body), 401)


def test_applied_by_the_api(org, stranger):
    org.team()
    org.post("prototypes", {"role": "read", "delegate": user(stranger.name)})
    org.post("prototypes", {"role": "write", "delegate": user(stranger.name),
                            "activating_user": {"name": org.owner.name}})
    org.post("prototypes", {"role": "read", "delegate": team("coders")})
    org.post("prototypes", {"role": "read", "delegate": user(org.owner.name)})
    app = org.repository()
    assert roles(org, app, "user") == {stranger.name: "write", org.owner.name: "admin"}
    assert roles(org, app, "team") == {"coders": "read"}


def test_applied_by_a_push(server, org, stranger):
    """A robot of a creators' team pushes what is not there; others get what the rules say."""
    name, token = org.robot()
    org.team("builders", "creator", name)
    org.post("prototypes", {"role": "write", "delegate": user(stranger.name),
                            "activating_user": {"name": name}})
    org.post("prototypes", {"role": "read", "delegate": team("builders")})
    full = f"{org.name}/by-push"
    registry.Registry(server.base, (name, token)).repository(full).push_image("v1", "x")
    assert roles(org, full, "user") == {name: "admin", stranger.name: "write"}
    assert roles(org, full, "team") == {"builders": "read"}
    by_owner = org.repository("by-owner")
    assert roles(org, by_owner, "user") == {org.owner.name: "admin"}
