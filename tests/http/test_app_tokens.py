# SPDX-License-Identifier: Apache-2.0
"""App tokens and encrypted passwords: what goes into the configuration of clients."""
import json

import pytest

import api
import persons
import registry
import server as servers
from persons import PASSWORD


@pytest.fixture
def name(server):
    return persons.make_user(server)


@pytest.fixture
def me(server, name):
    return persons.sign_in(server, name)


def make(me, title="ci"):
    reply = me.post("user/apptoken", {"title": title})
    assert reply.status_code == 200, reply.text
    return reply.json()["token"]


def login(server, username, password):
    return registry.Registry(server.base, (username, password)).ask_token()


def test_life(server, name, me):
    token = make(me, "build farm")
    code = token.pop("token_code")
    assert len(code) == 120 and code.isalnum() and code.isupper()
    assert token["title"] == "build farm" and token["expiration"] is None
    assert token["last_accessed"] is None and token["created"].endswith("-0000")
    assert login(server, "$app", code).status_code == 200
    listed = me.get("user/apptoken").json()
    assert listed["only_expiring"] is False
    assert [one["uuid"] for one in listed["tokens"]] == [token["uuid"]]
    assert "token_code" not in listed["tokens"][0]
    assert listed["tokens"][0]["last_accessed"] is not None
    again = me.get(f"user/apptoken/{token['uuid']}").json()["token"]
    assert again["token_code"] == code
    assert me.delete(f"user/apptoken/{token['uuid']}").status_code == 204
    assert login(server, "$app", code).status_code == 401
    api.assert_problem(me.get(f"user/apptoken/{token['uuid']}"), 404)
    api.assert_problem(me.delete(f"user/apptoken/{token['uuid']}"), 404)


def test_acts_as_its_user(server, name, me):
    caller = registry.Registry(server.base, ("$app", make(me)["token_code"]))
    assert caller.repository(f"{name}/app").push_image("v1", name) is not None
    owner = registry.Registry(server.base, (name, PASSWORD))
    assert owner.repository(f"{name}/app").get_manifest("v1").status_code == 200


@pytest.mark.parametrize("change", [
    lambda code: code[:-1] + ("A" if code[-1] != "A" else "B"), lambda code: code[:60],
    lambda code: "A" * 120, lambda code: code + "A", lambda code: "x", str.lower])
def test_wrong(server, me, change):
    assert login(server, "$app", change(make(me)["token_code"])).status_code == 401


def test_not_for_the_form(server, name, me):
    code = make(me)["token_code"]
    assert api.Api(server.base).post("signin", {"username": "$app", "password": code}
                                     ).status_code == 403
    assert login(server, name, code).status_code == 401


def test_disabled_user(server, name, me):
    code = make(me)["token_code"]
    server.run("user", "disable", name)
    assert login(server, "$app", code).status_code == 401


def test_of_others(server, me):
    uuid = make(me)["uuid"]
    other = persons.sign_in(server, persons.make_user(server))
    api.assert_problem(other.get(f"user/apptoken/{uuid}"), 404)
    api.assert_problem(other.delete(f"user/apptoken/{uuid}"), 404)
    assert other.get("user/apptoken").json()["tokens"] == []


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": 1}, {"title": "x" * 256}])
def test_bad_title(server, me, body):
    api.assert_problem(me.post("user/apptoken", body), 400, "title")


def test_anonymous(server):
    nobody = api.Api(server.base)
    for reply in (nobody.get("user/apptoken"), nobody.post("user/apptoken", {"title": "x"}),
                  nobody.get("user/apptoken/some"), nobody.delete("user/apptoken/some")):
        api.assert_problem(reply, 401)


def test_expiring(start_server):
    server = start_server(keys={"APP_SPECIFIC_TOKEN_EXPIRATION": "1h"})
    me = persons.sign_in(server, "alice", "correct-horse")
    token = make(me)
    assert token["expiration"] is not None
    assert me.get("user/apptoken?expiring=true").json() == {"tokens": [], "only_expiring": True}
    assert len(me.get("user/apptoken?expiring=false").json()["tokens"]) == 1


