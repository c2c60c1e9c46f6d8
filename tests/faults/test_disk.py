# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, and a disk that fails."""
import os
import shutil
import socket
import subprocess

import pytest
import requests

import registry
from conftest import detach, injections
from witness import received

MB = 1_000_000
RESERVE = 64 * 2**20  # of the disk, that uploads leave to the database


def fill(folder):
    """Somebody else fills the disk to the last byte."""
    with open(folder / "filler", "wb", buffering=0) as file:
        size = MB
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2


@pytest.fixture
def on_disk(new_server, mount, prepared, tmp_path):
    """A server with its data on a file system of its own: on_disk("size=1m"). The two."""
    def start(options):
        folder = mount("-t", "tmpfs", "-o", options, "tmpfs")
        shutil.copytree(prepared.data, folder / "data")
        (tmp_path / "data").symlink_to(folder / "data")
        return new_server(tmp_path / "data"), folder
    return start


def push_until_refused(witness, repo, size, most):
    """Blobs in one request each. How many went, and the refusal."""
    for number in range(most):
        content = os.urandom(size)
        digest = registry.digest_of(content)
        witness.tried[digest] = content
        reply = repo.post("blobs/uploads/", params={"digest": digest}, data=content)
        if reply.status_code != 201:
            return number, reply
        witness.blobs[digest] = content
    raise AssertionError("never refused")


def assert_full(reply, message):
    registry.assert_error(reply, 507, "DENIED", message)
    assert int(reply.headers["Retry-After"]) > 0


def test_reserve(on_disk, witness):
    """Uploads are refused while there is room for the database; all that was pushed stays."""
    server, folder = on_disk("size=110m")
    repo = witness.repository(server)
    count, refusal = push_until_refused(witness, repo, 8 * MB, 40)
    assert count > 2
    assert_full(refusal, "storage is full")
    assert shutil.disk_usage(folder).free > RESERVE - 9 * MB
    for reply in (repo.post("blobs/uploads/"), repo.post("blobs/uploads/", data=b"x", params={
            "digest": registry.digest_of(b"x")})):
        assert reply.status_code in (201, 202, 507)
    witness.check(server)
    server.stop()


def pieces(size):
    for _ in range(size // MB):
        yield os.urandom(MB)


def test_reserve_of_unknown_size(on_disk, witness):
    """Clients push without saying how much comes: the reserve holds for them, too."""
    server, folder = on_disk("size=160m")
    repo = witness.repository(server)
    location = repo.start_upload()
    try:
        registry.assert_error(repo.patch(location, data=pieces(150 * MB)), 507, "DENIED",
                              "storage is full")
    except requests.ConnectionError:  # a client that only writes may miss the answer
        pass
    server.wait_log(status=507)
    assert shutil.disk_usage(folder).free > RESERVE - 9 * MB
    assert repo.delete("manifests/before").status_code == 202
    server.stop()


def test_to_the_last_byte(on_disk, witness):
    """Pushes fail with a clear error, pulls go on, and with room again pushes work again."""
    server, folder = on_disk("size=110m")
    repo = witness.repository(server)
    fill(folder)
    assert_full(repo.post("blobs/uploads/"), "storage is full")
    document = repo.get_manifest("before").json() | {"annotations": {"a": "x" * 3_000_000}}
    assert_full(repo.put_manifest("second", registry.encode(document)), "no space left")
    assert_full(repo.put_manifest("before", registry.encode(document)), "no space left")
    assert_full(repo.delete("manifests/before"), "no space left")
    api = registry.Registry(server.base)
    assert api.request("GET", "/health/warning").status_code == 503
    assert api.request("GET", "/health/endtoend").status_code == 503
    assert repo.get_manifest("before").content == witness.tags["before"]
    (folder / "filler").unlink()
    assert api.request("GET", "/health/warning").status_code == 200
    assert api.request("GET", "/health/endtoend").status_code == 200
    witness.check(server)
    assert witness.push(server, "third", [b"more"])
    witness.check(server)
    server.stop()


def test_full_in_mid_upload(on_disk, witness):
    """A write that is cut short. The session goes on from what was acknowledged before."""
    server, folder = on_disk("size=110m")
    repo = witness.repository(server)
    location, content = repo.start_upload(), os.urandom(30 * MB)
    assert repo.patch(location, data=content[:MB]).status_code == 202
    with socket.create_connection(("127.0.0.1", server.port)) as peer:
        peer.sendall((f"PATCH {location} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {repo.token}"
                      f"\r\nContent-Length: {len(content) - MB}\r\n\r\n").encode())
        peer.sendall(content[MB:2 * MB])
        fill(folder)
        (folder / "filler").open("r+b").truncate((folder / "filler").stat().st_size - 300_000)
        try:
            peer.sendall(content[2 * MB:])
        except OSError:
            pass  # the answer comes before all is sent
        assert peer.recv(20) == b"HTTP/1.1 507 Insuffi"
    assert shutil.disk_usage(folder).free >= 300_000, "what was refused takes no room"
    reply = repo.get(location)
    assert (reply.status_code, received(reply)) == (204, MB)
    (folder / "filler").unlink()
    witness.sessions[location] = content, MB
    witness.finish_sessions(server)
    witness.check(server)
    server.stop()


def test_no_inodes(on_disk, witness):
    server, folder = on_disk("size=110m,nr_inodes=300")
    repo = witness.repository(server)
    count, refusal = push_until_refused(witness, repo, 1000, 100)
    assert count > 2
    assert_full(refusal, "cannot be created")
    witness.check(server)
    location = repo.start_upload()
    assert_full(repo.patch(location, data=b"x"), "cannot be created")
    digest = next(iter(witness.blobs.keys() - {registry.digest_of(b"already here")}))
    subprocess.run(["mount", "-o", "remount,nr_inodes=400", folder], check=True)
    assert repo.patch(location, data=b"x").status_code == 202
    assert repo.get(f"blobs/{digest}").status_code == 200
    assert witness.push(server, "after", [b"more"])
    witness.check(server)
    server.stop()


@pytest.fixture
def split(new_server, mount, prepared, tmp_path):
    """The database on a small disk of its own."""
    folder = mount("-t", "tmpfs", "-o", "size=3m", "tmpfs")
    data = shutil.copytree(prepared.data, tmp_path / "data")
    shutil.move(data / "wharf.db", folder / "wharf.db")
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.yaml").write_text(
        f"SERVER_HOSTNAME: 127.0.0.1:0\nDB_URI: sqlite://{folder}/wharf.db\n", encoding="ascii")
    return new_server(data, config=config), folder


