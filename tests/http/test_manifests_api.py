# SPDX-License-Identifier: Apache-2.0
"""/api/v1/repository/.../manifest/: manifests with their layers, and labels."""
import json
import time

import pytest

import api
import registry
from conftest import ALICE, BOB

NOWHERE = "sha256:" + "0" * 64
DAY = 24 * 3600


@pytest.fixture(scope="module")
def browser(server):
    return api.Api(server.base, ALICE)


@pytest.fixture(scope="module")
def other(server):
    return api.Api(server.base, BOB)


def push(repo, tag, config, layers=(b"layer",), **more):
    """The digest of an image with that configuration."""
    config = json.dumps(config).encode() if not isinstance(config, bytes) else config
    for content in (config, *layers):
        repo.push_blob(content)
    return repo.push_manifest(tag, {
        "schemaVersion": 2, "mediaType": registry.OCI_MANIFEST,
        "config": registry.descriptor(config, registry.OCI_CONFIG),
        "layers": [registry.descriptor(layer, registry.OCI_LAYER) for layer in layers], **more})


def labels(caller, name, digest, query=""):
    reply = caller.get(f"repository/{name}/manifest/{digest}/labels{query}")
    assert reply.status_code == 200, reply.text
    return reply.json()["labels"]


def end_of(caller, name, tag):
    """Seconds until the live tag ends; None when it does not."""
    row, = caller.get(f"repository/{name}/tag/?specificTag={tag}&onlyActiveTags=true").json()["tags"]
    return row["end_ts"] - time.time() if "end_ts" in row else None


def test_layers(browser, repo, name):
    history = [{"created": "2024-02-29T12:30:00.123456789Z", "created_by": "ADD rootfs"},
               {"created_by": "ENV A=b", "empty_layer": True},
               {"created": "2024-03-01T00:00:00+02:00", "created_by": "RUN make",
                "comment": "second", "author": "me"}]
    digest = push(repo, "v1", {"history": history}, (b"first", b"the second"))
    shown = browser.get(f"repository/{name}/manifest/{digest}").json()
    assert shown["digest"] == digest and shown["is_manifest_list"] is False
    assert shown["manifest_data"].encode() == repo.get_manifest("v1").content
    assert shown["config_media_type"] == registry.OCI_CONFIG
    assert shown["layers_compressed_size"] == len("first") + len("the second")
    assert shown["layers"] == [
        {"index": 0, "compressed_size": 5, "is_remote": False, "urls": None,
         "command": ["ADD rootfs"], "comment": None, "author": None,
         "blob_digest": registry.digest_of(b"first"),
         "created_datetime": "Thu, 29 Feb 2024 12:30:00 -0000"},
        {"index": 1, "compressed_size": 10, "is_remote": False, "urls": None,
         "command": ["RUN make"], "comment": "second", "author": "me",
         "blob_digest": registry.digest_of(b"the second"),
         "created_datetime": "Thu, 29 Feb 2024 22:00:00 -0000"}]


@pytest.mark.parametrize("config", [
    b"not json", b"[]", b'{"history": {}}', b'{"history": [1, {"created": "yesterday"}]}',
    b'{"config": {"Labels": [1]}}', b'{"config": 7}', b'{"config": {"Labels": {"a": 1}}}'])
def test_odd_configuration(browser, repo, name, config):
    """It is what somebody pushed; the layers are shown without it."""
    digest = push(repo, "v1", config)
    layer, = browser.get(f"repository/{name}/manifest/{digest}").json()["layers"]
    assert layer["command"] is None and layer["created_datetime"] is None
    assert labels(browser, name, digest) == []


def test_index(browser, repo, name):
    child = repo.push_image(None, "child")
    size = len(repo.get_manifest(child).content)
    digest = repo.push_manifest("multi", {
        "schemaVersion": 2, "mediaType": registry.OCI_INDEX, "annotations": {"one": "1"},
        "manifests": [{"mediaType": registry.OCI_MANIFEST, "digest": child, "size": size}]},
        registry.OCI_INDEX)
    shown = browser.get(f"repository/{name}/manifest/{digest}").json()
    assert shown["is_manifest_list"] is True
    assert (shown["layers"], shown["layers_compressed_size"], shown["config_media_type"]) == (
        None, None, None)
    assert [label["key"] for label in labels(browser, name, digest)] == ["one"]


def test_absent(browser, other, repo, name):
    for bad in (NOWHERE, "sha256:abcd", "latest"):
        api.assert_problem(browser.get(f"repository/{name}/manifest/{bad}"), 404)
        api.assert_problem(browser.get(f"repository/{name}/manifest/{bad}/labels"), 404)
    digest = push(repo, "v1", {})
    api.assert_problem(other.get(f"repository/{name}/manifest/{digest}"), 403)


def test_pushed_labels(browser, repo, name):
    digest = push(repo, "v1", {"config": {"Labels": {"b": "2", "a": '{"x": 1}', "both": "image"}}},
                  annotations={"both": "annotation", "org.opencontainers.image.title": "t",
                               "long": "x" * 40000})
    rows = labels(browser, name, digest)
    assert [(row["key"], row["value"], row["media_type"]) for row in rows] == [
        ("a", '{"x": 1}', "application/json"), ("b", "2", "text/plain"),
        ("both", "annotation", "text/plain"), ("org.opencontainers.image.title", "t", "text/plain")]
    assert {row["source_type"] for row in rows} == {"manifest"}
    assert [row["key"] for row in labels(browser, name, digest, "?filter=b")] == ["b", "both"]
    assert labels(browser, name, digest, "?filter=%25") == []
    push(repo, "v2", {"config": {"Labels": {"b": "2", "a": '{"x": 1}', "both": "image"}}},
         annotations={"both": "annotation", "org.opencontainers.image.title": "t",
                      "long": "x" * 40000})  # the same manifest: nothing is added twice
    assert labels(browser, name, digest) == rows
    path = f"repository/{name}/manifest/{digest}/labels/{rows[0]['id']}"
    assert browser.get(path).json() == rows[0]
    api.assert_problem(browser.delete(path), 400)


