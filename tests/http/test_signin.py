# SPDX-License-Identifier: Apache-2.0
"""Browser sessions: signing in and out, the CSRF token, what a page of another site cannot do."""
import pytest

import api
from conftest import ALICE, create_user

COOKIE = "_csrf_token"


@pytest.fixture
def user(server, request):
    """A user of this test only: ending his sessions disturbs nobody."""
    name = "signin" + str(abs(hash(request.node.name)) % 10**9)
    create_user(server, (name, "some-password"))
    return name, "some-password"


def test_signed_in(server, user):
    me = api.Api(server.base, user).get("user/")
    assert me.status_code == 200
    assert me.json()["username"] == user[0] and me.json()["anonymous"] is False


def test_anonymous(server):
    problem = api.assert_problem(api.Api(server.base).get("user/"), 401, "Requires authentication")
    assert problem["error_type"] == "invalid_token" and problem["session_required"] is False


def test_wrong_password(server, user):
    browser = api.Api(server.base)
    reply = browser.post("signin", {"username": user[0], "password": "wrong-password"})
    assert reply.status_code == 403
    assert reply.json()["invalidCredentials"] is True
    assert browser.get("user/").status_code == 401


@pytest.mark.parametrize("body", [{}, {"username": "alice"}, {"username": 1, "password": "x"}])
def test_bad_body(server, body):
    api.assert_problem(api.Api(server.base).post("signin", body), 400)


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_csrf(server, token):
    reply = api.Api(server.base).post("signin", {"username": ALICE[0], "password": ALICE[1]},
                                      headers={"X-CSRF-Token": token})
    problem = api.assert_problem(reply, 403, "CSRF token was invalid or missing.")
    assert problem["error"] == problem["message"]


def test_csrf_changes_with_the_session(server, user):
    browser = api.Api(server.base)
    before = browser.csrf
    assert browser.post("signin", {"username": user[0], "password": user[1]}).status_code == 200
    assert browser.csrf != before
    api.assert_problem(browser.post("signout", headers={"X-CSRF-Token": before}), 403)


def test_cookie(server):
    reply = api.Api(server.base).session.get(server.base + "/csrf_token")
    assert "Set-Cookie" not in reply.headers  # it has one already
    first = api.requests.get(server.base + "/csrf_token", timeout=60).headers["Set-Cookie"]
    assert first.startswith(COOKIE + "=") and "HttpOnly" in first and "SameSite=Lax" in first


def test_forged_cookie(server, user):
    browser = api.Api(server.base, user)
    good = browser.session.cookies[COOKIE]
    for bad in (good[:-1] + ("A" if good[-1] != "A" else "B"), good.replace("1.", "2.", 1),
                good.rpartition(".")[0], "x" * 5000, ""):
        other = api.requests.get(server.base + "/api/v1/user/", timeout=60,
                                 cookies={COOKIE: bad})
        assert other.status_code == 401


def test_signout_ends_all_sessions(server, user):
    first, second = api.Api(server.base, user), api.Api(server.base, user)
    assert first.post("signout").json() == {"success": True}
    assert first.get("user/").status_code == 401
    assert second.get("user/").status_code == 401
    assert api.Api(server.base, user).get("user/").status_code == 200


def test_verify(server, user):
    browser = api.Api(server.base, user)
    assert browser.post("signin/verify", {"password": "other-password"}).status_code == 403
    assert browser.post("signin/verify", {"password": user[1]}).json() == {"success": True}
    assert browser.get("user/").status_code == 200
    api.assert_problem(api.Api(server.base).post("signin/verify", {"password": "x"}), 401)


def test_verify_with_a_token(server, user):
    """A program that may only read does not get a browser's session."""
    for scope, status in (("repo:read", 403), ("user:admin", 200)):
        token = server.run("token", "create", "--user", user[0], "--scope", scope, "x").stdout.strip()
        program = api.Api(server.base, token=token)
        assert program.post("signin/verify", {"password": user[1]}).status_code == status, scope


def test_disabled_user(server, user):
    browser = api.Api(server.base, user)
    server.run("user", "disable", user[0])
    assert browser.get("user/").status_code == 401


def test_browsers_must_use_xhr(server, user):
    browser = api.Api(server.base, user)
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    api.assert_problem(browser.get("user/", headers=agent), 400, "X-Requested-With")
    reply = browser.get("user/", headers={**agent, "X-Requested-With": "XMLHttpRequest"})
    assert reply.status_code == 200


def test_direct_login_off(start_server):
    server = start_server(keys={"FEATURE_DIRECT_LOGIN": False})
    reply = api.Api(server.base).post("signin", {"username": ALICE[0], "password": ALICE[1]})
    api.assert_problem(reply, 404)
