# SPDX-License-Identifier: Apache-2.0
"""/api/v1/repository: making, listing, showing, changing and deleting repositories."""
import itertools

import pytest

import api
import registry
import server as servers
from conftest import create_user

PASSWORD = "some-password"
numbers = itertools.count(1)


def new_user(server, prefix="repouser"):
    """The name of a new user, and his browser."""
    name = f"{prefix}{next(numbers)}"
    create_user(server, (name, PASSWORD))
    return name, api.Api(server.base, (name, PASSWORD))


@pytest.fixture(scope="module")
def owner(server):
    return new_user(server)


@pytest.fixture(scope="module")
def stranger(server):
    return new_user(server)


@pytest.fixture(scope="module")
def anonymous(server):
    return api.Api(server.base)


@pytest.fixture
def repo(owner):
    """A private repository of the owner: its full name."""
    return make(owner, f"repo{next(numbers)}")


def make(owner, name, visibility="private", **more):
    body = {"repository": name, "visibility": visibility, "description": "", **more}
    reply = owner[1].post("repository", body)
    assert reply.status_code == 201, reply.text
    return f"{owner[0]}/{name}"


def names(reply):
    assert reply.status_code == 200, reply.text
    return [f"{row['namespace']}/{row['name']}" for row in reply.json()["repositories"]]


def test_create(owner):
    reply = owner[1].post("repository", {
        "repository": "made/here", "visibility": "public", "description": "# Made",
        "namespace": owner[0], "repo_kind": "image"})
    assert reply.status_code == 201
    assert reply.json() == {"namespace": owner[0], "name": "made/here", "kind": "image"}
    shown = owner[1].get(f"repository/{owner[0]}/made/here").json()
    assert shown["description"] == "# Made" and shown["is_public"] is True
    problem = api.assert_problem(owner[1].post("repository", {
        "repository": "made/here", "visibility": "public", "description": ""}), 400, "exists")
    assert problem["error_type"] == "invalid_request"


@pytest.mark.parametrize("change", [
    {"repository": "Upper"}, {"repository": ""}, {"repository": "a//b"}, {"repository": "x" * 256},
    {"visibility": "secret"}, {"repo_kind": "application"}, {"description": 7},
    {"repository": None}])
def test_create_refused(owner, change):
    body = {"repository": "fine", "visibility": "public", "description": "", **change}
    api.assert_problem(owner[1].post("repository", body), 400)


def test_who_may_create(owner, stranger, anonymous):
    body = {"repository": "taken", "visibility": "public", "description": ""}
    api.assert_problem(anonymous.post("repository", body), 400)
    body["namespace"] = owner[0]
    api.assert_problem(anonymous.post("repository", body), 401)
    api.assert_problem(stranger[1].post("repository", body), 403)
    body["namespace"] = "nobody-has-this-name"
    api.assert_problem(stranger[1].post("repository", body), 403)


def test_get(owner, repo):
    shown = owner[1].get(f"repository/{repo}").json()
    assert shown == {
        "namespace": owner[0], "name": repo.partition("/")[2], "kind": "image", "description": "",
        "is_public": False, "is_organization": False, "is_starred": False, "status_token": "",
        "trust_enabled": False, "tag_expiration_s": 14 * 24 * 3600, "is_free_account": True,
        "state": "NORMAL", "can_write": True, "can_admin": True, "tags": {}}
    with_stats = owner[1].get(f"repository/{repo}?includeStats=true&includeTags=false").json()
    assert "tags" not in with_stats
    assert len(with_stats["stats"]) == 92
    assert set(with_stats["stats"][0]) == {"date", "count"}


def test_who_may_read(owner, stranger, anonymous, repo):
    api.assert_problem(anonymous.get(f"repository/{repo}"), 401)
    api.assert_problem(stranger[1].get(f"repository/{repo}"), 403)
    api.assert_problem(anonymous.get("repository/nobody/nothing"), 401)
    api.assert_problem(owner[1].get(f"repository/{owner[0]}/nothing"), 404)
    public = make(owner, "for-all", "public")
    shown = stranger[1].get(f"repository/{public}").json()
    assert shown["can_write"] is False and shown["can_admin"] is False
    assert anonymous.get(f"repository/{public}").status_code == 200


