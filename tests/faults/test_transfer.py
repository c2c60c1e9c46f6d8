# SPDX-License-Identifier: Apache-2.0
"""Uploads whose client goes away, lies, or is not alone."""
import concurrent.futures
import os
import random
import socket
import ssl
import struct

import pytest

import registry
import server as servers
from conftest import detach, wait_held
from registry import assert_error, digest_of
from witness import received

CONTENT = os.urandom(3_000_000)
SEED = 20261124  # of the offsets, so that a failure can be repeated


@pytest.fixture
def both(new_server, data, certificate):
    """A server for plain connections on its first port, for TLS on its second."""
    return new_server(data, config=certificate, listen=("127.0.0.1:0", "https://127.0.0.1:0"))


def connect(server, tls):
    peer = socket.create_connection(("127.0.0.1", server.ports[1 if tls else 0]))
    if not tls:
        return peer
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(peer)


def head_of(repo, method, path, length):
    return (f"{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {repo.token}\r\n"
            f"Content-Length: {length}\r\n\r\n").encode()


def begin(peer, repo, location, length):
    """A chunk whose request holds the session now: the server asks for its body."""
    head = head_of(repo, "PATCH", location, length)
    peer.sendall(head.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
    peer.settimeout(servers.WAIT_SECONDS)
    assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    return peer


def close(peer):
    peer.close()


def reset(peer):
    """RST rather than FIN."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def half_close(peer):
    """No more comes, but the peer listens: for nothing, as its request is not complete."""
    socket.socket.shutdown(peer, socket.SHUT_WR)
    try:
        assert peer.recv(1000) == b""
    except (ConnectionResetError, ssl.SSLError):
        pass
    peer.close()


@pytest.mark.parametrize("end", [close, reset, half_close])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_broken_off(both, witness, tls, end):
    """At ten random offsets; each time the upload goes on from what the server says is there."""
    rng = random.Random(SEED)
    repo = witness.repository(both)
    location, offset = repo.start_upload(), 0
    for _ in range(10):
        sent = rng.randrange(0, 500_000)
        peer = begin(connect(both, tls), repo, location, len(CONTENT) - offset)
        peer.sendall(CONTENT[offset:offset + sent])
        end(peer)
        servers.wait_for(lambda: not is_in_use(repo, location), "the upload to be let go")
        reply = repo.get(location)
        assert offset <= received(reply) <= offset + sent
        offset = received(reply)
    witness.sessions[location] = CONTENT, offset
    witness.tried[digest_of(CONTENT)] = CONTENT
    witness.finish_sessions(both)
    witness.check(both)
    both.stop()


def is_in_use(repo, location):
    """Whether a request holds the session: an empty chunk is refused then."""
    reply = repo.patch(location, data=b"")
    assert reply.status_code in (202, 409), reply.text
    return reply.status_code == 409


@pytest.mark.parametrize("method", ["PATCH", "PUT", "POST"])
def test_gone_before_the_answer(server, witness, method):
    """The request is complete, but nobody waits for what it says."""
    digest = digest_of(CONTENT)
    witness.tried[digest] = CONTENT
    repo = witness.repository(server)
    location = "/v2/alice/witness/blobs/uploads/" if method == "POST" else repo.start_upload()
    path = location + ("" if method == "PATCH" else f"?digest={digest}")
    with socket.create_connection(("127.0.0.1", server.port)) as peer:
        peer.sendall(head_of(repo, method, path, len(CONTENT)) + CONTENT)
    if method == "PATCH":
        servers.wait_for(lambda: received(repo.get(location)) == len(CONTENT), "the chunk")
        witness.sessions[location] = CONTENT, len(CONTENT)
        witness.finish_sessions(server)
    else:
        servers.wait_for(lambda: repo.head(f"blobs/{digest}").status_code == 200, "the blob")
    witness.check(server)
    server.stop()


def test_corrupted(server, witness):
    """A bit that turned over on the way is found by the digest; the session is over."""
    repo = witness.repository(server)
    digest = digest_of(CONTENT)
    wrong = bytearray(CONTENT)
    wrong[1_234_567] ^= 4
    location = repo.start_upload()
    assert repo.patch(location, data=bytes(wrong)).status_code == 202
    assert_error(repo.finish_upload(location, digest), 400, "DIGEST_INVALID")
    assert_error(repo.get(location), 404, "BLOB_UPLOAD_UNKNOWN")
    for each in (digest, digest_of(bytes(wrong))):
        assert repo.head(f"blobs/{each}").status_code == 404
    witness.push_blob(repo, CONTENT)
    witness.check(server)
    server.stop()


def status_of(peer):
    return int(peer.recv(4096).split(b" ")[1])


def test_second_writer(server, witness):
    """While one request writes to a session no other does, not even with an end of its own."""
    repo = witness.repository(server)
    location, half = repo.start_upload(), len(CONTENT) // 2
    peer = begin(connect(server, False), repo, location, len(CONTENT))
    peer.sendall(CONTENT[:half])
    for reply in (repo.patch(location, data=b"other"), repo.patch(location, data=b""),
                  repo.finish_upload(location, digest_of(b"other"), b"other"),
                  repo.finish_upload(location, digest_of(b""))):
        assert_error(reply, 409, "DENIED", "in use by another request")
    peer.sendall(CONTENT[half:])
    assert status_of(peer) == 202
    witness.sessions[location] = CONTENT, len(CONTENT)
    witness.finish_sessions(server)
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_session_ended_in_between(new_server, strace, data, witness, method):
    """A request has found its session, and before it takes hold of the object another server
    makes a blob of it: that blob is not touched."""
    late, other = new_server(data), new_server(data)
    half, digest = len(CONTENT) // 2, digest_of(CONTENT)
    location = witness.repository(late).start_upload()
    repo = witness.repository(other)
    assert repo.patch(location, data=CONTENT[:half]).status_code == 202
    tracer = strace(late, "flock:delay_enter=600s")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(witness.repository(late).request, method, location, data=b"other",
                             params={"digest": digest_of(b"other")})
        wait_held(late.process.pid)
        assert repo.finish_upload(location, digest, CONTENT[half:]).status_code == 201
        detach(tracer)
        assert_error(answer.result(), 404, "BLOB_UPLOAD_UNKNOWN")
    witness.blobs[digest] = witness.tried[digest] = CONTENT
    for server in (late, other):
        witness.check(server)
        server.stop()


def test_cancelled_meanwhile(server, witness):
    """DELETE ends a session that another request writes to; that request learns of it."""
    repo = witness.repository(server)
    location, half = repo.start_upload(), len(CONTENT) // 2
    peer = begin(connect(server, False), repo, location, len(CONTENT))
    peer.sendall(CONTENT[:half])
    assert repo.delete(location).status_code == 204
    peer.sendall(CONTENT[half:])
    assert status_of(peer) in (404, 409)
    assert_error(repo.get(location), 404, "BLOB_UPLOAD_UNKNOWN")
    assert repo.head(f"blobs/{digest_of(CONTENT)}").status_code == 404
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("count", [1, 2], ids=["one server", "two servers"])
def test_races(new_server, data, witness, count):
    """Everybody continues and ends the same sessions at once: one wins, whole."""
    nodes = [new_server(data) for _ in range(count)]
    for node in nodes:
        assert node.process.poll() is None
    rng = random.Random(SEED)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            content = rng.randbytes(rng.randrange(1, 400_000))
            race(pool, nodes, witness, content)
    for node in nodes:
        witness.check(node)
        node.stop()


def race(pool, nodes, witness, content):
    location = witness.repository(nodes[0]).start_upload()
    digest = digest_of(content)
    witness.tried[digest] = content

    def patch(node):
        return witness.repository(node).patch(
            location, data=content, headers={"Content-Range": f"0-{len(content) - 1}"})

    def put(node):
        return witness.repository(node).finish_upload(location, digest)

    patches = [pool.submit(patch, nodes[i % len(nodes)]) for i in range(4)]
    codes = sorted(future.result().status_code for future in patches)
    assert codes[0] == 202 and set(codes[1:]) <= {409, 416}, codes
    puts = [pool.submit(put, nodes[i % len(nodes)]) for i in range(4)]
    patches = [pool.submit(patch, nodes[i % len(nodes)]) for i in range(2)]
    codes = sorted(future.result().status_code for future in puts)
    assert set(codes) <= {201, 404, 409} and codes.count(201) <= 1, codes
    assert {future.result().status_code for future in patches} <= {404, 409, 416}
    if codes[0] != 201:  # all met a chunk that was refused a moment later
        assert put(nodes[0]).status_code == 201
    witness.blobs[digest] = content


def test_two_servers(new_server, data, witness):
    """Equal nodes on one data directory: each sees at once what the other acknowledged, and goes
    on when the other is killed."""
    first, second = new_server(data), new_server(data)
    one, two = witness.repository(first), witness.repository(second)
    assert witness.push(first, "tag", [b"first"])
    assert two.get_manifest("tag").content == witness.tags["tag"]
    assert witness.push(second, "tag", [b"second"])
    assert one.get_manifest("tag").content == witness.tags["tag"]
    location = one.start_upload()
    assert one.patch(location, data=CONTENT[:1_000_000]).status_code == 202
    assert two.patch(location, data=CONTENT[1_000_000:2_000_000]).status_code == 202
    witness.sessions[location] = CONTENT, 2_000_000
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pushes = [pool.submit(push_many, witness, node, name)
                  for node, name in ((first, "a"), (second, "b"))]
        first.process.kill()
        assert not pushes[0].result() and pushes[1].result()
    first.kill()
    witness.finish_sessions(second)
    witness.check(second)
    first.start()
    witness.check(first)
    first.stop()
    second.stop()


def push_many(witness, server, name):
    return all(witness.push(server, f"{name}{number}", [os.urandom(50_000)])
               for number in range(20))
