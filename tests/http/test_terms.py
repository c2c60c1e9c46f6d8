# SPDX-License-Identifier: Apache-2.0
"""Public sharing: everybody may pull, or accounts, or who has accepted the organization's terms."""
import itertools

import pytest

import api
import dbrows
import registry
from conftest import ALICE, BOB, create_user

numbers = itertools.count(1)
TEXT = "Be kind.\n<b>And careful.</b>"


class Organization:
    """An organization of alice with a public repository that holds one image."""

    def __init__(self, server):
        self.server = server
        self.name = f"terms{next(numbers)}"
        dbrows.create_organization(server, self.name, ALICE[0])
        self.path = f"organization/{self.name}"
        self.repository = f"{self.name}/shared"
        owner = registry.Registry(server.base, ALICE)
        owner.repository(self.repository).push_image("v1", self.name)
        server.run("repo", "public", self.repository)
        self.admin = api.Api(server.base, ALICE)

    def publish(self, text=TEXT):
        reply = self.admin.put(self.path + "/terms", {"content": text})
        assert reply.status_code == 200, reply.text
        return reply.json()["version"]

    def share(self, policy):
        return self.admin.put(self.path + "/pullpolicy", {"policy": policy})

    def pull(self, credentials=None):
        """What a client gets for a manifest, with the token that it gets."""
        caller = registry.Registry(self.server.base, credentials)
        return caller.repository(self.repository, "pull").get_manifest("v1")


@pytest.fixture
def organization(server):
    return Organization(server)


@pytest.fixture
def gated(organization):
    organization.publish()
    assert organization.share("terms").status_code == 200
    return organization


@pytest.fixture
def reader(server):
    """A user of this test only."""
    credentials = f"reader{next(numbers)}", "some-password"
    create_user(server, credentials)
    return credentials


def accept(organization, credentials, version=1):
    return api.Api(organization.server.base, credentials).post(organization.path + "/terms/accept",
                                                              {"version": version})


def test_everybody(organization):
    assert organization.pull().status_code == 200
    assert organization.share("accounts").status_code == 200
    assert organization.share("everybody").status_code == 200
    assert organization.pull().status_code == 200


def test_accounts(organization, reader):
    assert organization.share("accounts").status_code == 200
    assert organization.pull(reader).status_code == 200
    registry.assert_error(organization.pull(), 403, "DENIED", "lets only accounts pull: log in first")
    without = registry.Registry(organization.server.base).request("GET", f"/v2/{organization.repository}/tags/list")
    registry.assert_error(without, 401, "UNAUTHORIZED")


def test_terms_before_and_after(gated, reader):
    refused = gated.pull(reader)
    error = registry.assert_error(refused, 403, "DENIED", "accept the terms of " + gated.name)
    assert error["message"].endswith(f"/organization/{gated.name}/terms")
    registry.assert_error(gated.pull(), 403, "DENIED", "log in first")
    assert accept(gated, reader).json() == {"version": 1}
    assert gated.pull(reader).status_code == 200
    assert accept(gated, reader).status_code == 200  # once more changes nothing


def test_refusal_tells_nothing_of_private_repositories(gated, reader):
    gated.server.run("repo", "private", gated.repository)
    registry.assert_error(gated.pull(reader), 401, "UNAUTHORIZED")


def test_own_people_need_not_accept(gated, server, reader):
    assert gated.pull(ALICE).status_code == 200
    dbrows.add_to_team(server, gated.name, "members", dbrows.MEMBER, reader[0])
    assert gated.pull(reader).status_code == 200


def robot_of(api_of_owner, path):
    """The credentials of a new robot."""
    made = api_of_owner.put(path + "/puller")
    assert made.status_code == 201, made.text
    return made.json()["name"], made.json()["token"]


def test_robot_of_a_user(gated, reader):
    """His acceptance is the robot's."""
    robot = robot_of(api.Api(gated.server.base, reader), "user/robots")
    registry.assert_error(gated.pull(robot), 403, "DENIED", "accept the terms")
    accept(gated, reader)
    assert gated.pull(robot).status_code == 200


def test_robot_of_an_organization(gated, server, reader):
    """That of one of its administrators is; and a robot of the very organization needs none."""
    other = f"terms{next(numbers)}"
    dbrows.create_organization(server, other, reader[0])
    robot = robot_of(api.Api(server.base, reader), f"organization/{other}/robots")
    registry.assert_error(gated.pull(robot), 403, "DENIED", "accept the terms")
    accept(gated, reader)
    assert gated.pull(robot).status_code == 200
    assert gated.pull(robot_of(gated.admin, gated.path + "/robots")).status_code == 200


def test_a_new_version_is_accepted_anew(gated, reader):
    accept(gated, reader)
    assert gated.publish("Be kinder.") == 2
    registry.assert_error(gated.pull(reader), 403, "DENIED")
    api.assert_problem(accept(gated, reader, 1), 409, "version 2 is the current one")
    assert accept(gated, reader, 2).status_code == 200
    assert gated.pull(reader).status_code == 200


def test_revoke(gated, reader):
    user = api.Api(gated.server.base, reader)
    path = gated.path + "/terms/acceptance"
    api.assert_problem(user.delete(path), 404)
    accept(gated, reader)
    assert user.delete(path).status_code == 204
    registry.assert_error(gated.pull(reader), 403, "DENIED")
    accept(gated, reader)
    assert gated.pull(reader).status_code == 200


