# SPDX-License-Identifier: Apache-2.0
"""Stars of users."""
import sqlite3

import pytest

import api
import persons


@pytest.fixture
def name(server):
    return persons.make_user(server)


@pytest.fixture
def me(server, name):
    return persons.sign_in(server, name)


def star(me, full):
    namespace, _, repository = full.partition("/")
    return me.post("user/starred", {"namespace": namespace, "repository": repository})


def starred(me):
    """Full names over all pages."""
    names, page = [], ""
    while page is not None:
        reply = me.get("user/starred", params={"next_page": page} if page else {}).json()
        names += [f"{one['namespace']}/{one['name']}" for one in reply["repositories"]]
        page = reply.get("next_page")
    return names


def test_star(server, name, me):
    for repository in (f"{name}/app", f"{name}/team/deep"):
        server.run("repo", "create", repository)
        reply = star(me, repository)
        assert reply.status_code == 201
        assert "/".join(reply.json().values()) == repository
        assert star(me, repository).status_code == 201  # again is fine
    assert starred(me) == [f"{name}/team/deep", f"{name}/app"]
    first = me.get("user/starred").json()["repositories"][0]
    assert first == {"namespace": name, "name": "team/deep", "description": "", "is_public": False}
    assert me.delete(f"user/starred/{name}/team/deep").status_code == 204
    assert me.delete(f"user/starred/{name}/team/deep").status_code == 204
    assert starred(me) == [f"{name}/app"]


def test_only_what_can_be_read(server, name):
    other = persons.sign_in(server, persons.make_user(server))
    server.run("repo", "create", f"{name}/hidden")
    for absent in (f"{name}/hidden", f"{name}/nothing", "nobody-here/app"):
        api.assert_problem(star(other, absent), 404)
    server.run("repo", "public", f"{name}/hidden")
    assert star(other, f"{name}/hidden").status_code == 201
    assert starred(other) == [f"{name}/hidden"]
    server.run("repo", "private", f"{name}/hidden")
    assert starred(other) == []
    server.run("repo", "public", f"{name}/hidden")
    assert starred(other) == [f"{name}/hidden"]


def test_by_a_grant(server, name, me):
    other_name = persons.make_user(server)
    other = persons.sign_in(server, other_name)
    server.run("repo", "create", f"{name}/shared")
    assert me.put(f"repository/{name}/shared/permissions/user/{other_name}", {"role": "read"}
                  ).status_code == 200
    assert star(other, f"{name}/shared").status_code == 201
    assert starred(other) == [f"{name}/shared"]
    assert me.delete(f"repository/{name}/shared/permissions/user/{other_name}").status_code == 204
    assert starred(other) == []


def test_pages(server, name, me):
    with sqlite3.connect(server.data + "/wharf.db", timeout=60) as connection:
        account = connection.execute("SELECT id FROM account WHERE name = ?", (name,)).fetchone()[0]
        for number in range(205):
            repository = connection.execute(
                "INSERT INTO repository (namespace_id, name, created_ms) VALUES (?, ?, 1)",
                (account, f"r{number:03}")).lastrowid
            connection.execute("INSERT INTO star VALUES (?, ?, 1)", (account, repository))
    assert len(me.get("user/starred").json()["repositories"]) == 100
    assert starred(me) == [f"{name}/r{number:03}" for number in reversed(range(205))]
    assert len(me.get("user/starred?next_page=nonsense").json()["repositories"]) == 100


def test_gone_repository(server, name, me):
    server.run("repo", "create", f"{name}/short")
    star(me, f"{name}/short")
    server.run("repo", "delete", f"{name}/short")
    assert starred(me) == []


@pytest.mark.parametrize("body", [{}, {"namespace": "a"}, {"namespace": 1, "repository": "b"},
                                  {"namespace": "x" * 300, "repository": "b"}])
def test_bad(server, me, body):
    api.assert_problem(me.post("user/starred", body), 400)


def test_anonymous(server):
    nobody = api.Api(server.base)
    for reply in (nobody.get("user/starred"), star(nobody, "alice/x"),
                  nobody.delete("user/starred/alice/x")):
        api.assert_problem(reply, 401)