def test_describe(owner, stranger, anonymous, repo):
    path = f"repository/{repo}"
    assert owner[1].put(path, {"description": "Nächte"}).json() == {"success": True}
    assert owner[1].get(path).json()["description"] == "Nächte"
    assert owner[1].put(path, {"description": "é" * 5000}).status_code == 200
    api.assert_problem(owner[1].put(path, {}), 400, "description")
    api.assert_problem(stranger[1].put(path, {"description": ""}), 403)
    api.assert_problem(anonymous.put(path, {"description": ""}), 401)


def test_visibility(owner, stranger, repo):
    path = f"repository/{repo}/changevisibility"
    api.assert_problem(stranger[1].post(path, {"visibility": "public"}), 403)
    assert owner[1].post(path, {"visibility": "public"}).json() == {"success": True}
    assert stranger[1].get(f"repository/{repo}").status_code == 200
    assert owner[1].post(path, {"visibility": "private"}).json() == {"success": True}
    assert stranger[1].get(f"repository/{repo}").status_code == 403
    api.assert_problem(owner[1].post(path, {"visibility": "none"}), 400)


def test_delete(owner, stranger, repo):
    api.assert_problem(stranger[1].delete(f"repository/{repo}"), 403)
    reply = owner[1].delete(f"repository/{repo}")
    assert reply.status_code == 204 and reply.content == b""
    api.assert_problem(owner[1].get(f"repository/{repo}"), 404)
    assert make(owner, repo.partition("/")[2]) == repo  # the name is free at once


@pytest.mark.parametrize("state", ["READ_ONLY", "MIRROR"])
def test_state(server, owner, stranger, repo, state):
    path = f"repository/{repo}/changestate"
    images = registry.Registry(server.base, (owner[0], PASSWORD)).repository(repo)
    digest = images.push_image("latest", repo)
    api.assert_problem(stranger[1].put(path, {"state": state}), 403)
    api.assert_problem(owner[1].put(path, {"state": "MARKED_FOR_DELETION"}), 400)
    assert owner[1].put(path, {"state": state}).json() == {"success": True}
    assert owner[1].get(f"repository/{repo}").json()["state"] == state
    tag = f"repository/{repo}/tag/latest"
    for refused in (owner[1].put(tag, {}), owner[1].delete(tag),
                    owner[1].post(tag + "/restore", {"manifest_digest": digest})):
        assert api.assert_problem(refused, 503)["is_readonly"] is True
    assert images.put_manifest("other", images.get_manifest("latest").content).status_code == 405
    assert images.post("blobs/uploads/").status_code == 405
    assert images.get_manifest("latest").status_code == 200
    assert owner[1].put(path, {"state": "NORMAL"}).json() == {"success": True}
    assert owner[1].delete(tag).status_code == 204


def test_list_namespace(server, anonymous, stranger):
    owner = new_user(server)
    private, public = make(owner, "a-private"), make(owner, "b-public", "public")
    mine = f"repository?namespace={owner[0]}"
    assert names(owner[1].get(mine)) == [private, public]
    assert names(stranger[1].get(mine)) == []
    assert names(stranger[1].get(mine + "&public=true")) == [public]
    assert names(anonymous.get(mine + "&public=true")) == [public]
    assert names(anonymous.get(mine)) == []
    assert names(owner[1].get("repository?namespace=nobody-has-this-name")) == []
    row = owner[1].get(mine + "&last_modified=true&popularity=true").json()["repositories"][1]
    assert row == {"namespace": owner[0], "name": "b-public", "description": "", "is_public": True,
                   "kind": "image", "state": "NORMAL", "last_modified": None, "popularity": 0,
                   "is_starred": False}
    assert "is_starred" not in anonymous.get(mine + "&public=true").json()["repositories"][0]


def test_list_refused(owner, anonymous):
    api.assert_problem(owner[1].get("repository"), 400)
    api.assert_problem(anonymous.get("repository?starred=true"), 400)
    api.assert_problem(owner[1].get("repository?public=maybe"), 400, "public")
    assert names(owner[1].get("repository?starred=true")) == []


