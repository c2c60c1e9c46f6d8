# SPDX-License-Identifier: Apache-2.0
"""Organizations, and who belongs to them."""
import pytest

import registry
from api import Api, assert_problem
from conftest import ROOT
from orgs import Organization, Person, make_user, numbers, write_database
from server import wait_for

AVATAR = {"name", "hash", "color", "kind"}


@pytest.fixture
def org(server):
    return Organization(server)


@pytest.fixture(scope="module")
def stranger(server):
    return Person(server)


def test_create(server, org):
    view = org.get()
    assert view["name"] == org.name and view["email"] == f"{org.name}@people.example"
    assert view["is_admin"] is True and view["is_member"] is True
    assert set(view["avatar"]) == AVATAR and view["avatar"]["kind"] == "org"
    assert view["ordered_teams"] == ["owners"]
    owners = view["teams"]["owners"]
    assert owners["role"] == "admin" and owners["member_count"] == 1 and owners["can_view"] is True
    assert view["tag_expiration_s"] == 14 * 24 * 3600 and view["invoice_email"] is False
    kinds = [metadata for _, metadata in org.audit()]
    assert kinds[0] == {"email": view["email"], "namespace": org.name}


@pytest.mark.parametrize("body, message", [
    ({}, "name"), ({"name": 5}, "name"), ({"name": "X"}, "name"), ({"name": "a b"}, "name"),
    ({"name": "UPPER", "email": "a@b.example"}, "lower-case"),
    ({"name": "fine-name", "email": "nowhere"}, "e-mail"),
])
def test_create_refuses(stranger, body, message):
    body = {"email": "x@people.example", **body} if "email" not in body else body
    assert_problem(stranger.api.post("organization/", body), 400, message)


def test_name_is_taken(org, stranger):
    for name in (org.name, stranger.name):
        reply = org.owner.api.post("organization/", {"name": name, "email": "new@people.example"})
        assert_problem(reply, 400, "taken")


def test_contact_email_goes_first(server, stranger):
    name = f"org{next(numbers)}"
    body = {"name": name, "email": "a@people.example", "contact_email": f"{name}@b.example"}
    assert stranger.api.post("organization/", body).status_code == 201
    assert stranger.api.get(f"organization/{name}").json()["email"] == f"{name}@b.example"


def test_nobody_creates(server):
    assert_problem(Api(server.base).post("organization/", {"name": "some-org"}), 401)


def test_from_outside(server, org, stranger):
    for caller in (stranger.api, Api(server.base)):
        view = caller.get(org.path()).json()
        assert view == {"name": org.name, "email": "", "avatar": view["avatar"], "is_admin": False,
                        "is_member": False}


def test_from_inside(org, stranger):
    org.team("coders", "member", stranger.name)
    view = stranger.api.get(org.path()).json()
    assert view["is_member"] is True and view["is_admin"] is False and view["email"] == ""
    assert view["teams"]["coders"]["can_view"] is True
    assert view["teams"]["owners"]["can_view"] is False
    assert "tag_expiration_s" not in view


def test_unknown(stranger):
    assert_problem(stranger.api.get("organization/there-is-none"), 404)
    assert_problem(stranger.api.get(f"organization/{stranger.name}"), 404)
    assert_problem(stranger.api.put("organization/there-is-none", {}), 403)


def test_change(org):
    view = org.put("", {"email": "New@People.example", "invoice_email": True,
                        "invoice_email_address": "bills@people.example", "tag_expiration_s": 3600})
    assert view["email"].lower() == "new@people.example"
    assert view["invoice_email"] is True and view["invoice_email_address"] == "bills@people.example"
    assert view["tag_expiration_s"] == 3600
    org.put("", {"invoice_email_address": None})
    view = org.get()
    assert view["invoice_email_address"] is None and view["invoice_email"] is True
    assert view["email"] == "new@people.example"
    assert {"tag_expiration": "3600"} in [metadata for _, metadata in org.audit()]


@pytest.mark.parametrize("body", [{"tag_expiration_s": -1}, {"tag_expiration_s": "x"}, {"email": "x"},
                                  {"invoice_email": "yes"}, {"invoice_email_address": "x"}])
def test_change_refuses(org, body):
    assert_problem(org.owner.api.put(org.path(), body), 400)


def test_change_by_others(server, org, stranger):
    assert_problem(stranger.api.put(org.path(), {}), 403)
    assert_problem(Api(server.base).put(org.path(), {}), 401)


