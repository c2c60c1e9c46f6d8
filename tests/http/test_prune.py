# SPDX-License-Identifier: Apache-2.0
"""Auto-prune: policies by the API and the command line, and what becomes of tags by them."""
import concurrent.futures
import json
import time

import pytest

import registry
from api import Api, assert_problem
from orgs import Organization, Person, audit, open_database, write_database
from server import wait_for

NOWHERE = "00000000-0000-0000-0000-000000000000"
DAY_MS = 24 * 3600 * 1000
TEN = {"method": "number_of_tags", "value": 10}
WEEK = {"method": "creation_date", "value": "7d"}


@pytest.fixture(scope="module")
def pruning(start_server):
    """Its pruner sleeps for long: these tests run it by hand."""
    return start_server(keys={"FEATURE_AUTO_PRUNE": True, "FEATURE_IMMUTABLE_TAGS": True,
                              "AUTO_PRUNING_POLL_PERIOD": 86400, "SUPER_USERS": ["root"],
                              "GLOBAL_READONLY_SUPER_USERS": ["auditor"]})


@pytest.fixture
def org(pruning):
    return Organization(pruning)


def subjects(org):
    """(path, who may change there) of the three things that have policies."""
    full = org.repository()
    return {"org": f"organization/{org.name}/autoprunepolicy/",
            "repo": f"repository/{full}/autoprunepolicy/",
            "user": "user/autoprunepolicy/"}


def create(caller, path, body, status=201):
    reply = caller.post(path, body)
    assert reply.status_code == status, reply.text
    return reply.json()["uuid"]


def entries(person, path):
    """[(kind, metadata)] of a log by the API, newest first."""
    logs = person.api.get(path).json()["logs"]
    return [(entry["kind"], entry["metadata"]) for entry in logs]


@pytest.mark.parametrize("subject", ["org", "repo", "user"])
def test_life(org, subject):
    caller, path = org.owner.api, subjects(org)[subject]
    assert caller.get(path).json() == {"policies": []}
    one = create(caller, path, TEN)
    two = create(caller, path, {**WEEK, "tagPattern": "  ^v[0-9]+$ ", "tagPatternMatches": False})
    shown = [{"uuid": one, **TEN, "tagPattern": None, "tagPatternMatches": True},
             {"uuid": two, **WEEK, "tagPattern": "^v[0-9]+$", "tagPatternMatches": False}]
    assert caller.get(path).json() == {"policies": shown}
    assert caller.get(path + one).json() == shown[0]
    assert caller.get(path + two).json() == shown[1]
    reply = caller.put(path + one, {"method": "creation_date", "value": "2w", "tagPattern": "x"})
    assert reply.status_code == 204 and reply.text == ""
    assert caller.get(path + one).json() == {"uuid": one, "method": "creation_date", "value": "2w",
                                             "tagPattern": "x", "tagPatternMatches": True}
    reply = caller.delete(path + one)
    assert reply.status_code == 200 and reply.json() == {"uuid": one}
    for refused in (caller.get(path + one), caller.put(path + one, TEN), caller.delete(path + one),
                    caller.get(path + NOWHERE)):
        assert_problem(refused, 404)
    assert caller.get(path).json() == {"policies": shown[1:]}
    whole = "user/logs" if subject == "user" else f"organization/{org.name}/logs"
    of = "repository" if subject == "repo" else "namespace"
    logged = [entry for entry in entries(org.owner, whole) if "autoprune" in entry[0]]
    assert [kind for kind, _ in logged] == [
        f"delete_{of}_autoprune_policy", f"update_{of}_autoprune_policy",
        f"create_{of}_autoprune_policy", f"create_{of}_autoprune_policy"]
    namespace = org.owner.name if subject == "user" else org.name
    repo = {"repo": "app"} if subject == "repo" else {}
    assert logged[0][1] == {"policy_uuid": one, "namespace": namespace, **repo}
    assert logged[2][1] == {"method": "creation_date", "value": "7d", "tag_pattern": "^v[0-9]+$",
                            "tag_pattern_matches": "false", "policy_uuid": two,
                            "namespace": namespace, **repo}