def test_list_pages(server):
    owner = new_user(server)
    for number in range(103):
        make(owner, f"r{number:03}")
    path = f"repository?namespace={owner[0]}"
    first = owner[1].get(path)
    assert len(names(first)) == 100
    second = owner[1].get(path, params={"next_page": first.json()["next_page"]})
    assert "next_page" not in second.json()
    assert names(first) + names(second) == [f"{owner[0]}/r{number:03}" for number in range(103)]
    # a damaged token means the first page
    assert names(owner[1].get(path, params={"next_page": "x"})) == names(first)


def test_list_public(server, anonymous):
    """Public repositories of all, and for a user his own besides."""
    owner = new_user(server, "zz-last")
    private, public = make(owner, "a-private"), make(owner, "b-public", "public")

    def whole(caller):
        found, params = [], {"public": "true"}
        while True:
            reply = caller.get("repository", params=params)
            found += names(reply)
            if "next_page" not in reply.json():
                return found
            params["next_page"] = reply.json()["next_page"]

    seen, everyone = whole(owner[1]), whole(anonymous)
    assert public in seen and private in seen and seen == sorted(seen)
    assert public in everyone and private not in everyone


def test_list_last_modified(server, owner, repo):
    images = registry.Registry(server.base, (owner[0], PASSWORD)).repository(repo)
    images.push_image("latest", repo)
    rows = owner[1].get(f"repository?namespace={owner[0]}&last_modified=true").json()
    row, = [row for row in rows["repositories"] if f"{owner[0]}/{row['name']}" == repo]
    assert row["last_modified"] > 1_700_000_000


def test_superusers(start_server):
    """Full access is the configuration's business; read-only superusers see everything."""
    keys = {"FEATURE_SUPERUSERS_FULL_ACCESS": True, "GLOBAL_READONLY_SUPER_USERS": ["auditor"]}
    server = start_server(keys=keys)
    create_user(server, ("root", PASSWORD), "--superuser")
    create_user(server, ("auditor", PASSWORD))
    root, auditor = (api.Api(server.base, (name, PASSWORD)) for name in ("root", "auditor"))
    body = {"repository": "theirs", "visibility": "private", "description": "", "namespace": "alice"}
    api.assert_problem(auditor.post("repository", body), 403)
    assert root.post("repository", body).status_code == 201
    assert names(root.get("repository?namespace=alice")) == ["alice/theirs"]
    assert names(auditor.get("repository?namespace=alice")) == ["alice/theirs"]
    assert auditor.get("repository/alice/theirs").json()["can_write"] is False
    api.assert_problem(auditor.put("repository/alice/theirs", {"description": "x"}), 403)
    assert root.get("repository/alice/theirs").json()["can_admin"] is True
    api.assert_problem(root.post("repository", {**body, "namespace": "nobody-here"}), 404)
    assert root.delete("repository/alice/theirs").status_code == 204


def test_superuser_without_full_access(server, repo):
    create_user(server, ("plain-superuser", PASSWORD), "--superuser")
    root = api.Api(server.base, ("plain-superuser", PASSWORD))
    api.assert_problem(root.get(f"repository/{repo}"), 403)
    assert servers.wait_for(lambda: names(root.get("repository?public=true")) is not None, "a list")


def test_plan_limit(start_server):
    server = start_server(keys={"MAXIMUM_PRIVATE_REPOSITORIES": 1})
    alice = ("alice", api.Api(server.base, ("alice", "correct-horse")))
    make(alice, "first")
    make(alice, "open", "public")
    body = {"repository": "second", "visibility": "private", "description": ""}
    api.assert_problem(alice[1].post("repository", body), 402)
    path = "repository/alice/open/changevisibility"
    api.assert_problem(alice[1].post(path, {"visibility": "private"}), 402)
    assert alice[1].post("repository/alice/first/changevisibility",
                         {"visibility": "private"}).status_code == 200  # it is so already
    assert alice[1].delete("repository/alice/first").status_code == 204
    assert alice[1].post(path, {"visibility": "private"}).status_code == 200
