# SPDX-License-Identifier: Apache-2.0
"""What the registry protocol leaves in the audit log, who is said to have called, and when."""
import itertools

import pytest

import api
import registry
from conftest import create_user
from registry import OCI_MANIFEST
from server import wait_for

PASSWORD = "some-password"
numbers = itertools.count(1)


class Person:
    """A user of this test only, with a session and a client of the registry."""

    def __init__(self, server, *options):
        self.name = f"audited{next(numbers)}"
        self.server = server
        self.credentials = (self.name, PASSWORD)
        create_user(server, self.credentials, *options)
        self.api = api.Api(server.base, self.credentials)
        self.registry = registry.Registry(server.base, self.credentials)
        self.registry.http.headers["User-Agent"] = "audit-test/1.0"

    def repository(self, name="one", actions="pull,push"):
        return self.registry.repository(f"{self.name}/{name}", actions)

    def logs(self, *kinds, of="user/logs"):
        reply = self.api.get(of)
        assert reply.status_code == 200, reply.text
        return [entry for entry in reply.json()["logs"] if not kinds or entry["kind"] in kinds]


@pytest.fixture
def person(server):
    return Person(server)


def test_push(person):
    repo = person.repository()
    digest = repo.push_image("v1", "push")
    entry, = person.logs("push_repo")
    assert entry["metadata"] == {
        "namespace": person.name, "repo": "one", "user-agent": "audit-test/1.0",
        "username": person.name, "tag": "v1", "manifest_digest": digest,
        "mediaType": OCI_MANIFEST}
    assert entry["ip"] == "127.0.0.1"
    assert entry["performer"]["name"] == person.name
    assert entry["performer"]["kind"] == "user" and entry["performer"]["is_robot"] is False
    assert entry["performer"]["avatar"]["kind"] == "user"
    created, = person.logs("create_repo")
    assert created["metadata"] == {"repo": "one", "namespace": person.name}
    assert person.logs("push_repo", of=f"repository/{person.name}/one/logs") == [entry]


def test_push_by_digest_has_no_tag(person):
    digest = person.repository().push_image(None, "by digest")
    entry, = person.logs("push_repo")
    assert "tag" not in entry["metadata"] and entry["metadata"]["manifest_digest"] == digest


def test_refused_push_leaves_nothing(person):
    repo = person.repository()
    assert repo.put_manifest("v1", b"{}").status_code == 400
    assert person.logs("push_repo", "push_repo_failed") == []


def test_pull(person):
    repo = person.repository()
    digest = repo.push_image("v1", "pull")
    for _ in range(3):  # from the database, then from the cache
        assert repo.get_manifest("v1").status_code == 200
    assert repo.get_manifest(digest, method="HEAD").status_code == 200
    entries = person.logs("pull_repo")
    assert len(entries) == 4
    by_digest, by_tag = entries[0]["metadata"], entries[1]["metadata"]
    assert by_tag["tag"] == "v1" and by_tag["manifest_digest"] == digest
    assert "tag" not in by_digest and by_digest["manifest_digest"] == digest
    assert by_tag["user-agent"] == "audit-test/1.0" and by_tag["mediaType"] == OCI_MANIFEST
    assert entries[0]["performer"]["name"] == person.name


def test_anonymous_pull(person):
    repo = person.repository()
    repo.push_image("v1", "anonymous")
    person.server.run("repo", "public", repo.name)
    nobody = registry.Registry(person.server.base).repository(repo.name, "pull")
    assert nobody.get_manifest("v1").status_code == 200
    entry, = person.logs("pull_repo")
    assert "performer" not in entry and entry["metadata"]["public"] == "true"


def test_many_alike_are_counted(person):
    """However they are put together, none is lost."""
    repo = person.repository()
    repo.push_image("v1", "many")
    for _ in range(120):
        assert repo.get_manifest("v1").status_code == 200
    today = person.api.get("user/aggregatelogs").json()["aggregated"]
    assert sum(row["count"] for row in today if row["kind"] == "pull_repo") == 120


