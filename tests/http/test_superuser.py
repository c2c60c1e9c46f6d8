# SPDX-License-Identifier: Apache-2.0
"""What superusers do: users, organizations, service keys, the registry's size and configuration,
messages; and that nobody else does."""
import json
import time

import pytest
import requests

import api
import registry
from conftest import ALICE, ROOT, create_user
from server import wait_for
from test_audit import Person

USERS, ORGANIZATIONS = "superuser/users/", "superuser/organizations/"


@pytest.fixture(scope="module")
def root_api(server):
    return api.Api(server.base, ROOT)


@pytest.fixture
def person(server):
    return Person(server)


def organization(person):
    name = person.name + "org"
    reply = person.api.post("organization/", {"name": name, "email": name + "@example.com"})
    assert reply.status_code == 201, reply.text
    return name


def entries(root_api, kind):
    logs = root_api.get("superuser/logs").json()["logs"]
    return [entry for entry in logs if entry["kind"] == kind]


@pytest.mark.parametrize("method,path", [
    ("GET", USERS), ("POST", USERS), ("GET", USERS + "alice"), ("PUT", USERS + "alice"),
    ("DELETE", USERS + "alice"), ("GET", ORGANIZATIONS), ("PUT", ORGANIZATIONS + "x"),
    ("DELETE", ORGANIZATIONS + "x"), ("POST", "superuser/takeownership/alice"),
    ("GET", "superuser/keys"), ("POST", "superuser/keys"), ("GET", "superuser/keys/x"),
    ("PUT", "superuser/keys/x"), ("DELETE", "superuser/keys/x"),
    ("POST", "superuser/approvedkeys/x"), ("GET", "superuser/registrysize/"),
    ("POST", "superuser/registrysize/"), ("GET", "superuser/changelog/"), ("POST", "messages"),
    ("DELETE", "message/x"), ("POST", "superuser/shutdown"), ("GET", "superuser/x/logs"), ("GET", "superuser/x/logs/archive"),
    ("GET", "superuser/x/status"), ("GET", "superuser/x/build")])
def test_only_superusers(server, person, method, path):
    body = {} if method in ("POST", "PUT") else None
    api.assert_problem(api.Api(server.base).request(method, path, json=body), 401)
    api.assert_problem(person.api.request(method, path, json=body), 403)


def test_users(root_api, person):
    users = root_api.get(USERS).json()["users"]
    mine, = [user for user in users if user["username"] == person.name]
    assert mine["kind"] == "user" and mine["name"] == person.name and mine["enabled"] is True
    assert mine["super_user"] is False and mine["global_readonly_super_user"] is False
    assert mine["avatar"]["kind"] == "user" and mine["verified"] is True
    assert [user["super_user"] for user in users if user["username"] == "root"] == [True]
    assert root_api.get(USERS + person.name).json() == mine
    api.assert_problem(root_api.get(USERS + "nobody-at-all"), 404)


def test_pages_of_users(root_api):
    whole = [user["username"] for user in root_api.get(USERS).json()["users"]]
    found, query = [], {"limit": 2}
    while True:
        page = root_api.get(USERS, params=query).json()
        assert len(page["users"]) <= 2
        found += [user["username"] for user in page["users"]]
        if "next_page" not in page:
            break
        query["next_page"] = page["next_page"]
    assert found == sorted(whole) == whole
    api.assert_problem(root_api.get(USERS, params={"limit": 101}), 400)


def test_disabled_users(root_api, person):
    reply = root_api.put(USERS + person.name, {"enabled": False})
    assert reply.status_code == 200 and reply.json()["enabled"] is False
    assert person.api.get("user/").status_code == 401

    def listed(**query):
        users = root_api.get(USERS, params=query).json()["users"]
        return person.name in [user["username"] for user in users]
    assert listed() and listed(disabled="true") and not listed(disabled="false")
    assert root_api.put(USERS + person.name, {"enabled": True}).json()["enabled"] is True
    for kind in ("user_disable", "user_enable"):
        assert entries(root_api, kind)[0]["metadata"]["username"] == person.name


