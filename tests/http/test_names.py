# SPDX-License-Identifier: Apache-2.0
"""Names of repositories: which there are, and that one cannot be mistaken for another."""
import pytest

import registry
from registry import assert_error

GOOD = ["alice/a", "alice/a-b", "alice/a.b", "alice/a_b", "alice/a__b", "alice/a---b", "alice/0",
        "alice/a/b/c/d", "alice/blobs/uploads", "alice/manifests/tags", "alice/tags/list",
        "alice/v2", "alice/_catalog"[:6] + "catalog", "alice/" + "x" * 200]
BAD = ["alice/A", "alice/a_", "alice/_a", "alice/-a", "alice/a-", "alice/a..b", "alice/a___b",
       "alice/.a", "alice/a b", "alice/\u00e4", "alice/a:b", "alice/a@b", "alice/a/",
       "alice//a", "alice/" + "x" * 250, "alice/a%2Fb", "alice/a%00b", "alice/.", "alice/.."]


@pytest.mark.parametrize("name", GOOD)
def test_good(alice, name):
    repo = alice.repository(name)
    digest = repo.push_image("v1", name)
    assert repo.get_manifest("v1").headers["Docker-Content-Digest"] == digest
    assert repo.get("tags/list").json() == {"name": name, "tags": ["v1"]}
    assert repo.get(f"referrers/{digest}").status_code == 200


@pytest.mark.parametrize("name", BAD)
def test_bad(server, alice, name):
    raw = "".join(c if c.isascii() and c != " " else f"%{ord(c):02x}" for c in name)
    status, _, body = registry.send(server.address, "GET", f"/v2/{raw}/tags/list",
                                    {"Authorization": "Bearer " + alice.token()})
    assert status in (400, 404), body


@pytest.mark.parametrize("path", ["/v2/../v2/", "/v2/./", "/v2//", "/V2/", "/v2/%2e%2e/x",
                                  "/v2/alice/app/../../", "//v2/"])
def test_paths_are_taken_as_they_are(server, alice, path):
    status, _, _ = registry.send(server.address, "GET", path,
                                 {"Authorization": "Bearer " + alice.token()})
    assert status in (400, 401, 404)


def test_library(start_server):
    server = start_server(users=(("library", "library-password"),))
    caller = registry.Registry(server.base, ("library", "library-password"))
    repo = caller.repository("library/busybox")
    digest = repo.push_image("v1", "library")
    short = caller.repository("busybox", "pull")
    assert short.get_manifest("v1").headers["Docker-Content-Digest"] == digest
    assert short.get("tags/list").json()["name"] == "library/busybox"


def test_nested_names_switched_off(start_server):
    from conftest import ALICE
    server = start_server(keys={"FEATURE_EXTENDED_REPOSITORY_NAMES": False})
    caller = registry.Registry(server.base, ALICE)
    assert_error(caller.ask_token("repository:alice/a/b:pull"), 400, "NAME_INVALID", "nested")
    reply = caller.request("GET", "/v2/alice/a/b/tags/list", token=caller.token())
    assert_error(reply, 400, "NAME_INVALID", "nested")


def test_no_library(start_server):
    from conftest import ALICE
    server = start_server(keys={"FEATURE_LIBRARY_SUPPORT": False})
    caller = registry.Registry(server.base, ALICE)
    assert_error(caller.ask_token("repository:busybox:pull"), 400, "NAME_INVALID")
