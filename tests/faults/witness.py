# SPDX-License-Identifier: Apache-2.0
"""The judge of the fault tests: it remembers what the registry has acknowledged, and compares."""
import json
import re

import registry

ALICE = ("alice", "correct-horse")
NAME = "alice/witness"


class Refused(Exception):
    """The server could not be reached, or said that it has failed (5xx)."""


def received(reply):
    """How much of an upload is there, by the answer to a question about it."""
    last = int(re.fullmatch(r"0-(\d+)", reply.headers["Range"]).group(1))
    return last + 1 if last else 0


class Witness:
    def __init__(self, token=None):
        self.token = token
        self.blobs, self.manifests, self.tags = {}, {}, {}  # acknowledged
        self.tried = {}  # blobs that were sent
        self.sessions = {}  # location: (content, bytes acknowledged)

    def remember(self, other):
        for name in ("blobs", "manifests", "tags", "tried"):
            getattr(self, name).update(getattr(other, name))

    def login(self, server):
        self.token = registry.Registry(server.base, ALICE).token(f"repository:{NAME}:pull,push")
        return self.token

    def repository(self, server):
        return registry.Repository(registry.Registry(server.base), NAME, self.token)

    # ---- pushing

    def ask(self, function, *args, **more):
        """A request of which nobody knows how it ends."""
        try:
            reply = function(*args, **more)
        except registry.requests.RequestException as error:
            raise Refused(str(error)) from error
        if reply.status_code >= 500:
            registry.assert_error(reply, reply.status_code, reply.json()["errors"][0]["code"])
            raise Refused(f"{reply.status_code} {reply.text}")
        return reply

    def push_blob(self, repo, content):
        """As docker does: POST, PATCH, PUT."""
        digest = registry.digest_of(content)
        self.tried[digest] = content
        reply = self.ask(repo.post, "blobs/uploads/")
        assert reply.status_code == 202, reply.text
        location = reply.headers["Location"]
        self.sessions[location] = content, 0
        reply = self.ask(repo.patch, location, data=content)
        assert reply.status_code == 202, reply.text
        self.sessions[location] = content, len(content)
        reply = self.ask(repo.finish_upload, location, digest)
        assert reply.status_code == 201, reply.text
        del self.sessions[location]
        self.blobs[digest] = content

    def push_image(self, repo, tag, layers):
        for content in layers:
            self.push_blob(repo, content)
        config = b'{"tag":"' + tag.encode() + b'"}'
        self.push_blob(repo, config)
        document = registry.encode({
            "schemaVersion": 2, "mediaType": registry.OCI_MANIFEST,
            "config": registry.descriptor(config, registry.OCI_CONFIG),
            "layers": [registry.descriptor(layer, registry.OCI_LAYER) for layer in layers]})
        reply = self.ask(repo.put_manifest, tag, document)
        assert reply.status_code == 201, reply.text
        self.manifests[registry.digest_of(document)] = document
        self.tags[tag] = document

    def push(self, server, tag, layers):
        """Push an image; what was acknowledged before a failure is remembered. True when all was;
        else why not is in self.why."""
        try:
            self.push_image(self.repository(server), tag, layers)
            return True
        except Refused as refusal:
            self.why = str(refusal)
            return False

    # ---- judging

    def keep_used(self):
        """Forget the blobs that no manifest has: the collector may take them."""
        used = {blob["digest"] for content in self.manifests.values()
                for document in [json.loads(content)]
                for blob in [document["config"], *document["layers"]]}
        self.blobs = {digest: self.blobs[digest] for digest in used}

    def check(self, server):
        """Everything acknowledged is there and right; nothing is there that is wrong."""
        repo = self.repository(server)
        for digest, content in self.tried.items():
            reply = repo.get(f"blobs/{digest}")
            assert digest in self.blobs or reply.status_code in (200, 404), reply.text
            if digest in self.blobs or reply.status_code == 200:
                assert reply.status_code == 200, f"{digest}: {reply.status_code} {reply.text}"
                assert reply.content == content, digest
        for digest, content in self.manifests.items():
            reply = repo.get_manifest(digest)
            assert reply.status_code == 200 and reply.content == content, digest
        for tag, content in self.tags.items():
            assert repo.get_manifest(tag).content == content, tag
        self.check_visible(repo)
        self.fsck(server)

    def fsck(self, server):
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

    def finish_sessions(self, server, empty_may_go=False):
        """Each upload that was interrupted goes on from what was acknowledged, or has ended
        unheard. One of which nothing was acknowledged may be gone when the power was."""
        repo = self.repository(server)
        for location, (content, acknowledged) in self.sessions.items():
            reply = repo.get(location)
            digest = registry.digest_of(content)
            if reply.status_code == 404 and acknowledged == len(content):
                assert repo.get(f"blobs/{digest}").content == content
                continue
            if reply.status_code == 404 and acknowledged == 0 and empty_may_go:
                continue
            assert reply.status_code == 204, reply.text
            offset = received(reply)
            assert acknowledged <= offset <= len(content)
            rest = content[offset:]
            headers = {"Content-Range": f"{offset}-{len(content) - 1}"} if rest else {}
            reply = repo.finish_upload(location, digest, rest, headers=headers)
            assert reply.status_code == 201, reply.text
            self.blobs[digest] = content
        self.sessions.clear()