def test_delete(person):
    repo = person.repository(actions="pull,push")
    digest = repo.push_image("v1", "delete")
    assert repo.delete("manifests/v1").status_code == 202
    assert repo.delete("manifests/absent").status_code == 404
    assert repo.delete(f"manifests/{digest}").status_code == 202
    by_digest, by_tag = person.logs("delete_tag", "delete_tag_failed")
    assert by_tag["metadata"]["tag"] == "v1" and by_tag["metadata"]["repo"] == "one"
    assert by_digest["metadata"]["manifest_digest"] == digest


def test_login(person):
    assert person.registry.ask_token().status_code == 200
    def logins():
        return [entry for entry in person.logs("login_success")
                if entry["metadata"]["type"] == "v2auth"]
    entry, = logins()
    assert entry["metadata"]["kind"] == "user" and entry["metadata"]["username"] == person.name
    assert entry["metadata"]["useragent"] == "audit-test/1.0"
    person.repository()  # with a scope it is no login
    assert len(logins()) == 1


def test_refused_login_is_not_recorded(person):
    wrong = (person.name, "wrong-password")
    assert person.registry.ask_token(credentials=wrong).status_code == 401
    assert person.logs("login_failure") == []


@pytest.fixture(scope="module")
def careful(start_server):
    """A server that records what it refuses, and lets pulls wait for their entry."""
    return start_server(keys={
        "ACTION_LOG_AUDIT_LOGIN_FAILURES": True, "ACTION_LOG_AUDIT_PULL_FAILURES": True,
        "ACTION_LOG_AUDIT_PUSH_FAILURES": True, "ACTION_LOG_AUDIT_DELETE_FAILURES": True,
        "ACTION_LOG_AUDIT_LOGINS": False, "ALLOW_PULLS_WITHOUT_STRICT_LOGGING": False,
        "TRUSTED_PROXY_CIDR": "127.0.0.0/8, 10.0.0.0/8", "DISABLED_FOR_PULL_LOGS": ["quiet"],
        "DISABLED_FOR_AUDIT_LOGS": ["silent"], "ACTION_LOG_MAX_PAGE": 2})


def test_failures(careful):
    person = Person(careful)
    repo = person.repository()
    assert repo.get_manifest("absent").status_code == 404
    assert repo.put_manifest("v1", b"{}").status_code == 400
    assert repo.delete("manifests/absent").status_code == 404
    wrong = (person.name, "wrong-password")
    assert person.registry.ask_token(credentials=wrong).status_code == 401
    assert person.registry.ask_token().status_code == 200
    kinds = [entry["kind"] for entry in person.logs() if "create" not in entry["kind"]]
    assert sorted(kinds) == ["delete_tag_failed", "login_failure", "pull_repo_failed",
                             "push_repo_failed"]
    pull, = person.logs("pull_repo_failed")
    assert pull["metadata"]["tag"] == "absent" and "absent" in pull["metadata"]["message"]
    login, = person.logs("login_failure")
    assert login["metadata"]["username"] == person.name and "performer" not in login


def test_refused_pull_of_a_stranger(careful):
    owner, stranger = Person(careful), Person(careful)
    owner.repository().push_image("v1", "stranger")
    repo = stranger.registry.repository(f"{owner.name}/one", "pull")
    assert repo.get_manifest("v1").status_code == 401
    entry, = owner.logs("pull_repo_failed")
    assert entry["performer"]["name"] == stranger.name
    assert owner.logs("pull_repo_failed", of=f"repository/{owner.name}/one/logs") == [entry]


def test_strict_pulls(careful):
    """The entry is in the database when the reply comes: it survives the end of the process."""
    person = Person(careful)
    repo = person.repository()
    repo.push_image("v1", "strict")
    assert repo.get_manifest("v1").status_code == 200
    careful.kill()
    careful.start()
    person.api = api.Api(careful.base, person.credentials)
    assert len(person.logs("pull_repo")) == 1


