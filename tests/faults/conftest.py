# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the fault tests: a registry that is hurt on purpose, and the judgement afterwards."""
import os
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))

import registry  # noqa: E402
import server as servers  # noqa: E402

ALICE = ("alice", "correct-horse")


@pytest.fixture
def new_server(tmp_path):
    """A server with one user: new_server(data=...). Stopped, if it still runs, at the end."""
    started = []

    def start(data=None):
        server = servers.Server(data or tmp_path / "data")
        server.run("user", "create", ALICE[0], "--password-stdin", password=ALICE[1] + "\n")
        started.append(server.start())
        return server

    yield start
    for server in started:
        if server.process:
            server.kill()


@pytest.fixture
def strace():
    """Attach strace to a running server and have a system call fail or kill it:
    strace(server, "fdatasync:error=EIO:when=1")."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    attached = []

    def attach(server, injection):
        name = injection.split(":")[0]
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}",
             "-e", f"inject={injection}", "-p", str(server.process.pid)],
            stderr=subprocess.PIPE, text=True)
        attached.append(tracer)
        servers.wait_for(lambda: traced(server.process.pid), "strace to attach")
        return tracer

    yield attach
    for tracer in attached:
        tracer.terminate()
        tracer.wait()


def traced(pid):
    """Whether every thread of the process has a tracer."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return True
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as status:
                if "TracerPid:\t0\n" in status.read():
                    return False
        except FileNotFoundError:
            pass
    return True


class Witness:
    """Remembers what the registry has acknowledged, and compares later."""

    def __init__(self, name="alice/witness"):
        self.name = name
        self.blobs, self.manifests, self.tags = {}, {}, {}

    def repository(self, server):
        return registry.Registry(server.base, ALICE).repository(self.name)

    def push(self, repo, tag, layers):
        """Push an image; whatever was acknowledged before a failure is remembered. True when all
        of it was."""
        try:
            for content in layers:
                self.push_blob(repo, content)
            config = b'{"tag":"' + tag.encode() + b'"}'
            self.push_blob(repo, config)
            document = registry.encode({
                "schemaVersion": 2, "mediaType": registry.OCI_MANIFEST,
                "config": registry.descriptor(config, registry.OCI_CONFIG),
                "layers": [registry.descriptor(layer, registry.OCI_LAYER) for layer in layers]})
            if repo.put_manifest(tag, document).status_code != 201:
                return False
            self.manifests[registry.digest_of(document)] = document
            self.tags[tag] = document
            return True
        except registry.requests.RequestException:
            return False

    def push_blob(self, repo, content):
        """As docker does: POST, PATCH, PUT."""
        location = repo.start_upload()
        reply = repo.patch(location, data=content)
        assert reply.status_code == 202, reply.text
        digest = registry.digest_of(content)
        reply = repo.finish_upload(reply.headers["Location"], digest)
        if reply.status_code == 201:
            self.blobs[digest] = content
        else:
            assert reply.status_code >= 500, reply.text
            raise registry.requests.RequestException("refused: " + reply.text)

    def check(self, server):
        """Everything acknowledged is there and right; nothing is there that is wrong."""
        repo = self.repository(server)
        for digest, content in self.blobs.items():
            reply = repo.get(f"blobs/{digest}")
            assert reply.status_code == 200 and reply.content == content, digest
        for digest, content in self.manifests.items():
            reply = repo.get_manifest(digest)
            assert reply.status_code == 200 and reply.content == content, digest
        for tag, content in self.tags.items():
            assert repo.get_manifest(tag).content == content, tag
        self.check_visible(repo)
        found = server.run("fsck", "--verify", check=False)
        assert found.returncode == 0, found.stdout + found.stderr

    def check_visible(self, repo):
        """Also what was not acknowledged is whole where it can be seen."""
        reply = repo.get("tags/list")
        for tag in (reply.json()["tags"] if reply.status_code == 200 else []):
            reply = repo.get_manifest(tag)
            assert reply.status_code == 200
            assert registry.digest_of(reply.content) == reply.headers["Docker-Content-Digest"]
            document = reply.json()
            for blob in [document["config"], *document["layers"]]:
                content = repo.get(f"blobs/{blob['digest']}").content
                assert registry.digest_of(content) == blob["digest"]


@pytest.fixture
def witness():
    return Witness()