def test_added_labels(browser, other, repo, name):
    digest = push(repo, "v1", {})
    path = f"repository/{name}/manifest/{digest}/labels"
    body = {"key": "team", "value": "blue", "media_type": None}
    api.assert_problem(other.post(path, body), 403)
    reply = browser.post(path, body)
    assert reply.status_code == 201, reply.text
    label = reply.json()["label"]
    assert label == {"id": label["id"], "key": "team", "value": "blue", "source_type": "api",
                     "media_type": "text/plain"}
    assert reply.headers["Location"].endswith(f"{path}/{label['id']}")
    assert labels(browser, name, digest) == [label]
    assert browser.get(f"{path}/{label['id']}").json() == label
    assert browser.delete(f"{path}/{label['id']}").status_code == 204
    api.assert_problem(browser.delete(f"{path}/{label['id']}"), 404)
    api.assert_problem(browser.get(f"{path}/{label['id']}"), 404)
    assert labels(browser, name, digest) == []


@pytest.mark.parametrize("change", [
    {"key": ""}, {"key": "UPPER"}, {"key": "a..b"}, {"key": ".a"}, {"key": "a-"}, {"key": "a b"},
    {"key": "com.docker.x"}, {"key": "quay.expires-after"}, {"key": 1}, {"value": None},
    {"media_type": "text/html"}, {"media_type": "application/json", "value": "{"}])
def test_label_refused(browser, repo, name, change):
    digest = push(repo, "v1", {})
    body = {"key": "fine", "value": "x", "media_type": "text/plain", **change}
    api.assert_problem(browser.post(f"repository/{name}/manifest/{digest}/labels", body), 400)
    assert labels(browser, name, digest) == []


def test_label_without_type(browser, repo, name):
    digest = push(repo, "v1", {})
    path = f"repository/{name}/manifest/{digest}/labels"
    api.assert_problem(browser.post(path, {"key": "a", "value": "b"}), 400, "media_type")
    api.assert_problem(browser.post(f"repository/{name}/manifest/{NOWHERE}/labels",
                                    {"key": "a", "value": "b", "media_type": None}), 404)


@pytest.mark.parametrize("text,seconds", [
    ("2d", 2 * DAY), ("5s", 3600), ("90m", 5400), ("999w", 104 * 7 * DAY), ("1y", 365 * DAY),
    ("3", None), ("d", None), ("-1d", None), ("2 days", None), ("", None)])
def test_expires_after(browser, repo, name, text, seconds):
    """Clamped to an hour and two years; nonsense is a label like any other."""
    push(repo, "v1", {"config": {"Labels": {"quay.expires-after": text}}})
    left = end_of(browser, name, "v1")
    assert left is None if seconds is None else seconds - 60 < left <= seconds
    assert repo.get_manifest("v1").status_code == 200


def test_expires_after_again(browser, repo, name):
    """A known manifest pushed under another tag, and moved by the API."""
    config = {"config": {"Labels": {"quay.expires-after": "2d"}}}
    digest = push(repo, "v1", config)
    push(repo, "v2", config)
    assert end_of(browser, name, "v2") > DAY
    assert browser.put(f"repository/{name}/tag/v1", {"expiration": None}).status_code == 201
    push(repo, "v1", config)
    assert end_of(browser, name, "v1") > DAY
    repo.push_image("v1", "without")  # moved on: the end goes with the old image
    assert end_of(browser, name, "v1") is None
    assert labels(browser, name, digest)[0]["key"] == "quay.expires-after"


@pytest.fixture(scope="module")
def strict(start_server):
    server = start_server(keys={"FEATURE_IMMUTABLE_TAGS": True,
                                "DEFAULT_LABEL_KEY_RESERVED_PREFIXES": [],
                                "LABEL_KEY_RESERVED_PREFIXES": ["mine."],
                                "LABELED_EXPIRATION_MAXIMUM": "3h"})
    return api.Api(server.base, ALICE), registry.Registry(server.base, ALICE)


def test_immutable_label(strict):
    browser, images = strict
    repo = images.repository("alice/labels")
    push(repo, "v1", {"config": {"Labels": {"quay.immutable": "true"}}})
    registry.assert_error(repo.put_manifest("v1", repo.image("other")), 409, "TAG_IMMUTABLE")
    push(repo, "v2", {"config": {"Labels": {"quay.immutable": "false"}}})
    push(repo, "v2", {})
    push(repo, "v3", {"config": {"Labels": {"quay.immutable": "true", "quay.expires-after": "2h"}}})
    assert end_of(browser, "alice/labels", "v3") is None  # immutable ones do not end here


def test_added_labels_have_effect(strict):
    browser, images = strict
    repo = images.repository("alice/effects")
    digest = push(repo, "v1", {})
    push(repo, "v2", {})
    path = f"repository/alice/effects/manifest/{digest}/labels"
    api.assert_problem(browser.post(path, {"key": "mine.a", "value": "", "media_type": None}), 400)
    for key, value in (("quay.expires-after", "4w"), ("com.docker.x", "free here")):
        body = {"key": key, "value": value, "media_type": "text/plain"}
        assert browser.post(path, body).status_code == 201
    for tag in ("v1", "v2"):
        assert 2 * 3600 < end_of(browser, "alice/effects", tag) <= 3 * 3600
