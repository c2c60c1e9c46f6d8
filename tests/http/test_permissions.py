# SPDX-License-Identifier: Apache-2.0
"""Who may do what with a repository: every operation, by every kind of caller."""
import pytest

import registry
from conftest import ALICE, BOB, ROOT, create_user
from registry import OCI_MANIFEST, assert_error, digest_of, encode

BLOB = b"a blob of a repository that some may see"
NEW = b"a new blob"

# operation, method, path, what else it needs; reads first
READS = [
    ("tags", "GET", "tags/list"),
    ("manifest", "GET", "manifests/v1"),
    ("manifest head", "HEAD", "manifests/v1"),
    ("blob", "GET", f"blobs/{digest_of(BLOB)}"),
    ("blob head", "HEAD", f"blobs/{digest_of(BLOB)}"),
    ("referrers", "GET", f"referrers/{digest_of(BLOB)}"),
]
WRITES = [
    ("upload", "POST", "blobs/uploads/"),
    ("status", "GET", "{session}"),
    ("patch", "PATCH", "{session}"),
    ("finish", "PUT", "{session}?digest=" + digest_of(NEW)),
    ("push", "PUT", "manifests/v2"),
    ("delete tag", "DELETE", "manifests/v1"),
    ("delete blob", "DELETE", f"blobs/{digest_of(BLOB)}"),
    ("cancel", "DELETE", "{session}"),
]


@pytest.fixture(scope="module")
def shelf(alice, server):
    """A private and a public repository of alice with a tag, a blob and an open upload each."""
    repos = {}
    for kind in ("private", "public"):
        repo = alice.repository(f"alice/shelf-{kind}")
        repo.push_blob(BLOB)
        repo.content = encode(repo.image("shelf"))
        repo.push_manifest("v1", repo.content)
        repo.session = repo.start_upload()
        repos[kind] = repo
    server.run("repo", "public", "alice/shelf-public")
    return repos


def attempt(caller, repo, token, method, path):
    path = path.format(session=repo.session)
    url = path if path.startswith("/") else f"/v2/{repo.name}/{path}"
    body = {"PATCH": NEW, "PUT": repo.content if "manifests" in path else NEW}.get(method)
    headers = {"Content-Type": OCI_MANIFEST} if "manifests" in path else {}
    return caller.request(method, url, token=token, data=body, headers=headers)


@pytest.mark.parametrize("kind", ["private", "public"])
@pytest.mark.parametrize("who", ["bob", "nobody", "root"])
@pytest.mark.parametrize("what, method, path", READS + WRITES, ids=lambda text: text)
def test_strangers(request, shelf, kind, who, what, method, path):
    """Others read what is public, and change nothing. A superuser is a stranger here, too."""
    caller, repo = request.getfixturevalue(who), shelf[kind]
    token = caller.token(f"repository:{repo.name}:pull,push,*")
    reply = attempt(caller, repo, token, method, path)
    may = kind == "public" and (what, method, path) in READS
    assert reply.status_code == (200 if may else 401), reply.text
    if not may and method != "HEAD":
        assert_error(reply, 401, "UNAUTHORIZED")
    assert registry.Repository.get_manifest(repo, "v1").content == repo.content


@pytest.mark.parametrize("kind", ["private", "public"])
@pytest.mark.parametrize("what, method, path", READS + WRITES, ids=lambda text: text)
def test_without_token(nobody, shelf, kind, what, method, path):
    """What is public can be read without a token, as with Quay; all else leads to where one is had."""
    reply = attempt(nobody, shelf[kind], None, method, path)
    if kind == "public" and (what, method, path) in READS:
        assert reply.status_code == 200
        return
    assert reply.status_code == 401
    assert "realm" in registry.challenge_of(reply)


