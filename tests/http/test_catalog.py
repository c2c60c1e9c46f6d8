# SPDX-License-Identifier: Apache-2.0
"""The catalog: what the caller may see, page by page."""
import re

import pytest

import registry
from conftest import ALICE, BOB, ROOT, create_user
from registry import assert_error

ALICES = [f"alice/app{i:03}" for i in range(105)]
BOBS = ["bob/private", "bob/public"]


@pytest.fixture(scope="module")
def filled(start_server):
    """A server whose repositories are these and no more."""
    server = start_server(users=(ALICE, BOB))
    create_user(server, ROOT, "--superuser")
    for name in ALICES:
        registry.Registry(server.base, ALICE).ask_token(f"repository:{name}:push")
    for name in BOBS:
        server.run("repo", "create", name, *(["--public"] if name.endswith("public") else []))
    return server


def catalog(server, credentials, **params):
    """Names and number of pages, following the links."""
    caller = registry.Registry(server.base, credentials)
    token = caller.token("registry:catalog:*")
    reply = caller.request("GET", "/v2/_catalog", token=token, params=params)
    names, pages = [], 0
    while True:
        assert reply.status_code == 200, reply.text
        names += reply.json()["repositories"]
        pages += 1
        if "Link" not in reply.headers:
            return names, pages
        path = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers["Link"]).group(1)
        reply = caller.request("GET", path, token=token)


def test_own(filled):
    assert catalog(filled, ALICE) == (ALICES, 2)
    assert catalog(filled, BOB) == (BOBS, 1)


@pytest.mark.parametrize("n", [1, 10, 35, 100, 1000])
def test_n(filled, n):
    assert catalog(filled, ALICE, n=n)[0] == ALICES


def test_superuser_sees_all(filled):
    assert catalog(filled, ROOT)[0] == ALICES + BOBS
    assert catalog(filled, ROOT, n=50)[0] == ALICES + BOBS


def test_nobody_sees_nothing(filled):
    assert catalog(filled, None) == ([], 1)


def test_last(filled):
    assert catalog(filled, ROOT, last="alice/app103")[0] == ["alice/app104"] + BOBS
    assert catalog(filled, ROOT, last="alice/zzz")[0] == BOBS
    assert catalog(filled, ROOT, last="bob/public")[0] == []


@pytest.mark.parametrize("params", [{"n": "x"}, {"n": "-1"}, {"last": "x"}])
def test_bad(filled, params):
    caller = registry.Registry(filled.base, ALICE)
    reply = caller.request("GET", "/v2/_catalog", token=caller.token(), params=params)
    assert_error(reply, 400, "INVALID_REQUEST")


def test_n_is_zero(filled):
    assert catalog(filled, ALICE, n=0) == ([], 1)


def test_without_token(filled):
    reply = registry.Registry(filled.base).request("GET", "/v2/_catalog")
    assert_error(reply, 401, "UNAUTHORIZED")


def test_deleted_repository(filled):
    filled.run("repo", "create", "bob/deleted")
    assert "bob/deleted" in catalog(filled, BOB)[0]
    filled.run("repo", "delete", "bob/deleted")
    assert catalog(filled, BOB)[0] == BOBS
