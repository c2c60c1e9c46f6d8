# SPDX-License-Identifier: Apache-2.0
"""Uploads: in one request, in two, in many; broken off, resumed, given up, mounted."""
import json
import os
import re
import socket

import pytest

import registry
from conftest import ALICE
from registry import assert_error, digest_of

DATA = bytes(range(256)) * 40
EMPTY = digest_of(b"")


def content_range(first, last):
    return {"Content-Range": f"{first}-{last}"}


def assert_created(repo, reply, data, digest=None):
    digest = digest or digest_of(data)
    assert reply.status_code == 201, reply.text
    assert reply.headers["Location"].endswith(f"/v2/{repo.name}/blobs/{digest}")
    assert reply.headers["Docker-Content-Digest"] == digest
    got = repo.get(reply.headers["Location"])
    assert (got.status_code, got.content) == (200, data)


@pytest.mark.parametrize("path", ["blobs/uploads/", "blobs/uploads"])
def test_start(repo, path):
    reply = repo.post(path)
    assert reply.status_code == 202
    uuid = reply.headers["Docker-Upload-UUID"]
    assert reply.headers["Location"].endswith(f"/v2/{repo.name}/blobs/uploads/{uuid}")
    assert reply.headers["Range"] == "0-0"


def test_single_post(repo):
    reply = repo.post("blobs/uploads/", params={"digest": digest_of(DATA)}, data=DATA)
    assert_created(repo, reply, DATA)


def test_post_and_put(repo):
    reply = repo.finish_upload(repo.start_upload(), digest_of(DATA), DATA)
    assert_created(repo, reply, DATA)


def test_post_patch_put(repo):
    reply = repo.patch(repo.start_upload(), data=DATA)
    assert reply.status_code == 202
    assert reply.headers["Range"] == f"0-{len(DATA) - 1}"
    assert_created(repo, repo.finish_upload(reply.headers["Location"], digest_of(DATA)), DATA)


def test_without_length(repo):
    """A body in chunks of the transfer coding, as clients send that compress while they push."""
    pieces = (DATA[i:i + 1000] for i in range(0, len(DATA), 1000))
    reply = repo.patch(repo.start_upload(), data=pieces)
    assert_created(repo, repo.finish_upload(reply.headers["Location"], digest_of(DATA)), DATA)


@pytest.mark.parametrize("ends", [False, True], ids=["last in PATCH", "last in PUT"])
def test_chunks(repo, ends):
    location, pieces = repo.start_upload(), [DATA[i:i + 4000] for i in range(0, len(DATA), 4000)]
    first = 0
    for piece in pieces[:-1] if ends else pieces:
        reply = repo.patch(location, data=piece,
                           headers=content_range(first, first + len(piece) - 1))
        first += len(piece)
        assert (reply.status_code, reply.headers["Range"]) == (202, f"0-{first - 1}")
        location = reply.headers["Location"]
    last = pieces[-1] if ends else b""
    headers = content_range(first, len(DATA) - 1) if ends else {}
    assert_created(repo, repo.finish_upload(location, digest_of(DATA), last, headers=headers), DATA)


def test_status(repo):
    location = repo.start_upload()
    reply = repo.get(location)
    assert (reply.status_code, reply.headers["Range"]) == (204, "0-0")
    repo.patch(location, data=DATA)
    reply = repo.get(location)
    assert (reply.status_code, reply.headers["Range"]) == (204, f"0-{len(DATA) - 1}")
    assert reply.headers["Location"].endswith(location)
    assert reply.headers["Docker-Upload-UUID"] in location


@pytest.mark.parametrize("first", [0, 99, 101, 5000])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_out_of_order(repo, method, first):
    location = repo.start_upload()
    repo.patch(location, data=DATA[:100], headers=content_range(0, 99))
    reply = repo.request(method, location, data=DATA[:50], params={"digest": digest_of(DATA)},
                         headers=content_range(first, first + 49))
    assert_error(reply, 416, "BLOB_UPLOAD_INVALID")
    assert reply.headers["Range"] == "0-99"
    assert reply.headers["Location"].endswith(location)
    reply = repo.patch(location, data=DATA[100:], headers=content_range(100, len(DATA) - 1))
    assert reply.status_code == 202
    assert_created(repo, repo.finish_upload(location, digest_of(DATA)), DATA)


