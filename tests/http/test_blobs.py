# SPDX-License-Identifier: Apache-2.0
"""Blobs: pull, check, ranges, delete."""
import os

import pytest

from registry import assert_error, digest_of

DATA = os.urandom(10000)
DIGEST = digest_of(DATA)


@pytest.fixture
def blob(repo):
    """A repository with the one blob."""
    repo.push_blob(DATA)
    return repo


def test_get(blob):
    reply = blob.get(f"blobs/{DIGEST}")
    assert (reply.status_code, reply.content) == (200, DATA)
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Docker-Content-Digest"] == DIGEST
    assert reply.headers["ETag"] == f'"{DIGEST}"'
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert "immutable" in reply.headers["Cache-Control"]
    assert "private" in reply.headers["Cache-Control"]


def test_head(blob):
    reply = blob.head(f"blobs/{DIGEST}")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Content-Length"] == str(len(DATA))
    assert reply.headers["Docker-Content-Digest"] == DIGEST


@pytest.mark.parametrize("value, first, last", [
    ("bytes=0-0", 0, 0),
    ("bytes=0-", 0, 9999),
    ("bytes=100-199", 100, 199),
    ("bytes=9999-", 9999, 9999),
    ("bytes=5000-20000", 5000, 9999),
    ("bytes=-100", 9900, 9999),
    ("bytes=-20000", 0, 9999),
])
def test_range(blob, value, first, last):
    reply = blob.get(f"blobs/{DIGEST}", headers={"Range": value})
    assert (reply.status_code, reply.content) == (206, DATA[first:last + 1])
    assert reply.headers["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"


@pytest.mark.parametrize("value", ["bytes=10000-", "bytes=20000-30000", "bytes=-0", "bytes=9-3"])
def test_range_outside(blob, value):
    reply = blob.get(f"blobs/{DIGEST}", headers={"Range": value})
    assert reply.status_code == 416
    assert reply.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize("value", ["bytes=0-1,3-4", "lines=1-2", "bytes=x-y", "bytes="])
def test_range_not_understood(blob, value):
    reply = blob.get(f"blobs/{DIGEST}", headers={"Range": value})
    assert (reply.status_code, reply.content) == (200, DATA)


def test_if_range(blob):
    headers = {"Range": "bytes=0-9", "If-Range": f'"{DIGEST}"'}
    assert blob.get(f"blobs/{DIGEST}", headers=headers).content == DATA[:10]
    headers["If-Range"] = '"other"'
    assert blob.get(f"blobs/{DIGEST}", headers=headers).content == DATA


@pytest.mark.parametrize("value, status", [
    (f'"{DIGEST}"', 304), ("*", 304), (f'"x", W/"{DIGEST}"', 304), ('"x"', 200), (DIGEST, 200)])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match(blob, method, value, status):
    reply = blob.request(method, f"blobs/{DIGEST}", headers={"If-None-Match": value})
    assert reply.status_code == status
    assert reply.headers["ETag"] == f'"{DIGEST}"'
    if status == 304:
        assert reply.content == b""


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_unknown(repo, method):
    reply = repo.request(method, f"blobs/{digest_of(b'nothing')}")
    assert reply.status_code == 404
    if method != "HEAD":
        assert_error(reply, 404, "BLOB_UNKNOWN")


@pytest.mark.parametrize("digest, status", [
    ("sha256:abc", 400), ("sha256:" + "g" * 64, 400), ("sha384:" + "0" * 96, 400),
    ("x", 400), ("sha256%3A" + DIGEST[7:], 200)])
def test_forms_of_digest(blob, digest, status):
    reply = blob.get(f"blobs/{digest}")
    assert reply.status_code in (status, 405 if status == 400 else status), reply.text


def test_delete(blob):
    assert blob.delete(f"blobs/{DIGEST}").status_code == 202
    assert_error(blob.get(f"blobs/{DIGEST}"), 404, "BLOB_UNKNOWN")
    assert_error(blob.delete(f"blobs/{DIGEST}"), 404, "BLOB_UNKNOWN")
    blob.push_blob(DATA)
    assert blob.get(f"blobs/{DIGEST}").content == DATA


def test_delete_leaves_other_repositories_alone(blob, alice, name):
    other = alice.repository(name + "-other")
    other.push_blob(DATA)
    assert blob.delete(f"blobs/{DIGEST}").status_code == 202
    assert other.get(f"blobs/{DIGEST}").content == DATA


def test_delete_of_what_a_manifest_has(repo):
    image = repo.image("kept")
    repo.push_manifest("v1", image)
    digest = image["layers"][0]["digest"]
    reply = repo.delete(f"blobs/{digest}")
    assert_error(reply, 405, "UNSUPPORTED", "manifest")
    assert reply.headers["Allow"] == "GET, HEAD"
    assert repo.head(f"blobs/{digest}").status_code == 200


def test_in_many_pieces(repo):
    """What is pulled range by range is what was pushed."""
    data = os.urandom(3 * 1024 * 1024 + 17)
    digest = repo.push_blob(data)
    step = 700 * 1024
    pieces = [repo.get(f"blobs/{digest}", headers={"Range": f"bytes={i}-{i + step - 1}"}).content
              for i in range(0, len(data), step)]
    assert b"".join(pieces) == data


def test_object_that_is_lost(start_server):
    """A blob whose file is gone is told as unknown, so that clients push it again, and the log says
    what to do."""
    from conftest import ALICE
    import registry
    server = start_server()
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    repo.push_blob(DATA)
    files = [os.path.join(folder, name) for folder, _, names in
             os.walk(os.path.join(server.data, "storage")) for name in names]
    lost = [path for path in files if os.path.getsize(path) == len(DATA)]
    assert len(lost) == 1
    os.rename(lost[0], lost[0] + ".lost")
    assert_error(repo.get(f"blobs/{DIGEST}"), 404, "BLOB_UNKNOWN")
    line = server.wait_log(route="registry_blob_get", status=404)
    assert "fsck" in line["detail"]
    repo.push_blob(DATA)
    assert repo.get(f"blobs/{DIGEST}").content == DATA
