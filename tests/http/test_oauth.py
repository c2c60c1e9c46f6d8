# SPDX-License-Identifier: Apache-2.0
"""The OAuth flows: what a user is asked, where the answer is sent, and what it is worth."""
import concurrent.futures
import html
import re

import pytest

import api
import oauth
from conftest import ALICE, BOB, create_user
from oauth import CALLBACK, LIFETIME, redirect


@pytest.fixture(scope="module")
def app(server):
    return oauth.Application(server, ALICE, description="<script>alert(1)</script>")


@pytest.fixture
def fresh(server):
    """An application that nobody has let in."""
    return oauth.Application(server, ALICE)


@pytest.fixture(scope="module")
def browser(app):
    return app.admin


def assert_page(reply, status, *texts):
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    for text in texts:
        assert text in reply.text
    return reply.text


# What the user sees.

def test_page(app, browser):
    page = assert_page(app.authorize(browser, state='"><x>'), 200, "alice", "View all visible",
                       CALLBACK, "robot &lt;b&gt;", "&lt;script&gt;")
    assert "<script" not in page and "<b>" not in page and "<x>" not in page
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    assert html.unescape(fields["state"]) == '"><x>'
    assert fields["_csrf_token"] == browser.csrf and fields["response_type"] == "code"


def test_page_without_xhr(app, browser):
    """A browser opens it as a page; calls of the API it may not make so."""
    assert_page(app.authorize(browser, headers={"User-Agent": "Mozilla/5.0"}), 200)


def test_json(app, browser):
    shown = app.authorize(browser, format="json", state="s", scope="repo:read user:admin").json()
    assert shown["has_dangerous_scopes"] is True and shown["csrf_token_val"] == browser.csrf
    assert [scope["scope"] for scope in shown["scopes"]] == ["repo:read", "user:admin"]
    assert shown["application"]["name"] == "robot <b>"
    assert shown["application"]["organization"]["name"] == app.organization
    assert (shown["response_type"], shown["client_id"], shown["redirect_uri"], shown["scope"],
            shown["state"], shown["assignment_uuid"]) == (
                "code", app.client_id, CALLBACK, "repo:read user:admin", "s", None)


@pytest.mark.parametrize("missing", ["client_id", "redirect_uri", "scope"])
def test_missing(app, browser, missing):
    assert_page(app.authorize(browser, **{missing: None}), 400, missing)
    api.assert_problem(browser.get("/oauth/authorize?format=json"), 400)
    assert app.submit(browser, "authorizeapp", **{missing: None}).status_code == 400


def test_unknown(app, browser):
    assert_page(app.authorize(browser, client_id="nothing"), 404)
    assert_page(app.authorize(browser, scope="repo:read nonsense"), 404)
    api.assert_problem(app.authorize(browser, scope="", format="json"), 404)
    assert redirect(app.authorize(browser, response_type="other", state="s")) == (
        CALLBACK, {"error": "unsupported_response_type", "state": "s"}, {})


def test_no_superusers(start_server):
    """Without superusers there is no such scope."""
    app = oauth.Application(start_server(keys={"FEATURE_SUPER_USERS": False}), ALICE)
    assert_page(app.authorize(app.admin, scope="super:user"), 404)
    api.assert_problem(app.admin.post(f"{app.path}/{app.client_id}/tokens",
                                      {"name": "x", "scope": "super:user"}), 400)


# Who may say yes.

def test_nobody(server, app):
    nobody = api.Api(server.base)
    assert_page(app.authorize(nobody), 401)
    api.assert_problem(app.authorize(nobody, format="json"), 401)
    for action in ("authorizeapp", "denyapp"):
        assert_page(app.submit(nobody, action), 401)


def test_strangers(server, app):
    bob = api.Api(server.base, BOB)
    assert_page(app.authorize(bob), 403, app.organization)
    assert_page(app.submit(bob, "authorizeapp"), 403)
    assert_page(app.submit(bob, "authorizeapp", assignment_uuid="nothing"), 403)