def test_delete(server, org, alice):
    org.repository("app")
    name, token = org.robot()
    assert_problem(Api(server.base).delete(org.path()), 401)
    org.delete()
    assert_problem(org.owner.api.get(org.path()), 404)
    assert_problem(org.owner.api.get(f"repository/{org.name}/app"), 403)
    assert alice.ask_token(credentials=(name, token)).status_code == 401
    again = org.owner.api.post("organization/", {"name": org.name, "email": "x1@people.example"})
    assert again.status_code == 201
    assert org.get()["ordered_teams"] == ["owners"]
    org.repository("app")


def test_delete_by_others(org, stranger):
    org.team("coders", "creator", stranger.name)
    assert_problem(stranger.api.delete(org.path()), 403)
    assert org.get()["name"] == org.name


def test_superusers(start_server):
    server = start_server(users=(ROOT,), keys={
        "SUPER_USERS": ["root"], "FEATURE_SUPERUSERS_ORG_CREATION_ONLY": True,
        "FEATURE_SUPERUSERS_FULL_ACCESS": True, "GLOBAL_READONLY_SUPER_USERS": ["reader"],
        "FEATURE_MAILING": False})
    server.run("user", "create", "reader", "--password-stdin", password="some-password\n")
    server.run("user", "create", "ordinary", "--password-stdin", password="some-password\n")
    root, reader = Api(server.base, ROOT), Api(server.base, ("reader", "some-password"))
    ordinary = Api(server.base, ("ordinary", "some-password"))
    assert_problem(ordinary.post("organization/", {"name": "acme"}), 403)
    assert root.post("organization/", {"name": "acme"}).status_code == 201  # no address needed
    assert root.put("organization/acme/team/owners/members/ordinary").status_code == 200
    assert ordinary.delete("organization/acme/team/owners/members/root").status_code == 204
    view = root.get("organization/acme").json()  # no member any more, but full access
    assert view["is_admin"] is True and view["ordered_teams"] == ["owners"]
    assert root.put("organization/acme/team/helpers", {"role": "member"}).status_code == 200
    view = reader.get("organization/acme").json()
    assert view["is_admin"] is False and view["teams"]["owners"]["can_view"] is True
    assert reader.get("organization/acme/members").json()["members"][0]["name"] == "ordinary"
    assert_problem(reader.put("organization/acme/team/helpers", {"role": "admin"}), 403)
    assert_problem(reader.delete("organization/acme"), 403)


def test_members(server, org):
    one, two = Person(server), Person(server)
    org.team("coders", "member", one.name, two.name)
    org.team("readers", "member", one.name)
    name, _ = org.robot()
    org.put(f"team/coders/members/{name}")
    org.repository("app")
    org.owner.api.put(f"repository/{org.name}/app/permissions/user/{two.name}", {"role": "read"})
    members = {member["name"]: member for member in org.get("members")["members"]}
    assert set(members) == {org.owner.name, one.name, two.name}  # robots are no people
    assert [team["name"] for team in members[one.name]["teams"]] == ["coders", "readers"]
    assert members[one.name]["repositories"] == []
    assert members[two.name]["repositories"] == ["app"]
    assert members[two.name]["kind"] == "user" and set(members[two.name]["avatar"]) == AVATAR
    assert org.get(f"members/{one.name}") == members[one.name]
    assert org.get(f"members/{name}")["kind"] == "robot"
    assert_problem(org.owner.api.get(org.path("members/nobody-here")), 404)


def test_remove_member(server, org):
    one = Person(server)
    org.team("coders", "member", one.name)
    org.repository("app")
    org.owner.api.put(f"repository/{org.name}/app/permissions/user/{one.name}", {"role": "write"})
    assert one.api.get(f"repository/{org.name}/app").status_code == 200
    org.delete(f"members/{one.name}")
    assert_problem(one.api.get(f"repository/{org.name}/app"), 403)
    assert org.get("team/coders/members")["members"] == []
    org.delete(f"members/{one.name}", status=404)
    org.delete(f"members/{org.owner.name}", status=400)  # the last administrator
    assert org.get()["is_admin"] is True


def test_collaborators(server, org, stranger):
    assert org.get("collaborators") == {"collaborators": []}
    org.repository("app")
    org.repository("lib")
    for name in ("app", "lib"):
        org.owner.api.put(f"repository/{org.name}/{name}/permissions/user/{stranger.name}",
                          {"role": "read"})
    one, = org.get("collaborators")["collaborators"]
    assert one["name"] == stranger.name and one["repositories"] == ["app", "lib"]
    org.team("coders", "member", stranger.name)
    assert org.get("collaborators") == {"collaborators": []}


