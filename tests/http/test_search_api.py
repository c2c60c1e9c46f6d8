# SPDX-License-Identifier: Apache-2.0
"""/api/v1/find/: what a caller finds, and what not."""
import pytest

import api
import registry
from server import wait_for
from test_repositories_api import PASSWORD, make, new_user


@pytest.fixture(scope="module")
def people(server):
    """Two users with repositories of unusual names; the second one's are private but for one."""
    first, second = new_user(server, "qfinder"), new_user(server, "qhider")
    make(first, "zebra-one", "public", description="striped")
    make(first, "zebra", "private")
    make(second, "zebra-secret", "private")
    make(second, "my_zebra", "public")
    make(second, "myxzebra", "public")
    return first, second


def found(caller, text, **params):
    reply = caller.get("find/repositories", params={"query": text, **params})
    assert reply.status_code == 200, reply.text
    return [row["name"] for row in reply.json()["results"]]


def test_repositories(server, people):
    first, second = people
    anonymous = api.Api(server.base)
    assert found(anonymous, "zebra") == ["zebra-one", "my_zebra", "myxzebra"]
    assert found(first[1], "zebra") == ["zebra", "zebra-one", "my_zebra", "myxzebra"]
    assert found(second[1], "ZEBRA-") == ["zebra-one", "zebra-secret"]
    assert found(anonymous, "y_zebra") == ["my_zebra"]  # no wildcard
    assert found(anonymous, f"{first[0]}/zeb") == ["zebra-one"]
    assert found(anonymous, f"{first[0]}/") == ["zebra-one"]
    assert found(anonymous, "no-such-thing") == []
    assert len(found(anonymous, "")) > 2


def test_result(server, people):
    first = people[0]
    reply = api.Api(server.base).get("find/repositories", params={"query": "zebra-one"}).json()
    row, = reply["results"]
    assert row["namespace"].pop("avatar")["kind"] == "user"
    assert row == {
        "kind": "repository", "title": "repo", "name": "zebra-one", "description": "striped",
        "is_public": True, "score": 3, "href": f"/repository/{first[0]}/zebra-one",
        "namespace": {"title": "user", "kind": "user", "name": first[0], "score": 3,
                      "href": f"/user/{first[0]}"}}
    assert {key: reply[key] for key in ("has_additional", "page", "page_size", "start_index")} == {
        "has_additional": False, "page": 1, "page_size": 10, "start_index": 0}
    row, = api.Api(server.base).get(
        "find/repositories", params={"query": "zebra-one", "includeUsage": "true"}).json()["results"]
    assert (row["last_modified"], row["stars"], row["popularity"]) == (None, 0, 0)


def test_pages(server):
    owner = new_user(server)
    for number in range(12):
        make(owner, f"quagga{number:02}", "public")
    anonymous = api.Api(server.base)
    reply = anonymous.get("find/repositories", params={"query": "quagga"}).json()
    assert len(reply["results"]) == 10 and reply["has_additional"] is True
    assert found(anonymous, "quagga", page=2) == ["quagga10", "quagga11"]
    last = anonymous.get("find/repositories", params={"query": "quagga", "page": 99}).json()
    assert last["page"] == 10 and last["results"] == [] and last["has_additional"] is False
    api.assert_problem(anonymous.get("find/repositories", params={"page": 0}), 400)


def everything(caller, text):
    reply = caller.get("find/all", params={"query": text})
    assert reply.status_code == 200, reply.text
    return reply.json()["results"]


def test_all(server, people):
    first, second = people
    anonymous = api.Api(server.base)
    rows = everything(anonymous, "qfinder")
    assert [(row["kind"], row["name"]) for row in rows] == [("user", first[0])]
    assert rows[0]["title"] == "user" and rows[0]["href"] == f"/user/{first[0]}"
    assert [row["score"] for row in everything(first[1], "zebra")] == [3, 2, 1, 1]
    assert everything(anonymous, "") == everything(anonymous, "no-such-thing") == []
    # a user without anything public is found by himself only
    hidden = new_user(server, "qhermit")
    assert everything(anonymous, hidden[0]) == []
    assert [row["name"] for row in everything(hidden[1], hidden[0])] == [hidden[0]]
    assert second[0] in [row["name"] for row in everything(anonymous, "qhider")]


