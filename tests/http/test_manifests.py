# SPDX-License-Identifier: Apache-2.0
"""Manifests: push, pull, negotiate, delete."""
import base64
import json

import pytest

import registry
from registry import (DOCKER_LIST, DOCKER_MANIFEST, OCI_ARTIFACT, OCI_CONFIG, OCI_EMPTY, OCI_INDEX,
                      OCI_LAYER, OCI_MANIFEST, assert_error, descriptor, digest_of, encode)

MANIFEST_MAX = 4 * 1024 * 1024
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


def entry(content, media_type=OCI_MANIFEST, os="linux", architecture="amd64"):
    """An index's entry for a manifest's bytes."""
    return descriptor(content, media_type, platform={"os": os, "architecture": architecture})


def index_of(*entries, media_type=OCI_INDEX, **more):
    return {"schemaVersion": 2, "mediaType": media_type, "manifests": list(entries), **more}


def push_child(repo, seed, media_type=OCI_MANIFEST, **platform):
    """Push an image by digest; its entry for an index."""
    content = encode(repo.image(seed, mediaType=media_type))
    repo.push_manifest(None, content, media_type)
    return entry(content, media_type, **platform)


def without(document, *path):
    """A copy that lacks the member at the path."""
    copy = json.loads(json.dumps(document))
    *parents, last = path
    at = copy
    for key in parents:
        at = at[key]
    del at[last]
    return copy


