# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the fault tests: a registry that is hurt on purpose, and the judgement afterwards.

One data directory is prepared for all: a user, an image, and a token that stays valid because the
key that signed it is in the database. Each test works on its own copy.
"""
import os
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))

import server as servers  # noqa: E402
from witness import ALICE, Witness  # noqa: E402


class Prepared:
    """The data directory that tests copy, and what was pushed to it."""

    def __init__(self, data):
        self.data = data
        server = servers.Server(data)
        server.run("user", "create", ALICE[0], "--password-stdin", password=ALICE[1] + "\n")
        server.start()
        self.token = Witness().login(server)
        self.witness = self.new_witness()
        assert self.witness.push(server, "before", [b"already here", b"and this"])
        server.stop()

    def new_witness(self):
        return Witness(self.token)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    return Prepared(tmp_path_factory.mktemp("prepared") / "data")


@pytest.fixture
def witness(prepared):
    """Knows what the prepared directory holds."""
    witness = prepared.new_witness()
    witness.remember(prepared.witness)
    return witness


@pytest.fixture
def data(prepared, tmp_path):
    """A copy of the prepared directory."""
    return shutil.copytree(prepared.data, tmp_path / "data")


@pytest.fixture
def new_server():
    """A server, started: new_server(data, ...). Killed at the end if it still runs."""
    started = []

    def start(data, **more):
        server = servers.Server(data, **more)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        if server.process:
            server.process.kill()
            server.process.wait()


@pytest.fixture
def server(new_server, data):
    return new_server(data)


def injections(table, what="signal=SIGKILL"):
    """Parameters for what happens at the n-th call of each kind: {"fsync": (1, 2)}."""
    return [pytest.param(f"{call}:{what}:when={when}", id=f"{call}-{when}")
            for call, whens in table.items() for when in whens]


def injection_options(injection):
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + injection.split(":")[0],
            "-e", "inject=" + injection]


DETACH_SECONDS = 20


@pytest.fixture
def strace():
    """Attach strace to a running server, to have a system call fail or kill it:
    strace(server, "fdatasync:error=EIO:when=1"). It counts the calls of each thread apart."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    attached = []

    def attach(server, injection):
        pid = server.process.pid
        tracer = subprocess.Popen([*injection_options(injection), "-p", str(pid)],
                                  stderr=subprocess.PIPE, text=True)
        attached.append(tracer)
        servers.wait_for(lambda: is_traced(pid) or tracer.poll() is not None, "strace to attach")
        assert tracer.poll() is None or server.process.poll() is not None, tracer.stderr.read()
        return tracer

    yield attach
    for tracer in attached:
        detach(tracer)


def detach(tracer):
    """Ends strace also where it missed the end of the process that it killed itself, and would keep
    it from being collected for ever."""
    tracer.terminate()
    try:
        tracer.wait(DETACH_SECONDS)
    except subprocess.TimeoutExpired:
        tracer.kill()
        tracer.wait()
    tracer.stderr.close()


@pytest.fixture
def run_hurt():
    """Run a command of wharf with a system call that fails or kills: its exit code and output."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")

    def run(injection, *args):
        command = [*injection_options(injection), servers.WHARF, *map(str, args)]
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=servers.WAIT_SECONDS)
        return done.returncode, done.stdout + done.stderr

    return run


def is_traced(pid):
    """Whether every thread of the process has a tracer; true when there is no such process."""
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as status:
                if "TracerPid:\t0\n" in status.read():
                    return False
    except (FileNotFoundError, ProcessLookupError):
        return not os.path.exists(f"/proc/{pid}") or is_traced(pid)
    return True


@pytest.fixture
def mount(tmp_path):
    """A file system of its own: mount("-t", "tmpfs", "-o", "size=1m", "tmpfs"). Its folder."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    mounted = []

    def mount(*args):
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        done = subprocess.run(["mount", *args, folder], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip("cannot mount here: " + done.stderr.strip())
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", folder], check=True)
