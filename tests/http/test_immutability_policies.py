# SPDX-License-Identifier: Apache-2.0
"""Policies that make tags immutable by their names, of organizations and repositories: the API, the
command line, and what they do to tags that are pushed, moved, restored, or there already."""
import json
import threading
import time

import pytest

import registry
import server as servers
from api import Api, assert_problem
from conftest import ALICE, create_user
from orgs import Organization, Person, numbers, open_database, write_database

YEAR = 365 * 24 * 3600
MOST = 20  # in one place
LONGEST = 256


@pytest.fixture(scope="module")
def strict(start_server):
    """A server where tags can be immutable."""
    return start_server(keys={"FEATURE_IMMUTABLE_TAGS": True, "PERMANENTLY_DELETE_TAGS": True,
                              "SUPER_USERS": [ALICE[0]], "FEATURE_SUPER_USERS": True,
                              "FEATURE_SUPERUSERS_FULL_ACCESS": True})


@pytest.fixture
def org(strict):
    return Organization(strict)


@pytest.fixture
def app(org):
    """A repository of the organization: its path in the API."""
    return f"repository/{org.repository()}"


def images_of(org, name="app"):
    return registry.Registry(org.server.base, org.owner.credentials).repository(f"{org.name}/{name}")


def create(caller, place, pattern, status=201, **more):
    reply = caller.post(f"{place}/immutabilitypolicy/", {"tagPattern": pattern, **more})
    assert reply.status_code == status, reply.text
    return reply.json().get("uuid")


def policies(caller, place):
    reply = caller.get(f"{place}/immutabilitypolicy/")
    assert reply.status_code == 200, reply.text
    return reply.json()["policies"]


def immutable(caller, app):
    """The live tags that are immutable."""
    tags = caller.get(f"{app}/tag/?onlyActiveTags=true&limit=100").json()["tags"]
    return {tag["name"] for tag in tags if tag["immutable"]}


def assert_fixed(reply):
    assert assert_problem(reply, 409)["error_type"] == "tag_immutable"


# --- the policies themselves ---

@pytest.mark.parametrize("of_repository", [False, True])
def test_story(org, app, of_repository):
    caller, place = org.owner.api, app if of_repository else org.path()
    uuid = create(caller, place, " v.* ", tagPatternMatches=False)
    assert len(uuid) == 36
    view = {"uuid": uuid, "tagPattern": "v.*", "tagPatternMatches": False}
    assert policies(caller, place) == [view]
    reply = caller.get(f"{place}/immutabilitypolicy/{uuid}")
    assert reply.status_code == 200 and reply.json() == view
    reply = caller.put(f"{place}/immutabilitypolicy/{uuid}", {"tagPattern": "r.*"})
    assert reply.status_code == 204 and reply.text == ""
    assert policies(caller, place) == [{"uuid": uuid, "tagPattern": "r.*", "tagPatternMatches": True}]
    reply = caller.delete(f"{place}/immutabilitypolicy/{uuid}")
    assert reply.status_code == 200 and reply.json() == {"uuid": uuid}
    assert policies(caller, place) == []
    for method in ("GET", "PUT", "DELETE"):
        body = None if method == "GET" else {"tagPattern": "x"}
        assert_problem(caller.request(method, f"{place}/immutabilitypolicy/{uuid}", json=body), 404)
    where = {"namespace": org.name, **({"repo": "app"} if of_repository else {})}
    assert entries_of(org) == [
        ("create_immutability_policy", {**where, "tag_pattern": "v.*", "tag_pattern_matches": "false"}),
        ("update_immutability_policy", {**where, "tag_pattern": "r.*", "tag_pattern_matches": "true"}),
        ("delete_immutability_policy", {**where, "policy_uuid": uuid})]