def test_subjects_are_apart(org):
    """A policy is found below its own subject only."""
    caller, paths = org.owner.api, subjects(org)
    uuid = create(caller, paths["repo"], TEN)
    other = f"repository/{org.repository('other')}/autoprunepolicy/"
    for path in (paths["org"], paths["user"], other):
        assert_problem(caller.get(path + uuid), 404)
        assert_problem(caller.put(path + uuid, TEN), 404)
        assert_problem(caller.delete(path + uuid), 404)
        assert caller.get(path).json() == {"policies": []}
    assert caller.get(paths["repo"] + uuid).status_code == 200


@pytest.mark.parametrize("body", [
    {}, {"method": "number_of_tags"}, {"value": 10}, {"method": "by_luck", "value": 10},
    {"method": "number_of_tags", "value": 0}, {"method": "number_of_tags", "value": -1},
    {"method": "number_of_tags", "value": "10"}, {"method": "number_of_tags", "value": 1.5},
    {"method": "number_of_tags", "value": True}, {"method": "number_of_tags", "value": None},
    {"method": "number_of_tags", "value": 2 ** 40}, {"method": "number_of_tags", "value": [1]},
    {"method": "creation_date", "value": 7}, {"method": "creation_date", "value": "7"},
    {"method": "creation_date", "value": "0d"}, {"method": "creation_date", "value": "7 days"},
    {"method": "creation_date", "value": ""}, {"method": "creation_date", "value": {"d": 7}},
    {**TEN, "tagPattern": ""}, {**TEN, "tagPattern": "   "}, {**TEN, "tagPattern": "("},
    {**TEN, "tagPattern": "x" * 257}, {**TEN, "tagPattern": 5}, {**TEN, "tagPatternMatches": "no"},
])
def test_refused(org, body):
    caller, path = org.owner.api, subjects(org)["org"]
    uuid = create(caller, path, WEEK)
    assert_problem(caller.post(path, body), 400)
    assert_problem(caller.put(path + uuid, body), 400)
    assert [row["uuid"] for row in caller.get(path).json()["policies"]] == [uuid]
    assert caller.get(path + uuid).json()["value"] == "7d"


def test_no_two_alike_and_not_too_many(org):
    caller, path = org.owner.api, subjects(org)["org"]
    create(caller, path, TEN)
    two = create(caller, path, {**TEN, "tagPattern": "x"})
    assert_problem(caller.post(path, {**TEN, "tagPattern": None}), 400, "same values")
    assert_problem(caller.put(path + two, TEN), 400, "same values")
    for value in range(11, 11 + 18):
        create(caller, path, {**TEN, "value": value})
    assert_problem(caller.post(path, WEEK), 400, "20 auto-prune policies")
    assert caller.delete(path + two).status_code == 200
    create(caller, path, WEEK)


def test_rights(pruning, org):
    paths = subjects(org)
    uuids = {name: create(org.owner.api, paths[name], TEN) for name in ("org", "repo")}
    member, stranger = Person(pruning), Person(pruning)
    org.team("coders", "member", member.name)
    reply = org.owner.api.put(f"repository/{org.name}/app/permissions/team/coders", {"role": "write"})
    assert reply.status_code == 200
    for caller, status in ((Api(pruning.base), 401), (member.api, 403), (stranger.api, 403)):
        for name, uuid in uuids.items():
            path = paths[name]
            for refused in (caller.get(path), caller.get(path + uuid), caller.post(path, WEEK),
                            caller.put(path + uuid, WEEK), caller.delete(path + uuid)):
                assert_problem(refused, status)
    assert_problem(Api(pruning.base).get("user/autoprunepolicy/"), 401)
    assert member.api.get("user/autoprunepolicy/").json() == {"policies": []}
    # An administrator of the repository alone has its policies, and not the organization's.
    reply = org.owner.api.put(f"repository/{org.name}/app/permissions/team/coders", {"role": "admin"})
    assert reply.status_code == 200
    assert member.api.get(paths["repo"]).status_code == 200
    create(member.api, paths["repo"], WEEK)
    assert_problem(member.api.get(paths["org"]), 403)


