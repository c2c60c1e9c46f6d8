# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the collector: as a command, and while it works in the background of a server."""
import os
import shutil
import sqlite3

import pytest

import server as servers
from conftest import detach, injections
from witness import NAME
from registry import digest_of

MONTH_MS = 31 * 24 * 3600 * 1000
FOREVER = 2**63 - 1
AGES = {"blob_lease": "expires_ms", "tag": "end_ms", "upload": "expires_ms", "gc_queue": "due_ms",
        "dead_object": "delete_after_ms"}

# What a run calls that may be the last: pages of the database, the removal of objects.
POINTS = {"unlinkat": (1, 2, 4), "pwrite64": (1, 3, 7, 12, 18, 26, 37),
          "fdatasync": (1, 2, 3)}


def let_a_month_pass(data):
    """What was due within a month is due now."""
    database = sqlite3.connect(data / "wharf.db", isolation_level=None)
    for table, column in AGES.items():
        database.execute(f"UPDATE {table} SET {column} = {column} - ? WHERE {column} < ?",
                         (MONTH_MS, FOREVER))
    database.close()


def collect(data, times):
    """Manifests first, then the blobs that they had, then objects that nobody reads any more."""
    for _ in range(times):
        servers.run("gc", "--data", data)
        let_a_month_pass(data)


def count_objects(data):
    return len(list((data / "storage").glob("??/*")))


@pytest.fixture(scope="session")
def with_garbage(prepared, tmp_path_factory):
    """A copy of the prepared directory with three images that are due, one layer of which the
    living image shares, and an upload that nobody went on with."""
    data = shutil.copytree(prepared.data, tmp_path_factory.mktemp("garbage") / "data")
    witness = prepared.new_witness()
    server = servers.Server(data).start()
    for number in range(3):
        assert witness.push(server, f"dead{number}", [b"already here", os.urandom(1000)])
    repo = witness.repository(server)
    assert repo.patch(repo.start_upload(), data=b"half").status_code == 202
    for number in range(3):
        assert repo.delete(f"manifests/dead{number}").status_code == 202
    server.stop()
    let_a_month_pass(data)
    return data


@pytest.fixture
def garbage(with_garbage, tmp_path):
    return shutil.copytree(with_garbage, tmp_path / "garbage")


def judge(server, witness):
    """Nothing that lives is missing, and in the end nothing else is there."""
    witness.check(server)
    assert witness.push(server, "after", [b"already here", b"new"])
    server.stop()
    collect(server.folder, 3)
    witness.keep_used()
    assert count_objects(server.folder) == len(witness.blobs)
    server.start()
    witness.check(server)
    server.stop()


@pytest.mark.parametrize("before", [0, 1, 2], ids=["manifests", "blobs", "objects"])
@pytest.mark.parametrize("injection", injections(POINTS))
def test_command(run_hurt, new_server, witness, garbage, injection, before):
    collect(garbage, before)
    code, output = run_hurt(injection, "gc", "--data", garbage)
    assert code in (0, 137, -9), output
    server = new_server(garbage)
    server.folder = garbage
    judge(server, witness)


@pytest.fixture
def eager(tmp_path):
    """A configuration whose collector works every second."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "config.yaml").write_text(
        "SERVER_HOSTNAME: 127.0.0.1:0\nGARBAGE_COLLECTION_FREQUENCY: 1\n", encoding="ascii")
    return folder


@pytest.mark.parametrize("injection", injections({"unlinkat": (1, 3), "pwrite64": (3, 9, 20, 40),
                                                  "fdatasync": (1, 2)}))
def test_background(new_server, strace, witness, garbage, eager, injection):
    """Pushes go on meanwhile, and are what is hit now and then."""
    if "unlinkat" in injection:
        collect(garbage, 2)
    server = new_server(garbage, config=eager)
    server.folder = garbage
    tracer = strace(server, injection)
    number = 0
    while server.process.poll() is None:
        witness.push(server, f"during{number}", [os.urandom(100)])
        number += 1
        assert number < 300
    detach(tracer)
    server.kill()
    server.start()
    witness.check(server)
    witness.finish_sessions(server)
    judge(server, witness)
