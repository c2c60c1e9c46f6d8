# SPDX-License-Identifier: Apache-2.0
"""Storage quotas: the API of members, users and superusers, what is counted, and what is refused."""
import concurrent.futures
import itertools
import json
import sqlite3

import pytest

import orgs
import registry
from api import Api, assert_problem
from conftest import create_user, write_config
from orgs import Organization, Person
from server import wait_for

BOSS = ("boss", "boss-password")
WATCHER = ("watcher", "watcher-password")
KEYS = {
    "FEATURE_QUOTA_MANAGEMENT": True,
    "SUPER_USERS": ["boss"],
    "GLOBAL_READONLY_SUPER_USERS": ["watcher"],
    "FEATURE_SUPERUSERS_FULL_ACCESS": True,
    "FRESH_LOGIN_TIMEOUT": "1d",
    "GARBAGE_COLLECTION_FREQUENCY": 1,
}
GIB = 1 << 30
EXCEEDED = "Quota has been exceeded on namespace"
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def quotas(start_server):
    """A server with quotas."""
    return start_server(users=(BOSS, WATCHER), keys=KEYS)


@pytest.fixture(scope="module")
def boss(quotas):
    return Api(quotas.base, BOSS)


@pytest.fixture
def org(quotas):
    return Organization(quotas)


def give(boss, org, body, *limits):
    """A quota with limits (type, percent) for an organization: its id."""
    reply = boss.post(org.path("quota"), body)
    assert reply.status_code == 201 and reply.json() == "Created", reply.text
    quota, = org.get("quota")
    for kind, percent in limits:
        reply = boss.post(org.path(f"quota/{quota['id']}/limit"),
                          {"type": kind, "threshold_percent": percent})
        assert reply.status_code == 201, reply.text
    return quota["id"]


def repository(org, name=None, server=None):
    """A new repository of the organization, as its owner pushes to it."""
    caller = registry.Registry((server or org.server).base, org.owner.credentials)
    return caller.repository(f"{org.name}/{name or f'repo{next(numbers)}'}")


def image_of(repo, *sizes, config=b"{}"):
    """The manifest of layers of these sizes, whose blobs are pushed. Equal sizes are equal blobs."""
    layers = [b"x" * size for size in sizes]
    for blob in (config, *layers):
        repo.push_blob(blob)
    return {"schemaVersion": 2, "mediaType": registry.OCI_MANIFEST,
            "config": registry.descriptor(config, registry.OCI_CONFIG),
            "layers": [registry.descriptor(layer, registry.OCI_LAYER) for layer in layers]}


def used(org, status="complete"):
    report = org.get()["quota_report"]
    assert report["backfill_status"] == report["running_backfill"] == status
    return report["quota_bytes"]


def wait_used(org, wanted):
    wait_for(lambda: used(org) == wanted, f"{org.name} to use {wanted} bytes")


def notices(person):
    """[(kind, metadata)] of what the user is told, newest first."""
    return [(notice["kind"], notice["metadata"])
            for notice in person.api.get("user/notifications").json()["notifications"]]


def audit(caller, path="user"):
    """[(kind, metadata)] of the log's entries about quotas, oldest first."""
    entries = [(entry["kind"], entry["metadata"]) for entry in caller.get(f"{path}/logs").json()["logs"]]
    return [entry for entry in reversed(entries) if "quota" in entry[0]]


# ---- the API ----

def test_life_of_a_quota(boss, org):
    assert org.get("quota") == []
    quota_id = give(boss, org, {"limit": "10 GiB"})
    path = org.path(f"quota/{quota_id}")
    wanted = {"id": quota_id, "limit_bytes": 10 * GIB, "limit": "10.0 GiB", "default_config": False,
              "limits": [], "default_config_exists": False}
    assert org.get("quota") == [wanted] and org.get(f"quota/{quota_id}") == wanted
    assert_problem(boss.post(org.path("quota"), {"limit_bytes": 5}), 400, "already exists")
    reply = boss.put(path, {"limit_bytes": 200000})
    assert reply.status_code == 200
    assert reply.json() == {**wanted, "limit_bytes": 200000, "limit": "195.3 KiB"}
    assert boss.put(path, {}).json()["limit_bytes"] == 200000
    reply = boss.delete(path)
    assert reply.status_code == 204 and reply.text == ""
    assert org.get("quota") == []
    assert_problem(boss.delete(path), 404)
    assert_problem(boss.put(path, {"limit_bytes": 5}), 404)
    assert audit(org.owner.api, org.path()) == [
        ("org_create_quota", {"namespace": org.name, "limit_bytes": str(10 * GIB), "limit": "10.0 GiB"}),
        ("org_change_quota", {"namespace": org.name, "limit_bytes": "200000", "limit": "195.3 KiB",
                              "previous_limit_bytes": str(10 * GIB), "previous_limit": "10.0 GiB"}),
        ("org_delete_quota", {"namespace": org.name, "quota_id": str(quota_id), "limit_bytes": "200000",
                              "limit": "195.3 KiB"}),
    ]


