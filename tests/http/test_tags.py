# SPDX-License-Identifier: Apache-2.0
"""The list of tags, page by page."""
import re
import urllib.parse

import pytest

from registry import assert_error

PAGE = 100


@pytest.fixture(scope="module")
def many(alice):
    """A repository with more tags than fit on a page."""
    repo = alice.repository("alice/many-tags")
    image = repo.image("many")
    repo.names = sorted([f"v{i}" for i in range(PAGE + 20)] + ["A", "Z", "_x", "a.b", "latest"])
    for name in repo.names:
        repo.push_manifest(name, image)
    return repo


def pages(repo, **params):
    """All pages, following the links."""
    reply = repo.get("tags/list", params=params)
    while True:
        assert reply.status_code == 200, reply.text
        assert reply.json()["name"] == repo.name
        yield reply.json()["tags"]
        if "Link" not in reply.headers:
            return
        path = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers["Link"]).group(1)
        assert "n=" in urllib.parse.urlsplit(path).query
        reply = repo.get(path)


def test_empty(repo):
    assert list(pages(repo)) == [[]]


def test_in_order_of_bytes(many):
    assert sum(pages(many), []) == many.names


def test_a_page_has_a_bound(many):
    assert [len(page) for page in pages(many)] == [PAGE, len(many.names) - PAGE]
    assert [len(page) for page in pages(many, n=10**6)] == [PAGE, len(many.names) - PAGE]


@pytest.mark.parametrize("n", [1, 7, 25, 99, 100])
def test_n(many, n):
    got = list(pages(many, n=n))
    assert sum(got, []) == many.names
    assert {len(page) for page in got[:-1]} <= {n}


def test_exact_last_page_has_no_link(many):
    got = list(pages(many, n=len(many.names) // 5))
    assert len(got) == 5


def test_n_is_zero(many):
    reply = many.get("tags/list", params={"n": 0})
    assert (reply.status_code, reply.json()["tags"]) == (200, [])
    assert "Link" not in reply.headers


@pytest.mark.parametrize("n", ["-1", "x", "1.5", "99999999999", "", " 1", "1 "])
def test_bad_n(many, n):
    assert_error(many.get("tags/list", params={"n": n}), 400, "INVALID_REQUEST")


@pytest.mark.parametrize("last", ["latest", "v", "v99", "zzz", "A", "", "no-such", "\u00e9"])
def test_last(many, last):
    got = many.get("tags/list", params={"last": last, "n": 5}).json()["tags"]
    assert got == [name for name in many.names if name > last][:5]


def test_deleted_tags_are_not_listed(repo):
    for tag in ("a", "b", "c"):
        repo.push_image(tag, "tags")
    repo.delete("manifests/b")
    assert repo.tags() == ["a", "c"]
    repo.push_image("b", "tags")
    assert repo.tags() == ["a", "b", "c"]


def test_unknown_repository(alice, name):
    reply = alice.request("GET", f"/v2/{name}/tags/list",
                          token=alice.token(f"repository:{name}:pull"))
    assert_error(reply, 404, "NAME_UNKNOWN", name)


def test_head(repo):
    reply = repo.head("tags/list")
    assert (reply.status_code, reply.content) == (200, b"")