@pytest.mark.parametrize("text, code", [
    ("0-100", "SIZE_INVALID"),
    ("0-98", "SIZE_INVALID"),
    ("99-0", "INVALID_REQUEST"),
    ("bytes", "INVALID_REQUEST"),
    ("a-b", "INVALID_REQUEST"),
    ("0", "INVALID_REQUEST"),
    ("-99", "INVALID_REQUEST"),
    ("0-18446744073709551616", "INVALID_REQUEST"),
])
def test_bad_content_range(repo, text, code):
    location = repo.start_upload()
    reply = repo.patch(location, data=DATA[:100], headers={"Content-Range": text})
    assert_error(reply, 400, code)
    assert repo.get(location).headers["Range"] == "0-0"


@pytest.mark.parametrize("text", ["0-99", "bytes 0-99/100", "bytes=0-99", "bytes 0-99/*"])
def test_forms_of_content_range(repo, text):
    reply = repo.patch(repo.start_upload(), data=DATA[:100], headers={"Content-Range": text})
    assert (reply.status_code, reply.headers["Range"]) == (202, "0-99")


def test_chunk_shorter_than_it_says(repo):
    """Only the transfer coding can hide a chunk's length until its end."""
    location = repo.start_upload()
    reply = repo.patch(location, data=iter([DATA[:50]]), headers=content_range(0, 99))
    assert_error(reply, 400, "SIZE_INVALID")


def test_cancel(repo):
    location = repo.start_upload()
    repo.patch(location, data=DATA)
    assert repo.delete(location).status_code == 204
    for reply in (repo.get(location), repo.patch(location, data=DATA), repo.delete(location),
                  repo.finish_upload(location, digest_of(DATA))):
        assert_error(reply, 404, "BLOB_UPLOAD_UNKNOWN")


@pytest.mark.parametrize("uuid", ["6f3a2a40-0000-4000-8000-000000000000", "x", "..%2e", "%00"])
def test_unknown_session(repo, uuid):
    reply = repo.patch(f"blobs/uploads/{uuid}", data=DATA)
    assert reply.status_code in (400, 404)


def test_session_of_another_repository(repo, alice):
    location = repo.start_upload()
    other = alice.repository(repo.name + "-other")
    reply = other.get(location.replace(repo.name, other.name))
    assert_error(reply, 404, "BLOB_UPLOAD_UNKNOWN")


@pytest.mark.parametrize("how", ["single", "put", "patch"])
def test_wrong_digest(repo, how):
    digest = digest_of(DATA + b"x")
    if how == "single":
        reply = repo.post("blobs/uploads/", params={"digest": digest}, data=DATA)
    else:
        location = repo.start_upload()
        if how == "patch":
            repo.patch(location, data=DATA)
        reply = repo.finish_upload(location, digest, b"" if how == "patch" else DATA)
    assert_error(reply, 400, "DIGEST_INVALID")
    for each in (digest, digest_of(DATA)):
        assert repo.head(f"blobs/{each}").status_code == 404


@pytest.mark.parametrize("digest", ["", "sha256:", "sha256:" + "0" * 63, "md5:" + "0" * 32, "x",
                                    "sha256:" + "G" * 64])
def test_malformed_digest(repo, digest):
    reply = repo.finish_upload(repo.start_upload(), digest, DATA)
    assert reply.status_code in (400, 405), reply.text
    assert repo.post("blobs/uploads/", params={"digest": digest or "x"}, data=DATA).status_code in (
        400, 405)


def test_put_without_digest(repo):
    assert_error(repo.put(repo.start_upload(), data=DATA), 400, "DIGEST_INVALID", "required")