def test_revoked_by_an_administrator(gated, reader):
    accept(gated, reader)
    path = f"{gated.path}/terms/acceptances/{reader[0]}"
    api.assert_problem(api.Api(gated.server.base, BOB).delete(path), 403)
    assert gated.admin.delete(path).status_code == 204
    api.assert_problem(gated.admin.delete(path), 404)
    api.assert_problem(gated.admin.delete(gated.path + "/terms/acceptances/nobody-here"), 404)
    registry.assert_error(gated.pull(reader), 403, "DENIED")


def test_terms_are_for_all_to_read(gated, reader):
    for caller in (api.Api(gated.server.base), api.Api(gated.server.base, reader)):
        terms = caller.get(gated.path + "/terms").json()
        assert terms["content"] == TEXT and terms["version"] == 1 and terms["published"]
        assert terms["pull_policy"] == "terms" and terms["accepted_version"] == 0
    accept(gated, reader)
    user = api.Api(gated.server.base, reader)
    assert user.get(gated.path + "/terms").json()["accepted_version"] == 1


def test_versions_are_kept(gated):
    gated.publish("Second.")
    listed = gated.admin.get(gated.path + "/terms/versions").json()
    assert [row["version"] for row in listed["versions"]] == [2, 1] and "next_page" not in listed
    assert gated.admin.get(gated.path + "/terms", params={"version": 1}).json()["content"] == TEXT
    assert gated.admin.get(gated.path + "/terms").json()["content"] == "Second."
    api.assert_problem(gated.admin.get(gated.path + "/terms", params={"version": 3}), 404)


def test_acceptances(gated, reader):
    accept(gated, reader)
    api.Api(gated.server.base, reader).delete(gated.path + "/terms/acceptance")
    accept(gated, reader)
    listed = gated.admin.get(gated.path + "/terms/acceptances").json()
    first, second = listed["acceptances"]
    assert first["username"] == second["username"] == reader[0]
    assert first["revoked"] and second["revoked"] is None
    assert first["accepted"] and first["ip"] == "127.0.0.1" and first["version"] == 1
    for stranger in (None, reader):
        reply = api.Api(gated.server.base, stranger).get(gated.path + "/terms/acceptances")
        api.assert_problem(reply, 403 if stranger else 401)


def test_many_acceptances_come_in_pages(gated, reader):
    with dbrows.rows(gated.server) as connection:
        organization, user = (dbrows.id_of(connection, name) for name in (gated.name, reader[0]))
        for number in range(150):
            dbrows.insert(connection, "terms_acceptance", organization_id=organization, account_id=user,
                          version=1, accepted_ms=number + 1, revoked_ms=number + 2)
    path, seen, token = gated.path + "/terms/acceptances", 0, None
    while True:
        page = gated.admin.get(path, params={"next_page": token} if token else {}).json()
        seen += len(page["acceptances"])
        token = page.get("next_page")
        if not token:
            break
    assert seen == 150


def test_policy_needs_terms(organization):
    api.assert_problem(organization.share("terms"), 409, "publish terms first")
    api.assert_problem(organization.share("friends"), 400, "policy")


def test_strangers_change_nothing(gated, reader):
    for credentials, status in ((None, 401), (reader, 403)):
        caller = api.Api(gated.server.base, credentials)
        api.assert_problem(caller.put(gated.path + "/terms", {"content": "x"}), status)
        api.assert_problem(caller.put(gated.path + "/pullpolicy", {"policy": "everybody"}), status)
    api.assert_problem(accept(gated, None), 401)


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": " \n"}, {"content": 1},
                                  {"content": "x" * 60001}])
def test_bad_terms(organization, body):
    api.assert_problem(organization.admin.put(organization.path + "/terms", body), 400, "content")


def test_no_terms(organization, reader):
    terms = organization.admin.get(organization.path + "/terms").json()
    assert terms["version"] == 0 and terms["content"] is None and terms["published"] is None
    api.assert_problem(accept(organization, reader), 404, "no terms")
    api.assert_problem(organization.admin.get("organization/no-such-one/terms"), 404)


def test_audited(gated, reader):
    accept(gated, reader)
    gated.admin.delete(f"{gated.path}/terms/acceptances/{reader[0]}")
    with dbrows.rows(gated.server) as connection:
        rows = connection.execute(
            "SELECT p.name, l.metadata FROM audit_log l JOIN account p ON p.id = l.performer_id"
            " WHERE l.namespace_id = ? ORDER BY l.id", (dbrows.id_of(connection, gated.name),)).fetchall()
    told = [(who, words) for who, words in rows if "version" in words or "policy" in words or "username" in words]
    assert len(told) >= 4
    assert any(who == reader[0] and '"version":"1"' in words.replace(" ", "") for who, words in told)


def test_page(gated):
    """What the refusal links to: the text, with nothing in it taken for HTML."""
    reply = api.requests.get(f"{gated.server.base}/organization/{gated.name}/terms", timeout=60)
    assert reply.status_code == 200 and reply.headers["Content-Type"].startswith("text/html")
    assert "&lt;b&gt;And careful.&lt;/b&gt;" in reply.text and "<b>" not in reply.text
    missing = api.requests.get(f"{gated.server.base}/organization/alice/terms", timeout=60)
    api.assert_problem(missing, 404)