@pytest.mark.parametrize("headers,ip", [
    ({}, "127.0.0.1"),
    ({"X-Forwarded-For": "198.51.100.7"}, "198.51.100.7"),
    ({"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}, "198.51.100.7"),
    ({"X-Forwarded-For": "203.0.113.9, 198.51.100.7, 10.1.2.3"}, "198.51.100.7"),
    ({"X-Forwarded-For": "10.9.9.9, 10.1.2.3"}, "10.9.9.9"),
    ({"X-Forwarded-For": "198.51.100.7:4711"}, "198.51.100.7"),
    ({"X-Forwarded-For": "[2001:db8::7]:4711"}, "2001:db8::7"),
    ({"X-Forwarded-For": "unknown"}, "127.0.0.1"),
    ({"X-Forwarded-For": "198.51.100.7, nonsense, 10.1.2.3"}, "10.1.2.3"),
    ({"Forwarded": 'for="[2001:db8::7]";proto=https, for=10.1.2.3'}, "2001:db8::7"),
    ({"Forwarded": "proto=https;FOR=198.51.100.7"}, "198.51.100.7"),
])
def test_address_behind_proxies(careful, headers, ip):
    person = Person(careful)
    repo = person.repository()
    digest = repo.push_image("v1", "proxy")
    assert repo.get(f"manifests/{digest}", headers=headers).status_code == 200
    entry, = person.logs("pull_repo")
    assert entry["ip"] == ip
    line = careful.wait_log(route="registry_manifest_get", user=person.name)
    assert line["remote"] == ip


def test_address_is_not_believed(person):
    repo = person.repository()
    repo.push_image("v1", "no proxy")
    headers = {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7"}
    assert repo.get("manifests/v1", headers=headers).status_code == 200
    assert person.logs("pull_repo")[0]["ip"] == "127.0.0.1"


@pytest.mark.parametrize("name,kinds", [("quiet", ["create_repo", "push_repo"]),
                                        ("silent", ["create_repo"])])
def test_namespaces_without_entries(careful, name, kinds):
    create_user(careful, (name, PASSWORD))
    repo = registry.Registry(careful.base, (name, PASSWORD)).repository(name + "/one")
    repo.push_image("v1", name)
    assert repo.get_manifest("v1").status_code == 200
    logs = api.Api(careful.base, (name, PASSWORD)).get("user/logs").json()["logs"]
    others = ("login_success", "user_create")
    assert sorted(entry["kind"] for entry in logs if entry["kind"] not in others) == kinds


def test_stopping_writes_what_waits(start_server):
    server = start_server()
    person = Person(server)
    repo = person.repository()
    repo.push_image("v1", "stopping")
    for _ in range(5):
        assert repo.get_manifest("v1").status_code == 200
    server.restart()
    person.api = api.Api(server.base, person.credentials)
    assert len(person.logs("pull_repo")) == 5


def test_metrics(start_server):
    server = start_server()
    person = Person(server)
    assert person.registry.ask_token().status_code == 200

    def counted():
        text = registry.requests.get(server.base + "/metrics", timeout=60).text
        return {line.split()[0]: line.split()[1] for line in text.splitlines()
                if line.startswith("wharf_audit_")}
    wait_for(lambda: counted().get("wharf_audit_entries_total", "0") != "0", "an entry")
    assert counted()["wharf_audit_dropped_total"] == "0"


def test_extended(start_server):
    server = start_server(keys={"FEATURE_EXTENDED_ACTION_LOGGING": True})
    person = Person(server)
    assert person.api.post("signout", params={"x": "secret"}).status_code == 200
    person.api = api.Api(server.base, person.credentials)
    entry, = person.logs("logout_success")
    details = entry["metadata"]
    assert details["request_url"] == "/api/v1/signout" and details["http_method"] == "POST"
    assert details["auth_type"] == "sessionuser" and details["performer_kind"] == "user"
    assert details["user_agent"].startswith("python-requests") and details["request_id"]


def test_bad_trusted_proxies(start_server):
    server = start_server.make(keys={"TRUSTED_PROXY_CIDR": "10.0.0.0/8 proxy.example"})
    done = server.run("serve", "--listen", "127.0.0.1:0", check=False)
    assert done.returncode == 1 and "proxy.example" in done.stderr