def entries_of(org):
    """What the audit log says of policies: [(kind, metadata)]."""
    entries = json.loads(org.server.run("logs", "--org", org.name, "--json").stdout)
    return [(entry["kind"], entry["metadata"]) for entry in entries
            if entry["kind"].endswith(("_immutability_policy", "_by_policy"))]


@pytest.mark.parametrize("body, message", [
    ({}, "tagPattern"), ({"tagPattern": None}, "tagPattern"), ({"tagPattern": 5}, "tagPattern"),
    ({"tagPattern": ""}, "empty"), ({"tagPattern": " \t\n "}, "empty"),
    ({"tagPattern": "("}, "regular expression"), ({"tagPattern": "[a-"}, "at character"),
    ({"tagPattern": "v" * (LONGEST + 1)}, "longer"),
    ({"tagPattern": "v", "tagPatternMatches": "yes"}, "tagPatternMatches"),
    ({"tagPattern": "v", "tagPatternMatches": None}, "tagPatternMatches"),
    ([], ""), ("v.*", "")])
def test_refusals(org, app, body, message):
    uuid = create(org.owner.api, app, "as-it-was")
    for place in (org.path(), app):
        reply = org.owner.api.post(f"{place}/immutabilitypolicy/", body)
        assert_problem(reply, 400, message)
    assert_problem(org.owner.api.put(f"{app}/immutabilitypolicy/{uuid}", body), 400, message)
    assert policies(org.owner.api, org.path()) == []
    assert [one["tagPattern"] for one in policies(org.owner.api, app)] == ["as-it-was"]


def test_longest_and_unknown_members(org, app):
    create(org.owner.api, app, "v" * LONGEST, description="ignored")
    assert len(policies(org.owner.api, app)[0]["tagPattern"]) == LONGEST


def test_duplicates(org, app):
    caller = org.owner.api
    one, two = create(caller, app, "v.*"), create(caller, app, "w.*")
    create(caller, app, "v.*", status=400)
    create(caller, app, " v.* ", status=400, tagPatternMatches=False)
    create(caller, org.path(), "v.*")  # of the organization
    assert_problem(caller.put(f"{app}/immutabilitypolicy/{two}", {"tagPattern": "v.*"}), 400, one)
    same = caller.put(f"{app}/immutabilitypolicy/{one}", {"tagPattern": "v.*", "tagPatternMatches": False})
    assert same.status_code == 204


def test_so_many_and_no_more(org, app):
    for place in (org.path(), app):
        for number in range(MOST):
            create(org.owner.api, place, f"v{number}")
        reply = org.owner.api.post(f"{place}/immutabilitypolicy/", {"tagPattern": "more"})
        assert_problem(reply, 400, str(MOST))
        assert len(policies(org.owner.api, place)) == MOST


def test_each_in_its_place(strict, org, app):
    """A policy is found only where it was made."""
    other = Organization(strict)
    of_repository, of_org = create(org.owner.api, app, "a"), create(org.owner.api, org.path(), "b")
    second = f"repository/{org.repository('second')}"
    elsewhere = [(org.owner.api, org.path(), of_repository), (org.owner.api, app, of_org),
                 (org.owner.api, second, of_repository), (other.owner.api, other.path(), of_org)]
    for caller, place, uuid in elsewhere:
        path = f"{place}/immutabilitypolicy/{uuid}"
        assert_problem(caller.get(path), 404)
        assert_problem(caller.put(path, {"tagPattern": "c"}), 404)
        assert_problem(caller.delete(path), 404)
    assert_problem(org.owner.api.get(f"{org.path()}/immutabilitypolicy/someuuid"), 404)
    assert len(policies(org.owner.api, app)) == len(policies(org.owner.api, org.path())) == 1


