# SPDX-License-Identifier: Apache-2.0
"""/api/v1/repository/.../tag/: history, moving, expiration, immutability, restoring, purging."""
import time

import pytest

import api
import registry
from conftest import ALICE, BOB, create_user

YEAR = 365 * 24 * 3600
NOWHERE = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def browser(server):
    return api.Api(server.base, ALICE)


@pytest.fixture(scope="module")
def other(server):
    return api.Api(server.base, BOB)


def tags(caller, name, query=""):
    reply = caller.get(f"repository/{name}/tag/{query}")
    assert reply.status_code == 200, reply.text
    return reply.json()["tags"]


def live(caller, name):
    return {row["name"]: row["manifest_digest"] for row in tags(caller, name, "?onlyActiveTags=true")}


def test_history(browser, repo, name):
    first = repo.push_image("v1", "one")
    second = repo.push_image("v1", "two")
    repo.push_image("v2", "two")
    rows = tags(browser, name)
    assert [(row["name"], row["manifest_digest"]) for row in rows] == [
        ("v2", second), ("v1", second), ("v1", first)]
    assert set(rows[0]) == {"name", "reversion", "start_ts", "manifest_digest", "is_manifest_list",
                            "size", "last_modified"}
    assert rows[0]["size"] == len("layer two") and rows[0]["is_manifest_list"] is False
    assert rows[0]["last_modified"].endswith("-0000")
    assert rows[2]["end_ts"] <= time.time() and "expiration" in rows[2]
    assert live(browser, name) == {"v1": second, "v2": second}
    assert len(tags(browser, name, "?specificTag=v1")) == 2
    assert len(tags(browser, name, "?specificTag=v1&onlyActiveTags=true")) == 1


def test_page_of_the_repository(browser, repo, name):
    digest = repo.push_image("v1", "one")
    shown = browser.get(f"repository/{name}").json()["tags"]
    assert set(shown) == {"v1"}
    assert shown["v1"]["manifest_digest"] == digest and shown["v1"]["size"] == len("layer one")


def test_filters(browser, repo, name):
    image = repo.image("x")
    for tag in ("a_b", "axb", "a%b", "plain"):
        if "%" not in tag:
            repo.push_manifest(tag, image)

    def found(text):
        return {row["name"] for row in tags(browser, name, "?filter_tag_name=" + text)}

    assert found("like:a") == {"a_b", "axb", "plain"}
    assert found("like:a_b") == {"a_b"}  # no wildcard
    assert found("like:%25") == set()
    assert found("eq:axb") == {"axb"} and found("eq:ax") == set()
    for bad in ("x", "like:", "in:x"):
        api.assert_problem(browser.get(f"repository/{name}/tag/?filter_tag_name={bad}"), 400)


def test_pages(browser, repo, name):
    image = repo.image("x")
    for number in range(7):
        repo.push_manifest(f"t{number}", image)
    seen = []
    for page in range(1, 5):
        reply = browser.get(f"repository/{name}/tag/?limit=2&page={page}").json()
        assert reply["page"] == page and reply["has_additional"] == (page < 4)
        seen += [row["name"] for row in reply["tags"]]
    assert seen == [f"t{number}" for number in reversed(range(7))]
    for bad in ("limit=101", "limit=0", "page=0", "page=x"):
        api.assert_problem(browser.get(f"repository/{name}/tag/?{bad}"), 400)


def test_index(browser, repo, name):
    child = repo.push_image(None, "child")
    size = len(repo.get_manifest(child).content)
    index = {"schemaVersion": 2, "mediaType": registry.OCI_INDEX, "manifests": [
        {"mediaType": registry.OCI_MANIFEST, "digest": child, "size": size}]}
    repo.push_manifest("multi", index, registry.OCI_INDEX)
    repo.push_image("single", "child")
    rows = {row["name"]: row for row in tags(browser, name)}
    assert "child_manifests_presence" not in rows["single"]
    multi = rows["multi"]
    assert multi["is_manifest_list"] is True and multi["size"] is None
    assert multi["child_manifests_presence"] == {child: True}
    assert (multi["child_manifest_count"], multi["present_child_count"]) == (1, 1)
    assert multi["is_sparse"] is False
    assert tags(browser, name, "?specificTag=multi") == [multi]


