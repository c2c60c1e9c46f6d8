# SPDX-License-Identifier: Apache-2.0
"""What members of organizations see in lists and in the catalog, and how long their tags are kept."""
import pytest

import api
import registry
from orgs import Organization, Person


@pytest.fixture
def org(server):
    return Organization(server)


def listed(person, org, query=""):
    reply = person.api.get(f"repository?namespace={org.name}{query}")
    assert reply.status_code == 200, reply.text
    return [row["name"] for row in reply.json()["repositories"]]


def catalog(server, credentials, org):
    """The organization's repositories, in pages of one."""
    caller = registry.Registry(server.base, credentials)
    token, found, last = caller.token("registry:catalog:*"), [], f"{org.name}/!"
    while True:
        reply = caller.request("GET", "/v2/_catalog", token=token, params={"n": 1, "last": last})
        assert reply.status_code == 200, reply.text
        page = reply.json()["repositories"]
        if not page or not page[0].startswith(org.name + "/"):
            return found
        last = page[0]
        found.append(last.partition("/")[2])


def test_lists(server, org):
    member, other, stranger = Person(server), Person(server), Person(server)
    for name in ("a", "b", "c"):
        org.repository(name)
    org.repository("open", public=True)
    org.team("coders", "member", member.name)
    base = f"repository/{org.name}"
    owner = org.owner.api
    assert owner.put(f"{base}/a/permissions/team/coders", {"role": "read"}).status_code == 200
    assert owner.put(f"{base}/b/permissions/user/{other.name}", {"role": "write"}).status_code == 200
    robot = org.robot("ci")
    assert owner.put(f"{base}/c/permissions/user/{robot[0]}", {"role": "write"}).status_code == 200
    assert listed(org.owner, org) == ["a", "b", "c", "open"]
    assert listed(member, org) == ["a"]
    assert listed(member, org, "&public=true") == ["a", "open"]
    assert listed(other, org) == ["b"]
    assert listed(stranger, org) == []
    assert catalog(server, org.owner.credentials, org) == ["a", "b", "c", "open"]
    assert catalog(server, member.credentials, org) == ["a"]
    assert catalog(server, other.credentials, org) == ["b"]
    assert catalog(server, robot, org) == ["c"]
    assert catalog(server, stranger.credentials, org) == []
    shown = member.api.get(f"{base}/a").json()
    assert shown["is_organization"] is True and shown["can_write"] is False
    assert other.api.get(f"{base}/b").json()["can_write"] is True


def test_creator(server, org):
    """A creator makes repositories and administers them, but no others."""
    creator = Person(server)
    org.team("makers", "creator", creator.name)
    org.repository("theirs")
    body = {"namespace": org.name, "repository": "mine", "visibility": "private", "description": ""}
    assert creator.api.post("repository", body).status_code == 201
    assert listed(creator, org) == ["mine"]
    assert creator.api.get(f"repository/{org.name}/mine").json()["can_admin"] is True
    api.assert_problem(creator.api.get(f"repository/{org.name}/theirs"), 403)


def test_time_machine(server, org):
    name = org.repository("kept")
    org.put("", {"tag_expiration_s": 7 * 24 * 3600})
    shown = org.owner.api.get(f"repository/{name}").json()
    assert shown["tag_expiration_s"] == 7 * 24 * 3600


def test_stars(server, org):
    name = org.repository("liked")
    body = {"namespace": org.name, "repository": "liked"}
    assert org.owner.api.post("user/starred", body).status_code == 201
    assert org.owner.api.get(f"repository/{name}").json()["is_starred"] is True
    rows = org.owner.api.get("repository?starred=true").json()["repositories"]
    assert [(row["namespace"], row["name"], row["is_starred"]) for row in rows] == [
        (org.name, "liked", True)]


def test_audit(server, org):
    """Each change leaves its entry."""
    name = org.repository("seen")
    owner = org.owner.api
    image = registry.Registry(server.base, org.owner.credentials).repository(name)
    digest = image.push_image("v1", name)
    base = f"repository/{name}"
    for reply in (owner.put(base, {"description": "text"}),
                  owner.post(base + "/changevisibility", {"visibility": "public"}),
                  owner.put(base + "/changestate", {"state": "READ_ONLY"}),
                  owner.put(base + "/changestate", {"state": "NORMAL"}),
                  owner.put(base + "/tag/v2", {"manifest_digest": digest}),
                  owner.put(base + "/tag/v2", {"expiration": 4000000000}),
                  owner.delete(base + "/tag/v1"),
                  owner.post(base + "/tag/v1/restore", {"manifest_digest": digest}),
                  owner.post(f"{base}/manifest/{digest}/labels",
                             {"key": "a", "value": "b", "media_type": None}),
                  owner.delete(base)):
        assert reply.status_code < 300, reply.text
    kinds = [row["kind"] for row in owner.get(f"organization/{org.name}/logs").json()["logs"]]
    wanted = ["delete_repo", "manifest_label_add", "revert_tag", "delete_tag",
              "change_tag_expiration", "create_tag", "change_repo_state", "change_repo_state",
              "change_repo_visibility", "set_repo_description"]
    assert [kind for kind in kinds if kind in wanted] == wanted