def test_superusers_read(pruning, org):
    paths = subjects(org)
    uuid = create(org.owner.api, paths["org"], TEN)
    pruning.run("user", "create", "auditor", "--password-stdin", password="some-password\n")
    auditor = Api(pruning.base, ("auditor", "some-password"))
    assert auditor.get(paths["org"]).status_code == 200
    assert auditor.get(paths["org"] + uuid).json()["value"] == 10
    assert auditor.get(paths["repo"]).status_code == 200
    assert_problem(auditor.delete(paths["org"] + uuid), 403)


def test_off(server):
    """Without the feature there is nothing there."""
    person = Person(server)
    assert person.api.get("user/autoprunepolicy/").status_code == 404
    refused = server.run("prune", "run", check=False)
    assert refused.returncode == 1 and "FEATURE_AUTO_PRUNE" in refused.stderr


# ---- tags ----

def push(org, name, *tags):
    """Tags, the first of them the oldest, a day between each; the last is a day old."""
    repo = registry.Registry(org.server.base, org.owner.credentials).repository(f"{org.name}/{name}")
    for tag in tags:
        repo.push_image(tag, f"{name} {tag}")
    now = int(time.time() * 1000)
    with write_database(org.server) as connection:
        for age, tag in enumerate(reversed(tags), 1):
            connection.execute(
                "UPDATE tag SET start_ms = ? WHERE name = ? AND repository_id = (SELECT r.id FROM"
                " repository r JOIN account a ON a.id = r.namespace_id WHERE a.name = ? AND r.name = ?)",
                (now - age * DAY_MS, tag, org.name, name))
    return repo


def prune(server, *args):
    return json.loads(server.run("prune", "run", *args, "--json").stdout)


def explain(server, *args):
    return {f"{row['repository']}:{row['tag']}": row
            for row in json.loads(server.run("prune", "--dry-run", *args, "--json").stdout)}


def test_prune_and_restore(pruning, org):
    repo = push(org, "app", "v1", "v2", "v3", "keep-1", "v4")
    path = f"repository/{org.name}/app/"
    assert org.owner.api.put(path + "tag/v2", {"immutable": True}).status_code == 201
    uuid = create(org.owner.api, path + "autoprunepolicy/",
                  {"method": "number_of_tags", "value": 1, "tagPattern": "^v"})
    rows = explain(pruning, org.name)
    assert set(rows) == {"app:v1", "app:v3"}
    assert rows["app:v1"]["policy"] == uuid
    assert rows["app:v1"]["reason"] == ("2 newer ones among tags that match ^v where 1 are kept,"
                                        " by a policy of the repository")
    assert sorted(repo.tags()) == ["keep-1", "v1", "v2", "v3", "v4"]
    digest = repo.get_manifest("v3").headers["Docker-Content-Digest"]
    assert prune(pruning, f"{org.name}/app") == {"tags": 2, "repositories": 1, "namespaces": 1,
                                                "failed": 0}
    assert sorted(repo.tags()) == ["keep-1", "v2", "v4"]
    assert repo.get_manifest("v3").status_code == 404
    logged = entries(org.owner, f"repository/{org.name}/app/logs")
    assert [entry for entry in logged if entry[0] == "autoprune_tag_delete"] == [
        ("autoprune_tag_delete", {"performer": "autoprune worker", "namespace": org.name,
                                  "repo": "app", "tag": tag, "policy_uuid": uuid})
        for tag in ("v3", "v1")]
    reply = org.owner.api.post(path + "tag/v3/restore", {"manifest_digest": digest})
    assert reply.status_code == 200, reply.text
    assert repo.get_manifest("v3").headers["Docker-Content-Digest"] == digest
    # What was restored is new: now it is v4 that is one too many.
    assert prune(pruning, org.name)["tags"] == 1
    assert sorted(repo.tags()) == ["keep-1", "v2", "v3"]


