# SPDX-License-Identifier: Apache-2.0
"""/v2/auth: credentials in, token out."""
import base64
import json
import time

import pytest

import api
import oauth
import registry
from conftest import ALICE, BOB, create_user


def claims_of(reply):
    """What a token says; whether it is signed well is for test_keys."""
    assert reply.status_code == 200, reply.text
    payload = reply.json()["token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def access_of(reply):
    return {item["name"]: item["actions"] for item in claims_of(reply)["access"]}


def test_answer(alice):
    reply = alice.ask_token()
    answer = reply.json()
    assert answer["token"] == answer["access_token"]
    assert answer["expires_in"] == 3600
    assert answer["issued_at"].endswith("Z")
    assert "no-store" in reply.headers["Cache-Control"]


def test_claims(alice, name):
    before = int(time.time())
    claims = claims_of(alice.ask_token(f"repository:{name}:pull,push"))
    assert claims["iss"] == "quay"
    assert claims["aud"] == alice.service
    assert claims["sub"] == "alice"
    assert before <= claims["iat"] == claims["nbf"] <= time.time() + 1
    assert claims["exp"] == claims["iat"] + 3600
    entry, = claims["access"]
    assert (entry["type"], entry["name"]) == ("repository", name)
    assert sorted(entry["actions"]) == ["pull", "push"]


def test_context(alice, nobody):
    context = claims_of(alice.ask_token())["context"]
    assert context["version"] == 2
    assert (context["entity_kind"], context["kind"], context["user"]) == ("user", "user", "alice")
    assert len(context["entity_reference"]) == 36
    assert context["com.apostille.root"] == "$disabled"
    claims = claims_of(nobody.ask_token("repository:alice/any:pull"))
    assert claims["sub"] == "(anonymous)"
    assert claims["context"]["entity_kind"] == "anonymous"


def test_audience_is_the_service_asked_for(alice):
    claims = claims_of(alice.ask_token(service="elsewhere.example"))
    assert claims["aud"] == "elsewhere.example"
    token = alice.ask_token(service="elsewhere.example").json()["token"]
    registry.assert_error(alice.request("GET", "/v2/", token=token), 401, "UNAUTHORIZED")


def test_what_is_not_allowed_is_left_out(alice, bob, name):
    alice.repository(name)
    assert access_of(bob.ask_token(f"repository:{name}:pull,push,*")) == {name: []}
    alice_gets = access_of(alice.ask_token(f"repository:{name}:pull,push,*"))
    assert sorted(alice_gets[name]) == ["*", "pull", "push"]


def test_public_repository(server, alice, bob, nobody, name):
    alice.repository(name)
    server.run("repo", "public", name)
    for caller in (bob, nobody):
        assert access_of(caller.ask_token(f"repository:{name}:pull,push")) == {name: ["pull"]}
    server.run("repo", "private", name)
    for caller in (bob, nobody):
        assert access_of(caller.ask_token(f"repository:{name}:pull,push")) == {name: []}


def test_many_scopes(alice, bob, name):
    names = [f"{name}-{i}" for i in range(3)]
    reply = alice.ask_token(*(f"repository:{each}:pull,push" for each in names))
    assert list(access_of(reply)) == names
    mixed = bob.ask_token(f"repository:{names[0]}:pull", "repository:bob/own:pull,push")
    assert access_of(mixed)[names[0]] == []
    assert sorted(access_of(mixed)["bob/own"]) == ["pull", "push"]


def test_scopes_in_one_value(alice, name):
    scope = f"repository:{name}-a:push repository:{name}-b:push"
    assert access_of(alice.ask_token(scope)) == {name + "-a": ["push"], name + "-b": ["push"]}


def test_catalog(alice):
    entry, = claims_of(alice.ask_token("registry:catalog:*"))["access"]
    assert entry == {"type": "registry", "name": "catalog", "actions": ["*"]}


def test_pull_creates_nothing(server, alice, bob, name):
    """The owner may find out that there is nothing; nobody else may."""
    assert access_of(alice.ask_token(f"repository:{name}:pull")) == {name: ["pull"]}
    assert access_of(bob.ask_token(f"repository:{name}:pull")) == {name: []}
    assert name not in server.run("repo", "list", "alice").stdout


def test_push_creates_a_private_repository(server, alice, bob, name):
    alice.ask_token(f"repository:{name}:pull,push")
    assert name in server.run("repo", "list", "alice").stdout
    assert access_of(bob.ask_token(f"repository:{name}:pull")) == {name: []}


def test_nobody_creates_in_a_foreign_namespace(server, bob, nobody, name):
    for caller in (bob, nobody):
        assert access_of(caller.ask_token(f"repository:{name}:pull,push")) == {name: []}
    assert name not in server.run("repo", "list", "alice").stdout


def test_unknown_namespace(alice):
    reply = alice.ask_token("repository:no-such-namespace/app:pull,push")
    assert access_of(reply) == {"no-such-namespace/app": []}


def test_name_without_namespace(server, alice, root, nobody):
    assert access_of(alice.ask_token("repository:busybox:pull")) == {"busybox": []}


@pytest.mark.parametrize("scope, code", [
    ("repository:alice/app", "INVALID_REQUEST"),
    ("repository:alice/app:", "INVALID_REQUEST"),
    ("repository:alice/app:erase", "INVALID_REQUEST"),
    ("repository:alice/app:pull,", "INVALID_REQUEST"),
    ("registry:catalog:pull", "INVALID_REQUEST"),
    ("nonsense", "INVALID_REQUEST"),
    ("repository:Alice/App:pull", "NAME_INVALID"),
    ("repository:alice//app:pull", "NAME_INVALID"),
    ("repository:../app:pull", "NAME_INVALID"),
    ("repository::pull", "NAME_INVALID"),
    ("repository:" + "a/" * 200 + "a:pull", "NAME_INVALID"),
])
def test_bad_scope(alice, scope, code):
    registry.assert_error(alice.ask_token(scope), 400, code)


def test_too_many_scopes(alice):
    reply = alice.ask_token(*(f"repository:alice/app{i}:pull" for i in range(65)))
    assert reply.status_code in (400, 413)


def test_wrong_password(start_server):
    caller = registry.Registry(start_server().base, ("alice", "wrong-horse"))
    reply = caller.ask_token("repository:alice/app:pull")
    registry.assert_error(reply, 401, "UNAUTHORIZED", "invalid username or password")
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")


def test_unknown_user_reads_as_a_wrong_password(nobody):
    reply = nobody.ask_token(credentials=("nobody-here", "correct-horse"))
    registry.assert_error(reply, 401, "UNAUTHORIZED", "invalid username or password")


@pytest.mark.parametrize("user", ["alice+robot", "$oauthtoken", "$app", "$token"])
def test_other_kinds_of_credentials_are_refused(nobody, user):
    registry.assert_error(nobody.ask_token(credentials=(user, "x" * 40)), 401, "UNAUTHORIZED")


def test_nobody_without_scope(nobody):
    reply = nobody.ask_token()
    registry.assert_error(reply, 401, "UNAUTHORIZED")
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("header", ["Basic", "Basic ", "Basic !!!", "Basic YWxpY2U=", "Digest x"])
def test_malformed_header_counts_as_none(nobody, header):
    reply = nobody.request("GET", "/v2/auth", headers={"Authorization": header})
    registry.assert_error(reply, 401, "UNAUTHORIZED")


def test_by_email(start_server):
    server = start_server(users=())
    create_user(server, ("carol", "carols-password"), "--email", "Carol@example.com")
    caller = registry.Registry(server.base, ("carol@example.com", "carols-password"))
    assert claims_of(caller.ask_token())["sub"] == "carol"


class TestLockout:
    """A server of its own, for its failures."""

    @pytest.fixture(scope="class")
    def locked(self, start_server):
        return start_server(users=(ALICE, BOB))

    def fail_until_locked(self, server, user):
        caller = registry.Registry(server.base, (user, "wrong-password"))
        for _ in range(10):
            reply = caller.ask_token()
            if reply.status_code == 429:
                return reply
            assert reply.status_code == 401
        raise AssertionError("ten wrong passwords in a row and no lockout")

    def test_lockout(self, locked):
        reply = self.fail_until_locked(locked, "alice")
        registry.assert_error(reply, 429, "TOOMANYREQUESTS", "too many failed logins")
        assert 1 <= int(reply.headers["Retry-After"]) <= 60

    def test_right_password_is_refused_meanwhile(self, locked):
        self.fail_until_locked(locked, "alice")
        assert registry.Registry(locked.base, ALICE).ask_token().status_code == 429

    def test_others_are_let_in(self, locked):
        assert registry.Registry(locked.base, BOB).ask_token().status_code == 200

    def test_ends(self, locked):
        reply = self.fail_until_locked(locked, "bob")
        time.sleep(int(reply.headers["Retry-After"]))
        assert registry.Registry(locked.base, BOB).ask_token().status_code == 200

    def test_is_logged(self, locked):
        line = locked.wait_log(route="registry_token", status=429)
        assert line["error"] == "too_many"


def test_disabled_user(start_server):
    server = start_server()
    caller = registry.Registry(server.base, ALICE)
    token = caller.token()
    server.run("user", "disable", "alice")
    registry.assert_error(caller.ask_token(), 401, "UNAUTHORIZED", "disabled")
    server.run("user", "enable", "alice")
    assert caller.request("GET", "/v2/", token=caller.token()).status_code == 200
    assert caller.request("GET", "/v2/", token=token).status_code == 200


def test_disabled_namespace_takes_no_tokens(start_server):
    server = start_server(users=(ALICE, BOB))
    registry.Registry(server.base, ALICE).repository("alice/app")
    server.run("user", "disable", "alice")
    reply = registry.Registry(server.base, BOB).ask_token("repository:alice/app:pull")
    registry.assert_error(reply, 405, "DENIED", "disabled")


def test_robots_stop_with_their_owner(start_server):
    """Also those that have a token already, as their owner's own does."""
    server = start_server()
    robot = api.Api(server.base, ALICE).put("user/robots/ci").json()
    caller = registry.Registry(server.base, (robot["name"], robot["token"]))
    token = caller.token()
    server.run("user", "disable", "alice")
    registry.assert_error(caller.request("GET", "/v2/", token=token), 401, "UNAUTHORIZED", "disabled")
    server.run("user", "enable", "alice")
    assert caller.request("GET", "/v2/", token=token).status_code == 200


def test_robot_of_the_same_name(start_server):
    """What a robot was given is not the next one's: a token outlives a robot, and it goes by names."""
    server = start_server()
    owner = api.Api(server.base, ALICE)
    robot = owner.put("user/robots/ci").json()
    caller = registry.Registry(server.base, (robot["name"], robot["token"]))
    token = caller.token()
    assert owner.delete("user/robots/ci").status_code == 204
    assert owner.put("user/robots/ci").status_code == 201
    oauth.execute(server, "UPDATE account SET created_ms = created_ms + 5000 WHERE name = ?",
                  robot["name"])
    registry.assert_error(caller.request("GET", "/v2/", token=token), 401, "UNAUTHORIZED", "gone")


@pytest.mark.parametrize("taken_by", ["another", "a renamed one"])
def test_namespaces_that_change_hands(start_server, taken_by):
    """What somebody could do in a namespace is not for the next of its name."""
    server = start_server(users=(ALICE, BOB), keys={"FEATURE_USER_RENAME": True})
    caller = registry.Registry(server.base, ALICE)
    caller.repository("alice/app").push_image("v1", "v1")
    # Not the one that has pushed, which would be the same within a second: uses are remembered for a while.
    token = caller.token("repository:alice/app:pull,push,delete")
    manifest = "/v2/alice/app/manifests/v1"
    server.run("user", "rename", "alice", "liddell")
    if taken_by == "another":
        create_user(server, ("alice", "another-horse"))
    else:
        server.run("user", "rename", "bob", "alice")
    name = ("alice", "another-horse" if taken_by == "another" else BOB[1])
    registry.Registry(server.base, name).repository("alice/app").push_image("v1", "of another")
    assert caller.request("GET", manifest, token=token).status_code == 401
    assert caller.request("POST", "/v2/alice/app/blobs/uploads/", token=token).status_code == 401
    assert registry.Registry(server.base, ("liddell", ALICE[1])).request(
        "GET", "/v2/", token=token).status_code == 200


def test_new_password(start_server):
    server = start_server()
    assert registry.Registry(server.base, ALICE).ask_token().status_code == 200
    server.run("user", "passwd", "alice", "--password-stdin", password="other-horse\n")
    new = registry.Registry(server.base, ("alice", "other-horse"))
    assert new.ask_token().status_code == 200
    assert registry.Registry(server.base, ALICE).ask_token().status_code == 401


def form(nobody, **fields):
    return {"service": nobody.service, "grant_type": "password", "username": ALICE[0],
            "password": ALICE[1], **fields}


class TestForm:
    """POST /v2/auth, as OAuth 2 has it."""

    def test_token(self, nobody, name):
        reply = nobody.request("POST", "/v2/auth",
                               data=form(nobody, scope=f"repository:{name}:pull,push"))
        assert sorted(access_of(reply)[name]) == ["pull", "push"]
        token = reply.json()["access_token"]
        assert nobody.request("GET", "/v2/", token=token).status_code == 200

    def test_wrong_password(self, nobody):
        reply = nobody.request("POST", "/v2/auth", data=form(nobody, username="nobody-here"))
        registry.assert_error(reply, 401, "UNAUTHORIZED", "invalid username or password")

    @pytest.mark.parametrize("fields, status", [
        ({"grant_type": "refresh_token"}, 405),
        ({"grant_type": None}, 400),
        ({"username": None}, 401),
        ({"password": None}, 401),
        ({"scope": "nonsense"}, 400),
    ])
    def test_refusals(self, nobody, fields, status):
        reply = nobody.request("POST", "/v2/auth", data=form(nobody, **fields))
        assert reply.status_code == status, reply.text

    def test_too_large(self, nobody):
        reply = nobody.request("POST", "/v2/auth", data=form(nobody, scope="x" * 70000))
        assert reply.status_code == 413


def test_host_in_scope_is_echoed(alice, name):
    asked = f"{alice.service}/{name}"
    access = access_of(alice.ask_token(f"repository:{asked}:pull,push"))
    assert sorted(access[asked]) == ["pull", "push"]


def test_log_line_names_the_user(server, alice):
    alice.ask_token(account="seen-in-log")
    line = server.wait_log(route="registry_token", user="alice", status=200)
    assert line["method"] == "GET" and line["path"] == "/v2/auth"
    assert ALICE[1] not in server.log_text()
