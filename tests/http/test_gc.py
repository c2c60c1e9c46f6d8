# SPDX-License-Identifier: Apache-2.0
"""wharf gc beside a server: what nothing needs goes, what something needs stays."""
import contextlib
import json
import os
import sqlite3

import pytest

import registry
import server as servers
from conftest import ALICE

KEYS = {"DEFAULT_TAG_EXPIRATION": "0s", "TAG_EXPIRATION_OPTIONS": ["0s"],
        "FEATURE_GARBAGE_COLLECTION": False}


@pytest.fixture
def server(start_server):
    """A server without a time machine, whose collector runs only when told."""
    return start_server(keys=KEYS)


def collect(server):
    return json.loads(server.run("gc", "--json").stdout)


def let_time_pass(server):
    """As if every lease and every period of grace had just ended."""
    with contextlib.closing(sqlite3.connect(f"{server.data}/wharf.db")) as database, database:
        database.execute("UPDATE blob_lease SET expires_ms = 1")
        database.execute("UPDATE gc_queue SET due_ms = 1")
        database.execute("UPDATE dead_object SET delete_after_ms = 1")
        database.execute("UPDATE upload SET expires_ms = 1")


def objects(server):
    """How many blobs the storage holds, in files."""
    folders = os.walk(os.path.join(server.data, "storage"))
    return sum(len(set(names) - {"wharf-blobs"}) for _, _, names in folders)


def test_nothing_to_do(server):
    assert set(collect(server).values()) == {0}


def test_deleted_image(server):
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    kept = repo.push_image("kept", "kept")
    repo.push_image("gone", "gone")
    repo.delete("manifests/gone")
    said = collect(server)
    assert (said["manifests"], said["failed"]) == (1, 0)
    let_time_pass(server)
    assert collect(server)["blobs"] == 2
    let_time_pass(server)
    assert collect(server)["objects"] == 2
    image = repo.get_manifest(kept).json()
    for part in [image["config"], *image["layers"]]:
        assert repo.get(f"blobs/{part['digest']}").status_code == 200
    assert objects(server) == 2


def test_dry_run_changes_nothing(server):
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    digest = repo.push_image("v1", "dry")
    repo.delete("manifests/v1")
    first = json.loads(server.run("gc", "--dry-run", "--json").stdout)
    again = json.loads(server.run("gc", "--dry-run", "--json").stdout)
    assert first == again and first
    assert repo.get_manifest(digest).status_code == 200


def test_deleted_repository(server):
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    repo.push_image("v1", "repository")
    server.run("repo", "delete", "alice/app")
    assert collect(server)["repositories"] == 1
    for _ in range(3):
        let_time_pass(server)
        collect(server)
    assert objects(server) == 0


def test_unfinished_upload(server):
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    location = repo.start_upload()
    repo.patch(location, data=b"x" * 1000)
    collect(server)
    assert repo.get(location).status_code == 204
    let_time_pass(server)
    assert collect(server)["uploads"] == 1
    assert repo.get(location).status_code == 404
    let_time_pass(server)
    collect(server)
    assert objects(server) == 0


def test_layers_that_are_shared(server):
    """A layer goes with the last image that has it, whatever repository that is in."""
    caller = registry.Registry(server.base, ALICE)
    repos = [caller.repository(name) for name in ("alice/one", "alice/two")]
    digests = [repo.push_image("v1", "shared") for repo in repos]
    layer = repos[0].get_manifest("v1").json()["layers"][0]["digest"]
    repos[0].delete(f"manifests/{digests[0]}")
    for _ in range(3):
        collect(server)
        let_time_pass(server)
    assert repos[0].get(f"blobs/{layer}").status_code == 404
    assert repos[1].get(f"blobs/{layer}").status_code == 200
    assert repos[1].get_manifest("v1").status_code == 200
    repos[1].delete(f"manifests/{digests[1]}")
    for _ in range(4):
        collect(server)
        let_time_pass(server)
    assert objects(server) == 0


def test_in_the_background(start_server):
    """The server collects by itself, every so often."""
    server = start_server(keys={**KEYS, "FEATURE_GARBAGE_COLLECTION": True,
                                "GARBAGE_COLLECTION_FREQUENCY": 1})
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    digest = repo.push_image("v1", "background")
    repo.delete("manifests/v1")
    servers.wait_for(lambda: repo.get_manifest(digest).status_code == 404, "the collector")
