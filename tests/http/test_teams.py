# SPDX-License-Identifier: Apache-2.0
"""Teams: making and changing them, their members, invitations."""
import json
import threading

import pytest

from api import Api, assert_problem
from oauth import execute
from orgs import Organization, Person, make_user, open_database
from server import wait_for


@pytest.fixture(scope="module")
def mailing(start_server):
    """A server that sends mail (to nowhere), so that strangers are invited."""
    return start_server(users=(), keys={"FEATURE_MAILING": True, "MAIL_SERVER": "127.0.0.1",
                                        "MAIL_PORT": 9, "MAIL_USE_TLS": False})


@pytest.fixture
def org(mailing):
    return Organization(mailing)


@pytest.fixture
def plain(server):
    """Where there is no mail, who is put into a team is in it at once."""
    return Organization(server)


@pytest.fixture(scope="module")
def stranger(mailing):
    return Person(mailing)


def test_create_and_change(org):
    view = org.put("team/coders", {"role": "member", "description": "who write"})
    assert view["new_team"] is True and view["role"] == "member" and view["can_view"] is True
    assert view["name"] == "coders" and view["avatar"]["kind"] == "team"
    view = org.put("team/coders", {"role": "creator"})
    assert view["new_team"] is False and view["role"] == "creator"
    team = org.get()["teams"]["coders"]
    assert team["role"] == "creator" and team["description"] == "who write"
    org.put("team/coders", {"role": "creator", "description": "else"})
    assert org.get()["teams"]["coders"]["description"] == "else"
    assert [m for _, m in org.audit()][1:] == [
        {"team": "coders"}, {"team": "coders", "role": "creator"},
        {"team": "coders", "description": "else"}]


@pytest.mark.parametrize("name, body", [
    ("coders", {}), ("coders", {"role": "owner"}), ("coders", {"role": 3}), ("C", {"role": "member"}),
    ("UPPER", {"role": "member"}), ("a%20b", {"role": "member"}),
    ("coders", {"role": "member", "description": "x" * 5000}),
])
def test_create_refuses(org, name, body):
    assert_problem(org.owner.api.put(org.path(f"team/{name}"), body), 400)


def test_last_admins_stay(org):
    """No way to leave an organization without anybody to administer it."""
    org.put("team/owners", {"role": "member"}, status=400)
    org.delete("team/owners", status=400)
    org.delete(f"team/owners/members/{org.owner.name}", status=400)
    org.team("chiefs", "admin", org.owner.name)
    org.put("team/owners", {"role": "member"})
    org.delete("team/chiefs", status=400)
    assert org.get()["is_admin"] is True


def test_delete(plain, server):
    one = Person(server)
    plain.team("coders", "member", one.name)
    app = plain.repository()
    assert plain.owner.api.put(f"repository/{app}/permissions/team/coders",
                               {"role": "read"}).status_code == 200
    assert one.api.get(f"repository/{app}").status_code == 200
    plain.delete("team/coders")
    assert_problem(one.api.get(f"repository/{app}"), 403)
    plain.delete("team/coders", status=400)
    plain.get("team/coders/members", status=404)


def test_members(plain, server):
    one = Person(server)
    plain.team()
    name, _ = plain.robot()
    member = plain.put(f"team/coders/members/{one.name}")
    assert member["name"] == one.name and member["kind"] == "user"
    assert member["is_robot"] is False and member["invited"] is False
    assert plain.put(f"team/coders/members/{name}")["is_robot"] is True
    assert plain.put(f"team/coders/members/{name}")["invited"] is False  # again
    view = plain.get("team/coders/members")
    assert view["name"] == "coders" and view["can_edit"] is True
    assert [m["name"] for m in view["members"]] == [name, one.name]
    assert one.api.get(plain.path("team/coders/members")).json()["can_edit"] is False
    plain.delete(f"team/coders/members/{one.name}")
    plain.delete(f"team/coders/members/{one.name}", status=400)
    assert_problem(one.api.get(plain.path("team/coders/members")), 403)


def test_members_of_other_teams(plain, server):
    one = Person(server)
    plain.team("coders", "member", one.name)
    assert one.api.get(plain.path("team/coders/members")).status_code == 200
    assert_problem(one.api.get(plain.path("team/owners/members")), 403)
    assert_problem(Api(server.base).get(plain.path("team/owners/members")), 401)


@pytest.mark.parametrize("who", ["nobody-here", "x" * 300, "nobody+robot"])
def test_unknown_members(org, who):
    org.team()
    org.put(f"team/coders/members/{who}", status=400)
    org.delete(f"team/coders/members/{who}", status=400)


def test_members_that_cannot_be(mailing, org, stranger):
    org.team()
    org.put(f"team/coders/members/{org.name}", status=400)  # an organization
    assert stranger.api.put("user/robots/helper").status_code == 201
    org.put(f"team/coders/members/{stranger.name}+helper", status=400)  # somebody else's
    org.put(f"team/none/members/{stranger.name}", status=404)


def test_rights(plain):
    plain.team()
    app = plain.repository()
    plain.repository("lib", public=True)
    assert plain.get("team/coders/permissions") == {"permissions": []}
    for name, role in (("app", "write"), ("lib", "read")):
        plain.owner.api.put(f"repository/{plain.name}/{name}/permissions/team/coders", {"role": role})
    assert plain.get("team/coders/permissions") == {"permissions": [
        {"repository": {"name": "app", "is_public": False}, "role": "write"},
        {"repository": {"name": "lib", "is_public": True}, "role": "read"}]}
    assert plain.get()["teams"]["coders"]["repo_count"] == 2
    plain.get("team/none/permissions", status=404)
    assert app