@pytest.mark.parametrize("body", [
    {}, {"limit": "5 GiB", "limit_bytes": 5}, {"limit_bytes": 0}, {"limit_bytes": -1}, {"limit": ""},
    {"limit": "0"}, {"limit": "1.5 GiB"}, {"limit": "GiB"}, {"limit": "5 apples"}, {"limit": "-5 GiB"},
    {"limit": "9 EiB"}, {"limit": "1 YiB"}, {"limit": 5}, {"limit_bytes": "5"}, {"limit_bytes": 1e300},
    {"limit": "5 GiB "},
])
def test_refuses_what_is_no_size(boss, org, body):
    assert_problem(boss.post(org.path("quota"), body), 400)
    assert_problem(boss.post(f"superuser/organization/{org.name}/quota", body), 400)
    assert org.get("quota") == []


@pytest.mark.parametrize("text, limit_bytes", [
    ("512Mi", 512 << 20), ("200M", 200 * 10**6), ("1TiB", 1 << 40), ("5G", 5 * 10**9), ("12", 12),
    ("3 kb", 3000), ("7B", 7), ("7EiB", 7 << 60),
])
def test_sizes(boss, org, text, limit_bytes):
    give(boss, org, {"limit": text})
    assert org.get("quota")[0]["limit_bytes"] == limit_bytes


def test_limits(boss, org):
    quota_id = give(boss, org, {"limit_bytes": 1000}, ("Warning", 80), ("reject", 90))
    path = org.path(f"quota/{quota_id}/limit")
    limits = org.get(f"quota/{quota_id}/limit")
    assert [(limit["type"], limit["limit_percent"]) for limit in limits] == [("Warning", 80), ("Reject", 90)]
    assert org.get("quota")[0]["limits"] == limits
    assert org.get(f"quota/{quota_id}/limit/{limits[0]['id']}") == limits[0]
    for body in ({"type": "Warning", "threshold_percent": 80}, {"type": "Shout", "threshold_percent": 5},
                 {"type": "Warning", "threshold_percent": 0}, {"type": "Warning", "threshold_percent": 101},
                 {"type": "Warning"}, {"threshold_percent": 5}, {"type": "Warning", "threshold_percent": "5"}):
        assert_problem(boss.post(path, body), 400)
    one = f"{path}/{limits[0]['id']}"
    reply = boss.put(one, {"threshold_percent": 70})
    assert reply.status_code == 200 and reply.json()["limits"][0]["limit_percent"] == 70
    assert boss.put(one, {"type": "REJECT"}).json()["limits"][0]["type"] == "Reject"
    assert_problem(boss.put(one, {"threshold_percent": 90}), 400)
    assert_problem(boss.put(one, {"type": "Shout"}), 400)
    assert_problem(boss.put(f"{path}/999999", {"threshold_percent": 70}), 404)
    assert boss.delete(one).status_code == 204
    assert_problem(boss.delete(one), 404)
    assert [limit["id"] for limit in org.get(f"quota/{quota_id}/limit")] == [limits[1]["id"]]
    entries = audit(org.owner.api, org.path())[1:]
    assert [kind for kind, _ in entries] == ["org_create_quota_limit"] * 2 + ["org_change_quota_limit"] * 2 + \
        ["org_delete_quota_limit"]
    assert entries[2][1] == {"namespace": org.name, "type": "Warning", "threshold_percent": "70",
                           "previous_type": "Warning", "previous_threshold_percent": "80"}
    assert entries[4][1] == {"namespace": org.name, "limit_id": str(limits[0]["id"]), "type": "Reject",
                           "threshold_percent": "70"}


