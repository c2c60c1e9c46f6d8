# SPDX-License-Identifier: Apache-2.0
"""Referrers: what is said about a manifest."""
import re

import pytest

from registry import (OCI_CONFIG, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST, assert_error, descriptor,
                      digest_of, encode)

SUBJECT = descriptor(b"subject of everything here", OCI_MANIFEST)


def attach(repo, seed, artifact_type=None, subject=SUBJECT, **more):
    """Push a manifest about the subject; the descriptor that must be listed."""
    repo.push_blob(b"{}")
    document = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "subject": subject,
                "config": descriptor(b"{}", OCI_EMPTY), "layers": [descriptor(b"{}", OCI_EMPTY)],
                "annotations": {"seed": str(seed)}, **more}
    if artifact_type:
        document["artifactType"] = artifact_type
    content = encode(document)
    repo.push_manifest(None, content)
    return descriptor(content, OCI_MANIFEST, artifactType=artifact_type or OCI_EMPTY,
                      annotations=document["annotations"])


def referrers(repo, digest=SUBJECT["digest"], **params):
    reply = repo.get(f"referrers/{digest}", params=params)
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == OCI_INDEX
    index = reply.json()
    assert (index["schemaVersion"], index["mediaType"]) == (2, OCI_INDEX)
    return index["manifests"], reply


def by_digest(descriptors):
    return sorted(descriptors, key=lambda each: each["digest"])


def test_none(repo):
    assert referrers(repo)[0] == []


def test_repository_that_does_not_exist(alice, name):
    reply = alice.request("GET", f"/v2/{name}/referrers/{SUBJECT['digest']}",
                          token=alice.token(f"repository:{name}:pull"))
    assert (reply.status_code, reply.json()["manifests"]) == (200, [])


def test_before_the_subject_exists(repo):
    content = encode(repo.image("subject"))
    wanted = attach(repo, 1, subject=descriptor(content, OCI_MANIFEST))
    assert referrers(repo, digest_of(content))[0] == [wanted]
    repo.push_manifest("v1", content)
    assert referrers(repo, digest_of(content))[0] == [wanted]


def test_descriptors(repo):
    wanted = [attach(repo, 1), attach(repo, 2, "application/x.signature"),
              attach(repo, 3, "application/x.sbom")]
    assert referrers(repo)[0] == by_digest(wanted)


def test_config_type_stands_in(repo):
    """Without an artifactType the config's type says what it is."""
    repo.push_blob(b"{}")
    wanted = attach(repo, 1, config=descriptor(b"{}", OCI_CONFIG))
    assert referrers(repo)[0] == [{**wanted, "artifactType": OCI_CONFIG}]


def test_index_refers(repo):
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [], "subject": SUBJECT,
                "artifactType": "application/x.set"}
    repo.push_manifest(None, document, OCI_INDEX)
    listed, = referrers(repo)[0]
    assert listed == descriptor(encode(document), OCI_INDEX, artifactType="application/x.set")


def test_filter(repo):
    wanted = attach(repo, 1, "application/x.sbom+json")
    attach(repo, 2, "application/x.signature")
    listed, reply = referrers(repo, artifactType="application/x.sbom+json")
    assert listed == [wanted]
    assert reply.headers["OCI-Filters-Applied"] == "artifactType"
    listed, reply = referrers(repo, artifactType="application/x.other")
    assert (listed, reply.headers["OCI-Filters-Applied"]) == ([], "artifactType")
    assert "OCI-Filters-Applied" not in referrers(repo)[1].headers


def test_other_subjects_are_not_listed(repo):
    attach(repo, 1, subject=descriptor(b"another", OCI_MANIFEST))
    assert referrers(repo)[0] == []


def test_other_repositories_are_not_listed(repo, alice, name):
    attach(alice.repository(name + "-other"), 1)
    assert referrers(repo)[0] == []


@pytest.mark.parametrize("artifact_type", [None, "application/x.sbom+json"])
def test_pages(repo, artifact_type):
    wanted = [attach(repo, i, artifact_type) for i in range(7)]
    attach(repo, 8, "application/x.other")
    kind = {"artifactType": artifact_type or OCI_EMPTY}
    listed, reply = referrers(repo, n=3, **kind)
    seen = listed
    pages = 1
    while "Link" in reply.headers:
        assert len(listed) == 3
        path = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers["Link"]).group(1)
        reply = repo.get(path)
        assert reply.headers["OCI-Filters-Applied"] == "artifactType"
        listed = reply.json()["manifests"]
        seen = seen + listed
        pages += 1
    assert (seen, pages) == (by_digest(wanted), 3)


def test_deleted_referrer(repo):
    gone, stays = attach(repo, 1), attach(repo, 2)
    assert repo.delete(f"manifests/{gone['digest']}").status_code == 202
    assert referrers(repo)[0] == [stays]


def test_deleted_subject(repo):
    """Referrers outlive what they are about, until they are deleted or collected."""
    digest = repo.push_image("v1", "subject")
    content = repo.get_manifest(digest).content
    wanted = attach(repo, 1, subject=descriptor(content, OCI_MANIFEST))
    assert repo.delete(f"manifests/{digest}").status_code == 202
    assert referrers(repo, digest)[0] == [wanted]


@pytest.mark.parametrize("digest", ["x", "sha256:12", "latest"])
def test_bad_digest(repo, digest):
    reply = repo.get(f"referrers/{digest}")
    assert reply.status_code in (400, 405), reply.text


def test_bad_page(repo):
    path = f"referrers/{SUBJECT['digest']}"
    assert_error(repo.get(path, params={"n": "x"}), 400, "INVALID_REQUEST")
    assert_error(repo.get(path, params={"last": "x"}), 400, "DIGEST_INVALID")


def test_large_annotations(repo):
    """A page is bounded by its bytes, too: no pusher can make the list unreadable."""
    attached = [attach(repo, i, annotations={"seed": str(i), "text": "x" * 3_500_000})
                for i in range(5)]
    found, reply = referrers(repo)
    while "Link" in reply.headers:
        assert len(reply.content) < 4.2e6
        reply = repo.get(re.fullmatch('<(.*)>; rel="next"', reply.headers["Link"])[1])
        found += reply.json()["manifests"]
    assert by_digest(found) == by_digest(attached)