def test_a_token_cannot_make_another(server, app):
    program = api.Api(server.base, token=app.make_token("repo:read")["token"])
    assert_page(app.authorize(program, scope="user:admin"), 401)
    program.csrf = "x"
    assert_page(app.submit(program, "authorizeapp", scope="user:admin"), 401)
    token = app.make_token("repo:read")["token"]
    reply = app.submit(api.Api(server.base), "authorizeapp", auth=("$oauthtoken", token))
    assert_page(reply, 401)


@pytest.mark.parametrize("action", ["authorizeapp", "denyapp"])
@pytest.mark.parametrize("csrf", ["", "x", "A" * 43])
def test_csrf(app, browser, action, csrf):
    assert_page(app.submit(browser, action, csrf=csrf), 403, "CSRF")


def test_csrf_of_another_session(server, app, browser):
    other = api.Api(server.base, ALICE)
    assert app.submit(browser, "authorizeapp", csrf=other.csrf).status_code == 403


def test_basic(server, app):
    """A password will do in place of a session, but not in place of the CSRF token."""
    visitor = api.Api(server.base)
    reply = visitor.get("/oauth/authorize", params=app.request(), auth=ALICE)
    assert_page(reply, 200, "alice")
    assert_page(visitor.get("/oauth/authorize", params=app.request(), auth=("alice", "wrong")), 401)
    assert app.submit(visitor, "authorizeapp", auth=ALICE, csrf="x").status_code == 403
    assert "code" in redirect(app.submit(visitor, "authorizeapp", auth=ALICE))[1]


def test_direct_clients(start_server):
    server = start_server(keys={"DIRECT_OAUTH_CLIENTID_WHITELIST": ["DIRECTCLIENT"]})
    app, visitor = oauth.Application(server, ALICE), api.Api(server.base)
    more = {"auth": ALICE, "csrf": "", "response_type": "token"}
    assert app.submit(visitor, "authorizeapp", **more).status_code == 403
    oauth.execute(server, "UPDATE oauth_application SET client_id = 'DIRECTCLIENT'")
    app.client_id = "DIRECTCLIENT"
    assert "access_token" in redirect(app.submit(visitor, "authorizeapp", **more))[2]
    assert app.submit(app.admin, "authorizeapp", csrf="").status_code == 403  # a browser's session


# The flows.

def test_code_flow(server, fresh):
    browser = fresh.admin
    assert_page(fresh.authorize(browser), 200)
    where, query, fragment = redirect(fresh.submit(browser, "authorizeapp", state="a&b=c"))
    assert where == CALLBACK and query["state"] == "a&b=c" and not fragment
    assert len(query["code"]) == 40
    reply = fresh.exchange(query["code"])
    assert reply.status_code == 200 and reply.headers["Cache-Control"] == "no-store"
    got = reply.json()
    token = got.pop("access_token")
    assert got == {"token_type": "Bearer", "expires_in": LIFETIME, "refresh_token": None}
    program = api.Api(server.base, token=token)
    assert program.get("user/authorizations").status_code == 403  # known, but only repo:read
    again = fresh.exchange(query["code"])
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


def test_implicit_flow(server, fresh):
    reply = fresh.submit(fresh.admin, "authorizeapp", response_type="token", scope="user:read",
                         state="s")
    where, query, fragment = redirect(reply)
    assert where == CALLBACK and query == {"scope": "user:read", "state": "s"}
    token = fragment.pop("access_token")
    assert fragment == {"token_type": "Bearer", "expires_in": str(LIFETIME), "state": "s"}
    assert api.Api(server.base, token=token).get("user/").json()["username"] == "alice"
    assert token not in server.log_text(0)


def test_asked_once(fresh):
    browser = fresh.admin
    fresh.make_token("repo:write")  # not by consent
    assert_page(fresh.authorize(browser), 200)
    redirect(fresh.submit(browser, "authorizeapp", response_type="token", scope="repo:write"))
    assert "code" in redirect(fresh.authorize(browser, state="s"))[1]  # repo:write implies it
    assert "access_token" in redirect(fresh.authorize(browser, response_type="token"))[2]
    assert_page(fresh.authorize(browser, scope="repo:read user:read"), 200)