def test_of_another_organization(quotas, boss, org):
    """Ids count in their own namespace only."""
    other = Organization(quotas)
    quota_id = give(boss, other, {"limit_bytes": 1000}, ("Warning", 80))
    limit_id = other.get("quota")[0]["limits"][0]["id"]
    own_id = give(boss, org, {"limit_bytes": 1000})
    for path in (f"quota/{quota_id}", f"quota/{quota_id}/limit", f"quota/{quota_id}/limit/{limit_id}",
                 f"quota/{own_id}/limit/{limit_id}", "quota/none", "quota/99999999999999999999"):
        org.get(path, status=404)
    assert_problem(boss.put(org.path(f"quota/{quota_id}"), {"limit_bytes": 5}), 404)
    assert_problem(boss.delete(org.path(f"quota/{quota_id}")), 404)
    assert_problem(boss.delete(org.path(f"quota/{own_id}/limit/{limit_id}")), 404)
    assert other.get("quota")[0]["limit_bytes"] == 1000
    assert_problem(boss.post("organization/nosuch/quota", {"limit_bytes": 5}), 404)


def test_who_may(quotas, boss, org):
    quota_id = give(boss, org, {"limit_bytes": 1000}, ("Warning", 80))
    member = Person(quotas)
    org.team("coders", "member", member.name)
    stranger, watcher, nobody = Person(quotas), Api(quotas.base, WATCHER), Api(quotas.base)
    limit_id = org.get("quota")[0]["limits"][0]["id"]
    reads = ["quota", f"quota/{quota_id}", f"quota/{quota_id}/limit", f"quota/{quota_id}/limit/{limit_id}"]
    for path in reads:
        for caller in (member.api, org.owner.api, watcher, boss):
            assert caller.get(org.path(path)).status_code == 200
        assert_problem(stranger.api.get(org.path(path)), 403)
        assert_problem(nobody.get(org.path(path)), 401)
    writes = [("POST", "quota", {"limit_bytes": 5}), ("PUT", reads[1], {"limit_bytes": 5}),
              ("DELETE", reads[1], None), ("POST", reads[2], {"type": "Reject", "threshold_percent": 5}),
              ("PUT", reads[3], {"threshold_percent": 5}), ("DELETE", reads[3], None)]
    for method, path, body in writes:
        for caller, status in ((member.api, 403), (org.owner.api, 403), (stranger.api, 403), (nobody, 401)):
            assert_problem(caller.request(method, org.path(path), body), status)
        assert watcher.request(method, org.path(path), body).status_code in (403, 503)
    for kind in ("organization", "users"):
        assert_problem(org.owner.api.get(f"superuser/{kind}/{org.name}/quota"), 403)
        assert_problem(nobody.get(f"superuser/{kind}/{org.name}/quota"), 401)
        assert watcher.get(f"superuser/{kind}/{org.name}/quota").status_code == 200
    assert org.get("quota")[0]["limit_bytes"] == 1000


@pytest.mark.parametrize("kind", ["organization", "users"])
def test_superusers(boss, org, kind):
    """Both paths take either: Quay does not tell them apart."""
    for name in (org.name, org.owner.name):
        path = f"superuser/{kind}/{name}/quota"
        assert boss.get(path).json() == []
        assert boss.post(path, {"limit": "5G"}).status_code == 201
        assert_problem(boss.post(path, {"limit": "5G"}), 400, "already exists")
        quota, = boss.get(path).json()
        assert quota["limit"] == "4.7 GiB"
        assert boss.put(f"{path}/{quota['id']}", {"limit_bytes": 77}).json()["limit_bytes"] == 77
        assert_problem(boss.put(f"{path}/999999", {"limit_bytes": 77}), 404)
        assert_problem(boss.put(f"{path}/{quota['id']}", {"limit_bytes": 77, "limit": "5G"}), 400)
        assert boss.delete(f"{path}/{quota['id']}").status_code == 204
        assert_problem(boss.delete(f"{path}/{quota['id']}"), 404)
        entries = audit(org.owner.api, org.path() if name == org.name else "user")
        assert [entry[0] for entry in entries] == ["org_create_quota", "org_change_quota", "org_delete_quota"]
    name, _ = org.robot()
    assert_problem(boss.get(f"superuser/{kind}/{name}/quota"), 404)
    assert_problem(boss.get(f"superuser/{kind}/nosuch/quota"), 404)