def test_namespace_and_repository(pruning, org):
    """Policies of both count: age first, then number."""
    one = push(org, "one", *[f"t{number}" for number in range(1, 9)])  # t1 is 8 days old
    two = push(org, "two", *[f"t{number}" for number in range(1, 9)])
    create(org.owner.api, org.path("autoprunepolicy/"), WEEK)
    create(org.owner.api, f"repository/{org.name}/one/autoprunepolicy/",
           {"method": "number_of_tags", "value": 3})
    rows = explain(pruning)
    ours = {name: row["reason"] for name, row in rows.items() if row["namespace"] == org.name}
    assert len(ours) == 5 + 2
    assert ours["one:t1"] == ours["two:t1"] == "older than 7d, by a policy of the namespace"
    assert ours["one:t3"] == "5 newer ones where 3 are kept, by a policy of the repository"
    assert prune(pruning, f"{org.name}/two")["tags"] == 2
    assert one.tags() == [f"t{number}" for number in range(1, 9)]
    assert prune(pruning, org.name)["tags"] == 5
    assert one.tags() == ["t6", "t7", "t8"]
    assert two.tags() == [f"t{number}" for number in range(3, 9)]
    assert prune(pruning, org.name)["tags"] == 0


def test_states(pruning, org):
    """What is read-only, or a mirror, is left alone."""
    repo = push(org, "still", "v1", "v2")
    create(org.owner.api, org.path("autoprunepolicy/"), {"method": "number_of_tags", "value": 1})
    for state in (1, 2):
        with write_database(pruning) as connection:
            connection.execute("UPDATE repository SET state = ? WHERE name = 'still'", (state,))
        assert explain(pruning, org.name) == {}
        assert prune(pruning, org.name)["tags"] == 0
    with write_database(pruning) as connection:
        connection.execute("UPDATE repository SET state = 0 WHERE name = 'still'")
    assert prune(pruning, org.name)["tags"] == 1
    assert repo.tags() == ["v2"]


def test_many(pruning, org):
    """More tags than one page and one transaction take, for two processes at once: each tag goes once."""
    repo = push(org, "many", "first")
    with write_database(pruning) as connection:
        tag = connection.execute("SELECT repository_id, manifest_id FROM tag WHERE name = 'first'"
                                 " ORDER BY id DESC").fetchone()
        now = int(time.time() * 1000)
        connection.executemany("INSERT INTO tag (repository_id, manifest_id, name, start_ms)"
                               " VALUES (?, ?, ?, ?)",
                               [(*tag, f"t{number:04}", now - 10000 + number) for number in range(2500)])
    create(org.owner.api, f"repository/{org.name}/many/autoprunepolicy/", TEN)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda _: prune(pruning, org.name), range(2)))
    assert sum(report["tags"] for report in done) == 2491
    assert [report["failed"] for report in done] == [0, 0]
    assert repo.tags() == [f"t{number:04}" for number in range(2490, 2500)]
    with open_database(pruning) as connection:
        assert connection.execute("SELECT COUNT(*) FROM tag WHERE start_ms > end_ms").fetchone() == (0,)
    gone = [metadata["tag"] for _, metadata in audit(pruning, org.name)
            if metadata.get("performer") == "autoprune worker"]
    assert len(gone) == len(set(gone)) == 2491


def test_command(pruning, org):
    full = org.repository("tool")
    path = f"repository/{full}/autoprunepolicy/"
    said = json.loads(pruning.run("prune", "add", full, "creation_date", "30d", "--except", "^release-",
                                  "--json").stdout)
    pruning.run("prune", "add", org.name, "number_of_tags", "50", "--pattern", "^ci-")
    assert org.owner.api.get(path).json()["policies"] == [
        {"uuid": said["uuid"], "method": "creation_date", "value": "30d",
         "tagPattern": "^release-", "tagPatternMatches": False}]
    listed = json.loads(pruning.run("prune", "list", full, "--json").stdout)
    assert [row["uuid"] for row in listed] == [said["uuid"]]
    assert "50 of tags that match ^ci-" in pruning.run("prune", "list", org.name).stdout
    for bad, why in ((("add", full, "creation_date", "0d"), "value"),
                     (("add", full, "by_luck", "1"), "method"),
                     (("add", org.name + "x", "number_of_tags", "1"), "there is no"),
                     (("add", full + "x", "number_of_tags", "1"), "there is no"),
                     (("add", full, "number_of_tags", "1", "--pattern", "a", "--except", "b"), "--except"),
                     (("remove", org.name, said["uuid"]), "no auto-prune policy"),
                     ((), "--dry-run")):
        refused = pruning.run("prune", *bad, check=False)
        assert refused.returncode == 1 and why in refused.stderr, refused.stderr
    pruning.run("prune", "remove", full, said["uuid"])
    assert org.owner.api.get(path).json() == {"policies": []}
    logged = [kind for kind, _ in entries(org.owner, f"organization/{org.name}/logs")
              if "autoprune" in kind]
    assert logged == ["delete_repository_autoprune_policy", "create_namespace_autoprune_policy",
                      "create_repository_autoprune_policy"]
    assert "0 tags would go" in pruning.run("prune", "--dry-run", org.name).stdout