class TestPush:
    def test_by_tag(self, repo):
        content = encode(repo.image("tagged"))
        reply = repo.put_manifest("v1", content)
        assert reply.status_code == 201
        digest = digest_of(content)
        assert reply.headers["Docker-Content-Digest"] == digest
        assert reply.headers["Location"].endswith(f"/v2/{repo.name}/manifests/{digest}")
        assert "OCI-Subject" not in reply.headers
        for reference in ("v1", digest):
            got = repo.get_manifest(reference)
            assert (got.status_code, got.content) == (200, content)
            assert got.headers["Content-Type"] == OCI_MANIFEST
            assert got.headers["Docker-Content-Digest"] == digest
            assert got.headers["ETag"] == f'"{digest}"'

    def test_by_digest(self, repo):
        digest = repo.push_manifest(None, repo.image("untagged"))
        assert repo.get_manifest(digest).status_code == 200
        assert repo.tags() == []

    def test_stored_as_received(self, repo):
        """White space, order and unknown members are the pusher's own."""
        image = {"x-unknown": [1, 2.50, None, "\u00e9"], **repo.image("odd")}
        content = ("\n  " + json.dumps(image, indent=7) + "\r\n ").encode()
        assert repo.get_manifest(repo.push_manifest("odd", content)).content == content

    @pytest.mark.parametrize("media_type", [OCI_MANIFEST, DOCKER_MANIFEST])
    def test_image_types(self, repo, media_type):
        repo.push_manifest("v1", repo.image("types", mediaType=media_type), media_type)
        assert repo.get_manifest("v1").headers["Content-Type"] == media_type

    @pytest.mark.parametrize("media_type, child", [(OCI_INDEX, OCI_MANIFEST),
                                                   (DOCKER_LIST, DOCKER_MANIFEST)])
    def test_index_types(self, repo, media_type, child):
        index = index_of(push_child(repo, "child", child), media_type=media_type)
        repo.push_manifest("v1", index, media_type)
        assert repo.get_manifest("v1").headers["Content-Type"] == media_type

    def test_type_only_in_the_document(self, repo):
        assert repo.put_manifest("v1", repo.image("inside"), None).status_code == 201
        assert repo.get_manifest("v1").headers["Content-Type"] == OCI_MANIFEST

    def test_type_only_in_the_header(self, repo):
        repo.push_manifest("v1", without(repo.image("outside"), "mediaType"))
        assert repo.get_manifest("v1").headers["Content-Type"] == OCI_MANIFEST

    def test_type_with_parameter(self, repo):
        reply = repo.put_manifest("v1", repo.image("parameter"), OCI_MANIFEST + "; charset=utf-8")
        assert reply.status_code == 201
        assert repo.get_manifest("v1").headers["Content-Type"] == OCI_MANIFEST

    def test_no_type_at_all(self, repo):
        reply = repo.put_manifest("v1", without(repo.image("typeless"), "mediaType"), None)
        assert_error(reply, 400, "MANIFEST_INVALID", "mediaType")

    def test_types_that_disagree(self, repo):
        reply = repo.put_manifest("v1", repo.image("torn"), DOCKER_MANIFEST)
        assert_error(reply, 400, "MANIFEST_INVALID", "labelled")

    @pytest.mark.parametrize("media_type", [
        "text/plain", "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws", OCI_CONFIG])
    def test_types_that_are_not_stored(self, repo, media_type):
        image = without(repo.image("unknown type"), "mediaType")
        assert_error(repo.put_manifest("v1", image, media_type), 415, "MANIFEST_INVALID")

    @pytest.mark.parametrize("content", [
        b"", b"{", b"[]", b"null", b'"text"', b"{}{}", b"\xff\xfe", b'{"schemaVersion":2,}',
        b'{"a":1,"a":2}', b"[" * 100000, b'{"schemaVersion":"2"}', b'{"schemaVersion":2}',
    ], ids=lambda content: repr(content[:12]))
    def test_no_manifest(self, repo, content):
        reply = repo.put_manifest("v1", content)
        assert_error(reply, 400, "MANIFEST_INVALID")

    @pytest.mark.parametrize("change", [
        lambda m: m.update(schemaVersion=1),
        lambda m: m.pop("schemaVersion"),
        lambda m: m.pop("config"),
        lambda m: m.update(config="x"),
        lambda m: m.update(layers={}),
        lambda m: m.update(layers=["x"]),
        lambda m: m.update(manifests=[m["config"]]),
        lambda m: m["config"].pop("digest"),
        lambda m: m["config"].pop("size"),
        lambda m: m["config"].pop("mediaType"),
        lambda m: m["config"].update(digest="sha256:abc"),
        lambda m: m["config"].update(digest="md5:" + "0" * 32),
        lambda m: m["config"].update(size=-1),
        lambda m: m["config"].update(size="15"),
        lambda m: m["config"].update(size=1.5),
        lambda m: m["config"].update(size=2**64),
        lambda m: m["layers"][0].update(size=m["layers"][0]["size"] + 1),
        lambda m: m.update(annotations=[]),
        lambda m: m.update(annotations={"a": 1}),
        lambda m: m.update(subject={"digest": "x"}),
    ])
    def test_broken(self, repo, change):
        image = repo.image("broken")
        change(image)
        assert_error(repo.put_manifest("v1", image), 400, "MANIFEST_INVALID")
        assert repo.tags() == []

    def test_index_with_layers(self, repo):
        index = index_of(push_child(repo, "child"), layers=[])
        assert repo.put_manifest("v1", index, OCI_INDEX).status_code == 201
        index["config"] = descriptor(b"{}", OCI_CONFIG)
        assert_error(repo.put_manifest("v1", index, OCI_INDEX), 400, "MANIFEST_INVALID")

    @pytest.mark.parametrize("part", ["config", "layers"])
    def test_missing_blob(self, repo, part):
        image = repo.image("incomplete")
        absent = descriptor(b"never pushed", OCI_LAYER)
        image[part] = absent if part == "config" else image[part] + [absent]
        reply = repo.put_manifest("v1", image)
        assert_error(reply, 400, "MANIFEST_BLOB_UNKNOWN", absent["digest"])
        assert repo.tags() == []

    def test_missing_child(self, repo):
        absent = entry(b"never pushed")
        reply = repo.put_manifest("v1", index_of(push_child(repo, "child"), absent), OCI_INDEX)
        assert_error(reply, 400, "MANIFEST_BLOB_UNKNOWN", absent["digest"])

    def test_child_of_another_repository(self, repo, alice, name):
        child = push_child(alice.repository(name + "-other"), "elsewhere")
        assert_error(repo.put_manifest("v1", index_of(child), OCI_INDEX), 400,
                     "MANIFEST_BLOB_UNKNOWN")

    def test_nested_index(self, repo):
        inner = encode(index_of(push_child(repo, "inner")))
        repo.push_manifest(None, inner, OCI_INDEX)
        outer = index_of(descriptor(inner, OCI_INDEX), push_child(repo, "outer"))
        repo.push_manifest("v1", outer, OCI_INDEX)
        assert repo.get_manifest("v1").json() == outer
        assert repo.get_manifest(digest_of(inner)).content == inner

    def test_empty_lists(self, repo):
        repo.push_manifest("empty-index", index_of(), OCI_INDEX)
        image = repo.image("no layers")
        image["layers"] = []
        repo.push_manifest("no-layers", image)

    def test_layer_named_twice(self, repo):
        image = repo.image("twice")
        image["layers"] *= 2
        repo.push_manifest("v1", image)

    def test_wrong_digest(self, repo):
        reply = repo.put_manifest(digest_of(b"other"), repo.image("digest"))
        assert_error(reply, 400, "DIGEST_INVALID")

    def test_sha512(self, repo):
        content = encode(repo.image("sha512"))
        digest = digest_of(content, "sha512")
        reply = repo.put_manifest(digest, content)
        assert (reply.status_code, reply.headers["Docker-Content-Digest"]) == (201, digest)
        got = repo.get_manifest(digest)
        assert (got.content, got.headers["Docker-Content-Digest"]) == (content, digest)

    @pytest.mark.parametrize("tag, status", [
        ("v1", 201), ("_", 201), ("A.b-c_9", 201), ("x" * 128, 201), ("latest", 201),
        ("x" * 129, 400), (".x", 400), ("-x", 400), ("a b", 400), ("a%2Fb", 404), ("\u00e9", 400),
        ("$temp-x", 400), ("a+b", 400)])
    def test_tag_names(self, repo, tag, status):
        reply = repo.put_manifest(tag, repo.image("tag names"))
        assert reply.status_code == status, reply.text

    def test_largest(self, repo):
        image = repo.image("largest")
        room = MANIFEST_MAX - len(encode({**image, "annotations": {"a": ""}}))
        image["annotations"] = {"a": "x" * room}
        assert len(encode(image)) == MANIFEST_MAX
        repo.push_manifest("v1", image)
        image["annotations"] = {"a": "x" * (room + 1)}
        assert_error(repo.put_manifest("v2", image), 413, "SIZE_INVALID")

    def test_again(self, repo):
        image = repo.image("again")
        first = repo.push_manifest("v1", image)
        assert repo.push_manifest("v1", image) == first
        assert repo.push_manifest("v2", image) == first
        assert repo.tags() == ["v1", "v2"]

    def test_tag_moves(self, repo):
        for seed in ("one", "two", "one"):
            digest = repo.push_image("v1", seed)
            assert repo.get_manifest("v1").headers["Docker-Content-Digest"] == digest
        assert repo.tags() == ["v1"]