@pytest.mark.parametrize("how", ["single", "put", "chunks"])
def test_sha512(repo, how):
    digest = digest_of(DATA, "sha512")
    if how == "single":
        reply = repo.post("blobs/uploads/", params={"digest": digest}, data=DATA)
    else:
        location = repo.start_upload()
        if how == "chunks":
            repo.patch(location, data=DATA[:500])
            repo.patch(location, data=DATA[500:])
        reply = repo.finish_upload(location, digest, b"" if how == "chunks" else DATA)
    assert_created(repo, reply, DATA, digest)


@pytest.mark.parametrize("how", ["single", "put"])
def test_empty_blob(repo, how):
    if how == "single":
        reply = repo.post("blobs/uploads/", params={"digest": EMPTY}, data=b"",
                          headers={"Content-Length": "0"})
    else:
        reply = repo.finish_upload(repo.start_upload(), EMPTY)
    assert_created(repo, reply, b"")


def test_again(repo):
    for _ in range(3):
        repo.push_blob(DATA)
    assert repo.get(f"blobs/{digest_of(DATA)}").content == DATA


def test_larger_than_a_buffer(repo):
    data = os.urandom(5 * 1024 * 1024 + 1)
    location = repo.start_upload()
    repo.patch(location, data=data[:3 * 1024 * 1024 + 5])
    reply = repo.finish_upload(location, digest_of(data), data[3 * 1024 * 1024 + 5:])
    assert_created(repo, reply, data)


def break_off(server, repo, location, announced, sent):
    """Send the beginning of a body, then hang up."""
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        head = (f"PATCH {location} HTTP/1.1\r\nHost: {server.address}\r\n"
                f"Authorization: Bearer {repo.token}\r\nContent-Length: {announced}\r\n\r\n")
        sock.sendall(head.encode() + sent)


def received(repo, location):
    """How much of the upload has arrived, by its status."""
    reply = repo.get(location)
    assert reply.status_code == 204
    last = int(re.fullmatch(r"0-(\d+)", reply.headers["Range"]).group(1))
    return last + 1 if last else 0


def test_resume_after_broken_connection(server, repo):
    location = repo.start_upload()
    break_off(server, repo, location, len(DATA), DATA[:3000])
    server.wait_log(route="registry_upload_patch", path=location)
    offset = received(repo, location)
    assert offset <= 3000
    reply = repo.patch(location, data=DATA[offset:], headers=content_range(offset, len(DATA) - 1))
    assert reply.status_code == 202
    assert_created(repo, repo.finish_upload(location, digest_of(DATA)), DATA)


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_resume_after_restart(start_server, end, algorithm):
    server = start_server()
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    location = repo.start_upload()
    repo.patch(location, data=DATA[:3000])
    getattr(server, end)()
    server.start()
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    assert received(repo, location) == 3000
    repo.patch(location, data=DATA[3000:], headers=content_range(3000, len(DATA) - 1))
    digest = digest_of(DATA, algorithm)
    assert_created(repo, repo.finish_upload(location, digest), DATA, digest)