@pytest.mark.parametrize("path", ["members", "collaborators", "prototypes", "members/alice"])
def test_insight_by_others(server, org, stranger, path):
    org.team("coders", "creator", stranger.name)
    assert_problem(stranger.api.get(org.path(path)), 403)
    assert_problem(Api(server.base).get(org.path(path)), 401)


def stale_or_none(browser):
    """Delete and make again until the login is too old: the problem that says so."""
    reply = browser.delete("organization/acme")
    if reply.status_code == 401:
        return reply.json()
    assert reply.status_code == 204, reply.text
    assert browser.post("organization/", {"name": "acme"}).status_code == 201
    return None


def test_delete_needs_a_fresh_login(start_server):
    server = start_server(users=(), keys={"FRESH_LOGIN_TIMEOUT": "1s", "FEATURE_MAILING": False})
    browser = Api(server.base, make_user(server))
    assert browser.post("organization/", {"name": "acme"}).status_code == 201
    problem = wait_for(lambda: stale_or_none(browser), "the login to become stale")
    assert problem["error_type"] == "fresh_login_required"


def test_large(server, org):
    """A thousand members and five hundred teams are listed in full; one user is in all teams."""
    many = Person(server)
    with write_database(server) as connection:
        organization, = connection.execute("SELECT id FROM account WHERE name = ?",
                                           (org.name,)).fetchone()
        user, = connection.execute("SELECT id FROM account WHERE name = ?", (many.name,)).fetchone()
        for number in range(500):
            team = connection.execute(
                "INSERT INTO team (organization_id, name, role, description) VALUES (?, ?, 1, '')",
                (organization, f"team{number:03}")).lastrowid
            connection.execute("INSERT INTO team_member VALUES (?, ?)", (team, user))
        for number in range(1000):
            name = f"{org.name}-member{number:04}"
            member = connection.execute(
                "INSERT INTO account (uuid, kind, name, created_ms) VALUES (?, 1, ?, 0)",
                (name, name)).lastrowid
            connection.execute("INSERT INTO team_member VALUES (?, ?)", (team, member))
    assert len(org.get()["ordered_teams"]) == 501
    assert org.get()["teams"]["team499"]["member_count"] == 1001
    assert len(org.get("team/team499/members")["members"]) == 1001
    members = {member["name"]: member for member in org.get("members")["members"]}
    assert len(members) == 1002 and len(members[many.name]["teams"]) == 500
    app = org.repository()
    path = f"repository/{app}"
    assert_problem(many.api.get(path), 403)
    assert org.owner.api.put(f"{path}/permissions/team/team250", {"role": "read"}).status_code == 200
    assert many.api.get(path).json()["can_write"] is False


def test_created_by_a_push(start_server):
    """CREATE_NAMESPACE_ON_PUSH: who pushes into a namespace that does not exist owns it then."""
    server = start_server(users=(), keys={"CREATE_NAMESPACE_ON_PUSH": True, "FEATURE_MAILING": False})
    person, other = Person(server), Person(server)
    pusher = registry.Registry(server.base, person.credentials)
    pusher.repository("fresh/app").push_image("v1", "fresh")
    view = person.api.get("organization/fresh").json()
    assert view["is_admin"] is True and view["ordered_teams"] == ["owners"]
    assert person.api.get("repository/fresh/app").json()["can_admin"] is True
    stranger = registry.Registry(server.base, other.credentials)
    assert stranger.repository("fresh/more").post("blobs/uploads/").status_code == 401
    assert_problem(other.api.get("organization/fresh/members"), 403)
    assert registry.Registry(server.base).repository("nobodys/app").post("blobs/uploads/").status_code == 401
    assert_problem(person.api.get("organization/nobodys"), 404)
    assert pusher.repository("only/pull", "pull").get("tags/list").status_code == 401
    assert_problem(person.api.get("organization/only"), 404)
    token = person.api.put("user/robots/ci").json()["token"]
    robot = registry.Registry(server.base, (f"{person.name}+ci", token))
    assert robot.repository("robots/app").post("blobs/uploads/").status_code == 401
    assert_problem(person.api.get("organization/robots"), 404)


def test_not_created_by_a_push(server, org):
    pusher = registry.Registry(server.base, org.owner.credentials)
    assert pusher.repository("never-there/app").post("blobs/uploads/").status_code == 401
    assert_problem(org.owner.api.get("organization/never-there"), 404)


def test_private_repositories(server):
    organization = Organization(server)
    allowed = organization.get("private")
    assert allowed["privateAllowed"] is True and allowed["privateCount"] == 0
    organization.repository("secret")
    organization.repository("open", public=True)
    assert organization.get("private")["privateCount"] == 1
    assert Person(server).api.get(organization.path("private")).status_code == 403