def test_move(browser, other, repo, name):
    one, two = repo.push_image("v1", "one"), repo.push_image("v2", "two")
    path = f"repository/{name}/tag/"
    reply = browser.put(path + "v1", {"manifest_digest": two})
    assert reply.status_code == 201 and reply.json() == "Updated"
    assert browser.put(path + "new", {"manifest_digest": one}).status_code == 201
    assert live(browser, name) == {"v1": two, "v2": two, "new": one}
    assert repo.get_manifest("v1").headers["Docker-Content-Digest"] == two
    assert browser.put(path + "v1", {}).status_code == 201  # nothing to do
    api.assert_problem(browser.put(path + "v1", {"manifest_digest": NOWHERE}), 404)
    api.assert_problem(browser.put(path + "v1", {"manifest_digest": "WXNG"}), 404)
    api.assert_problem(browser.put(path + "-bad-", {"manifest_digest": one}), 400)
    api.assert_problem(browser.put(path + "v1", {"manifest_digest": 7}), 400, "manifest_digest")
    api.assert_problem(other.put(path + "v1", {"manifest_digest": one}), 403)


def test_delete(browser, other, repo, name):
    digest = repo.push_image("v1", "one")
    path = f"repository/{name}/tag/v1"
    api.assert_problem(other.delete(path), 403)
    assert browser.delete(path).status_code == 204
    api.assert_problem(browser.delete(path), 404)
    registry.assert_error(repo.get_manifest("v1"), 404, "TAG_EXPIRED")
    assert live(browser, name) == {}
    assert tags(browser, name)[0]["manifest_digest"] == digest


def test_restore(browser, other, repo, name):
    one, two = repo.push_image("v1", "one"), repo.push_image("v1", "two")
    path = f"repository/{name}/tag/v1/restore"
    api.assert_problem(other.post(path, {"manifest_digest": one}), 403)
    assert browser.post(path, {"manifest_digest": one}).json() == {}
    assert repo.get_manifest("v1").headers["Docker-Content-Digest"] == one
    assert [row["reversion"] for row in tags(browser, name)] == [True, False, False]
    assert browser.delete(f"repository/{name}/tag/v1").status_code == 204
    assert browser.post(path, {"manifest_digest": two}).status_code == 200
    assert live(browser, name) == {"v1": two}
    for bad in (NOWHERE, "WXNG"):
        api.assert_problem(browser.post(path, {"manifest_digest": bad}), 404)
    api.assert_problem(browser.post(path, {}), 400, "manifest_digest")


def test_expiration(browser, repo, name):
    repo.push_image("v1", "one")
    path, end = f"repository/{name}/tag/v1", int(time.time()) + YEAR
    assert browser.put(path, {"expiration": end}).status_code == 201
    row, = tags(browser, name)
    assert row["end_ts"] == end and "expiration" in row
    assert repo.get_manifest("v1").status_code == 200
    assert browser.get(f"repository/{name}").json()["tags"]["v1"]["expiration"]
    assert browser.put(path, {"expiration": None}).status_code == 201
    assert "end_ts" not in tags(browser, name)[0]
    api.assert_problem(browser.put(path, {"expiration": 1}), 400, "past")
    api.assert_problem(browser.put(path, {"expiration": 0}), 400, "expiration")
    api.assert_problem(browser.put(path, {"expiration": "soon"}), 400, "expiration")
    api.assert_problem(browser.put(f"repository/{name}/tag/v2", {"expiration": end}), 404)


