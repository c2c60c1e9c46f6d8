# SPDX-License-Identifier: Apache-2.0
"""Power cuts: the file system stops in an instant and forgets what was not synced.

An ext4 on a file is shut down by the ioctl that its own tests use: no more writes reach the disk,
not even those of its journal. Mounted again, it holds what a disk would hold after a power cut.
"""
import fcntl
import os
import re
import shutil
import signal
import struct
import subprocess
import threading
import time

import pytest

import registry
import server as servers
from conftest import detach, injections, wait_held
from server import wait_for
from witness import ALICE

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


class Disk:
    def __init__(self, image, folder):
        self.image, self.folder = image, folder
        folder.mkdir()
        with open(image, "wb") as file:
            file.truncate(160_000_000)
        subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1", image], check=True)

    def mount(self):
        command = ["mount", "-o", "loop", self.image, self.folder]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip("cannot mount here: " + done.stderr.strip())

    def unmount(self):
        subprocess.run(["umount", self.folder], check=True)

    def cut_power(self):
        handle = os.open(self.folder, os.O_RDONLY)
        fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        os.close(handle)


@pytest.fixture
def disk(tmp_path, prepared):
    """With a copy of the prepared directory, synced."""
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        pytest.skip("a file system of its own needs root and mkfs.ext4")
    disk = Disk(tmp_path / "image", tmp_path / "disk")
    disk.mount()
    shutil.copytree(prepared.data, disk.folder / "data")
    disk.data = tmp_path / "data"  # beside which the log is written
    disk.data.symlink_to(disk.folder / "data")
    os.sync()
    yield disk
    if os.path.ismount(disk.folder):
        subprocess.run(["umount", "-l", disk.folder], check=True)


def folders_left_unsynced(trace):
    """The folders that a trace of system calls shows being made, without those whose entry was
    made durable afterwards."""
    unsynced = set()
    for line in trace.splitlines():
        made = re.search(r'mkdir(?:at\([^<]*<([^>]*)>, |\()"([^"]*)".* = 0$', line)
        synced = re.search(r"fsync\([0-9]+<([^>]*)>\) += 0$", line)
        if made:
            unsynced.add(os.path.join(made[1] or "", made[2]))
        elif synced:
            unsynced -= {path for path in unsynced if os.path.dirname(path) == synced[1]}
    return unsynced


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_new_folders_are_durable(tmp_path):
    """A first start makes its data directory, and what lies in it, so that a power cut does not take
    the whole away. (ext4 would not show the fault: with it, syncing one file syncs all entries.)"""
    data, trace = tmp_path / "new" / "deeper" / "data", tmp_path / "trace"
    command = ["strace", "-f", "-y", "-o", trace, "-e", "trace=mkdir,mkdirat,fsync",
               servers.WHARF, "user", "create", ALICE[0], "--password-stdin", "--data", data]
    subprocess.run(command, input=ALICE[1] + "\n", text=True, check=True)
    text = trace.read_text()
    assert f'"{data}"' in text and 'storage>, "ff"' in text
    assert folders_left_unsynced(text) == set()


def restart(server, disk):
    """The power comes back."""
    server.kill()
    disk.unmount()
    disk.mount()
    server.start()


def judge(server, witness):
    witness.check(server)
    witness.finish_sessions(server, empty_may_go=True)
    assert witness.push(server, "after", [os.urandom(300_000)])
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("images", [1, 2, 5, 20])
def test_acknowledged_is_kept(new_server, witness, disk, images):
    """The instant after the last answer."""
    server = new_server(disk.data)
    for number in range(images):
        assert witness.push(server, f"image{number}", [os.urandom(200_000), os.urandom(10)])
    disk.cut_power()
    restart(server, disk)
    judge(server, witness)


