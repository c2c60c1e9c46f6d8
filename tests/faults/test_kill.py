# SPDX-License-Identifier: Apache-2.0
"""kill -9 at chosen system calls, then a start on what is left."""
import os

import pytest

import server as servers
from conftest import detach
from witness import ALICE, received
from registry import digest_of

# What a push calls, and where: sockets, objects (openat to fdatasync), the folder of an object and
# the log's header (fsync), pages and the log of the database (pwrite64, fdatasync).
PUSH = {
    "recvfrom": (2, 5),
    "sendto": (1, 2, 4, 5),
    "openat": (1, 2, 3, 4, 5),
    "flock": (1, 2),
    "lseek": (1, 2),
    "write": (1, 2, 3, 4, 5, 6, 7, 8),
    "fsync": (1, 2),
    "fdatasync": (1, 2, 3, 4, 5, 6, 7),
    "pwrite64": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 21, 25, 30, 36, 43, 50, 60, 75, 90),
}


def points(table):
    return [pytest.param(f"{call}:signal=SIGKILL:when={when}", id=f"{call}-{when}")
            for call, whens in table.items() for when in whens]


@pytest.mark.parametrize("injection", points(PUSH))
def test_push(server, strace, witness, injection):
    """Which thread gets that far depends, so that it may take several pushes."""
    tracer = strace(server, injection)
    number = 0
    while witness.push(server, f"during{number}", [os.urandom(300_000), os.urandom(70_000)]):
        number += 1
        assert number < 30
    detach(tracer)
    assert server.process.wait(servers.WAIT_SECONDS) == -9
    server.start()
    witness.check(server)
    witness.finish_sessions(server)
    assert witness.push(server, "after", [os.urandom(300_000)])
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9])
def test_session_goes_on(server, witness, share):
    """An upload that was half sent goes on after a kill from what was acknowledged."""
    content = os.urandom(500_000)
    half = int(len(content) * share)
    repo = witness.repository(server)
    location = repo.start_upload()
    if half:
        assert repo.patch(location, data=content[:half]).status_code == 202
    server.kill()
    server.start()
    repo = witness.repository(server)
    reply = repo.get(location)
    assert (reply.status_code, received(reply)) == (204, half)
    reply = repo.patch(location, data=content[half:],
                       headers={"Content-Range": f"{half}-{len(content) - 1}"})
    assert reply.status_code == 202, reply.text
    assert repo.finish_upload(location, digest_of(content)).status_code == 201
    witness.blobs[digest_of(content)] = witness.tried[digest_of(content)] = content
    witness.check(server)


# What the first start on an empty folder calls.
FRESH = {
    "mkdir": (1, 2, 3),
    "mkdirat": (1, 2, 128, 256),
    "openat": (10, 14, 16, 18, 20, 22),
    "pwrite64": (1, 2, 3, 5, 8, 13, 21, 34, 50, 70),
    "fdatasync": (1, 2, 3, 4),
    "fsync": (1, 2),
    "write": (1,),
    "renameat": (1,),
}


@pytest.mark.parametrize("injection", points(FRESH))
def test_first_start(run_hurt, new_server, prepared, tmp_path, injection):
    data = tmp_path / "data"
    code, output = run_hurt(injection, "repo", "list", "--data", data)
    assert code in (0, 137, -9), output
    server = servers.Server(data)
    server.run("user", "create", ALICE[0], "--password-stdin", password=ALICE[1] + "\n")
    server = new_server(data)
    witness = prepared.new_witness()
    witness.login(server)
    assert witness.push(server, "first", [b"layer"])
    witness.check(server)
    server.stop()