def test_features_off(browser, repo, name):
    """A server without the features for it neither shows nor changes immutability."""
    digest = repo.push_image("v1", "one")
    assert browser.put(f"repository/{name}/tag/v1", {"immutable": True}).status_code == 201
    assert "immutable" not in tags(browser, name)[0]
    assert browser.delete(f"repository/{name}/tag/v1").status_code == 204
    api.assert_problem(browser.post(f"repository/{name}/tag/v1/expire",
                                    {"manifest_digest": digest}), 404)


@pytest.fixture(scope="module")
def strict(start_server):
    """Another server, with all features of tags: its browser, its registry."""
    server = start_server(keys={"FEATURE_IMMUTABLE_TAGS": True, "PERMANENTLY_DELETE_TAGS": True})
    return server, api.Api(server.base, ALICE), registry.Registry(server.base, ALICE)


def test_immutable(strict):
    _, browser, images = strict
    repo = images.repository("alice/fixed")
    one, two = repo.push_image("v1", "one"), repo.push_image("v2", "two")
    path = "repository/alice/fixed/tag/v1"
    assert browser.put(path, {"immutable": True}).status_code == 201
    assert {row["name"]: row["immutable"] for row in tags(browser, "alice/fixed")} == {
        "v1": True, "v2": False}
    refused = [browser.put(path, {"manifest_digest": two}), browser.delete(path),
               browser.put(path, {"expiration": int(time.time()) + YEAR}),
               browser.post(path + "/restore", {"manifest_digest": two}),
               browser.post(path + "/expire", {"is_alive": True})]
    for reply in refused:
        assert api.assert_problem(reply, 409)["error_type"] == "tag_immutable"
    registry.assert_error(repo.put_manifest("v1", repo.get_manifest("v2").content), 409,
                          "TAG_IMMUTABLE")
    registry.assert_error(repo.delete("manifests/v1"), 409, "TAG_IMMUTABLE")
    assert live(browser, "alice/fixed") == {"v1": one, "v2": two}
    assert browser.put(path, {"immutable": False}).status_code == 201
    assert browser.delete(path).status_code == 204
    api.assert_problem(browser.put(path, {"immutable": True}), 404)
    ends = f"repository/alice/fixed/tag/v2"
    assert browser.put(ends, {"expiration": int(time.time()) + YEAR}).status_code == 201
    api.assert_problem(browser.put(ends, {"immutable": True}), 400, "expiration")


def test_immutable_may_expire(start_server):
    server = start_server(keys={"FEATURE_IMMUTABLE_TAGS": True,
                                "FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE": True})
    browser = api.Api(server.base, ALICE)
    registry.Registry(server.base, ALICE).repository("alice/fixed").push_image("v1", "one")
    end = int(time.time()) + YEAR
    path = "repository/alice/fixed/tag/v1"
    assert browser.put(path, {"immutable": True, "expiration": end}).status_code == 201
    assert browser.put(path, {"expiration": end + 1}).status_code == 201
    row, = tags(browser, "alice/fixed")
    assert row["immutable"] is True and row["end_ts"] == end + 1


def test_purge(strict):
    server, browser, images = strict
    name = "alice/purged"
    repo = images.repository(name)
    one, two = repo.push_image("v1", "one"), repo.push_image("v1", "two")
    path = f"repository/{name}/tag/v1/expire"
    create_user(server, BOB)
    api.assert_problem(api.Api(server.base, BOB).post(path, {"manifest_digest": one}), 403)
    api.assert_problem(browser.post(path, {}), 400)
    for bad in (NOWHERE, "WXNG", two):
        api.assert_problem(browser.post(path, {"manifest_digest": bad}), 404)
    reply = browser.post(path, {"manifest_digest": one, "include_submanifests": True})
    assert reply.status_code == 200 and reply.json() == ""
    assert [row["manifest_digest"] for row in tags(browser, name)] == [two]
    api.assert_problem(browser.post(path, {"manifest_digest": one, "is_alive": True}), 404)
    assert browser.post(path, {"manifest_digest": two, "is_alive": True}).status_code == 200
    assert tags(browser, name) == []
    api.assert_problem(browser.post(path, {"is_alive": True}), 404)
