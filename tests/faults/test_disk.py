# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, and a disk that fails."""
import os
import subprocess

import pytest

import registry


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 160 MB, of which uploads may use what is above the registry's reserve."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(folder)],
                             capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip("cannot mount here: " + mounted.stderr.strip())
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full(new_server, witness, small_disk):
    """Uploads are refused while there is room for the database; all that was pushed stays."""
    server = new_server(small_disk / "data")
    repo = witness.repository(server)
    assert witness.push(repo, "first", [b"kept"])
    refused = None
    for number in range(40):
        content = os.urandom(8_000_000)
        reply = repo.post("blobs/uploads/", params={"digest": registry.digest_of(content)},
                          data=content)
        if reply.status_code != 201:
            refused = reply
            break
        witness.blobs[registry.digest_of(content)] = content
    assert refused is not None and number > 2
    registry.assert_error(refused, 507, "DENIED", "storage is full")
    assert int(refused.headers["Retry-After"]) > 0
    witness.check(server)
    assert registry.Registry(server.base).request("GET", "/health/warning").status_code == 503
    server.stop()


def test_full_to_the_last_byte(new_server, witness, small_disk):
    """Somebody else fills the disk to the end: pushes fail with a clear error, pulls go on, and
    when there is room again pushes work again."""
    server = new_server(small_disk / "data")
    repo = witness.repository(server)
    assert witness.push(repo, "first", [b"kept"])
    filler = small_disk / "filler"
    with open(filler, "wb") as file:
        try:
            while True:
                file.write(b"x" * 1_000_000)
        except OSError:
            pass
    reply = repo.post("blobs/uploads/")
    registry.assert_error(reply, 507, "DENIED")
    document = registry.encode(repo.get_manifest("first").json() | {"annotations": {"a": "x" * 500_000}})
    reply = repo.put_manifest("second", document)
    assert reply.status_code in (201, 507), reply.text
    if reply.status_code == 201:
        witness.tags["second"] = document
    filler.unlink()
    witness.check(server)
    assert witness.push(repo, "third", [b"more"])
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("injection", ["fdatasync:error=EIO:when=1", "fdatasync:error=EIO:when=2",
                                       "fdatasync:error=EIO:when=3", "fdatasync:error=EIO:when=4",
                                       "fsync:error=EIO:when=1", "write:error=ENOSPC:when=2",
                                       "pwrite64:error=EIO:when=1", "pwrite64:error=ENOSPC:when=3"])
def test_failing_disk(new_server, strace, witness, injection):
    """A sync or write that fails is never an acknowledged push, and the next push works."""
    server = new_server()
    repo = witness.repository(server)
    assert witness.push(repo, "before", [b"already here"])
    tracer = strace(server, injection)
    try:
        witness.push(repo, "during", [b"c" * 100_000])
    except AssertionError:
        pass  # an answer that is not a success: judged by what can be seen below
    tracer.terminate()
    tracer.wait()
    assert server.process.poll() is None, server.log_text()
    assert witness.push(witness.repository(server), "after", [b"d" * 100_000])
    witness.check(server)
    server.restart()
    witness.check(server)
    server.stop()