def test_of_a_user(quotas, boss):
    person = Person(quotas)
    assert person.api.get("user/quota").json() == []
    boss.post(f"superuser/users/{person.name}/quota", {"limit_bytes": 4000})
    quotas.run("quota", "limit", person.name, "warning", "50")
    quota, = person.api.get("user/quota").json()
    assert quota["limit_bytes"] == 4000
    path = f"user/quota/{quota['id']}"
    limit, = person.api.get(path + "/limit").json()
    assert limit["type"] == "Warning" and limit["limit_percent"] == 50
    assert person.api.get(path).json() == quota
    assert person.api.get(f"{path}/limit/{limit['id']}").json() == quota
    assert_problem(person.api.get(path + "/limit/999999"), 404)
    assert_problem(Person(quotas).api.get(path), 404)
    assert_problem(Api(quotas.base).get("user/quota"), 401)
    assert person.api.put(path, {"limit_bytes": 1}).status_code == 405
    user = person.api.get("user/").json()
    assert user["quotas"] == [{"id": quota["id"], "limit_bytes": 4000, "limits": [limit]}]
    assert user["quota_report"] == {"quota_bytes": 0, "configured_quota": 4000,
                                    "running_backfill": "complete", "backfill_status": "complete"}


# ---- what is counted ----

def test_shown_with_organizations_users_and_repositories(quotas, boss, org):
    quota_id = give(boss, org, {"limit_bytes": 5000}, ("Warning", 80))
    one, two = repository(org, "one"), repository(org, "two")
    one.push_manifest("v1", image_of(one, 100, 30))
    two.push_manifest("v1", image_of(two, 100, 50))
    wait_used(org, 2 + 100 + 30 + 50)
    shown = org.get()
    assert shown["quotas"][0]["id"] == quota_id and shown["quotas"][0]["limits"][0]["limit_percent"] == 80
    assert shown["quota_report"]["configured_quota"] == 5000
    stranger = Person(quotas)
    assert "quota_report" not in stranger.api.get(org.path()).json()
    listed = org.owner.api.get("repository", params={"namespace": org.name}).json()["repositories"]
    assert {row["name"]: row["quota_report"] for row in listed} == {
        "one": {"quota_bytes": 132, "configured_quota": 5000},
        "two": {"quota_bytes": 152, "configured_quota": 5000}}
    for path, member in (("superuser/organizations/", "organizations"), ("superuser/users/", "users")):
        for params in ({}, {"limit": 1}):
            rows = pages(boss, path, member, params)
            for row in rows:
                assert set(row["quota_report"]) == {"quota_bytes", "configured_quota", "running_backfill",
                                                    "backfill_status"}
            if member == "organizations":
                row, = [row for row in rows if row["name"] == org.name]
                assert row["quota_report"]["quota_bytes"] == 182
                assert row["quotas"] == shown["quotas"]
    renamed = boss.put(f"superuser/organizations/{org.name}", {"name": org.name + "new"}).json()
    assert renamed["quota_report"]["quota_bytes"] == 182 and renamed["quotas"] == shown["quotas"]
    org.name += "new"
    assert used(org) == 182


def pages(caller, path, member, params):
    rows, token = [], None
    while True:
        reply = caller.get(path, params={**params, **({"next_page": token} if token else {})}).json()
        rows += reply[member]
        token = reply.get("next_page")
        if not token:
            return rows


def test_a_mounted_blob_counts_in_each_repository_and_once_in_the_namespace(org):
    one, two = repository(org, "one"), repository(org, "two")
    manifest = image_of(one, 400)
    one.push_manifest("v1", manifest)
    both = registry.Registry(org.server.base, org.owner.credentials)
    token = both.token(f"repository:{two.name}:pull,push", f"repository:{one.name}:pull")
    for entry in (manifest["config"], *manifest["layers"]):
        reply = both.request("POST", f"/v2/{two.name}/blobs/uploads/", token=token,
                             params={"mount": entry["digest"], "from": one.name})
        assert reply.status_code == 201
    two.push_manifest("v1", manifest)
    wait_used(org, 402)
    wait_for(lambda: [row["quota_report"]["quota_bytes"] for row in org.owner.api.get(
        "repository", params={"namespace": org.name}).json()["repositories"]] == [402, 402], "both")


