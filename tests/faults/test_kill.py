# SPDX-License-Identifier: Apache-2.0
"""kill -9 at the n-th system call of each kind that a push makes, then a start on what is left."""
import pytest

LAYERS = [b"a" * 300_000, b"b" * 70_000]

# What a push calls: of the object (open, write, sync), of the database (pwrite64, fdatasync, fsync,
# ftruncate of the log), of the socket (sendmsg, recvfrom).
POINTS = [(call, when)
          for call, whens in {
              "openat": (1, 2, 4),
              "write": (1, 2, 3, 5, 8),
              "pwrite64": (1, 2, 3, 5, 8, 13, 21, 34),
              "fdatasync": (1, 2, 3, 4, 6, 9),
              "fsync": (1, 2, 4),
              "sendmsg": (1, 3, 4, 5, 6),
          }.items() for when in whens]


@pytest.mark.parametrize("call,when", POINTS)
def test_kill(new_server, strace, witness, call, when):
    server = new_server()
    repo = witness.repository(server)
    assert witness.push(repo, "before", [b"already here"])
    strace(server, f"{call}:signal=SIGKILL:when={when}")
    complete = witness.push(repo, "during", LAYERS)
    if server.process.poll() is None:
        assert complete  # the push makes fewer such calls
        server.kill()
    else:
        server.ended()
    server.start()
    witness.check(server)
    assert witness.push(witness.repository(server), "during", LAYERS)
    witness.check(server)
    server.stop()


def test_session_goes_on(new_server, witness):
    """An upload that was half sent goes on after a kill from what was acknowledged."""
    server = new_server()
    repo = witness.repository(server)
    content = b"0123456789" * 50_000
    location = repo.start_upload()
    assert repo.patch(location, data=content[:200_000]).status_code == 202
    server.kill()
    server.start()
    repo = witness.repository(server)
    reply = repo.get(location)
    assert (reply.status_code, reply.headers["Range"]) == (204, "0-199999")
    headers = {"Content-Range": f"200000-{len(content) - 1}"}
    reply = repo.patch(location, data=content[200_000:], headers=headers)
    assert reply.status_code == 202, reply.text
    from registry import digest_of
    assert repo.finish_upload(location, digest_of(content)).status_code == 201
    witness.blobs[digest_of(content)] = content
    witness.check(server)
