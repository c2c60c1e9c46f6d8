# SPDX-License-Identifier: Apache-2.0
"""GET /v2/: what clients ask first."""
import pytest

import registry


@pytest.mark.parametrize("path", ["/v2/", "/v2"])
def test_with_token(alice, path):
    reply = alice.request("GET", path, token=alice.token())
    assert (reply.status_code, reply.text) == (200, "true")
    assert reply.headers["Docker-Distribution-API-Version"] == "registry/2.0"
    assert reply.headers["X-Sparse-Manifest-Support"] == "false"


@pytest.mark.parametrize("path", ["/v2/", "/v2"])
def test_challenge(nobody, path):
    reply = nobody.request("GET", path)
    registry.assert_error(reply, 401, "UNAUTHORIZED")
    challenge = registry.challenge_of(reply)
    assert challenge["realm"] == nobody.base + "/v2/auth"
    assert "scope" not in challenge


def test_challenge_names_the_scope(nobody):
    read = registry.challenge_of(nobody.request("GET", "/v2/alice/app/tags/list"))
    assert read["scope"] == "repository:alice/app:pull"
    write = registry.challenge_of(nobody.request("POST", "/v2/alice/app/blobs/uploads/"))
    assert write["scope"] == "repository:alice/app:pull,push"


def test_challenge_uses_the_name_the_client_used(nobody):
    reply = nobody.request("GET", "/v2/", headers={"Host": "registry.example:5000"})
    assert registry.challenge_of(reply)["realm"] == "http://registry.example:5000/v2/auth"


@pytest.mark.parametrize("host", ['evil"quote', "a b", "a\\b", "a,b"])
def test_challenge_repeats_no_odd_host(nobody, host):
    reply = nobody.request("GET", "/v2/", headers={"Host": host})
    assert reply.status_code in (400, 401)
    assert host not in reply.headers.get("WWW-Authenticate", "")


def test_basic_is_not_taken_here(alice):
    reply = alice.request("GET", "/v2/", auth=alice.credentials)
    registry.assert_error(reply, 401, "UNAUTHORIZED", "bearer token")
    assert "realm" in registry.challenge_of(reply)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "." * 50, "x" * 20000])
def test_what_is_no_token(alice, token):
    reply = alice.request("GET", "/v2/", headers={"Authorization": "Bearer " + token})
    registry.assert_error(reply, 401, "UNAUTHORIZED")
    assert "realm" in registry.challenge_of(reply)


def test_head(alice):
    reply = alice.request("HEAD", "/v2/", token=alice.token())
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Content-Length"] == "4"
