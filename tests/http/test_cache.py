# SPDX-License-Identifier: Apache-2.0
"""The manifest cache: whoever moves a tag, by whatever process, the next pull sees it."""
import subprocess

import pytest

import registry
import server as servers
from conftest import ALICE
from registry import OCI_INDEX, OCI_MANIFEST, digest_of, encode

ROUNDS = 60


def now(repo):
    reply = repo.get_manifest("v1", OCI_MANIFEST)
    return reply.headers.get("Docker-Content-Digest", reply.status_code)


@pytest.fixture(scope="module")
def pair(start_server):
    """Two servers on the same data."""
    first = start_server()
    second = servers.Server(first.data)
    second.log_path = first.data + ".second.log"
    second.start()
    yield first, second
    second.stop()


@pytest.fixture
def repos(pair, name):
    """The same repository, by way of each server."""
    return [registry.Registry(server.base, ALICE).repository(name) for server in pair]


def test_moved_by_the_same_server(repo):
    one, two = (repo.push_image("v1", seed) for seed in ("one", "two"))
    for i in range(ROUNDS):
        digest = repo.push_image("v1", ("one", "two")[i % 2])
        assert digest == (one, two)[i % 2]
        assert [now(repo) for _ in range(3)] == [digest] * 3


def test_moved_by_another_process(server, repo):
    digests = [repo.push_image("v1", seed) for seed in ("one", "two")]
    for i in range(ROUNDS // 4):
        assert now(repo) == digests[(i + 1) % 2]
        server.run("tag", "move", repo.name, "v1", digests[i % 2])
        assert [now(repo) for _ in range(3)] == [digests[i % 2]] * 3


def test_moved_by_another_server(repos):
    digests = [repos[0].push_image("v1", seed) for seed in ("one", "two")]
    for i in range(ROUNDS):
        assert now(repos[0]) == now(repos[1]) == digests[(i + 1) % 2]
        repos[i % 2].push_image("v1", ("one", "two")[i % 2])
        assert now(repos[(i + 1) % 2]) == digests[i % 2]


def test_deleted_by_another_server(repos):
    for _ in range(ROUNDS // 6):
        digest = repos[0].push_image("v1", "deleted")
        assert now(repos[0]) == now(repos[1]) == digest
        assert repos[1].delete("manifests/v1").status_code == 202
        assert now(repos[0]) == 404
        assert repos[0].get_manifest(digest).status_code == 200
        assert repos[1].delete(f"manifests/{digest}").status_code == 202
        assert repos[0].get_manifest(digest).status_code == 404


def test_deleted_by_another_process(server, repo):
    for _ in range(ROUNDS // 10):
        digest = repo.push_image("v1", "deleted")
        assert now(repo) == digest
        server.run("tag", "delete", repo.name, "v1")
        assert now(repo) == 404


def test_repository_deleted_by_another_process(server, alice, name):
    for i in range(4):
        repo = alice.repository(name)
        digest = repo.push_image("v1", i)
        assert now(repo) == digest
        server.run("repo", "delete", name)
        assert now(repo) == 404


def test_made_private_by_another_process(server, alice, nobody, name):
    """A cached manifest is not served to those who lost the right, once they ask for a token."""
    alice.repository(name).push_image("v1", "public")
    server.run("repo", "public", name)
    repo = nobody.repository(name, "pull")
    assert repo.get_manifest("v1").status_code == 200
    server.run("repo", "private", name)
    assert nobody.repository(name, "pull").get_manifest("v1").status_code == 401


def test_while_tags_move_all_the_time(pair, repos):
    """Pulls that run while the tag moves get one of both, and never an older one than before."""
    digests = [repos[0].push_image("v1", seed) for seed in range(2)]
    mover = subprocess.Popen(
        ["/bin/sh", "-c", " && ".join(
            f"{servers.WHARF} tag move {repos[0].name} v1 {digests[i % 2]} --data {pair[0].data}"
            for i in range(20))], stdout=subprocess.DEVNULL)
    while mover.poll() is None:
        assert {now(repo) for repo in repos} <= set(digests)
    assert mover.returncode == 0
    assert [now(repo) for repo in repos] == [digests[1]] * 2


def test_index_and_its_image(repos):
    """What an old client gets through an index follows the index."""
    repo = repos[0]
    for i in range(ROUNDS // 6):
        image = encode(repo.image(i))
        repo.push_manifest(None, image)
        entry = registry.descriptor(image, OCI_MANIFEST,
                                    platform={"os": "linux", "architecture": "amd64"})
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]}
        repo.push_manifest("v1", index, OCI_INDEX)
        for each in repos:
            assert now(each) == digest_of(image)
            assert each.get_manifest("v1").headers["Docker-Content-Digest"] == digest_of(
                encode(index))