def test_deny(app, browser):
    assert redirect(app.submit(browser, "denyapp", state="s")) == (
        CALLBACK, {"error": "authorization_denied", "state": "s"}, {})


def test_form_with_an_unknown_scope(app, browser):
    assert redirect(app.submit(browser, "authorizeapp", scope="nonsense"))[1] == {
        "error": "invalid_scope"}


# Where the answer is sent.

BAD_REDIRECTS = [
    "https://app.example/callback2", "https://app.example/callbac", "https://app.example/",
    "https://app.example", "https://app.example.evil.example/callback", "https://evil.example/callback",
    "https://evil.example/?https://app.example/callback", "https://app.example:8443/callback",
    "https://app.example@evil.example/callback", "https://evil.example#@app.example/callback",
    "http://app.example/callback", "//app.example/callback", "/callback", "callback", "",
    "https:app.example/callback", "https:/app.example/callback", "https:\\\\app.example/callback",
    "https://app.example\\.evil.example/callback", "https://app.example\\@evil.example/callback",
    "https://app.example/callback/../../evil", "https://app.example/callback/..",
    "https://app.example/callback/%2e%2e/evil", "https://app.example/callback%0d%0aX: y",
    "https://app.example/callback#token", "https://app.example/callback\r\nLocation: https://evil.example",
    "https://app.example/callback ", " https://app.example/callback",
    "javascript:alert(1)", "javascript://app.example/callback", "data:text/html,x",
    "https://app.example/callbäck", "https://app.example/callback\t/x", "https://[app.example]/callback",
    "https://app.example./callback", "https://app.example/callback;evil", "https://user:pw@app.example/callback",
    "https://app.example?/callback", "https://app.example#/callback",
]


@pytest.mark.parametrize("uri", BAD_REDIRECTS)
def test_bad_redirect(app, browser, uri):
    """The browser is told so at the address that is registered, and gets no code."""
    replies = [app.authorize(browser, redirect_uri=uri)]
    replies += [app.submit(browser, action, redirect_uri=uri) for action in ("authorizeapp", "denyapp")]
    for reply in replies:
        assert redirect(reply) == (CALLBACK, {"error": "redirect_uri_mismatch"}, {})


@pytest.mark.parametrize("uri", [CALLBACK, CALLBACK + "/", CALLBACK + "/deeper/still?x=1",
                                 CALLBACK + "?x=1&y=2", "HTTPS://APP.example/callback"])
def test_good_redirect(app, browser, uri):
    reply = app.submit(browser, "authorizeapp", redirect_uri=uri)
    assert reply.headers["Location"].startswith(uri + ("&" if "?" in uri else "?") + "code=")


@pytest.mark.parametrize("registered", ["", "foo", "javascript://x/y", "https://a@b/c"])
def test_no_redirect_registered(fresh, registered):
    path = f"{fresh.path}/{fresh.client_id}"
    fresh.admin.put(path, {"name": "x", "redirect_uri": registered, "application_uri": ""})
    for uri in ("https://evil.example/", registered or "/"):
        assert_page(fresh.authorize(fresh.admin, redirect_uri=uri), 400, "redirect_uri")


def test_local_page(server, fresh):
    local = server.base + "/oauth/localapp"
    reply = fresh.submit(fresh.admin, "authorizeapp", redirect_uri=local, response_type="token")
    where, query, fragment = redirect(reply)
    assert where == local and query["scope"] == "repo:read" and len(fragment["access_token"]) == 40
    page = api.requests.get(local, params=query, timeout=60)
    nonce = re.search(r'<script nonce="(\w+)">', assert_page(page, 200)).group(1)
    assert f"script-src 'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
    other = api.requests.get(local, params=query, timeout=60).text
    assert nonce not in other
    scopes = api.requests.get(local, params={**query, "format": "json"}, timeout=60).json()["scopes"]
    assert [scope["scope"] for scope in scopes] == ["repo:read"]
    assert_page(api.requests.get(local, timeout=60), 200, "canceled")
    canceled = api.requests.get(local, params={"format": "json"}, timeout=60)
    assert canceled.json() == {"message": "Authorization canceled"}
    evil = server.base + "/oauth/localapp/../x"
    assert redirect(fresh.authorize(fresh.admin, redirect_uri=evil))[0] == CALLBACK