def test_pushes_at_once_count_once(org):
    """The same blob in many repositories of one namespace, pushed at the same time."""
    repos = [repository(org) for _ in range(8)]

    def push(repo):
        repo.push_manifest("v1", image_of(repo, 3000))
        repo.push_manifest("v2", image_of(repo, 3000, 70))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(push, repos))
    wait_used(org, 3072)


def test_a_deleted_repository_is_given_back(org):
    repo = repository(org, "gone")
    repo.push_manifest("v1", image_of(repo, 1234))
    wait_used(org, 1236)
    assert org.owner.api.delete(f"repository/{org.name}/gone").status_code == 204
    wait_used(org, 0)


def test_a_deleted_organization_takes_its_quota_along(boss, org):
    give(boss, org, {"limit_bytes": 5000}, ("Warning", 80))
    org.delete()
    with orgs.open_database(org.server) as connection:
        assert connection.execute("SELECT COUNT(*) FROM quota WHERE namespace_id NOT IN"
                                  " (SELECT id FROM account WHERE kind IN (1, 2))").fetchone() == (0,)


def test_a_killed_server_counts_on(start_server):
    server = start_server(users=(), keys=KEYS)
    org = Organization(server)
    repo = repository(org)
    repo.push_manifest("v1", image_of(repo, 50))
    server.kill()
    server.start()
    org.owner.api = Api(server.base, org.owner.credentials)
    wait_used(org, 52)
    assert server.run("fsck").returncode == 0


# ---- off and on ----

def configure(server, **keys):
    write_config(server.config, {**KEYS, **keys})
    server.restart()


def test_what_was_there_before_is_counted_and_off_and_on_again(start_server):
    server = start_server(users=(BOSS,), keys={"SUPER_USERS": ["boss"]})
    org = Organization(server)
    repo = repository(org)
    repo.push_manifest("v1", image_of(repo, 500))
    assert "quota_report" not in org.get()
    assert "quota_report" not in org.owner.api.get("user/").json()
    assert_problem(org.owner.api.get(org.path("quota")), 404)
    row, = org.owner.api.get("repository", params={"namespace": org.name}).json()["repositories"]
    assert "quota_report" not in row
    configure(server, QUOTA_TOTAL_DELAY_SECONDS=3600)
    org.owner.api = Api(server.base, org.owner.credentials)
    assert used(org, "waiting") == 0
    configure(server, QUOTA_TOTAL_DELAY_SECONDS=0, QUOTA_BACKFILL=False)
    org.owner.api = Api(server.base, org.owner.credentials)
    repo = repository(org, server=server)
    repo.push_manifest("v1", image_of(repo, 60))
    wait_for(lambda: used(org, "waiting") == 62, "what is new")
    configure(server, QUOTA_TOTAL_DELAY_SECONDS=0)
    org.owner.api = Api(server.base, org.owner.credentials)
    wait_for(lambda: org.get()["quota_report"]["backfill_status"] == "complete", "the count")
    wait_used(org, 562)
    configure(server, FEATURE_QUOTA_MANAGEMENT=False)
    repo = repository(org, server=server)
    repo.push_manifest("v1", image_of(repo, 500, 77))
    configure(server)
    org.owner.api = Api(server.base, org.owner.credentials)
    wait_used(org, 639)


def test_without_editing(start_server):
    """FEATURE_EDIT_QUOTA off: nothing is shown, quotas are in force."""
    server = start_server(users=(BOSS,), keys={**KEYS, "FEATURE_EDIT_QUOTA": False})
    org = Organization(server)
    server.run("quota", "set", org.name, "100")
    server.run("quota", "limit", org.name, "reject", "100")
    assert_problem(org.owner.api.get(org.path("quota")), 404)
    assert "quota_report" not in org.get()
    repo = repository(org)
    registry.assert_error(repo.put_manifest("v1", image_of(repo, 500)), 403, "DENIED", EXCEEDED)


def test_without_superusers(start_server):
    server = start_server(users=(), keys={**KEYS, "FEATURE_SUPER_USERS": False})
    org = Organization(server)
    assert_problem(org.owner.api.get(org.path("quota")), 404)
    assert_problem(org.owner.api.get("user/quota"), 404)