def test_rights(strict, org, app):
    """Administrators of the organization or the repository, and superusers with full access."""
    member, writer, admin = Person(strict), Person(strict), Person(strict)
    org.team("coders", "member", member.name)
    for who, role in ((writer, "write"), (admin, "admin")):
        reply = org.owner.api.put(f"{app}/permissions/user/{who.name}", {"role": role})
        assert reply.status_code == 200, reply.text
    superuser = Api(strict.base, ALICE)
    callers = [(Api(strict.base), 401, 401), (member.api, 403, 403), (writer.api, 403, 403),
               (admin.api, 403, 200), (superuser, 200, 200), (org.owner.api, 200, 200)]
    for caller, of_org, of_repository in callers:
        for place, status in ((org.path(), of_org), (app, of_repository)):
            asked = [caller.get(f"{place}/immutabilitypolicy/"), caller.get(f"{place}/immutabilitypolicy/x"),
                     caller.put(f"{place}/immutabilitypolicy/x", {"tagPattern": "v"}),
                     caller.delete(f"{place}/immutabilitypolicy/x"),
                     caller.post(f"{place}/immutabilitypolicy/", {"tagPattern": f"v{next(numbers)}"})]
            wanted = [200, 404, 404, 404, 201] if status == 200 else [status] * 5
            assert [reply.status_code for reply in asked] == wanted
    assert_problem(superuser.get("organization/no-such/immutabilitypolicy/"), 404)
    assert_problem(superuser.get(f"repository/{org.name}/none/immutabilitypolicy/"), 404)
    assert_problem(superuser.post(f"repository/{org.name}/none/immutabilitypolicy/", {"tagPattern": "v"}), 404)


def test_feature_off(server):
    org = Organization(server)
    app = f"repository/{org.repository()}"
    for place in (org.path(), app):
        assert_problem(org.owner.api.get(f"{place}/immutabilitypolicy/"), 404)
        assert_problem(org.owner.api.post(f"{place}/immutabilitypolicy/", {"tagPattern": "v"}), 404)
    done = server.run("immutability", "list", org.name, check=False)
    assert done.returncode == 1 and "FEATURE_IMMUTABLE_TAGS" in done.stderr


# --- what they do to tags ---

def test_pushes(org, app):
    create(org.owner.api, app, "v[0-9]+")
    create(org.owner.api, org.path(), "release-.*|stable")
    repo, other = images_of(org), images_of(org, "other")
    for tag in ("v1", "v1-rc", "xv1", "release-1", "stable", "latest"):
        repo.push_image(tag, "one")
        other.push_image(tag, "one")
    fixed = {"v1", "release-1", "stable"}
    assert immutable(org.owner.api, app) == fixed
    assert immutable(org.owner.api, f"repository/{org.name}/other") == fixed - {"v1"}
    two = repo.image("two")
    for tag in ("v1", "release-1"):
        registry.assert_error(repo.put_manifest(tag, two), 409, "TAG_IMMUTABLE", f"tag {tag} is immutable")
        registry.assert_error(repo.delete(f"manifests/{tag}"), 409, "TAG_IMMUTABLE")
    for tag in ("v1-rc", "latest"):
        repo.push_manifest(tag, two)
    registry.assert_error(repo.delete("manifests/" + registry.digest_of(registry.encode(repo.image("one")))), 409,
                          "TAG_IMMUTABLE")
    repo.push_image("v1", "one")  # what it is already
    made = [entry for kind, entry in entries_of(org) if kind == "tag_made_immutable_by_policy"]
    wanted = {"repo": "app", "namespace": org.name, "immutable": True}
    assert [entry for entry in made if entry["repo"] == "app"] == [
        {**wanted, "tag": tag} for tag in ("v1", "release-1", "stable")]


def test_tags_that_do_not_match(org, app):
    create(org.owner.api, app, "latest|nightly-.*", tagPatternMatches=False)
    repo = images_of(org)
    for tag in ("v1", "latest", "nightly-3", "x-latest"):
        repo.push_image(tag, "one")
    assert immutable(org.owner.api, app) == {"v1", "x-latest"}