class TestArtifacts:
    def empty(self, repo, **more):
        repo.push_blob(b"{}")
        return {"schemaVersion": 2, "mediaType": OCI_MANIFEST,
                "config": descriptor(b"{}", OCI_EMPTY), "layers": [descriptor(b"{}", OCI_EMPTY)],
                **more}

    @pytest.mark.parametrize("pushed", [True, False])
    def test_subject(self, repo, pushed):
        content = encode(repo.image("subject"))
        if pushed:
            repo.push_manifest("v1", content)
        document = self.empty(repo, artifactType="application/x.test",
                              subject=descriptor(content, OCI_MANIFEST))
        reply = repo.put_manifest(digest_of(encode(document)), document)
        assert (reply.status_code, reply.headers["OCI-Subject"]) == (201, digest_of(content))

    def test_index_with_subject(self, repo):
        index = index_of(push_child(repo, "child"), subject=descriptor(b"any", OCI_MANIFEST))
        reply = repo.put_manifest("v1", index, OCI_INDEX)
        assert (reply.status_code, reply.headers["OCI-Subject"]) == (201, digest_of(b"any"))

    def test_artifact_manifest(self, repo):
        """The type that OCI Image 1.1 had for a while and some clients still push."""
        repo.push_blob(b"data")
        document = {"mediaType": OCI_ARTIFACT, "artifactType": "application/x.test",
                    "blobs": [descriptor(b"data", "text/plain")]}
        repo.push_manifest("v1", document, OCI_ARTIFACT)
        assert repo.get_manifest("v1").json() == document

    def test_data(self, repo):
        """A descriptor with its content in it needs no blob pushed."""
        config = b'{"embedded":true}'
        document = self.empty(repo)
        document["config"] = descriptor(config, OCI_CONFIG, data=base64.b64encode(config).decode())
        repo.push_manifest("v1", document)
        assert repo.get(f"blobs/{digest_of(config)}").content == config

    @pytest.mark.parametrize("data", ["!", "eHh4", ""])
    def test_data_that_is_wrong(self, repo, data):
        document = self.empty(repo)
        document["config"] = descriptor(b"not this", OCI_CONFIG, data=data)
        assert repo.put_manifest("v1", document).status_code == 400

    @pytest.mark.parametrize("media_type", [
        FOREIGN, "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"])
    def test_foreign_layer(self, repo, media_type):
        image = repo.image("foreign")
        foreign = descriptor(b"elsewhere", media_type, urls=["https://layers.example/1"])
        image["layers"].append(foreign)
        repo.push_manifest("v1", image)
        assert repo.head(f"blobs/{foreign['digest']}").status_code == 404

    def test_foreign_layer_without_urls(self, repo):
        image = repo.image("not foreign")
        image["layers"].append(descriptor(b"elsewhere", FOREIGN))
        assert_error(repo.put_manifest("v1", image), 400, "MANIFEST_BLOB_UNKNOWN")