class TestMount:
    """POST ?mount=&from="""

    @pytest.fixture
    def source(self, alice, name):
        source = alice.repository(name + "-source")
        source.push_blob(DATA)
        return source

    def target(self, alice, name, *sources):
        scopes = [f"repository:{name}:pull,push", *(f"repository:{s}:pull" for s in sources)]
        return registry.Repository(alice, name, alice.token(*scopes))

    def mount(self, repo, **params):
        return repo.post("blobs/uploads/", params={"mount": digest_of(DATA), **params})

    def test_from(self, alice, name, source):
        target = self.target(alice, name, source.name)
        assert_created(target, self.mount(target, **{"from": source.name}), DATA)

    def test_without_from(self, alice, name, source):
        target = self.target(alice, name, source.name)
        assert_created(target, self.mount(target), DATA)

    def test_challenge_asks_for_both(self, nobody, name, source):
        reply = nobody.request("POST", f"/v2/{name}/blobs/uploads/",
                               params={"mount": digest_of(DATA), "from": source.name})
        scope = registry.challenge_of(reply)["scope"]
        assert scope == f"repository:{name}:pull,push repository:{source.name}:pull"

    @pytest.mark.parametrize("source_name", ['x",evil="', "UPPER", "a b", "x" * 400, ""])
    def test_challenge_repeats_no_odd_source(self, nobody, name, source_name):
        reply = nobody.request("POST", f"/v2/{name}/blobs/uploads/", params={"from": source_name})
        assert registry.challenge_of(reply)["scope"] == f"repository:{name}:pull,push"

    def test_token_does_not_cover_the_source(self, alice, name, source):
        """Then an upload begins, as if no mount had been asked for."""
        target = self.target(alice, name)
        reply = self.mount(target, **{"from": source.name})
        assert reply.status_code == 202
        reply = target.finish_upload(reply.headers["Location"], digest_of(DATA), DATA)
        assert_created(target, reply, DATA)

    def test_forbidden_source(self, alice, bob, source):
        scopes = ["repository:bob/app:pull,push", f"repository:{source.name}:pull"]
        target = registry.Repository(bob, "bob/app", bob.token(*scopes))
        secret = os.urandom(100)
        source.push_blob(secret)
        reply = target.post("blobs/uploads/",
                            params={"mount": digest_of(secret), "from": source.name})
        assert reply.status_code == 202
        assert target.head(f"blobs/{digest_of(secret)}").status_code == 404

    @pytest.mark.parametrize("source_name", ["alice/no-such", "BAD NAME", "alice"])
    def test_no_such_source(self, alice, name, source, source_name):
        target = self.target(alice, name)
        assert self.mount(target, **{"from": source_name}).status_code == 202

    def test_no_such_blob(self, alice, name, source):
        target = self.target(alice, name, source.name)
        reply = target.post("blobs/uploads/",
                            params={"mount": digest_of(b"nowhere"), "from": source.name})
        assert reply.status_code == 202

    def test_bad_digest(self, repo):
        assert_error(repo.post("blobs/uploads/", params={"mount": "x"}), 400, "DIGEST_INVALID")


def test_blob_of_another_repository_is_not_here(repo, alice, name):
    """What somebody else has pushed can be neither read nor referred to by knowing its digest."""
    secret = os.urandom(100)
    alice.repository(name + "-secret").push_blob(secret)
    assert repo.head(f"blobs/{digest_of(secret)}").status_code == 404
    config = json.dumps({}).encode()
    repo.push_blob(config)
    document = {"schemaVersion": 2, "config": registry.descriptor(config, registry.OCI_CONFIG),
                "layers": [registry.descriptor(secret, registry.OCI_LAYER)]}
    assert_error(repo.put_manifest("x", document), 400, "MANIFEST_BLOB_UNKNOWN")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_larger_than_allowed(server, repo, method):
    """A body that announces more than a layer may have is refused before it is read."""
    path = f"/v2/{repo.name}/blobs/uploads/" if method == "POST" else repo.start_upload()
    status, _, body = registry.send(
        server.address, method, f"{path}?digest={digest_of(DATA)}",
        {"Authorization": "Bearer " + repo.token, "Content-Length": str(10**15)}, b"x")
    assert status in (413, 507), body


def test_two_at_once(server, repo):
    """A session continued twice at the same time keeps one of both, whole."""
    location = repo.start_upload()
    repo.patch(location, data=DATA[:1000])
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        rest = DATA[1000:]
        sock.sendall(f"PATCH {location} HTTP/1.1\r\nHost: {server.address}\r\nAuthorization: "
                     f"Bearer {repo.token}\r\nContent-Length: {len(rest)}\r\n\r\n".encode())
        sock.sendall(rest[:500])
        second = repo.patch(location, data=rest)
        sock.sendall(rest[500:])
        first = int(sock.recv(4096).split(b" ")[1])
    assert sorted([first, second.status_code]) in ([202, 409], [202, 416], [202, 404]), (
        first, second.status_code, second.text)
    assert_created(repo, repo.finish_upload(location, digest_of(DATA)), DATA)