@pytest.mark.parametrize("method, path", [
    ("put", "team/new"), ("delete", "team/coders"), ("get", "team/coders/permissions"),
    ("put", "team/coders/members/alice"), ("delete", "team/coders/members/alice"),
    ("put", "team/coders/invite/a@people.example"),
    ("delete", "team/coders/invite/a@people.example"),
])
def test_others_may_not(mailing, org, stranger, method, path):
    org.team("coders", "creator")
    body = {"role": "member"}
    for caller, status in ((stranger.api, 403), (Api(mailing.base), 401)):
        reply = caller.request(method.upper(), org.path(path), json=body)
        assert_problem(reply, status)


def code_of(server, person):
    """As the user's page has it: from the notification."""
    with open_database(server) as connection:
        rows = connection.execute(
            "SELECT n.metadata FROM notification n JOIN account a ON a.id = n.account_id"
            " WHERE a.name = ? AND n.kind = 'org_team_invite'", (person.name,)).fetchall()
    return [json.loads(metadata)["code"] for metadata, in rows]


def test_invitation(mailing, org):
    one = Person(mailing)
    org.team()
    member = org.put(f"team/coders/members/{one.name}")
    assert member["invited"] is True
    assert org.get("team/coders/members")["members"] == []
    pending = org.get("team/coders/members?includePending=true")["members"]
    assert [(m["name"], m["invited"]) for m in pending] == [(one.name, True)]
    assert_problem(one.api.get(org.path("team/coders/members")), 403)
    code, = code_of(mailing, one)
    assert_problem(Api(mailing.base).put(f"teaminvite/{code}"), 401)
    assert_problem(org.owner.api.put(f"teaminvite/{code}"), 400)  # it is not his
    assert one.api.put(f"teaminvite/{code}").json() == {"org": org.name, "team": "coders"}
    assert [m["name"] for m in org.get("team/coders/members")["members"]] == [one.name]
    assert code_of(mailing, one) == []
    assert_problem(one.api.put(f"teaminvite/{code}"), 400)
    # A member of the organization is put into other teams without being asked.
    org.team("readers")
    assert org.put(f"team/readers/members/{one.name}")["invited"] is False


def test_declined_and_taken_back(mailing, org):
    one, two = Person(mailing), Person(mailing)
    org.team("coders", "member", one.name, two.name)
    code, = code_of(mailing, one)
    reply = one.api.delete(f"teaminvite/{code}")
    assert reply.status_code == 204
    assert_problem(one.api.put(f"teaminvite/{code}"), 400)
    code, = code_of(mailing, two)
    org.delete(f"team/coders/members/{two.name}")
    assert_problem(two.api.put(f"teaminvite/{code}"), 400)
    assert_problem(two.api.put("teaminvite/foobarbaz"), 400)
    assert org.get("team/coders/members?includePending=true")["members"] == []


def test_address(mailing, org, stranger):
    org.team()
    invite = org.put("team/coders/invite/Someone@People.example")
    assert invite["kind"] == "invite" and invite["email"] == "someone@people.example"
    assert invite["invited"] is True
    pending, = org.get("team/coders/members?includePending=true")["members"]
    assert pending["email"] == "someone@people.example"
    org.put("team/coders/invite/nowhere", status=400)
    org.put("team/none/invite/a@people.example", status=404)
    with open_database(mailing) as connection:
        code, = connection.execute("SELECT code FROM team_invite WHERE email = ?",
                                   ("someone@people.example",)).fetchone()
    assert_problem(stranger.api.put(f"teaminvite/{code}"), 400)  # the code alone is not enough
    assert_problem(stranger.api.delete(f"teaminvite/{code}"), 400)
    mailing.run("user", "email", stranger.name, "someone@people.example")
    execute(mailing, "UPDATE account SET verified = 0 WHERE name = ?", stranger.name)
    assert_problem(stranger.api.put(f"teaminvite/{code}"), 400)
    mailing.run("user", "verify", stranger.name)
    assert stranger.api.put(f"teaminvite/{code}").status_code == 200
    wait_for(lambda: "/api/v1/teaminvite/{code}" in mailing.log_text(), "the log")
    assert code not in mailing.log_text()
    org.put("team/coders/invite/other@people.example")
    org.delete("team/coders/invite/other@people.example")
    org.delete("team/coders/invite/other@people.example", status=404)


def test_without_mail(server, plain):
    plain.team()
    plain.put("team/coders/invite/a@people.example", status=404)
    one = Api(server.base, make_user(server))
    assert_problem(one.put("teaminvite/some-code"), 404)
    assert_problem(one.delete("teaminvite/some-code"), 404)


def test_two_admins_at_once(plain, server):
    """Both take the other out: one of them stays."""
    one = Person(server)
    plain.team("owners", "admin", one.name)
    pairs = [(plain.owner.api, one.name), (one.api, plain.owner.name)]
    replies = []

    def remove(caller, name):
        replies.append(caller.delete(plain.path(f"team/owners/members/{name}")).status_code)
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replies) in ([204, 400], [204, 403])