class TestPull:
    def test_head(self, repo):
        content = encode(repo.image("head"))
        repo.push_manifest("v1", content)
        reply = repo.get_manifest("v1", method="HEAD")
        assert (reply.status_code, reply.content) == (200, b"")
        assert reply.headers["Content-Length"] == str(len(content))
        assert reply.headers["Docker-Content-Digest"] == digest_of(content)

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("reference", ["none", digest_of(b"none"), ".INVALID", "x" * 200])
    def test_unknown(self, repo, method, reference):
        reply = repo.get_manifest(reference, method=method)
        assert reply.status_code == 404
        if method == "GET":
            assert_error(reply, 404, "MANIFEST_UNKNOWN")

    @pytest.mark.parametrize("reference", ["sha256:x", "sha256:" + "0" * 65, ":", "a:b"])
    def test_malformed_digest(self, repo, reference):
        assert repo.get_manifest(reference).status_code in (400, 404, 405)

    def test_if_none_match(self, repo):
        digest = repo.push_image("v1", "etag")
        for reference in ("v1", digest):
            reply = repo.get(f"manifests/{reference}", headers={"If-None-Match": f'"{digest}"'})
            assert (reply.status_code, reply.content) == (304, b"")

    @pytest.mark.parametrize("accept", [OCI_MANIFEST, "*/*", None, "application/*",
                                        f"text/html, {OCI_MANIFEST};q=0.5", DOCKER_MANIFEST])
    def test_image_is_served_whatever_is_accepted(self, repo, accept):
        content = encode(repo.image("accept"))
        repo.push_manifest("v1", content)
        reply = repo.get_manifest("v1", accept)
        assert (reply.status_code, reply.content) == (200, content)


