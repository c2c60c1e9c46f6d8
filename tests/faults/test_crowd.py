# SPDX-License-Identifier: Apache-2.0
"""Ten thousand connections that do nothing or hardly anything: others are served meanwhile."""
import resource
import socket

import pytest


CROWD = 10_000
OTHERS = 500  # descriptors that the test itself and its client need


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


@pytest.fixture
def descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CROWD + OTHERS:
        pytest.skip(f"only {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("kind", ["idle", "head", "body"])
def test_crowd(server, witness, descriptors, kind):
    repo = witness.repository(server)
    assert witness.push(server, "one", [b"layer"])
    location = repo.start_upload()
    begun = {
        "idle": b"",
        "head": b"GET /v2/ HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        "body": (f"PATCH {location} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {repo.token}\r\n"
                 "Content-Length: 1000000\r\n\r\nx").encode(),
    }[kind]
    crowd = []
    try:
        for _ in range(CROWD if kind != "body" else 300):
            peer = socket.create_connection(("127.0.0.1", server.port))
            peer.sendall(begun)
            crowd.append(peer)
        others = witness.repository(server)
        assert witness.push(server, "two", [b"another layer"])
        before = cpu_seconds(server.process.pid)
        assert others.get_manifest("two").status_code == 200
        assert cpu_seconds(server.process.pid) - before < 2
    finally:
        for peer in crowd:
            peer.close()
    witness.check(server)
    server.stop()