# The exchange.

@pytest.mark.parametrize("change, error", [
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": None}, "invalid_request"), ({"code": None}, "invalid_request"),
    ({"scope": None}, "invalid_request"), ({"redirect_uri": None}, "invalid_request"),
    ({"client_id": None}, "invalid_request"), ({"scope": "x" * 300}, "invalid_request"),
    ({"client_id": "nothing"}, "invalid_client"), ({"client_secret": None}, "invalid_client"),
    ({"client_secret": ""}, "invalid_client"), ({"client_secret": "wrong"}, "invalid_client"),
    ({"code": "x"}, "invalid_grant"), ({"code": "A" * 40}, "invalid_grant"),
    ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
    ({"scope": "repo:read user:read"}, "invalid_scope"), ({"scope": "nonsense"}, "invalid_scope"),
])
def test_bad_exchange(app, browser, change, error):
    """It says what is wrong, and the code is still good."""
    code = app.code(browser)
    reply = app.exchange(**{"code": code, **change})
    assert (reply.status_code, reply.json()) == (400, {"error": error})
    assert reply.headers["Cache-Control"] == "no-store"
    assert app.exchange(code).status_code == 200


def test_exchange_with_basic(app, browser):
    more = {"client_secret": None, "auth": (app.client_id, app.secret)}
    assert app.exchange(app.code(browser), **more).status_code == 200
    more["auth"] = (app.client_id, "wrong")
    reply = app.exchange(app.code(browser), **more)
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_client"})
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    more["auth"] = ("another", app.secret)
    assert app.exchange(app.code(browser), **more).json() == {"error": "invalid_client"}


def test_exchange_by_query(server, app, browser):
    query = {"grant_type": "authorization_code", "client_id": app.client_id, "scope": "repo:read",
             "client_secret": app.secret, "redirect_uri": CALLBACK, "code": app.code(browser)}
    reply = api.requests.post(server.base + "/oauth/access_token", params=query, timeout=60)
    assert reply.status_code == 200


def test_code_of_another_application(server, app, browser):
    other, code = oauth.Application(server, ALICE), app.code(browser)
    assert other.exchange(code).json() == {"error": "invalid_grant"}
    assert app.exchange(code).status_code == 200


def test_expired_code(server, app, browser):
    code = app.code(browser)
    oauth.execute(server, "UPDATE oauth_code SET expires_ms = 1 WHERE lookup = ?", code[:20])
    assert app.exchange(code).json() == {"error": "invalid_grant"}
    app.code(browser)  # sweeps it away
    assert oauth.execute(server, "DELETE FROM oauth_code WHERE lookup = ?", code[:20]) == 0


def test_code_is_good_once(app, browser):
    """However many ask at the same moment."""
    code = app.code(browser)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: app.exchange(code), range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [400] * 7


