# SPDX-License-Identifier: Apache-2.0
"""Ten thousand connections that do nothing or hardly anything, all at once: others are served
meanwhile, no processor time goes into them, and every one of them is gone when its time is over.

The deadlines are those of src/http/server.h, which no configuration changes: 15 s for a head or a
handshake, 60 s for the next byte of a body or for the peer to take one, 75 s for a request to
begin. So this test takes a little more than 75 s.
"""
import os
import random
import resource
import select
import socket
import time

import pytest

import registry
from witness import NAME

CROWD = {"idle": 4000, "slow head": 3000, "stalled hello": 1800, "no body": 800,
         "trickling body": 200, "not reading": 200}
OTHERS = 500  # descriptors that the test itself and its client need
PATIENCE_S = 200  # far above the longest deadline
CPU_SHARE = 0.25  # of one processor, for all of them: a busy loop takes 1
LARGE = os.urandom(20_000_000)  # more than the kernel takes for a peer that does not read


@pytest.fixture
def descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < sum(CROWD.values()) + OTHERS:
        pytest.skip(f"only {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Crowd:
    def __init__(self, server, token):
        self.server = server
        self.peers = {}  # descriptor: (socket, kind)
        self.trickling = []
        auth = f"Host: a\r\nAuthorization: Bearer {token}\r\n"
        upload = f"POST /v2/{NAME}/blobs/uploads/?digest=sha256:{64 * '0'} HTTP/1.1\r\n"
        body = (upload + auth + "Content-Length: 1000000\r\n\r\nx").encode()
        self.first_bytes = {
            "idle": b"",
            "slow head": b"GET /v2/ HTTP/1.1\r\nHost: a\r\nX-Slow: ",
            "stalled hello": b"\x16\x03\x01\x02\x00\x01",
            "no body": body,
            "trickling body": body,
            "not reading": (f"GET /v2/{NAME}/blobs/{registry.digest_of(LARGE)} HTTP/1.1\r\n{auth}"
                            "\r\n").encode(),
        }

    def gather(self):
        kinds = [kind for kind, count in CROWD.items() for _ in range(count)]
        random.Random(1).shuffle(kinds)
        for kind in kinds:
            peer = socket.socket()
            if kind == "not reading":
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect(("127.0.0.1", self.server.ports[kind == "stalled hello"]))
            peer.sendall(self.first_bytes[kind])
            self.peers[peer.fileno()] = peer, kind
            if kind == "trickling body":
                self.trickling.append(peer)

    def watch(self, meanwhile):
        """Until all are gone, however the server says so."""
        poll = select.poll()
        for descriptor, (_, kind) in self.peers.items():
            # who does not read learns of the end by a reset only
            poll.register(descriptor, 0 if kind == "not reading" else select.POLLIN)
        deadline = time.monotonic() + PATIENCE_S
        while self.peers and time.monotonic() < deadline:
            for descriptor, _ in poll.poll(1000):
                if self.is_gone(*self.peers[descriptor]):
                    poll.unregister(descriptor)
                    self.peers.pop(descriptor)[0].close()
            self.trickle()
            meanwhile()
        left = [kind for _, kind in self.peers.values()]
        assert not left, {kind: left.count(kind) for kind in set(left)}

    def is_gone(self, peer, kind):
        try:
            return kind == "not reading" or not peer.recv(4096)  # an error (408) comes before
        except OSError:
            return True

    def trickle(self):
        """A byte a second is no progress."""
        for peer in self.trickling:
            try:
                peer.send(b"x")
            except OSError:
                pass

    def disperse(self):
        for peer, _ in self.peers.values():
            peer.close()


def test_crowd(new_server, data, witness, descriptors, certificate):
    server = new_server(data, config=certificate, listen=("127.0.0.1:0", "https://127.0.0.1:0"))
    witness.push_blob(witness.repository(server), LARGE)
    crowd = Crowd(server, witness.token)
    pushed = 0

    def serve_others():
        nonlocal pushed
        pushed += 1
        assert witness.push(server, "other", [os.urandom(1000)]), witness.why

    try:
        crowd.gather()
        before, begun = cpu_seconds(server.process.pid), time.monotonic()
        crowd.watch(serve_others)
        elapsed = time.monotonic() - begun
        assert cpu_seconds(server.process.pid) - before < CPU_SHARE * elapsed + 0.1 * pushed
    finally:
        crowd.disperse()
    witness.check(server)
    server.stop()
