# SPDX-License-Identifier: Apache-2.0
"""What people take away while others use it, and two servers on one database: whoever comes too late
gets a reason and no internal error, and what is left is consistent (fsck finds nothing)."""
import time

import pytest

import api
import registry
from conftest import ALICE, create_user
from orgs import Organization, Person, make_user, open_database
from test_concurrency import Caller, at_once


@pytest.fixture(autouse=True)
def sound(server):
    """After each test nothing is broken."""
    yield
    done = server.run("fsck", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def take_away(action, *callers):
    """Run the action while the callers ask again and again. When it was over: requests that begin
    from then on have to meet the new state."""
    done = []

    def act():
        try:
            for caller in callers:
                caller.wait()
            action()
            done.append(time.monotonic())
            for caller in callers:
                caller.wait()
        finally:
            for caller in callers:
                caller.stopping = True

    at_once(act, *(caller.run for caller in callers))
    for caller in callers:
        assert all(status < 500 for status in caller.statuses()), caller.statuses()
    return done[0]


def test_organization_deleted_while_repositories_are_created(server):
    org = Organization(server)
    second = Person(server)
    org.put(f"team/owners/members/{second.name}")
    made = {0: 0, 1: 0}

    def create(number, person):
        made[number] += 1
        reply = person.api.post("repository", {
            "namespace": org.name, "repository": f"app{number}x{made[number]}", "description": "",
            "visibility": "private"})
        return reply.status_code

    pusher = registry.Registry(server.base, org.owner.credentials)

    def push():
        made["push"] = made.get("push", 0) + 1
        name = f"{org.name}/pushed{made['push']}"
        token = pusher.ask_token(f"repository:{name}:pull,push").json()["token"]
        repo = registry.Repository(pusher, name, token)
        return repo.post("blobs/uploads/", params={"digest": registry.digest_of(b"x")},
                         data=b"x").status_code

    deleter = api.Api(server.base, org.owner.credentials)

    def delete():
        assert deleter.delete(org.path()).status_code == 204

    callers = [Caller(lambda: create(0, org.owner)), Caller(lambda: create(1, second)), Caller(push)]
    over = take_away(delete, *callers)
    assert {201} <= set(callers[0].statuses()) and set(callers[0].statuses(over)) <= {400, 403, 404}
    assert set(callers[1].statuses(over)) <= {400, 403, 404}
    assert set(callers[2].statuses(over)) <= {401, 404}
    assert deleter.get(org.path()).status_code == 404
    with open_database(server) as connection:
        orphans = connection.execute(
            "SELECT COUNT(*) FROM repository r LEFT JOIN account a ON a.id = r.namespace_id"
            " WHERE a.id IS NULL OR (a.name = ? AND r.state <> 3)", (org.name,)).fetchone()[0]
    assert orphans == 0


def test_robot_regenerated_while_pushing(server):
    """The old token stops at the next login; a push under way ends with the token it began with, and
    whoever has the new one goes on."""
    org = Organization(server)
    name, token = org.robot()
    full = org.repository()
    assert org.owner.api.put(f"repository/{full}/permissions/user/{name}",
                             {"role": "write"}).status_code == 200
    robot = registry.Registry(server.base, (name, token))
    image = robot.repository(full).image("regenerated")
    begun = robot.repository(full)
    location = begun.start_upload()

    def push():
        reply = robot.ask_token(f"repository:{full}:pull,push")
        if reply.status_code != 200:
            return reply.status_code
        repo = registry.Repository(robot, full, reply.json()["token"])
        return repo.put_manifest("v1", image).status_code

    fresh = {}

    def regenerate():
        reply = org.owner.api.post(org.path("robots/ci/regenerate"))
        assert reply.status_code == 200
        fresh["token"] = reply.json()["token"]

    pusher = Caller(push)
    over = take_away(regenerate, pusher)
    assert set(pusher.statuses()) == {201, 401} and set(pusher.statuses(over)) == {401}
    assert begun.finish_upload(location, registry.digest_of(b"end"), b"end").status_code == 201
    again = registry.Registry(server.base, (name, fresh["token"])).repository(full)
    assert again.put_manifest("v2", image).status_code == 201


def test_team_removed_while_a_member_pulls(server):
    """The next token says no more; others keep what they have."""
    org = Organization(server)
    member, other = make_user(server), make_user(server)
    full = org.repository()
    registry.Registry(server.base, org.owner.credentials).repository(full).push_image("v1", "team")
    for team, person in (("going", member), ("staying", other)):
        org.team(team, "member", person[0])
        reply = org.owner.api.put(f"repository/{full}/permissions/team/{team}", {"role": "read"})
        assert reply.status_code == 200

    def pull(credentials):
        caller = registry.Registry(server.base, credentials)
        return lambda: caller.repository(full, "pull").get_manifest("v1").status_code

    callers = [Caller(pull(member)), Caller(pull(other))]
    over = take_away(lambda: org.delete("team/going"), *callers)
    assert set(callers[0].statuses()) == {200, 401} and set(callers[0].statuses(over)) == {401}
    assert set(callers[1].statuses()) == {200}
    with open_database(server) as connection:
        left = connection.execute("SELECT COUNT(*) FROM repository_permission p LEFT JOIN team t"
                                  " ON t.id = p.team_id WHERE p.team_id IS NOT NULL"
                                  " AND t.id IS NULL").fetchone()[0]
    assert left == 0


def test_repository_deleted_while_rights_are_given(server):
    org = Organization(server)
    name = make_user(server)[0]
    full = org.repository()
    path = f"repository/{full}/permissions/user/{name}"
    giver = Caller(lambda: org.owner.api.put(path, {"role": "read"}).status_code)
    second = api.Api(server.base, org.owner.credentials)

    def delete():
        assert second.delete(f"repository/{full}").status_code == 204

    over = take_away(delete, giver)
    assert giver.statuses()[0] == 200 and set(giver.statuses(over)) <= {403, 404}


def test_member_deleted_while_added(server):
    """A user goes while two administrators put him into teams: no membership of nobody is left."""
    org = Organization(server)
    person = Person(server)
    for team in ("one", "two"):
        org.team(team)
    admins = [org.owner.api, api.Api(server.base, org.owner.credentials)]

    def add(admin, team):
        return lambda: admin.put(org.path(f"team/{team}/members/{person.name}")).status_code

    callers = [Caller(add(admin, team)) for admin, team in zip(admins, ("one", "two"))]

    def delete():
        assert person.api.delete("user/").status_code == 204

    over = take_away(delete, *callers)
    for caller in callers:
        assert caller.statuses()[0] == 200 and set(caller.statuses(over)) <= {400, 404}
    with open_database(server) as connection:
        left = connection.execute("SELECT COUNT(*) FROM team_member m LEFT JOIN account a"
                                  " ON a.id = m.account_id WHERE a.id IS NULL").fetchone()[0]
    assert left == 0


class TestTwoServers:
    """Two processes on one database."""

    @pytest.fixture(scope="class")
    def nodes(self, start_server, tmp_path_factory):
        data = tmp_path_factory.mktemp("shared") / "data"
        first = start_server(data=data)
        second = start_server.make(data).start()
        return first, second

    @pytest.fixture
    def admins(self, nodes):
        return [api.Api(node.base, ALICE) for node in nodes]

    def test_a_change_shows_on_the_other(self, nodes, admins):
        one, two = admins
        create_user(nodes[0], ("walter", "walters-password"))
        walter = registry.Registry(nodes[1].base, ("walter", "walters-password"))
        assert one.post("organization/", {"name": "bothsides"}).status_code == 201
        assert two.put("organization/bothsides/team/readers", {"role": "member"}).status_code == 200
        assert one.put("organization/bothsides/team/readers/members/walter").status_code == 200
        for kind in ("prototypes",):
            reply = two.post(f"organization/bothsides/{kind}",
                             {"role": "read", "delegate": {"name": "readers", "kind": "team"}})
            assert reply.status_code == 200, reply.text
        alice = registry.Registry(nodes[0].base, ALICE)
        digest = alice.repository("bothsides/app").push_image("v1", "two servers")
        pulled = walter.repository("bothsides/app", "pull").get_manifest("v1")
        assert pulled.headers["Docker-Content-Digest"] == digest
        assert one.delete("organization/bothsides/team/readers/members/walter").status_code == 204
        assert walter.repository("bothsides/app", "pull").get_manifest("v1").status_code == 401

    def test_the_same_is_made_once(self, nodes, admins):
        """Both make the same organizations, teams and robots at once: each is made by one of them."""
        made = {0: [], 1: []}

        def work(number):
            admin = admins[number]
            for i in range(8):
                name = f"race{i}"
                reply = admin.post("organization/", {"name": name})
                assert reply.status_code in (201, 400), reply.text
                made[number].append(reply.status_code)
                assert admin.put(f"organization/{name}/team/team", {"role": "member"}).status_code == 200
                reply = admin.put(f"organization/{name}/robots/ci")
                assert reply.status_code in (201, 400), reply.text
                made[number].append(reply.status_code)

        at_once(lambda: work(0), lambda: work(1))
        for first, second in zip(made[0], made[1]):
            assert sorted((first, second)) == [201, 400]
        robots = [admins[0].get(f"organization/race{i}/robots").json()["robots"] for i in range(8)]
        assert [[robot["name"] for robot in found] for found in robots] == [
            [f"race{i}+ci"] for i in range(8)]

    def test_sessions_and_tokens_end_on_both(self, nodes, admins):
        create_user(nodes[0], ("erika", "erikas-password"))
        on_first = api.Api(nodes[0].base, ("erika", "erikas-password"))
        token = on_first.post("user/apptoken", {"title": "both"}).json()["token"]
        program = registry.Registry(nodes[1].base, ("$app", token["token_code"]))
        assert program.ask_token().status_code == 200
        assert on_first.delete(f"user/apptoken/{token['uuid']}").status_code == 204
        assert program.ask_token().status_code == 401
        # One cookie is good on both, for they share the key, and ends on both.
        on_second = api.Api(nodes[1].base)
        on_second.session.cookies.update(on_first.session.cookies)
        assert on_second.get("user/").status_code == 200
        assert on_first.post("signout").status_code == 200
        assert on_second.get("user/").status_code == 401
        assert nodes[0].run("fsck", check=False).returncode == 0

    def test_audit_of_both(self, nodes, admins):
        """Pulls through either are in the one log, all of them."""
        alice = [registry.Registry(node.base, ALICE).repository("alice/audited") for node in nodes]
        alice[0].push_image("v1", "audited")
        at_once(*(lambda repo=repo: [repo.get_manifest("v1") for _ in range(10)] for repo in alice))
        for node in nodes:
            node.stop()  # writes what waits
        nodes[0].start()
        with open_database(nodes[0]) as connection:
            pulls = connection.execute(
                "SELECT SUM(times) FROM audit_log WHERE metadata LIKE '%alice%audited%'"
                " AND metadata LIKE '%manifest_digest%' AND repository_id = (SELECT id FROM repository"
                " WHERE name = 'audited') AND metadata LIKE '%user-agent%'").fetchone()[0]
        assert pulls >= 20
