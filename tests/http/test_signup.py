# SPDX-License-Identifier: Apache-2.0
"""Signing up, without mail: with it, see test_mail.py."""
import pytest

import api
import persons
import registry
from persons import PASSWORD


def test_signed_in_at_once(server):
    browser = api.Api(server.base)
    before = browser.csrf
    reply, name = persons.sign_up(server, browser, email=persons.make_name() + "@example.com")
    assert reply.status_code == 200, reply.text
    assert reply.json()["username"] == name and reply.json()["is_me"] is True
    assert browser.csrf != before
    assert browser.get("user/").json()["username"] == name
    assert registry.Registry(server.base, (name, PASSWORD)).ask_token().status_code == 200


def test_names_are_taken_once(server):
    address = persons.make_name() + "@example.com"
    _, name = persons.sign_up(server, email=address)
    api.assert_problem(persons.sign_up(server, username=name)[0], 400, "already exists")
    api.assert_problem(persons.sign_up(server, email=address.upper())[0], 400, "taken")


@pytest.mark.parametrize("change", [
    {"username": "X"}, {"username": None}, {"username": "a" * 256}, {"username": "a/b"},
    {"password": "short"}, {"password": None}, {"password": "x" * 73}, {"email": "nonsense"},
    {"email": 7}, {"invite_code": 7}])
def test_bad(server, change):
    api.assert_problem(persons.sign_up(server, **change)[0], 400)


def test_csrf(server):
    browser = api.Api(server.base)
    browser.csrf = "A" * 43
    assert persons.sign_up(server, browser)[0].status_code == 403


def test_switched_off(start_server):
    server = start_server(keys={"FEATURE_USER_CREATION": False})
    api.assert_problem(persons.sign_up(server)[0], 404)


def test_direct_login_off(start_server):
    server = start_server(keys={"FEATURE_DIRECT_LOGIN": False})
    api.assert_problem(persons.sign_up(server)[0], 404)


def test_invite_only(start_server):
    server = start_server(keys={"FEATURE_INVITE_ONLY_USER_CREATION": True})
    api.assert_problem(persons.sign_up(server)[0], 400, "non-invited")
    api.assert_problem(persons.sign_up(server, email="new@example.com", invite_code="guess")[0], 400,
                       "non-invited")


@pytest.mark.parametrize("address,refused", [
    ("a@evil.example", True), ("a@sub.evil.example", True), ("a@EVIL.example", True),
    ("a@notevil.example", False), ("a@evil.example.org", False)])
def test_blocked_domains(blocking, address, refused):
    reply, _ = persons.sign_up(blocking, email=address)
    assert reply.status_code == (400 if refused else 200), reply.text


@pytest.fixture(scope="module")
def blocking(start_server):
    return start_server(keys={"FEATURE_BLACKLISTED_EMAILS": True,
                              "BLACKLISTED_EMAIL_DOMAINS": ["evil.example"]})


def test_names_of_superusers(start_server):
    """Whom config.yaml names a superuser signs up first, or not at all."""
    keys = {"SUPER_USERS": ["chief"], "GLOBAL_READONLY_SUPER_USERS": ["auditor"],
            "FEATURE_USER_RENAME": True}
    server = start_server(users=(), keys=keys)
    body = {"password": "some-password"}
    assert api.Api(server.base).post("user/", {**body, "username": "chief"}).status_code == 200
    for name in ("auditor", "chief"):
        reply = api.Api(server.base).post("user/", {**body, "username": name})
        api.assert_problem(reply, 400)
    browser = api.Api(server.base)
    assert browser.post("user/", {**body, "username": "nobody"}).status_code == 200
    api.assert_problem(browser.put("user/", {"username": "auditor"}), 400, "superuser")
    assert browser.get("user/").json()["username"] == "nobody"