def test_superusers_without_full_access(start_server):
    server = start_server(users=(BOSS,), keys={**KEYS, "FEATURE_SUPERUSERS_FULL_ACCESS": False})
    org, boss = Organization(server), Api(server.base, BOSS)
    assert_problem(boss.post(org.path("quota"), {"limit_bytes": 5}), 403)
    assert_problem(boss.get(org.path("quota")), 403)
    assert boss.post(f"superuser/organization/{org.name}/quota", {"limit_bytes": 5}).status_code == 201
    assert boss.get(f"superuser/organization/{org.name}/quota").json()[0]["limit_bytes"] == 5


# ---- what is refused ----

def test_a_reject_limit(boss, org):
    give(boss, org, {"limit_bytes": 1000}, ("Reject", 50))
    repo = repository(org)
    repo.push_manifest("v1", image_of(repo, 400))
    manifest = image_of(repo, 400, 98)  # 500 with the configuration
    registry.assert_error(repo.put_manifest("v2", manifest), 403, "DENIED", EXCEEDED)
    assert repo.tags() == ["v1"]
    repo.push_manifest("v2", image_of(repo, 400, 97))
    repo.push_manifest("v3", image_of(repo, 97))  # nothing is new
    wait_used(org, 499)
    assert notices(org.owner) == [("quota_error", {"namespace": org.name, "severity": "Reject"})]
    registry.assert_error(repo.put_manifest("v4", manifest), 403, "DENIED")
    assert len(notices(org.owner)) == 1  # told once


def test_a_full_namespace_takes_no_uploads(quotas, boss, org):
    quota_id = give(boss, org, {"limit_bytes": 10000})
    repo, other = repository(org), repository(Organization(quotas))
    repo.push_manifest("v1", image_of(repo, 600))
    boss.put(org.path(f"quota/{quota_id}"), {"limit_bytes": 600})
    boss.post(org.path(f"quota/{quota_id}/limit"), {"type": "Reject", "threshold_percent": 100})
    blob = b"something new"
    registry.assert_error(repo.post("blobs/uploads/"), 403, "DENIED", EXCEEDED)
    registry.assert_error(repo.post("blobs/uploads/", params={"digest": registry.digest_of(blob)}, data=blob),
                          403, "DENIED", EXCEEDED)
    digest = registry.digest_of(b"x" * 600)
    registry.assert_error(repo.post("blobs/uploads/", params={"mount": digest, "from": repo.name}), 403,
                          "DENIED", EXCEEDED)
    other.start_upload()
    assert repo.get(f"blobs/{digest}").status_code == 200  # it can be pulled
    assert ("quota_error", {"namespace": org.name, "severity": "Reject"}) in notices(org.owner)
    boss.delete(org.path(f"quota/{quota_id}"))
    repo.start_upload()


def test_a_warning_limit(boss, org):
    member = Person(org.server)
    org.team("coders", "creator", member.name)
    give(boss, org, {"limit_bytes": 1000}, ("Warning", 50), ("Reject", 100))
    repo = repository(org)
    repo.push_manifest("v1", image_of(repo, 400))
    assert notices(org.owner) == []
    repo.push_manifest("v2", image_of(repo, 400, 99))
    assert notices(org.owner) == [("quota_warning", {"namespace": org.name})]
    repo.push_manifest("v3", image_of(repo, 99))
    assert len(notices(org.owner)) == 1 and notices(member) == []


def test_of_a_user_by_a_push(quotas, boss):
    person = Person(quotas)
    boss.post(f"superuser/users/{person.name}/quota", {"limit_bytes": 100})
    quotas.run("quota", "limit", person.name, "reject", "100")
    repo = registry.Registry(quotas.base, person.credentials).repository(f"{person.name}/app")
    registry.assert_error(repo.put_manifest("v1", image_of(repo, 98)), 403, "DENIED", EXCEEDED)
    assert notices(person) == [("quota_error", {"namespace": person.name, "severity": "Reject"})]


def test_not_verified(start_server):
    server = start_server(users=(), keys={**KEYS, "FEATURE_VERIFY_QUOTA": False})
    org = Organization(server)
    server.run("quota", "set", org.name, "100")
    server.run("quota", "limit", org.name, "reject", "1")
    repo = repository(org)
    repo.push_manifest("v1", image_of(repo, 500))
    wait_used(org, 502)
    assert notices(org.owner) == []