class TestNegotiation:
    """An index, asked for by clients that know it and clients that do not."""

    @pytest.fixture
    def index(self, repo):
        arm = push_child(repo, "arm", architecture="arm64")
        amd = push_child(repo, "amd")
        repo.amd = amd["digest"]
        repo.index = repo.push_manifest("v1", index_of(arm, amd), OCI_INDEX)
        return repo

    @pytest.mark.parametrize("accept", [
        OCI_INDEX, "*/*", None, "application/*", f"{OCI_MANIFEST}, {OCI_INDEX}",
        f"{OCI_MANIFEST};q=1, {OCI_INDEX};q=0.1", OCI_INDEX.upper()])
    def test_index(self, index, accept):
        reply = index.get_manifest("v1", accept)
        assert reply.headers["Docker-Content-Digest"] == index.index
        assert reply.headers["Content-Type"] == OCI_INDEX

    @pytest.mark.parametrize("accept", [
        OCI_MANIFEST, DOCKER_MANIFEST, f"{DOCKER_MANIFEST}, text/html",
        f"{OCI_MANIFEST}, {OCI_INDEX};q=0"])
    def test_image_for_old_clients(self, index, accept):
        for method in ("GET", "HEAD"):
            reply = index.get_manifest("v1", accept, method)
            assert reply.status_code == 200
            assert reply.headers["Docker-Content-Digest"] == index.amd
            assert reply.headers["Content-Type"] == OCI_MANIFEST

    def test_both_from_one_tag(self, index):
        """Neither answer is remembered for the other client."""
        for _ in range(3):
            for accept, digest in ((OCI_INDEX, index.index), (OCI_MANIFEST, index.amd)):
                reply = index.get_manifest("v1", accept)
                assert reply.headers["Docker-Content-Digest"] == digest

    def test_by_digest_nothing_is_converted(self, index):
        reply = index.get_manifest(index.index, OCI_MANIFEST)
        assert reply.headers["Content-Type"] == OCI_INDEX

    def test_no_amd64(self, repo):
        index = index_of(push_child(repo, "arm", architecture="arm64"))
        repo.push_manifest("v1", index, OCI_INDEX)
        assert_error(repo.get_manifest("v1", OCI_MANIFEST), 404, "MANIFEST_UNKNOWN", "linux/amd64")

    def test_accept_in_many_headers(self, server, index):
        status, headers, _ = registry.send(
            server.address, "GET", f"/v2/{index.name}/manifests/v1",
            {"Authorization": "Bearer " + index.token, "Accept": OCI_MANIFEST, "ACCEPT": OCI_INDEX})
        assert (status, headers["Content-Type"]) == (200, OCI_INDEX)


class TestDelete:
    def test_tag(self, repo):
        digest = repo.push_image("v1", "kept by v2")
        repo.push_image("v2", "kept by v2")
        assert repo.delete("manifests/v1").status_code == 202
        assert repo.tags() == ["v2"]
        assert_error(repo.get_manifest("v1"), 404, "TAG_EXPIRED")
        assert repo.get_manifest(digest).status_code == 200

    def test_digest(self, repo):
        digest = repo.push_image("v1", "gone")
        repo.push_image("v2", "gone")
        assert repo.delete(f"manifests/{digest}").status_code == 202
        assert repo.tags() == []
        assert_error(repo.get_manifest(digest), 404, "MANIFEST_UNKNOWN")
        assert_error(repo.get_manifest("v1"), 404, "TAG_EXPIRED")

    @pytest.mark.parametrize("reference", ["none", digest_of(b"none"), ".x"])
    def test_unknown(self, repo, reference):
        assert_error(repo.delete(f"manifests/{reference}"), 404, "MANIFEST_UNKNOWN")

    def test_twice(self, repo):
        digest = repo.push_image("v1", "twice")
        assert repo.delete("manifests/v1").status_code == 202
        assert repo.delete("manifests/v1").status_code == 404
        assert repo.delete(f"manifests/{digest}").status_code == 202
        assert repo.delete(f"manifests/{digest}").status_code == 404

    def test_and_push_again(self, repo):
        image = repo.image("phoenix")
        for _ in range(3):
            digest = repo.push_manifest("v1", image)
            assert repo.get_manifest("v1").status_code == 200
            assert repo.delete(f"manifests/{digest}").status_code == 202
            assert repo.get_manifest("v1").status_code == 404

    def test_index_keeps_its_child(self, repo):
        """A platform's image can be deleted by itself only once no index names it."""
        child = push_child(repo, "child")
        index = repo.push_manifest("v1", index_of(child), OCI_INDEX)
        assert repo.delete(f"manifests/{child['digest']}").status_code == 202
        assert repo.get_manifest(child["digest"]).status_code == 200
        assert repo.delete(f"manifests/{index}").status_code == 202
        assert repo.get_manifest(child["digest"]).status_code == 404

    def test_index_leaves_its_child(self, repo):
        child = push_child(repo, "child")
        index = repo.push_manifest("v1", index_of(child), OCI_INDEX)
        assert repo.delete(f"manifests/{index}").status_code == 202
        assert repo.get_manifest(child["digest"]).status_code == 200