def test_the_api_makes_them_too(org, app):
    """Made, moved and restored; and what an immutable tag then refuses."""
    caller, repo = org.owner.api, images_of(org)
    one, two = repo.push_image("old", "one"), repo.push_image("old", "two")
    repo.push_image("old2", "two")
    create(caller, app, "new.*")
    assert caller.put(f"{app}/tag/new1", {"manifest_digest": one}).status_code == 201
    assert immutable(caller, app) == {"new1"}
    for reply in (caller.put(f"{app}/tag/new1", {"manifest_digest": two}), caller.delete(f"{app}/tag/new1"),
                  caller.put(f"{app}/tag/new1", {"expiration": int(time.time()) + YEAR}),
                  caller.post(f"{app}/tag/new1/restore", {"manifest_digest": two}),
                  caller.post(f"{app}/tag/new1/expire", {"is_alive": True}),
                  # made and given an end at once: neither
                  caller.put(f"{app}/tag/new2", {"manifest_digest": one, "expiration": int(time.time()) + YEAR})):
        assert_fixed(reply)
    assert caller.post(f"{app}/tag/new3/restore", {"manifest_digest": two}).status_code == 200
    assert immutable(caller, app) == {"new1", "new3"}
    # An administrator may release one; it is fixed again when it moves.
    assert caller.put(f"{app}/tag/new1", {"immutable": False}).status_code == 201
    assert immutable(caller, app) == {"new3"}
    assert caller.put(f"{app}/tag/new1", {"manifest_digest": two}).status_code == 201
    assert immutable(caller, app) == {"new1", "new3"}


def test_labels_do_not_end_them(org, app):
    create(org.owner.api, app, "v.*")
    repo = images_of(org)
    image = repo.image("short", annotations={"quay.expires-after": "2h"})
    for tag in ("v1", "latest"):
        repo.push_manifest(tag, image)
    tags = {tag["name"]: tag for tag in org.owner.api.get(f"{app}/tag/").json()["tags"]}
    assert "expiration" not in tags["v1"] and "expiration" in tags["latest"]


def test_tags_that_were_there(org, app):
    caller, repo = org.owner.api, images_of(org)
    for tag in ("v1", "v2", "latest"):
        repo.push_image(tag, "one")
    repo.push_image("v3", "one")
    assert caller.delete(f"{app}/tag/v3").status_code == 204  # one that has ended stays as it is
    assert caller.put(f"{app}/tag/v2", {"expiration": int(time.time()) + YEAR}).status_code == 201
    uuid = create(caller, org.path(), "v1|v2|v3")
    assert immutable(caller, app) == {"v1", "v2"}
    tags = {tag["name"]: tag for tag in caller.get(f"{app}/tag/").json()["tags"]}
    assert "expiration" not in tags["v2"] and not tags["v3"]["immutable"] and "end_ts" in tags["v3"]
    assert entries_of(org)[-1] == ("tags_made_immutable_by_policy", {
        "namespace": org.name, "tag_pattern": "v1|v2|v3", "tag_pattern_matches": True, "count": 2})
    # A changed policy adds; neither it nor its end takes back.
    assert caller.put(f"{org.path()}/immutabilitypolicy/{uuid}", {"tagPattern": "latest"}).status_code == 204
    assert immutable(caller, app) == {"v1", "v2", "latest"}
    assert caller.delete(f"{org.path()}/immutabilitypolicy/{uuid}").status_code == 200
    assert immutable(caller, app) == {"v1", "v2", "latest"}
    repo.push_image("v4", "one")
    repo.push_image("v4", "two")