# Proof keys (RFC 7636).

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PROOF = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def test_proof_key(fresh):
    """Through the page, and once more without it."""
    page = assert_page(fresh.authorize(fresh.admin, state="s", **PROOF), 200)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    assert {name: fields[name] for name in PROOF} == PROOF
    assert fresh.authorize(fresh.admin, format="json", **PROOF).json()["code_challenge"] == CHALLENGE
    code = redirect(fresh.submit(fresh.admin, "authorizeapp", state="s", **PROOF))[1]["code"]
    assert fresh.exchange(code, code_verifier=VERIFIER).status_code == 200
    fresh.submit(fresh.admin, "authorizeapp", response_type="token")
    code = redirect(fresh.authorize(fresh.admin, **PROOF))[1]["code"]
    assert fresh.exchange(code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("verifier", [None, "", CHALLENGE, VERIFIER + "=", VERIFIER[:-1], "x" * 129,
                                      VERIFIER[:-1] + "j", VERIFIER[:-1] + "+"])
def test_wrong_verifier(app, browser, verifier):
    """It uses the code up."""
    code = app.code(browser, **PROOF)
    reply = app.exchange(code, code_verifier=verifier)
    assert (reply.status_code, reply.json()) == (400, {"error": "invalid_grant"})
    assert reply.headers["Cache-Control"] == "no-store" and reply.headers["Pragma"] == "no-cache"
    assert app.exchange(code, code_verifier=VERIFIER).json() == {"error": "invalid_grant"}


def test_verifier_without_challenge(app, browser):
    """Somebody took the challenge out of the request."""
    code = app.code(browser)
    assert app.exchange(code, code_verifier=VERIFIER).json() == {"error": "invalid_grant"}
    assert app.exchange(code).json() == {"error": "invalid_grant"}


def test_strangers_do_not_use_codes_up(server, app, browser):
    """Who is not the application learns nothing by guesses, and spoils nothing."""
    code = app.code(browser, **PROOF)
    reply = app.exchange(code, client_secret="wrong", code_verifier="x" * 43)
    assert reply.json() == {"error": "invalid_client"}
    other = oauth.Application(server, ALICE)
    assert other.exchange(code, code_verifier="x" * 43).json() == {"error": "invalid_grant"}
    assert app.exchange(code, code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("change", [
    {"code_challenge_method": "plain"}, {"code_challenge_method": None},
    {"code_challenge_method": "s256"}, {"code_challenge_method": "S512"}, {"code_challenge": None},
    {"code_challenge": CHALLENGE + "="}, {"code_challenge": CHALLENGE[:-1]},
    {"code_challenge": CHALLENGE + "M"}, {"code_challenge": CHALLENGE[:-1] + "+"},
    {"response_type": "token"},
])
def test_bad_challenge(app, browser, change):
    """The application is told, and gets nothing that it would think bound to its key."""
    asked = {**PROOF, "state": "s", **change}
    for reply in (app.authorize(browser, **asked), app.submit(browser, "authorizeapp", **asked)):
        assert redirect(reply) == (CALLBACK, {"error": "invalid_request", "state": "s"}, {})
    asked["redirect_uri"] = "https://evil.example/"
    assert redirect(app.authorize(browser, **asked)) == (
        CALLBACK, {"error": "redirect_uri_mismatch"}, {})


# Authorizations of the user.

def test_authorizations(server):
    user = ("oauthuser", "some-password")
    create_user(server, user)
    app = oauth.Application(server, user)
    assert app.admin.get("user/authorizations").json() == {"authorizations": []}
    reply = app.submit(app.admin, "authorizeapp", response_type="token", scope="user:read")
    program = api.Api(server.base, token=redirect(reply)[2]["access_token"])
    assert program.get("user/").status_code == 200
    shown, = app.admin.get("user/authorizations").json()["authorizations"]
    assert shown["application"]["name"] == "robot <b>"
    assert shown["application"]["organization"]["name"] == app.organization
    assert [scope["scope"] for scope in shown["scopes"]] == ["user:read"]
    path = f"user/authorizations/{shown['uuid']}"
    assert app.admin.get(path).json() == shown
    for reply in (api.Api(server.base, BOB).get(path), api.Api(server.base, BOB).delete(path)):
        api.assert_problem(reply, 404)
    api.assert_problem(program.delete(path), 403)
    assert app.admin.delete(path).status_code == 204
    assert program.get("user/").status_code == 401
    api.assert_problem(app.admin.delete(path), 404)
    api.assert_problem(app.admin.get(path), 404)
    for path in ("user/authorizations", "user/authorizations/x"):
        api.assert_problem(api.Api(server.base).get(path), 401)


# Assigned authorizations.

def assign(app, browser, username="bob", **more):
    query = app.request(username=username, format="json", **more)
    return browser.post("/oauth/authorize/assignuser", params=query)


def notices(browser):
    """Organizations that assigned a token, as notifications tell."""
    reply = browser.get("user/notifications", params={"limit": 50})
    return [item["metadata"]["username"] for item in reply.json()["notifications"]
            if item["kind"] == "assigned_authorization"]


def test_assignment(server, fresh):
    bob = api.Api(server.base, BOB)
    assert assign(fresh, fresh.admin, response_type="token").json() == {
        "message": "Token assigned successfully"}
    mine = [item for item in bob.get("user/assignedauthorization").json()["authorizations"]
            if item["application"]["clientId"] == fresh.client_id]
    assert [(item["redirectUri"], item["responseType"]) for item in mine] == [(CALLBACK, "token")]
    uuid = mine[0]["uuid"]
    more = {"assignment_uuid": uuid, "response_type": "token"}
    shown = fresh.authorize(bob, format="json", **more).json()
    assert shown["assignment_uuid"] == uuid
    # It is for just this request, and for bob.
    for change in ({"scope": "user:admin"}, {"redirect_uri": CALLBACK + "/x"},
                   {"response_type": "code"}, {"assignment_uuid": "nothing"}):
        assert_page(fresh.submit(bob, "authorizeapp", **{**more, **change}), 403)
    create_user(server, ("oauthcarol", "some-password"))
    carol = api.Api(server.base, ("oauthcarol", "some-password"))
    assert_page(fresh.submit(carol, "authorizeapp", **more), 403)
    assert fresh.organization in notices(bob)
    token = redirect(fresh.submit(bob, "authorizeapp", **more))[2]["access_token"]
    assert fresh.organization not in notices(bob)
    assert api.Api(server.base, token=token).get("user/authorizations").status_code == 403
    assert_page(fresh.submit(bob, "authorizeapp", **more), 403)  # used up


def test_declined_assignment(server, fresh):
    bob = api.Api(server.base, BOB)
    assert assign(fresh, fresh.admin).status_code == 200
    uuid = bob.get("user/assignedauthorization").json()["authorizations"][-1]["uuid"]
    path = f"user/assignedauthorization/{uuid}"
    api.assert_problem(fresh.admin.delete(path), 404)
    assert fresh.organization in notices(bob)
    assert bob.delete(path).status_code == 204
    assert fresh.organization not in notices(bob)
    api.assert_problem(bob.delete(path), 404)
    assert_page(fresh.authorize(bob, assignment_uuid=uuid), 403)


def test_who_may_assign(server, fresh):
    bob = api.Api(server.base, BOB)
    api.assert_problem(assign(fresh, bob), 403)
    api.assert_problem(assign(fresh, api.Api(server.base)), 401)
    api.assert_problem(assign(fresh, fresh.admin, username="nobody-here"), 404)
    api.assert_problem(assign(fresh, fresh.admin, username=None), 400)
    api.assert_problem(assign(fresh, fresh.admin, scope="nonsense"), 404)
    assert redirect(assign(fresh, fresh.admin, redirect_uri="https://evil.example/"))[1] == {
        "error": "redirect_uri_mismatch"}
    fresh.admin.csrf = "x"
    api.assert_problem(assign(fresh, fresh.admin), 403, "CSRF")


def test_assignments_off(start_server):
    server = start_server(keys={"FEATURE_ASSIGN_OAUTH_TOKEN": False})
    app = oauth.Application(server, ALICE)
    api.assert_problem(assign(app, app.admin, username="alice"), 404)
    api.assert_problem(app.admin.get("user/assignedauthorization"), 404)


def test_read_only(start_server, tmp_path):
    server = start_server()
    app = oauth.Application(server, ALICE)
    code = app.code(app.admin)
    (tmp_path / "config.yaml").write_text("REGISTRY_STATE: readonly\n")
    data = server.data
    server.stop()
    frozen = start_server(users=(), data=data, config=tmp_path)
    app.server, app.admin = frozen, api.Api(frozen.base, ALICE)
    assert app.exchange(code).status_code == 503
    assert app.submit(app.admin, "authorizeapp").status_code == 503
    assert app.authorize(app.admin).status_code == 200
