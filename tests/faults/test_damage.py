# SPDX-License-Identifier: Apache-2.0
"""Damaged storage: what is missing or wrong is told as an error, never served as something else."""
import os
import random
import sqlite3

import pytest

import registry
import server as servers
from registry import assert_error, digest_of

CONTENT = os.urandom(200_000)
DIGEST = digest_of(CONTENT)
PAGE = 4096
SEED = 20261124


@pytest.fixture
def damaged(server, witness, data):
    """A server that holds an image with CONTENT as a layer; the path of that blob's object."""
    assert witness.push(server, "image", [CONTENT])
    with sqlite3.connect(data / "wharf.db") as database:
        (key,), = database.execute("SELECT object_key FROM blob WHERE size = ?", (len(CONTENT),))
    database.close()
    return server, data / "storage" / key


def remove(path):
    path.unlink()


def cut(path):
    os.truncate(path, 100_000)


def empty(path):
    os.truncate(path, 0)


def lengthen(path):
    with open(path, "ab") as file:
        file.write(b"more")


def flip(path):
    with open(path, "r+b") as file:
        file.seek(77_777)
        file.write(bytes([CONTENT[77_777] ^ 1]))


@pytest.mark.parametrize("damage, status, code", [
    (remove, 404, "BLOB_UNKNOWN"), (cut, 500, "UNKNOWN"), (empty, 500, "UNKNOWN"),
    (lengthen, 500, "UNKNOWN")])
def test_object(damaged, witness, damage, status, code):
    """A clear error, for a part of it too; fsck names the image; a push of the same blob heals."""
    server, path = damaged
    repo = witness.repository(server)
    damage(path)
    for headers in ({}, {"Range": "bytes=10-19"}):
        assert_error(repo.get(f"blobs/{DIGEST}", headers=headers), status, code)
    assert repo.head(f"blobs/{DIGEST}").status_code == 404, "else clients do not push it again"
    found = server.run("fsck", check=False)
    assert found.returncode == 1
    assert DIGEST in found.stdout and "alice/witness:image" in found.stdout
    witness.push_blob(repo, CONTENT)
    witness.check(server)
    server.stop()


def test_flipped_bit(damaged, witness):
    """Only reading everything finds it. Without the object, a push heals."""
    server, path = damaged
    flip(path)
    assert server.run("fsck").returncode == 0
    found = server.run("fsck", "--verify", check=False)
    assert found.returncode == 1
    assert DIGEST in found.stdout and "alice/witness:image" in found.stdout
    path.unlink()
    witness.push_blob(witness.repository(server), CONTENT)
    witness.check(server)
    server.stop()


def test_cut_while_it_is_sent(damaged, witness):
    """The connection breaks: no other bytes take the place of those that are gone."""
    server, path = damaged
    os.truncate(path, 0)
    with open(path, "wb") as file:
        file.write(CONTENT)
    repo = witness.repository(server)
    reply = repo.get(f"blobs/{DIGEST}", stream=True)
    assert reply.status_code == 200
    os.truncate(path, 0)
    with pytest.raises(registry.requests.RequestException):
        if reply.content == CONTENT:  # all of it was on its way already
            raise registry.requests.RequestException
    path.write_bytes(CONTENT)
    witness.check(server)
    server.stop()


def test_unreadable_folder(damaged, witness):
    """The object's folder has become a file: an error for what is in it, not for the others."""
    server, path = damaged
    repo = witness.repository(server)
    folder = path.parent
    folder.rename(folder.with_name("away"))
    folder.write_bytes(b"")
    assert repo.get(f"blobs/{DIGEST}").status_code >= 404
    assert repo.get_manifest("before").status_code == 200
    folder.unlink()
    folder.with_name("away").rename(folder)
    witness.check(server)
    server.stop()


def pages(data):
    return os.path.getsize(data / "wharf.db") // PAGE


def ask_everything(witness, server):
    """Each answer is the right one, or an error in the protocol's form."""
    repo = witness.repository(server)
    wrong = 0
    for path, content in [*((f"blobs/{digest}", content)
                            for digest, content in witness.blobs.items()),
                          *((f"manifests/{tag}", content)
                            for tag, content in witness.tags.items())]:
        reply = repo.get(path)
        if reply.status_code == 200:
            wrong += reply.content != content
        else:
            assert_error(reply, reply.status_code, reply.json()["errors"][0]["code"])
    assert repo.get("tags/list").status_code in (200, 401, 404, 500)
    witness.push(server, "more", [b"more"])
    return wrong


@pytest.mark.parametrize("share", [i / 16 for i in range(16)])
def test_database_page(data, witness, share):
    """A page of the database full of noise: the start is refused with one sentence, or every
    answer is right or an error. Nothing crashes."""
    rng = random.Random(SEED)
    with open(data / "wharf.db", "r+b") as file:
        file.seek(int(share * pages(data)) * PAGE)
        file.write(rng.randbytes(PAGE))
    server = servers.Server(data)
    try:
        server.start()
    except (AssertionError, ValueError):  # it has ended, or said why in plain words
        assert server.exit_code in (1, 2), server.log_text()
        assert "database" in server.log_text()
        return
    try:
        assert ask_everything(witness, server) == 0
        assert server.process.poll() is None, server.log_text()
        found = server.run("fsck", "--verify", check=False)
        assert found.returncode in (0, 1, 2), found.stderr
    finally:
        server.stop()


def test_database_cut(data, witness):
    """Half of the database is gone."""
    os.truncate(data / "wharf.db", pages(data) // 2 * PAGE)
    done = servers.run("serve", "--data", data, "--listen", "127.0.0.1:0", check=False)
    assert done.returncode in (1, 2)
    assert "damaged" in done.stderr