def test_deleted_repository(pruning, org):
    """It takes its policies along; one of the same name has none."""
    path = f"repository/{org.repository('gone')}/autoprunepolicy/"
    create(org.owner.api, path, TEN)
    assert org.owner.api.delete(f"repository/{org.name}/gone").status_code == 204
    org.repository("gone")
    assert org.owner.api.get(path).json() == {"policies": []}
    pruning.run("gc")
    with open_database(pruning) as connection:
        left = connection.execute("SELECT COUNT(*) FROM prune_policy p JOIN account a"
                                  " ON a.id = p.namespace_id WHERE a.name = ?", (org.name,)).fetchone()
    assert left == (0,)


def turn_is_planned(server, namespace):
    """Whether the policy of config.yaml has had its turn there, and has the next one tomorrow."""
    with open_database(server) as connection:
        row = connection.execute("SELECT t.default_due_ms FROM prune_turn t JOIN account a"
                                 " ON a.id = t.namespace_id WHERE a.name = ?", (namespace,)).fetchone()
    return row is not None and row[0] > (time.time() + 3600) * 1000


def test_worker(start_server):
    """The server does it by itself: policies of its own for one, that of config.yaml for all."""
    server = start_server(keys={
        "FEATURE_AUTO_PRUNE": True, "AUTO_PRUNING_POLL_PERIOD": 1,
        "AUTOPRUNE_TASK_RUN_MINIMUM_INTERVAL_MINUTES": 0,
        "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY": {"method": "creation_date", "value": "3d",
                                               "tag_pattern": "^tmp-"}})
    one, two = Organization(server), Organization(server)
    pushed = push(one, "app", "a", "b", "c")
    create(one.owner.api, one.path("autoprunepolicy/"), {"method": "number_of_tags", "value": 2})
    wait_for(lambda: sorted(pushed.tags()) == ["b", "c"], "the tag to be pruned")
    late = push(one, "late", "x", "y", "z")
    wait_for(lambda: sorted(late.tags()) == ["y", "z"], "its next turn")
    wait_for(lambda: turn_is_planned(server, two.name), "the turn of a namespace without policies")
    push(two, "app", "v0", "tmp-1", "tmp-2", "v1")  # tmp-1 is 3 days old, and some moments
    row, = explain(server, two.name).values()
    assert row["tag"] == "tmp-1" and row["policy"] is None
    assert row["reason"].endswith("by a policy of the registry")
    assert prune(server, two.name)["tags"] == 1
    entry, = [metadata for _, metadata in audit(server, two.name)
              if metadata.get("performer") == "autoprune worker"]
    assert entry["tag"] == "tmp-1" and entry["policy_uuid"] is None


@pytest.mark.parametrize("policy, why", [
    ({"method": "number_of_tags", "value": 0}, "value"),
    ({"method": "creation_date", "value": 7}, "value"),
    ({"method": "creation_date"}, "value"), ({"method": "none", "value": 1}, "method"),
    ({"method": "number_of_tags", "value": 1, "tag_pattern": "("}, "tagPattern"),
])
def test_bad_policy_in_config(start_server, policy, why):
    server = start_server.make(keys={"FEATURE_AUTO_PRUNE": True,
                                     "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY": policy})
    refused = server.run("prune", "--dry-run", check=False)
    assert refused.returncode == 1
    assert "DEFAULT_NAMESPACE_AUTOPRUNE_POLICY" in refused.stderr and why in refused.stderr