def test_they_may_end(start_server):
    server = start_server(users=(), keys={"FEATURE_IMMUTABLE_TAGS": True,
                                          "FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE": True})
    org = Organization(server)
    app, repo = f"repository/{org.repository()}", images_of(org)
    end = int(time.time()) + YEAR
    repo.push_image("v1", "one")
    assert org.owner.api.put(f"{app}/tag/v1", {"expiration": end}).status_code == 201
    create(org.owner.api, app, "v.*")
    repo.push_manifest("v2", repo.image("two", annotations={"quay.expires-after": "2h"}))
    tags = {tag["name"]: tag for tag in org.owner.api.get(f"{app}/tag/").json()["tags"]}
    assert tags["v1"]["immutable"] and tags["v1"]["end_ts"] == end
    assert tags["v2"]["immutable"] and "expiration" in tags["v2"]


def test_a_hostile_pattern(org, app):
    """It takes forever on some tags; pushes of these go on, and it matches none of them."""
    create(org.owner.api, app, "(a+)+[^a]")
    create(org.owner.api, app, "((a?)*)*[^a]")
    images_of(org).push_image("a" * 128, "one")
    images_of(org).push_image("ab", "one")
    assert immutable(org.owner.api, app) == {"ab"}


def test_rename_and_deletion(strict, org, app):
    """They follow a new name, and are not inherited by what gets an old one."""
    create(org.owner.api, app, "v.*")
    create(org.owner.api, org.path(), "w.*")
    old, new = org.name, f"renamed{next(numbers)}"
    strict.run("org", "rename", old, new)
    org.name = new
    assert [one["tagPattern"] for one in policies(org.owner.api, org.path())] == ["w.*"]
    images_of(org).push_image("v1", "one")
    assert immutable(org.owner.api, f"repository/{new}/app") == {"v1"}
    assert org.owner.api.delete(f"repository/{new}/app").status_code == 204
    org.repository()
    assert policies(org.owner.api, f"repository/{new}/app") == []
    org.delete()
    again = Organization(strict, org.owner)
    strict.run("org", "rename", again.name, new)
    assert policies(org.owner.api, f"organization/{new}") == []


