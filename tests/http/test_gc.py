# SPDX-License-Identifier: Apache-2.0
"""wharf gc beside a server: what nothing needs goes, what something needs stays."""
import json
import os

import pytest

import registry
from conftest import ALICE

KEYS = {"DEFAULT_TAG_EXPIRATION": "0s", "TAG_EXPIRATION_OPTIONS": ["0s"],
        "PUSH_TEMP_TAG_EXPIRATION_SEC": 0, "FEATURE_GARBAGE_COLLECTION": False}


@pytest.fixture
def server(start_server):
    """A server without a time machine, whose collector runs only when told."""
    return start_server(keys=KEYS)


def collect(server):
    return json.loads(server.run("gc", "--json").stdout)


def objects(server):
    """How many files the storage holds."""
    return sum(len(names) for _, _, names in os.walk(os.path.join(server.data, "storage")))


def test_nothing_to_do(server):
    assert set(collect(server).values()) == {0}


def test_deleted_image(server):
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    kept = repo.push_image("kept", "kept")
    repo.push_image("gone", "gone")
    before = objects(server)
    repo.delete("manifests/gone")
    said = collect(server)
    assert (said["manifests"], said["failed"]) == (1, 0)
    image = repo.get_manifest(kept).json()
    for part in [image["config"], *image["layers"]]:
        assert repo.get(f"blobs/{part['digest']}").status_code == 200
    assert objects(server) <= before


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


def test_layers_that_are_shared(server):
    """A layer goes with the last image that has it, whatever repository that is in."""
    caller = registry.Registry(server.base, ALICE)
    repos = [caller.repository(name) for name in ("alice/one", "alice/two")]
    digests = [repo.push_image("v1", "shared") for repo in repos]
    layer = repos[0].get_manifest("v1").json()["layers"][0]["digest"]
    repos[0].delete(f"manifests/{digests[0]}")
    collect(server)
    assert repos[1].get(f"blobs/{layer}").status_code == 200
    assert repos[1].get_manifest("v1").status_code == 200
