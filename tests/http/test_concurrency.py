# SPDX-License-Identifier: Apache-2.0
"""People and programs at the same moment: nothing is lost, nothing fails inside, and what was
taken away is gone for everybody who asks afterwards."""
import itertools
import threading
import time

import pytest

import oauth
import registry
import server as servers
from api import Api
from conftest import ALICE
from orgs import Organization, Person, make_user


def at_once(*works):
    """Run the functions at the same time; what they raise fails the test."""
    failures = []

    def guarded(work):
        try:
            work()
        except BaseException as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Caller:
    """Asks again and again until told to stop; notes when each request began, and its status."""

    def __init__(self, ask):
        self.ask, self.seen, self.stopping = ask, [], False

    def run(self):
        while not self.stopping:
            began = time.monotonic()
            self.seen.append((began, self.ask()))

    def wait(self):
        """Until a request that begins from now on was answered."""
        now = time.monotonic()
        servers.wait_for(lambda: self.seen and self.seen[-1][0] > now, "another request")

    def statuses(self, since=0.0):
        return [status for began, status in self.seen if began > since]


def test_token_revoked_while_in_use(server):
    app = oauth.Application(server, ALICE)
    token = app.make_token("user:read")
    programs = [Api(server.base, token=token["token"]) for _ in range(4)]
    callers = [Caller(lambda program=program: program.get("user/").status_code)
               for program in programs]
    revoked = []

    def revoke():
        try:
            for caller in callers:
                caller.wait()
            path = f"{app.path}/{app.client_id}/tokens/{token['uuid']}"
            assert app.admin.delete(path).status_code == 204
            revoked.append(time.monotonic())
            for caller in callers:
                caller.wait()
        finally:
            for caller in callers:
                caller.stopping = True

    at_once(revoke, *(caller.run for caller in callers))
    for caller in callers:
        assert set(caller.statuses()) == {200, 401}
        assert set(caller.statuses(revoked[0])) == {401}


def test_two_admins_edit_one_team(server):
    """Each adds and removes members of his own and changes the role: all of it happens."""
    org = Organization(server)
    second = Person(server)
    org.put("team/coders", {"role": "member"})
    assert org.owner.api.put(org.path(f"team/owners/members/{second.name}")).status_code == 200
    people = [make_user(server)[0] for _ in range(12)]
    halves = {org.owner: people[:6], second: people[6:]}

    def edit(admin, mine, roles):
        for turn, name in enumerate(mine):
            path = org.path(f"team/coders/members/{name}")
            assert admin.api.put(path).status_code == 200
            reply = admin.api.put(org.path("team/coders"), {"role": roles[turn % 2]})
            assert reply.status_code == 200, reply.text
            if turn % 2:
                assert admin.api.delete(path).status_code == 204

    at_once(*(lambda admin=admin, mine=mine, roles=roles: edit(admin, mine, roles)
              for (admin, mine), roles in zip(halves.items(), (("creator", "member"),
                                                               ("member", "creator")))))
    members = {item["name"] for item in org.get("team/coders/members")["members"]}
    assert members == {name for mine in halves.values() for name in mine[0::2]}
    assert org.get()["teams"]["coders"]["role"] in ("member", "creator")
    added = [data for kind, data in org.audit() if data.get("team") == "coders"
             and data.get("member") in people]
    assert len(added) == 12 + 6  # each addition and each removal, once


def test_one_member_added_by_many(server):
    """The same change by several at once is one change."""
    org = Organization(server)
    org.put("team/coders", {"role": "member"})
    name = make_user(server)[0]
    admins = [org.owner.api] + [Api(server.base, org.owner.credentials) for _ in range(3)]

    def add(admin):
        assert admin.put(org.path(f"team/coders/members/{name}")).status_code == 200

    at_once(*(lambda admin=admin: add(admin) for admin in admins))
    added = [data for _, data in org.audit() if data.get("member") == name]
    assert len(added) == 1


def test_user_deleted_while_pushing(server):
    """Pushes fail from then on, with a reason and not inside; the name is free again in the end."""
    person = Person(server)
    name = f"{person.name}/app"
    repo = registry.Registry(server.base, person.credentials).repository(name)
    repo.push_image("v0", "v0")
    image = repo.image("v1")
    pusher = Caller(lambda: repo.put_manifest("v1", image).status_code)

    def delete():
        try:
            pusher.wait()
            assert person.api.delete("user/").status_code == 204
            pusher.wait()
        finally:
            pusher.stopping = True

    at_once(delete, pusher.run)
    statuses = pusher.statuses()
    assert statuses[0] == 201 and statuses[-1] != 201
    assert all(status < 500 for status in statuses), statuses
    assert registry.Registry(server.base, person.credentials).ask_token().status_code == 401
    assert Api(server.base, ALICE).get("user/").status_code == 200


NEW = itertools.count(1)
# One name, made by many: the path and body of each creation, and what who comes second is told.
CREATIONS = [
    ("POST", lambda org, name: ("organization/", {"name": name}), 400),
    ("POST", lambda org, name: ("user/", {"username": name, "password": "some-password"}), 400),
    ("POST", lambda org, name: ("repository", {"namespace": org.name, "repository": name, "description": "",
                                               "visibility": "private"}), 400),
    ("PUT", lambda org, name: (f"user/robots/{name}", {}), 400),
    ("PUT", lambda org, name: (org.path(f"robots/{name}"), {}), 400),
    ("PUT", lambda org, name: (org.path(f"team/{name}"), {"role": "member"}), 200),
    ("PUT", lambda org, name: (f"repository/{org.name}/shared/permissions/user/{org.other}", {"role": "read"}), 200),
    ("POST", lambda org, name: ("user/starred", {"namespace": org.name, "repository": "shared"}), 201),
]


@pytest.mark.parametrize("method, make, again", CREATIONS)
def test_one_name_made_by_many(server, method, make, again):
    """One makes it; the others are told that it is there, or find it as they want it."""
    org = Organization(server)
    org.other = Person(server).name
    org.repository("shared")
    path, body = make(org, f"many{next(NEW)}")
    callers = [Api(server.base, org.owner.credentials) for _ in range(6)]
    statuses, start = [], threading.Barrier(len(callers))

    def create(caller):
        start.wait()
        statuses.append(caller.request(method, path, body).status_code)

    at_once(*(lambda caller=caller: create(caller) for caller in callers))
    made = [status for status in statuses if status in (200, 201)]
    assert set(statuses) - {200, 201} <= {again}, statuses
    assert len(made) == (6 if again < 300 else 1), statuses