def test_the_systems_default(start_server):
    server = start_server(users=(BOSS,), keys={**KEYS, "DEFAULT_SYSTEM_REJECT_QUOTA_BYTES": 1000})
    org, boss = Organization(server), Api(server.base, BOSS)
    assert org.get("quota") == [{"id": None, "limit_bytes": 1000, "limit": "1000.0 Byte",
                                 "default_config": True, "limits": [], "default_config_exists": True}]
    assert org.get()["quotas"] == [] and org.get()["quota_report"]["configured_quota"] == 1000
    repo = repository(org)
    registry.assert_error(repo.put_manifest("v1", image_of(repo, 998)), 403, "DENIED", EXCEEDED)
    give(boss, org, {"limit_bytes": 2000}, ("Reject", 100))
    assert org.get("quota")[0]["default_config_exists"] is True
    repo.push_manifest("v1", image_of(repo, 998))


def test_pushes_at_once_against_a_limit(boss, org):
    """Each of them fits, and not all of them do."""
    give(boss, org, {"limit_bytes": 1000}, ("Reject", 100))
    repos = [repository(org) for _ in range(6)]
    manifests = [image_of(repo, 300 + number) for number, repo in enumerate(repos)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda pair: pair[0].put_manifest("v1", pair[1]), zip(repos, manifests)))
    assert sorted(reply.status_code for reply in replies) == [201] * 3 + [403] * 3
    wait_for(lambda: 900 < used(org) < 1000, "three of them")


# ---- the command line ----

def test_command(quotas, org):
    run = quotas.run
    assert "has no quota" in run("quota", "show", org.name).stdout
    assert "may use 10.0 GiB" in run("quota", "set", org.name, "10GiB").stdout
    run("quota", "set", org.name, "20 MiB")
    run("quota", "limit", org.name, "warning", "50")
    run("quota", "limit", org.name, "reject", "100")
    repo = repository(org, "app")
    repo.push_manifest("v1", image_of(repo, 500))
    wait_used(org, 502)
    shown = json.loads(run("quota", "show", "--json", org.name).stdout)
    assert shown == {
        "namespace": org.name, "used_bytes": 502, "limit_bytes": 20 << 20, "system_default": False,
        "limits": [{"type": "Warning", "percent": 50, "bytes": 10 << 20},
                   {"type": "Reject", "percent": 100, "bytes": 20 << 20}],
        "backfill": "complete", "repositories": [{"name": "app", "bytes": 502}]}
    text = run("quota", "show", org.name).stdout
    assert "uses 502.0 Byte of 20.0 MiB" in text and "Reject" in text and "app" in text
    run("quota", "limit", org.name, "warning", "none")
    assert [limit["type"] for limit in org.get("quota")[0]["limits"]] == ["Reject"]
    run("quota", "remove", org.name)
    assert org.get("quota") == []
    assert [entry[0] for entry in audit(org.owner.api, org.path())] == [
        "org_create_quota", "org_change_quota", "org_create_quota_limit", "org_create_quota_limit",
        "org_delete_quota_limit", "org_delete_quota"]


@pytest.mark.parametrize("words", [
    ("show", "nosuch"), ("set", "nosuch", "5G"), ("set", "boss", "5 apples"), ("set", "boss", "0"),
    ("limit", "boss", "warning", "5"), ("limit", "boss", "shout", "5"), ("limit", "boss", "warning", "101"),
    ("limit", "boss", "warning", "0"), ("remove", "boss"),
])
def test_command_refuses(quotas, words):
    done = quotas.run("quota", *words, check=False)
    assert done.returncode == 1 and done.stderr


def test_fsck_mends_numbers(start_server):
    server = start_server(users=(), keys=KEYS)
    org = Organization(server)
    repo = repository(org, "app")
    repo.push_manifest("v1", image_of(repo, 500))
    wait_used(org, 502)
    server.stop()
    with sqlite3.connect(server.data + "/wharf.db") as connection:
        connection.execute("UPDATE usage_repository SET bytes = 9")
        connection.execute("UPDATE usage_namespace SET bytes = 7")
    done = server.run("fsck", "--json", check=False)
    assert done.returncode == 1
    assert [(row["kind"], row["action"], row["name"], row["size"], row["found"])
            for row in json.loads(done.stdout)] == [
                ("usage", "left", f"{org.name}/app", 502, 9), ("usage", "left", org.name, 502, 7)]
    assert {row["action"] for row in json.loads(server.run("fsck", "--repair", "--json").stdout)} == {"counted"}
    assert json.loads(server.run("fsck", "--json").stdout) == []