def test_without_token_where_nobody_is_anonymous(start_server):
    server = start_server(keys={"FEATURE_ANONYMOUS_ACCESS": False})
    registry.Registry(server.base, ALICE).repository("alice/seen").push_image("v1", "seen")
    server.run("repo", "public", "alice/seen")
    reply = registry.Registry(server.base).request("GET", "/v2/alice/seen/tags/list")
    assert_error(reply, 401, "UNAUTHORIZED")


@pytest.mark.parametrize("what, method, path", WRITES, ids=lambda text: text)
def test_pull_token_changes_nothing(alice, shelf, what, method, path):
    repo = shelf["private"]
    reply = attempt(alice, repo, alice.token(f"repository:{repo.name}:pull"), method, path)
    assert_error(reply, 401, "UNAUTHORIZED")


@pytest.mark.parametrize("what, method, path", READS, ids=lambda text: text)
def test_push_token_reads(alice, shelf, what, method, path):
    repo = shelf["private"]
    token = alice.token(f"repository:{repo.name}:push")
    assert attempt(alice, repo, token, method, path).status_code == 200


@pytest.mark.parametrize("what, method, path", READS + WRITES, ids=lambda text: text)
def test_token_for_another_repository(alice, shelf, what, method, path):
    token = alice.token("repository:alice/other:pull,push", "registry:catalog:*")
    assert attempt(alice, shelf["private"], token, method, path).status_code == 401


@pytest.mark.parametrize("what, method, path", READS + WRITES, ids=lambda text: text)
def test_owner(alice, name, what, method, path):
    repo = alice.repository(name)
    repo.push_blob(BLOB)
    repo.content = encode(repo.image("own"))
    repo.push_manifest("v1", repo.content)
    repo.session = repo.start_upload()
    reply = attempt(alice, repo, repo.token, method, path)
    assert 200 <= reply.status_code < 300, reply.text


def test_becomes_private_again(server, alice, bob, name):
    repo = alice.repository(name)
    repo.push_image("v1", "once public")
    server.run("repo", "public", name)
    assert bob.repository(name, "pull").tags() == ["v1"]
    server.run("repo", "private", name)
    assert bob.repository(name, "pull").get("tags/list").status_code == 401


def test_deleted_repository(server, alice, name):
    repo = alice.repository(name)
    repo.push_image("v1", "deleted")
    server.run("repo", "delete", name)
    assert_error(repo.get_manifest("v1"), 404, "NAME_UNKNOWN")
    assert_error(repo.get("tags/list"), 404, "NAME_UNKNOWN")
    assert_error(repo.post("blobs/uploads/"), 404, "NAME_UNKNOWN")
    again = alice.repository(name)
    assert again.tags() == []
    assert_error(again.get_manifest("v1"), 404, "MANIFEST_UNKNOWN")


def configured(start_server, **keys):
    server = start_server(users=(ALICE, BOB), keys=keys)
    create_user(server, ROOT, "--superuser")
    registry.Registry(server.base, ALICE).repository("alice/app").push_image("v1", "app")
    return server


def actions(server, credentials, asked="pull,push,*"):
    caller = registry.Registry(server.base, credentials)
    return [granted for granted in ("pull", "push", "*")
            if granted in caller_actions(caller, asked)]


def caller_actions(caller, asked):
    import jwt
    entry, = jwt.claims_of(caller.token(f"repository:alice/app:{asked}"))["access"]
    return entry["actions"]


def test_superusers_with_full_access(start_server):
    server = configured(start_server, FEATURE_SUPERUSERS_FULL_ACCESS=True)
    assert actions(server, ROOT) == ["pull", "push", "*"]
    assert actions(server, BOB) == []


def test_superusers_by_name(start_server):
    server = configured(start_server, FEATURE_SUPERUSERS_FULL_ACCESS=True, SUPER_USERS=["bob"])
    assert actions(server, BOB) == ["pull", "push", "*"]


def test_readonly_superusers(start_server):
    server = configured(start_server, GLOBAL_READONLY_SUPER_USERS=["bob"])
    assert actions(server, BOB) == ["pull"]