def test_database_full(split, witness):
    """There is room for objects but not for rows."""
    server, folder = split
    repo = witness.repository(server)
    fill(folder)
    replies = [repo.post("blobs/uploads/") for _ in range(100)]
    assert replies[-1].status_code == 507
    assert_full(replies[-1], "no space left for the database")
    count, refusal = push_until_refused(witness, repo, 1000, 100)
    assert count < 100
    assert_full(refusal, "no space left for the database")
    witness.check(server)
    (folder / "filler").unlink()
    assert witness.push(server, "after", [b"more"])
    witness.check(server)
    server.restart()
    witness.check(server)
    server.stop()


FAILS = (
    injections({"fdatasync": range(1, 9), "fsync": (1, 2, 3), "pwrite64": (1, 3, 9, 20, 40),
                "ftruncate": (1,), "pread64": (1, 2, 5, 9), "openat": (1, 2, 3, 4),
                "flock": (1, 2), "lseek": (1, 2)}, "error=EIO") +
    injections({"fdatasync": (1, 3), "pwrite64": (1, 3, 9, 20, 40)}, "error=ENOSPC") +
    injections({"openat": (1, 2, 3)}, "error=EMFILE"))


@pytest.mark.parametrize("injection", FAILS)
def test_call_fails(server, strace, witness, injection):
    """A call that fails is never an acknowledged push, and the next push works."""
    assert witness.push(server, "warm", [b"so that the log is in use"])
    tracer = strace(server, injection)
    acknowledged = all(witness.push(server, f"during{number}", [os.urandom(100_000)])
                       for number in range(8))
    detach(tracer)
    assert not (acknowledged and "sync" in injection)
    assert server.process.poll() is None, server.log_text()
    witness.check(server)
    witness.finish_sessions(server)
    assert witness.push(server, "after", [os.urandom(100_000)])
    witness.check(server)
    server.kill()
    server.start()
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("call", ["fdatasync", "fsync", "pwrite64"])
def test_always_fails(server, strace, witness, call):
    """Nothing can be pushed, everything can be pulled; then the disk comes back."""
    tracer = strace(server, f"{call}:error=EIO")
    repo = witness.repository(server)
    for number in range(3):
        assert not witness.push(server, f"during{number}", [b"c" * 1000])
        assert "UNKNOWN" in witness.why
    assert repo.get_manifest("before").content == witness.tags["before"]
    detach(tracer)
    assert witness.push(server, "after", [b"d" * 1000])
    witness.check(server)
    witness.finish_sessions(server)
    server.restart()
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("call", ["write", "accept4", "recvfrom", "sendto", "epoll_wait"])
def test_interrupted(server, strace, witness, call):
    """Calls that a signal interrupts are made again: nobody notices."""
    tracer = strace(server, f"{call}:error=EINTR:when=1+3")
    assert witness.push(server, "during", [os.urandom(2_000_000)]), witness.why
    detach(tracer)
    witness.check(server)
    server.stop()