def test_pages_configured(start_server):
    server = start_server(keys={"SEARCH_RESULTS_PER_PAGE": 2, "SEARCH_MAX_RESULT_PAGE_COUNT": 2})
    images = registry.Registry(server.base, ("alice", "correct-horse"))
    for number in range(5):
        images.repository(f"alice/part{number}").push_image("v1", "x")
    browser = api.Api(server.base, ("alice", "correct-horse"))
    reply = browser.get("find/repositories", params={"query": "part", "page": 9}).json()
    assert [row["name"] for row in reply["results"]] == ["part2", "part3"]
    assert reply["has_additional"] is False and reply["page"] == 2 and reply["page_size"] == 2


def test_usage(start_server):
    """Pulls and pushes make a repository popular, and are counted for each tag and manifest."""
    server = start_server(keys={"FEATURE_IMAGE_PULL_STATS": True})
    images = registry.Registry(server.base, ("alice", "correct-horse"))
    repo = images.repository("alice/used")
    digest = repo.push_image("v1", "x")
    browser = api.Api(server.base, ("alice", "correct-horse"))
    path = "repository/alice/used"
    assert browser.get(f"{path}/tag/v1/pull_statistics").json() == {
        "tag_name": "v1", "tag_pull_count": 0, "last_tag_pull_date": None,
        "current_manifest_digest": digest, "manifest_pull_count": 0,
        "last_manifest_pull_date": None}
    for reference in ("v1", "v1", digest):
        assert repo.get_manifest(reference).status_code == 200

    def counted():
        stats = browser.get(f"{path}/tag/v1/pull_statistics").json()
        return stats if stats["manifest_pull_count"] == 3 else None

    stats = wait_for(counted, "three pulls")
    assert stats["tag_pull_count"] == 2
    assert stats["last_tag_pull_date"].endswith("Z")
    manifest = browser.get(f"{path}/manifest/{digest}/pull_statistics").json()
    assert manifest == {"manifest_digest": digest, "manifest_pull_count": 3,
                        "last_manifest_pull_date": stats["last_manifest_pull_date"]}
    days = browser.get(f"{path}?includeStats=true").json()["stats"]
    assert sum(day["count"] for day in days) == 4  # a push and three pulls
    row, = browser.get("repository?namespace=alice&popularity=true").json()["repositories"]
    assert row["popularity"] == 4
    api.assert_problem(browser.get(f"{path}/tag/v2/pull_statistics"), 404)
    api.assert_problem(browser.get(f"{path}/manifest/sha256:00/pull_statistics"), 404)


def test_statistics_off(server):
    owner = new_user(server)
    name = make(owner, "quiet")
    images = registry.Registry(server.base, (owner[0], PASSWORD)).repository(name)
    digest = images.push_image("v1", "x")
    for path in (f"tag/v1/pull_statistics", f"manifest/{digest}/pull_statistics"):
        api.assert_problem(owner[1].get(f"repository/{name}/{path}"), 404)


def test_docker_search(server, people):
    """What docker search and podman search ask."""
    first, second = people

    def ask(text, auth=None, **params):
        reply = api.requests.get(server.base + "/v1/search", params={"q": text, **params},
                                 auth=auth, timeout=60)
        assert reply.status_code == 200, reply.text
        return reply.json()

    reply = ask("zebra-one")
    assert reply["query"] == "zebra-one" and reply["num_results"] == 1
    row, = reply["results"]
    assert row["name"] == f"{first[0]}/zebra-one" and row["description"] == "striped"
    assert row["star_count"] == 0 and row["is_official"] is False

    def names(reply):
        return [row["name"].partition("/")[2] for row in reply["results"]]

    assert names(ask("zebra")) == ["zebra-one", "my_zebra", "myxzebra"]
    assert names(ask("zebra", n=2)) == ["zebra-one", "my_zebra"]
    assert names(ask("zebra", n=2, page=2)) == ["myxzebra"]
    assert names(ask("zebra", auth=(second[0], PASSWORD))) == [
        "zebra-one", "zebra-secret", "my_zebra", "myxzebra"]
    wrong = api.requests.get(server.base + "/v1/search", auth=(second[0], "wrong"), timeout=60)
    assert wrong.status_code == 401