def test_pushes_while_a_policy_is_made(org, app):
    """Whether a push came before or behind it, its tag is immutable."""
    caller, started, stopping = org.owner.api, threading.Event(), threading.Event()
    images, pushed = [images_of(org) for _ in range(4)], []
    manifests = [repo.image("one") for repo in images]

    def push(worker):
        number = 0
        while not stopping.is_set():
            tag = f"v{worker}-{number}"
            images[worker].push_manifest(tag, manifests[worker])
            pushed.append(tag)
            number += 1
            if number == 10:
                started.set()

    threads = [threading.Thread(target=push, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    assert started.wait(servers.WAIT_SECONDS)
    create(caller, app, "v.*")
    behind = len(pushed)
    servers.wait_for(lambda: len(pushed) > behind + 20 or not any(thread.is_alive() for thread in threads),
                     "pushes behind the policy")
    stopping.set()
    for thread in threads:
        thread.join()
    assert len(pushed) > behind + 20
    with open_database(org.server) as connection:
        rows = connection.execute(
            "SELECT t.name, t.immutable FROM tag t JOIN repository r ON r.id = t.repository_id JOIN account a"
            " ON a.id = r.namespace_id WHERE a.name = ? AND t.hidden = 0", (org.name,)).fetchall()
    assert dict(rows) == {tag: 1 for tag in pushed}


def test_two_of_one_pattern_at_once(strict, org, app):
    """One is made, the others are refused."""
    callers = [Api(strict.base, org.owner.credentials) for _ in range(6)]
    statuses = []
    threads = [threading.Thread(target=lambda caller=caller: statuses.append(
        caller.post(f"{app}/immutabilitypolicy/", {"tagPattern": "v.*"}).status_code)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 400, 400, 400, 400, 400]
    assert len(policies(org.owner.api, app)) == 1


def copy_tag(server, org, count):
    """Copies of the tag v0 of app, put into the database: v1 to v<count>."""
    with write_database(server) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO tag (repository_id, name, manifest_id, start_ms)"
            " SELECT t.repository_id, 'v' || n.i, t.manifest_id, t.start_ms FROM n, tag t"
            " JOIN repository r ON r.id = t.repository_id JOIN account a ON a.id = r.namespace_id"
            " WHERE a.name = ? AND t.name = 'v0'", (count, org.name))


def count_immutable(server, org):
    with open_database(server) as connection:
        return connection.execute(
            "SELECT COUNT(*) FROM tag t JOIN repository r ON r.id = t.repository_id JOIN account a"
            " ON a.id = r.namespace_id WHERE a.name = ? AND t.immutable = 1", (org.name,)).fetchone()[0]


def test_many_tags_and_a_kill(start_server):
    """More tags than a request takes care of: the rest follows, though the server dies over it."""
    server = start_server(users=(), keys={"FEATURE_IMMUTABLE_TAGS": True})
    org, many = Organization(server), 12000
    app = f"repository/{org.repository()}"
    images_of(org).push_image("v0", "one")
    copy_tag(server, org, many)
    create(org.owner.api, org.path(), "v.*")
    server.kill()
    assert 0 < count_immutable(server, org) <= many + 1
    server.start()
    servers.wait_for(lambda: count_immutable(server, org) == many + 1, "all tags")
    told = servers.wait_for(lambda: entries_of(org)[1:], "the entry of the audit log")
    assert [(kind, entry["count"]) for kind, entry in told] == [("tags_made_immutable_by_policy", many + 1)]
    org.owner.api = Api(server.base, org.owner.credentials)
    assert_fixed(org.owner.api.delete(f"{app}/tag/v{many}"))
    server.stop()


# --- the command line ---

def test_commands(strict, org, app):
    name = f"{org.name}/app"
    images_of(org).push_image("v1", "one")
    said = strict.run("immutability", "add", name, "--pattern", "v.*").stdout
    uuid = policies(org.owner.api, app)[0]["uuid"]
    assert uuid in said and immutable(org.owner.api, app) == {"v1"}
    other = json.loads(strict.run("immutability", "add", org.name, "--except", "latest", "--json").stdout)["uuid"]
    assert policies(org.owner.api, org.path()) == [
        {"uuid": other, "tagPattern": "latest", "tagPatternMatches": False}]
    assert json.loads(strict.run("immutability", "list", name, "--json").stdout) == [
        {"uuid": uuid, "tag_pattern": "v.*", "matches": True, "pending": False}]
    assert f"{other}  tags that do not match latest\n" == strict.run("immutability", "list", org.name).stdout
    assert "removed" in strict.run("immutability", "remove", name, uuid).stdout
    assert policies(org.owner.api, app) == []
    seen = [kind for kind, _ in entries_of(org)]
    assert seen.count("create_immutability_policy") == 2 and seen.count("delete_immutability_policy") == 1
    digest = images_of(org).push_image("other", "one")
    strict.run("tag", "move", name, "fixed", digest)  # by the organization's policy
    assert immutable(org.owner.api, app) == {"v1", "other", "fixed"}
    done = strict.run("tag", "delete", name, "fixed", check=False)
    assert done.returncode == 1 and "immutable" in done.stderr


@pytest.mark.parametrize("words, message", [
    (("list", "no-such-org"), "no-such-org"), (("list", "{org}/none"), "no repository"),
    (("list", "{user}"), "{user}"), (("add", "{org}", "--pattern", "("), "regular expression"),
    (("add", "{org}", "--except", " "), "empty"), (("add", "{org}"), "say which tags"),
    (("add", "{org}", "--pattern", "a", "--except", "b"), "say which tags"), (("remove", "{org}", "x"), "no policy")])
def test_command_refusals(strict, org, words, message):
    user = org.owner.name
    words = [word.format(org=org.name, user=user) for word in words]
    done = strict.run("immutability", *words, check=False)
    assert done.returncode == 1 and message.format(user=user) in done.stderr, done
    assert entries_of(org) == []