def test_create_user(server, root_api):
    name = f"made{time.time_ns()}"
    reply = root_api.post(USERS, {"username": name, "email": name + "@example.com"})
    assert reply.status_code == 200, reply.text
    made = reply.json()
    assert made["username"] == name and made["email"] == name + "@example.com"
    assert api.Api(server.base, (name, made["password"])).get("user/").status_code == 200
    client = registry.Registry(server.base, (name, made["encrypted_password"]))
    assert client.ask_token().status_code == 200
    assert entries(root_api, "user_create")[0]["metadata"]["username"] == name
    api.assert_problem(root_api.post(USERS, {"username": name}), 400)
    api.assert_problem(root_api.post(USERS, {"username": "no spaces"}), 400)
    api.assert_problem(root_api.post(USERS, {}), 400, "username")


def test_change_user(server, root_api, person):
    reply = root_api.put(USERS + person.name, {"password": "another-password",
                                               "email": person.name + "@example.com"})
    assert reply.status_code == 200 and reply.json()["email"] == person.name + "@example.com"
    assert "encrypted_password" in reply.json()
    assert person.api.get("user/").status_code == 401  # the old sessions are over
    assert api.Api(server.base, (person.name, "another-password")).get("user/").status_code == 200
    assert entries(root_api, "user_change_password")[0]["metadata"]["superuser"] == "root"
    assert entries(root_api, "user_change_email")[0]["metadata"]["old_email"] is None
    api.assert_problem(root_api.put(USERS + person.name, {"password": "short"}), 400)


def test_nothing_said_changes_nothing(root_api, person):
    """null is no word for "disable him"."""
    api.assert_problem(root_api.put(USERS + person.name, {"enabled": None}), 400, "enabled")
    assert root_api.put(USERS + person.name, {}).json()["enabled"] is True


def test_superusers_are_not_changed(root_api):
    api.assert_problem(root_api.put(USERS + "root", {"enabled": False}), 400, "superuser")
    api.assert_problem(root_api.delete(USERS + "root"), 400, "superuser")
    api.assert_problem(root_api.post("superuser/takeownership/root"), 400, "superuser")


def test_delete_user(root_api, person):
    repo = person.repository()
    repo.push_image("v1", "deleted")
    assert root_api.delete(USERS + person.name).status_code == 204
    api.assert_problem(root_api.get(USERS + person.name), 404)
    assert person.api.get("user/").status_code == 401
    assert entries(root_api, "user_delete")[0]["metadata"]["username"] == person.name


def test_organizations(root_api, person):
    name = organization(person)
    found, = [item for item in root_api.get(ORGANIZATIONS).json()["organizations"]
              if item["name"] == name]
    assert found["email"] == name + "@example.com" and found["avatar"]["kind"] == "org"
    reply = root_api.put(ORGANIZATIONS + name, {"name": name + "2"})
    assert reply.status_code == 200 and reply.json()["name"] == name + "2"
    api.assert_problem(root_api.put(ORGANIZATIONS + name, {"name": "other"}), 404)
    assert person.api.get(f"organization/{name}2").status_code == 200
    assert entries(root_api, "org_change_name")[0]["metadata"]["old_name"] == name
    assert root_api.delete(ORGANIZATIONS + name + "2").status_code == 204
    assert person.api.get(f"organization/{name}2").status_code == 404
    api.assert_problem(root_api.delete(ORGANIZATIONS + "alice"), 404)  # a user


def test_take_organization(root_api, person):
    name = organization(person)
    api.assert_problem(root_api.get(f"organization/{name}/logs"), 403)
    reply = root_api.post(f"superuser/takeownership/{name}")
    assert reply.status_code == 200 and reply.json() == {"namespace": name}
    logs = root_api.get(f"organization/{name}/logs").json()["logs"]
    assert logs[0]["kind"] == "take_ownership"
    assert logs[0]["metadata"]["was_user"] == "false" and logs[0]["metadata"]["namespace"] == name


def test_take_user(root_api, person):
    reply = root_api.post(f"superuser/takeownership/{person.name}")
    assert reply.status_code == 200, reply.text
    assert root_api.get(f"organization/{person.name}").json()["is_admin"] is True
    assert person.api.get("user/").status_code == 401
    assert entries(root_api, "take_ownership")[0]["metadata"]["was_user"] == "true"
    api.assert_problem(root_api.post("superuser/takeownership/nobody-at-all"), 404)