@pytest.mark.parametrize("chunks", [1, 3])
def test_acknowledged_chunks_are_kept(new_server, witness, disk, chunks):
    server = new_server(disk.data)
    content = os.urandom(chunks * 100_000 + 100_000)
    repo = witness.repository(server)
    location = repo.start_upload()
    for number in range(chunks):
        piece = content[number * 100_000:][:100_000]
        assert repo.patch(location, data=piece).status_code == 202
        witness.sessions[location] = content, (number + 1) * 100_000
    disk.cut_power()
    restart(server, disk)
    judge(server, witness)


def freeze(server):
    """Stop all threads. The disk must not die while one is inside a sync: ext4 then says now and
    then that it has synced what it has not, which no power cut could do."""
    server.process.send_signal(signal.SIGSTOP)
    folder = f"/proc/{server.process.pid}/task"

    def is_frozen():
        states = set()
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/stat", encoding="ascii") as stat:
                states.add(stat.read().rpartition(") ")[2][0])
        return states == {"T"}
    wait_for(is_frozen, "all threads to stop")


@pytest.mark.parametrize("ms", [5, 20, 40, 60, 80, 100, 150, 200])
def test_any_time(new_server, witness, disk, ms):
    """While images are pushed."""
    server = new_server(disk.data)
    pusher = threading.Thread(target=push_until_failure, args=(witness, server))
    pusher.start()
    time.sleep(ms / 1000)
    freeze(server)
    disk.cut_power()
    server.process.kill()
    pusher.join()
    restart(server, disk)
    judge(server, witness)


def test_dead_disk(new_server, witness, disk):
    """What fails then is told as a failure, nothing hangs, and what is in memory is served."""
    server = new_server(disk.data)
    assert witness.push(server, "first", [b"first"])
    disk.cut_power()
    repo = witness.repository(server)
    for _ in range(3):
        assert not witness.push(server, "dead", [b"to a dead disk"])
        assert "UNKNOWN" in witness.why
        assert repo.get_manifest("first").status_code in (200, 500)
    assert registry.Registry(server.base).request("GET", "/health/endtoend").status_code == 503
    assert server.process.poll() is None, server.log_text()
    restart(server, disk)
    judge(server, witness)


SYNCS = {"fdatasync": (1, 2, 3, 4, 5), "fsync": (1,)}


@pytest.mark.parametrize("injection", injections(SYNCS, "delay_enter=600s") +
                         injections(SYNCS, "signal=SIGSTOP"))
def test_around_a_sync(new_server, strace, witness, disk, injection):
    """Held where a sync begins, or stopped where it has ended: nothing more was acknowledged."""
    server = new_server(disk.data)
    tracer = strace(server, injection)
    pusher = threading.Thread(target=push_until_failure, args=(witness, server))
    pusher.start()
    wait_held(server.process.pid)
    disk.cut_power()
    server.process.kill()
    tracer.kill()  # it would hold on to the dead
    pusher.join()
    restart(server, disk)
    judge(server, witness)


def push_until_failure(witness, server):
    number = 0
    while witness.push(server, f"image{number}", [os.urandom(100_000)]):
        number += 1


@pytest.mark.parametrize("images", [0, 1], ids=["new log", "log in use"])
@pytest.mark.parametrize("injection", injections(
    {"fdatasync": (1, 2, 3, 4, 5), "fsync": (1, 2)}, "error=EIO"))
def test_after_a_failed_sync(new_server, strace, witness, disk, injection, images):
    """What was said not to be durable may be lost; what was acknowledged later may not. One sync
    may fail unsaid: of the name of the log, which the start has synced before."""
    server = new_server(disk.data)
    for number in range(images):
        assert witness.push(server, f"before{number}", [b"before"])
    tracer = strace(server, injection)
    refused = False
    for number in range(8):
        refused = refused or not witness.push(server, f"image{number}", [os.urandom(100_000)])
    detach(tracer)
    assert refused or images == 0
    assert witness.push(server, "later", [os.urandom(50_000)])
    disk.cut_power()
    restart(server, disk)
    judge(server, witness)
