# SPDX-License-Identifier: Apache-2.0
"""Two nodes on one database and one storage: what a superuser or a user changes by way of one is
true at the other with the next request, but for registry tokens, which each node believes for half
a minute."""
import pytest

import api
import persons
import registry
from conftest import ALICE, ROOT, create_user
from orgs import Person
from persons import PASSWORD
from server import wait_for


@pytest.fixture(scope="module")
def nodes(start_server):
    first = start_server(users=(ALICE,), keys={})
    create_user(first, ROOT, "--superuser")
    second = start_server.make(data=first.data, config=first.config)
    second.log_path += ".second"
    return first, second.start()


@pytest.fixture
def here(nodes):
    """A superuser at the first."""
    return api.Api(nodes[0].base, ROOT)


@pytest.fixture
def name(nodes):
    return persons.make_user(nodes[0])


def at(node, browser):
    """The same browser, at another node: all it has are its cookies."""
    other = api.Api(node.base)
    other.session.cookies.update(browser.session.cookies)
    return other


def logs_in(node, name, password=PASSWORD):
    return registry.Registry(node.base, (name, password)).ask_token().status_code == 200


def test_one_session_for_both(nodes, name):
    browser = persons.sign_in(nodes[0], name)
    assert at(nodes[1], browser).get("user/").json()["username"] == name


def test_disabled(nodes, here, name):
    """Whatever the second has remembered of him by then."""
    there = persons.sign_in(nodes[1], name)
    assert there.get("user/").status_code == 200 and logs_in(nodes[1], name)
    path = f"superuser/users/{name}"
    assert here.put(path, {"enabled": False}).status_code == 200
    assert there.get("user/").status_code == 401
    assert not logs_in(nodes[1], name)
    reply = api.Api(nodes[1].base).post("signin", {"username": name, "password": PASSWORD})
    assert reply.status_code == 403
    assert here.put(path, {"enabled": True}).status_code == 200
    assert logs_in(nodes[1], name)


def test_deleted(nodes, here, name):
    there = persons.sign_in(nodes[1], name)
    assert logs_in(nodes[1], name)
    assert here.delete(f"superuser/users/{name}").status_code == 204
    assert there.get("user/").status_code == 401 and not logs_in(nodes[1], name)


def test_signed_out(nodes, name):
    """At one node, everywhere: a copy of the cookie is worth nothing."""
    browser = persons.sign_in(nodes[0], name)
    copy = at(nodes[1], browser)
    assert copy.get("user/").status_code == 200
    assert browser.post("signout").status_code == 200
    assert copy.get("user/").status_code == 401


def test_password_changed(nodes, here, name):
    """The old one was remembered as good at the second."""
    there = persons.sign_in(nodes[1], name)
    assert logs_in(nodes[1], name)
    body = {"password": "another-password"}
    assert here.put(f"superuser/users/{name}", body).status_code == 200
    assert there.get("user/").status_code == 401
    assert not logs_in(nodes[1], name) and logs_in(nodes[1], name, "another-password")
    persons.sign_in(nodes[0], name, "another-password").put("user/", {"password": PASSWORD})
    assert logs_in(nodes[1], name) and not logs_in(nodes[1], name, "another-password")


def test_renamed(nodes, here, name):
    there, new = persons.sign_in(nodes[1], name), persons.make_name()
    nodes[0].run("user", "rename", name, new)
    assert there.get("user/").json()["username"] == new
    assert logs_in(nodes[1], new) and not logs_in(nodes[1], name)


def test_locked_out(nodes, name):
    """Guesses are counted together."""
    for number in range(20):
        logs_in(nodes[number % 2], name, "a-wrong-guess")
    assert not logs_in(nodes[0], name) and not logs_in(nodes[1], name)


def test_message(nodes, here):
    def shown():
        reply = api.Api(nodes[1].base).get("messages").json()["messages"]
        return {item["uuid"] for item in reply if item["content"] == "Down at noon"}
    before = shown()
    body = {"message": {"content": "Down at noon", "media_type": "text/plain", "severity": "info"}}
    assert here.post("messages", body).status_code == 201
    uuid, = shown() - before
    assert here.delete(f"message/{uuid}").status_code == 204
    assert shown() == before


def test_service_key(nodes, here):
    body = {"service": "scanner", "name": "two-nodes", "expiration": None}
    kid = here.post("superuser/keys", body).json()["kid"]
    there = api.Api(nodes[1].base)
    path = f"/keys/services/scanner/keys/{kid}"
    assert there.get(path).status_code == 200
    assert here.delete(f"superuser/keys/{kid}").status_code == 204
    assert there.get(path).status_code in (403, 404)


def test_tokens_of_the_api(nodes, name):
    token = nodes[0].run("token", "create", "--user", name, "--scope", "user:read", "two").stdout.strip()
    there = api.Api(nodes[1].base, token=token)
    assert there.get("user/").json()["username"] == name
    uuid = nodes[0].run("token", "list", "--user", name).stdout.split()
    uuid = next(word for word in uuid if word.count("-") == 4)
    nodes[0].run("token", "delete", uuid)
    assert there.get("user/").status_code == 401
    assert registry.Registry(nodes[1].base, ("$oauthtoken", token)).ask_token().status_code == 401


def test_app_token(nodes, name):
    browser = persons.sign_in(nodes[0], name)
    made = browser.post("user/apptoken", {"title": "two"}).json()["token"]
    login = registry.Registry(nodes[1].base, ("$app", made["token_code"]))
    assert login.ask_token().status_code == 200
    assert browser.delete(f"user/apptoken/{made['uuid']}").status_code == 204
    assert login.ask_token().status_code == 401


def test_robot(nodes, name):
    browser = persons.sign_in(nodes[0], name)
    made = browser.put("user/robots/two", {}).json()
    login = registry.Registry(nodes[1].base, (made["name"], made["token"]))
    assert login.ask_token().status_code == 200
    assert browser.post("user/robots/two/regenerate").status_code == 200
    assert login.ask_token().status_code == 401


def test_registry_token(nodes, here, name):
    """One that the first issued is good at the second; it ends at both, at the latest half a minute
    after its user was disabled."""
    callers = [registry.Registry(node.base, (name, PASSWORD)) for node in nodes]
    token = callers[0].token(f"repository:{name}/two:pull,push")
    repos = [registry.Repository(caller, f"{name}/two", token) for caller in callers]
    repos[0].push_image("v1", "two")
    assert repos[1].get_manifest("v1").status_code == 200
    assert here.put(f"superuser/users/{name}", {"enabled": False}).status_code == 200
    for repo in repos:
        wait_for(lambda repo=repo: repo.get_manifest("v1").status_code == 401, "the end of the token")


def test_rights(nodes, name):
    """A member who is put out of a team at one node is out at the other."""
    owner = Person(nodes[0])
    organization = persons.make_name("twoorg")
    assert owner.api.post("organization/", {"name": organization}).status_code == 201
    team = f"organization/{organization}/team/crew"
    assert owner.api.put(team, {"role": "admin"}).status_code == 200
    assert owner.api.put(f"{team}/members/{name}").status_code in (200, 201)
    there = persons.sign_in(nodes[1], name)
    assert there.get(f"organization/{organization}/members").status_code == 200
    assert owner.api.delete(f"{team}/members/{name}").status_code == 204
    api.assert_problem(there.get(f"organization/{organization}/members"), 403)