def test_own_keys(root_api):
    keys = root_api.get("superuser/keys").json()["keys"]
    own = [key for key in keys if key["service"] == "quay"]
    assert own and own[0]["approval"]["approval_type"] == "Automatic"
    assert all("d" not in key["jwk"] and key["jwk"]["kid"] == key["kid"] for key in keys)


def test_key(server, root_api):
    end = int(time.time()) + 3600
    reply = root_api.post("superuser/keys", {"service": "scanner", "expiration": end,
                                             "name": "one", "metadata": {"a": [1, None]},
                                             "notes": "for tests"})
    assert reply.status_code == 200, reply.text
    made = reply.json()
    assert set(made) == {"kid", "name", "service", "public_key", "private_key"}
    assert made["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert made["private_key"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    path = "superuser/keys/" + made["kid"]
    key = root_api.get(path).json()
    assert key["metadata"] == {"a": [1, None]} and key["name"] == "one"
    assert key["approval"]["approver"]["name"] == "root"
    assert key["approval"]["notes"] == "for tests" and key["expiration_date"].endswith("-0000")
    published = requests.get(f"{server.base}/keys/services/scanner/keys/{made['kid']}", timeout=60)
    assert published.status_code == 200 and published.json() == key["jwk"]
    changed = root_api.put(path, {"name": "two", "expiration": None})
    assert changed.status_code == 200, changed.text
    assert changed.json()["name"] == "two" and changed.json()["expiration_date"] is None
    assert changed.json()["metadata"] == {"a": [1, None]}
    api.assert_problem(root_api.post("superuser/approvedkeys/" + made["kid"]), 400, "already")
    assert root_api.delete(path).status_code == 204
    api.assert_problem(root_api.get(path), 404)
    for kind in ("service_key_create", "service_key_modify", "service_key_extend",
                 "service_key_delete"):
        assert entries(root_api, kind)[0]["metadata"]["kid"] == made["kid"]
    assert [entry for entry in root_api.get("user/logs").json()["logs"]
            if entry["kind"].startswith("service_key")] == []


@pytest.mark.parametrize("body", [
    {}, {"service": "x"}, {"service": "", "expiration": None}, {"service": 1, "expiration": None},
    {"service": "x", "expiration": 1}, {"service": "x", "expiration": "soon"},
    {"service": "x", "expiration": None, "metadata": []}])
def test_bad_keys(root_api, body):
    api.assert_problem(root_api.post("superuser/keys", body), 400)


def test_unknown_key(root_api):
    for method, path in (("GET", "keys/x"), ("PUT", "keys/x"), ("DELETE", "keys/x"),
                         ("POST", "approvedkeys/x")):
        body = {} if method in ("PUT", "POST") else None
        api.assert_problem(root_api.request(method, "superuser/" + path, json=body), 404)


def test_registry_size(root_api, person):
    person.repository().push_image("v1", "sized")
    assert root_api.post("superuser/registrysize/").status_code in (201, 202)

    def counted():
        size = root_api.get("superuser/registrysize/").json()
        return size if size["last_ran"] else None
    size = wait_for(counted, "the count")
    assert size["size_bytes"] > 0 and set(size) == {"size_bytes", "last_ran", "running", "queued"}


def test_registry_status(server):
    reply = api.Api(server.base).get("superuser/registrystatus")
    assert reply.status_code == 200 and reply.json()["status"] == "ready"


def test_shutdown(start_server):
    """It answers, and then ends as it does on a signal; what was started anew goes on."""
    server = start_server(keys={})
    create_user(server, ROOT, "--superuser")
    api.assert_problem(api.Api(server.base, ALICE).post("superuser/shutdown"), 403)
    reply = api.Api(server.base, ROOT).post("superuser/shutdown")
    assert (reply.status_code, reply.json()) == (200, {})
    server.wait_log(msg="stopping")
    assert server.process.wait(60) == 0
    line, = [line for line in server.log() if line["msg"] == "a superuser ends this process"]
    assert line["user"] == "root"
    server.process = None
    assert api.Api(server.start().base, ROOT).get("user/").status_code == 200


def test_nobody_shuts_a_new_registry_down(start_server):
    """Quay lets anybody, as long as there are no users."""
    server = start_server(users=(), keys={})
    api.assert_problem(api.Api(server.base).post("superuser/shutdown"), 401)


def test_changelog(root_api):
    assert "wharf" in root_api.get("superuser/changelog/").json()["log"]


@pytest.mark.parametrize("path", ["logs", "logs/archive", "status", "build"])
def test_no_builds(root_api, path):
    api.assert_problem(root_api.get("superuser/00000000/" + path), 404, "builds")


def test_messages(server, root_api):
    message = {"content": "Down at noon", "media_type": "text/plain", "severity": "warning"}
    reply = root_api.post("messages", {"message": message})
    assert reply.status_code == 201 and reply.content == b""
    shown, = [item for item in api.Api(server.base).get("messages").json()["messages"]
              if item["content"] == "Down at noon"]
    assert shown == {**message, "uuid": shown["uuid"]}
    assert root_api.delete("message/" + shown["uuid"]).status_code == 204
    api.assert_problem(root_api.delete("message/" + shown["uuid"]), 404)
    assert api.Api(server.base).get("messages").json() == {"messages": []}


@pytest.mark.parametrize("message", [
    None, {}, {"content": "x", "media_type": "text/html", "severity": "info"},
    {"content": "x", "media_type": "text/plain", "severity": "loud"},
    {"content": 1, "media_type": "text/plain", "severity": "info"}])
def test_bad_messages(root_api, message):
    api.assert_problem(root_api.post("messages", {"message": message}), 400)


def test_config_dump(start_server):
    server = start_server(users=[], keys={
        "FEATURE_SUPERUSER_CONFIGDUMP": True, "SECRET_KEY": "very-secret-indeed",
        "SUPER_USERS": ["root"], "NO_SUCH_KEY": 1, "FEATURE_SUPERUSERS_FULL_ACCESS": True,
        "GLOBAL_READONLY_SUPER_USERS": ["watcher"]})
    for name in ("root", "watcher"):
        create_user(server, (name, "some-password"))
    reply = api.Api(server.base, ("watcher", "some-password")).get("superuser/config")
    assert reply.status_code == 200, reply.text
    dump = reply.json()
    assert set(dump) == {"config", "warning", "env", "schema"}
    assert dump["config"]["SUPER_USERS"] == ["root"] and "NO_SUCH_KEY" in dump["warning"]
    assert dump["config"]["SECRET_KEY"] == "********" and "very-secret" not in json.dumps(dump)
    assert dump["config"]["DATABASE_SECRET_KEY"] is None
    root = api.Api(server.base, ("root", "some-password"))
    assert root.post("user/apptoken", {"title": "mine"}).status_code == 200
    for superuser in ("root", "watcher"):  # the one by full access, the other reads everything
        tokens = api.Api(server.base, (superuser, "some-password")).get("superuser/apptokens")
        assert tokens.status_code == 200, tokens.text
        assert [token["title"] for token in tokens.json()["tokens"]] == ["mine"]
        assert "token_code" not in tokens.text
    api.assert_problem(api.Api(server.base, ("watcher", "some-password")).post(USERS, {}), 403)


def test_config_dump_is_off(root_api):
    api.assert_problem(root_api.get("superuser/config"), 403)
    api.assert_problem(root_api.get("superuser/apptokens"), 403)


def test_recovery_without_mail(root_api):
    api.assert_problem(root_api.post("superusers/users/alice/sendrecovery"), 404)


def test_superusers_off_in_routes_of_two_features(start_server):
    """Also where something else must be on as well, and for who was made one on the command line."""
    server = start_server(keys={"FEATURE_SUPER_USERS": False, "FEATURE_SUPERUSERS_FULL_ACCESS": True,
                                "FEATURE_MAILING": True, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": 9})
    create_user(server, ROOT, "--superuser")
    root = api.Api(server.base, ROOT)
    api.assert_problem(root.get("superuser/apptokens"), 404)
    api.assert_problem(root.post("superusers/users/alice/sendrecovery"), 404)


def test_superusers_off(start_server):
    server = start_server(keys={"FEATURE_SUPER_USERS": False})
    browser = api.Api(server.base, ALICE)
    for path in (USERS, ORGANIZATIONS, "superuser/keys", "superuser/registrystatus"):
        api.assert_problem(browser.get(path), 404)