def test_expired(start_server):
    server = start_server(keys={"APP_SPECIFIC_TOKEN_EXPIRATION": "1s",
                                "EXPIRED_APP_SPECIFIC_TOKEN_GC": "0s",
                                "GARBAGE_COLLECTION_FREQUENCY": 1})
    me = persons.sign_in(server, "alice", "correct-horse")
    code = make(me)["token_code"]
    servers.wait_for(lambda: not me.get("user/apptoken").json()["tokens"], "the token to be gone")
    assert login(server, "$app", code).status_code == 401


def test_switched_off(start_server):
    server = start_server(keys={"FEATURE_APP_SPECIFIC_TOKENS": False})
    me = persons.sign_in(server, "alice", "correct-horse")
    api.assert_problem(me.get("user/apptoken"), 404)
    assert login(server, "$app", "A" * 120).status_code == 401


def test_client_key(server, name, me):
    key = me.post("user/clientkey", {"password": PASSWORD}).json()["key"]
    assert PASSWORD not in key
    assert login(server, name, key).status_code == 200
    assert login(server, persons.make_user(server), key).status_code == 200  # it is the password
    assert login(server, name, key[:-2]).status_code == 401
    api.assert_problem(me.post("user/clientkey", {"password": "wrong-password"}), 400)
    api.assert_problem(api.Api(server.base).post("user/clientkey", {"password": PASSWORD}), 401)
    assert me.put("user/", {"password": "another-password"}).status_code == 200
    assert login(server, name, key).status_code == 401


def test_only_encrypted(start_server):
    server = start_server(keys={"FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH": True})
    me = persons.sign_in(server, "alice", "correct-horse")
    refused = login(server, "alice", "correct-horse")
    assert refused.status_code == 401 and "encrypted" in refused.text
    key = me.post("user/clientkey", {"password": "correct-horse"}).json()["key"]
    assert login(server, "alice", key).status_code == 200
    assert login(server, "$app", make(me)["token_code"]).status_code == 200


def test_command_line(server, name, me):
    made = json.loads(server.run("apptoken", "create", name, "ci", "--json").stdout)
    assert login(server, "$app", made["token_code"]).status_code == 200
    plain = server.run("apptoken", "create", name, "farm").stdout.strip()
    assert login(server, "$app", plain).status_code == 200
    listed = json.loads(server.run("apptoken", "list", name, "--json").stdout)
    assert [one["title"] for one in listed] == ["farm", "ci"]
    assert made["token_code"] not in server.run("apptoken", "list", name).stdout
    shown = me.get(f"user/apptoken/{made['uuid']}").json()["token"]  # sealed with the same key
    assert shown["token_code"] == made["token_code"]
    server.run("apptoken", "delete", name, made["uuid"])
    assert login(server, "$app", made["token_code"]).status_code == 401
    assert server.run("apptoken", "delete", name, made["uuid"], check=False).returncode == 1
    assert server.run("apptoken", "create", name, "", check=False).returncode == 1


def test_revoked_while_in_use(start_server):
    """A registry token ends with the app token that it was made for, once it is looked at again."""
    server = start_server()
    me = persons.sign_in(server, "alice", "correct-horse")
    token = make(me)
    caller = registry.Registry(server.base, ("$app", token["token_code"]))
    bearer = caller.token("repository:alice/app:pull,push")
    caller.repository("alice/app").push_image("v1", "seed")
    assert me.delete(f"user/apptoken/{token['uuid']}").status_code == 204
    server.restart()  # a server remembers a token for half a minute
    again = registry.Registry(server.base).request("GET", "/v2/alice/app/tags/list", token=bearer)
    assert again.status_code == 401, again.text
