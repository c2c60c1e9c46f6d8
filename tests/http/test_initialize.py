# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/user/initialize: the first user of a registry, without a login."""
import pytest

import api
import registry

BODY = {"username": "first", "password": "first-password", "email": "first@example.com"}


def initialize(server, **change):
    body = {name: value for name, value in {**BODY, **change}.items() if value != "absent"}
    return registry.Registry(server.base).request("POST", "/api/v1/user/initialize", json=body)


@pytest.fixture(scope="module")
def empty(start_server):
    return start_server(users=(), keys={"FEATURE_USER_INITIALIZE": True})


@pytest.mark.parametrize("change", [
    {"username": "absent"}, {"password": "absent"}, {"username": "X"}, {"username": "a b"},
    {"username": 1}, {"username": None}, {"password": "short"}, {"password": "with blanks here"},
    {"email": "nonsense"}, {"email": 5}, {"access_token": "yes"}])
def test_refused(empty, change):
    reply = initialize(empty, **change)
    assert reply.status_code == 400, reply.text
    problem = reply.json()
    assert problem["error_message"] == problem["message"] == problem["detail"]
    assert (problem["status"], problem["title"]) == (400, problem["error_type"])
    assert "first-password" not in reply.text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"{}"])
def test_no_body_to_speak_of(empty, content):
    reply = registry.Registry(empty.base).request("POST", "/api/v1/user/initialize", data=content)
    assert reply.status_code == 400


def test_too_large(empty):
    assert initialize(empty, username="x" * 20000).status_code == 413


def test_once(start_server):
    server = start_server(users=(), keys={"FEATURE_USER_INITIALIZE": True})
    reply = initialize(server)
    assert reply.status_code == 200, reply.text
    made = reply.json()
    encrypted = made.pop("encrypted_password")
    assert made == {"username": "first", "email": "first@example.com"}
    for password in ("first-password", encrypted):
        caller = registry.Registry(server.base, ("first", password))
        assert caller.ask_token().status_code == 200
    reply = initialize(server, username="second", email=None)
    assert reply.status_code == 400
    assert "non-empty" in reply.json()["message"]
    assert "second" not in server.run("user", "list").stdout


def test_access_token(start_server):
    server = start_server(users=(), keys={"FEATURE_USER_INITIALIZE": True})
    token = initialize(server, access_token=True).json()["access_token"]
    assert len(token) == 40
    program = api.Api(server.base, token=token)
    me = program.get("user/").json()
    assert me["username"] == "first" and me["is_me"] is True
    assert program.put("user/", {"email": "other@example.com"}).json()["email"] == \
        "other@example.com"


def test_switched_off(nobody):
    reply = nobody.request("POST", "/api/v1/user/initialize", json=BODY)
    assert reply.status_code == 404
    assert "FEATURE_USER_INITIALIZE" in reply.json()["message"]
