# SPDX-License-Identifier: Apache-2.0
"""Many people: 1,000 organizations with the same 1,000 members each. Every list stays a fixed number
of bounded queries: the server counts its statements, and the steps that the database takes for them.
A registry with ten of each shows how many statements there are without a crowd.

WHARF_CROWD is the number of organizations and members; it takes seconds with 1,000."""
import os

import pytest

import crowd
import registry
from api import Api
from conftest import ROOT, create_user

COUNT = int(os.environ.get("WHARF_CROWD", "1000"))
FEW = 10
WAREHOUSE = 30000  # repositories: of half of these, more rights than are sorted for a page
SEARCHED = COUNT * crowd.REPOSITORIES + WAREHOUSE  # what looks for a part of a name reads them all

ORG, OTHER = crowd.organization(0), crowd.organization(5)
MEMBER = crowd.person(7)

LISTS = [
    ("user/", lambda body: body["organizations"]),
    (f"organization/{ORG}", lambda body: body["teams"]),
    (f"organization/{OTHER}", lambda body: body["teams"]),
    (f"organization/{ORG}/members", lambda body: body["members"]),
    (f"organization/{ORG}/members/{MEMBER}", None),
    (f"organization/{ORG}/collaborators", lambda body: body["collaborators"]),
    (f"organization/{ORG}/team/everyone/members", lambda body: body["members"]),
    (f"organization/{ORG}/team/everyone/permissions", lambda body: body["permissions"]),
    (f"organization/{ORG}/robots?permissions=true", lambda body: body["robots"]),
    (f"organization/{ORG}/prototypes", lambda body: body["prototypes"]),
    (f"organization/{ORG}/applications", lambda body: body["applications"]),
    (f"organization/{ORG}/logs", lambda body: body["logs"]),
    (f"organization/{ORG}/private", None),
    ("user/notifications", lambda body: body["notifications"]),
    ("user/starred", lambda body: body["repositories"]),
    ("user/private", None),
    (f"repository?namespace={ORG}", lambda body: body["repositories"]),
    (f"repository?namespace={OTHER}", lambda body: body["repositories"]),
    (f"repository?namespace={OTHER}&public=true&popularity=true&last_modified=true",
     lambda body: body["repositories"]),
    ("repository?namespace=warehouse", lambda body: body["repositories"]),
    ("repository?public=true", lambda body: body["repositories"]),
    ("repository?starred=true", lambda body: body["repositories"]),
    (f"repository/{ORG}/app00", None),
    (f"repository/{OTHER}/app04", None),
    (f"repository/{ORG}/app00/permissions/user/", lambda body: body["permissions"]),
    (f"repository/{ORG}/app00/permissions/team/", lambda body: body["permissions"]),
    (f"repository/{ORG}/app00/permissions/user/{MEMBER}/transitive", lambda body: body["permissions"]),
    (f"entities/crowd?namespace={ORG}&includeTeams=true", lambda body: body["results"]),
    ("entities/club?includeOrgs=true", lambda body: body["results"]),
]

SEARCHES = ["find/all?query=club", "find/all?query=everyone", "find/all?query=app01",
            "find/repositories?query=app01", "find/repositories?query=nothing"]

# Of a superuser, who belongs to nobody.
ALL_LISTS = [
    ("superuser/users/?limit=50", lambda body: body["users"]),
    ("superuser/organizations/?limit=50", lambda body: body["organizations"]),
    ("superuser/logs", lambda body: body["logs"]),
    ("repository?public=true", lambda body: body["repositories"]),
    (f"repository?namespace={ORG}&public=true", lambda body: body["repositories"]),
    ("repository?namespace=warehouse", lambda body: body["repositories"]),
]


class World:
    def __init__(self, start_server, count):
        self.count = count
        self.server = start_server(users=())
        create_user(self.server, ROOT, "--superuser")
        crowd.seed(self.server, count)
        with crowd.dbrows.rows(self.server) as connection:
            crowd.add_warehouse(connection, WAREHOUSE if count == COUNT else FEW)
        self.member = Api(self.server.base, (crowd.person(0), crowd.PASSWORD))
        self.root = Api(self.server.base, ROOT)

    def work(self, who, path):
        """The answer, statements, steps."""
        reply, statements, steps = crowd.work_of(self.server, lambda: who.get(path))
        assert reply.status_code == 200, f"{path}: {reply.text}"
        return reply.json(), statements, steps


@pytest.fixture(scope="module")
def small(start_server):
    return World(start_server, FEW)


@pytest.fixture(scope="module")
def large(start_server):
    return World(start_server, COUNT)


def assert_bounded(what, small_statements, statements, steps, allowed):
    assert statements == small_statements, f"{what}: {statements} statements, not {small_statements}"
    assert statements <= 12 and steps <= allowed, f"{what}: {statements} statements, {steps} steps"


@pytest.mark.parametrize("path,rows", LISTS, ids=[path for path, _ in LISTS])
def test_lists(small, large, path, rows):
    """Work grows with the answer and with what the caller has to do with: his teams and rights."""
    body, statements, steps = large.work(large.member, path)
    count = len(rows(body)) if rows else 0
    concerned = COUNT * (1 + 5)
    least = small.work(small.member, path)[1]
    assert_bounded(path, least, statements, steps, 3000 + 60 * (count + concerned))


@pytest.mark.parametrize("path,rows", ALL_LISTS, ids=[path for path, _ in ALL_LISTS])
def test_lists_of_a_stranger(small, large, path, rows):
    """Who has to do with nobody pays for the answer alone."""
    body, statements, steps = large.work(large.root, path)
    least = small.work(small.root, path)[1]
    assert_bounded(path, least, statements, steps, 3000 + 400 * len(rows(body)))


@pytest.mark.parametrize("path", SEARCHES)
def test_searches(small, large, path):
    """A part of a name is in no index, so that all are looked at, once."""
    _, statements, steps = large.work(large.member, path)
    assert_bounded(path, small.work(small.member, path)[1], statements, steps, 3000 + 70 * SEARCHED)


@pytest.mark.parametrize("who,scope", [
    (0, f"repository:{ORG}/app00:pull"),
    (0, f"repository:{OTHER}/app04:pull,push"),
    (0, f"repository:{OTHER}/app09:pull"),
    (0, f"repository:{OTHER}/new:push,pull"),
    (1, "repository:warehouse/box000001:pull"),
])
def test_permissions(small, large, who, scope):
    """A decision for a member of 1,000 organizations costs what it costs a member of ten."""
    def ask(world):
        caller = registry.Registry(world.server.base, (crowd.person(who), crowd.PASSWORD))
        caller.service  # asked for once
        reply, statements, steps = crowd.work_of(world.server, lambda: caller.ask_token(scope))
        assert reply.status_code == 200
        return statements, steps
    assert_bounded(scope, ask(small)[0], *ask(large), 500)


@pytest.mark.parametrize("last", [None, f"{crowd.organization(COUNT // 2)}/app02",
                                  f"{crowd.organization(COUNT - 1)}/app03"])
def test_catalog(small, large, last):
    def ask(world):
        caller = registry.Registry(world.server.base, (crowd.person(0), crowd.PASSWORD))
        token = caller.token("registry:catalog:*")
        path = "/v2/_catalog?n=100" + (f"&last={last}" if last else "")
        reply, statements, steps = crowd.work_of(world.server,
                                                 lambda: caller.request("GET", path, token=token))
        assert reply.status_code == 200
        return statements, steps
    assert_bounded("catalog", ask(small)[0], *ask(large), 3000 + 60 * (100 + 6 * COUNT))


def pages(world, who, path, member):
    """All rows of all pages."""
    found, token = [], None
    while True:
        reply = who.get(path, params={"next_page": token} if token else {})
        assert reply.status_code == 200, reply.text
        found += reply.json()[member]
        token = reply.json().get("next_page")
        if not token:
            return found


def test_everybody_is_listed(large):
    people = {crowd.person(number) for number in range(COUNT)}
    body = large.member.get(f"organization/{ORG}/team/everyone/members").json()
    assert {item["name"] for item in body["members"]} == people
    body = large.member.get(f"organization/{ORG}/members").json()
    assert {item["name"] for item in body["members"]} == people
    mine = next(item for item in body["members"] if item["name"] == crowd.person(0))
    assert [team["name"] for team in mine["teams"]] == ["everyone", "owners"]
    users = pages(large, large.root, "superuser/users/?limit=90", "users")
    assert [user["username"] for user in users] == sorted(people | {ROOT[0]})


def test_every_organization_is_listed(large):
    clubs = [crowd.organization(number) for number in range(COUNT)]
    mine = large.member.get("user/").json()["organizations"]
    assert [item["name"] for item in mine] == clubs
    listed = pages(large, large.root, "superuser/organizations/?limit=90", "organizations")
    assert [item["name"] for item in listed] == clubs + ["warehouse"]
    found = large.member.get(f"find/all?query={clubs[3]}").json()["results"]
    assert clubs[3] in [item["name"] for item in found if item["kind"] == "organization"]


def visible_in_clubs():
    """What person 0 sees: his own organization whole, of all others what members may read."""
    return [f"{crowd.organization(club)}/app{app:02}" for club in range(COUNT)
            for app in range(crowd.REPOSITORIES if club == 0 else 5)]


def test_repositories_page_by_page(large):
    of_club = pages(large, large.member, f"repository?namespace={ORG}", "repositories")
    assert [item["name"] for item in of_club] == [f"app{i:02}" for i in range(crowd.REPOSITORIES)]
    of_other = pages(large, large.member, f"repository?namespace={OTHER}", "repositories")
    assert [item["name"] for item in of_other] == [f"app{i:02}" for i in range(5)]
    everywhere = pages(large, large.member, "repository?public=true", "repositories")
    assert [f"{item['namespace']}/{item['name']}" for item in everywhere] == visible_in_clubs()


def test_more_rights_than_are_sorted(large):
    """Person 1 has so many rights that pages are filled another way, with the same result."""
    reader = Api(large.server.base, (crowd.person(1), crowd.PASSWORD))
    boxes = [item["name"] for item in pages(large, reader, "repository?namespace=warehouse",
                                            "repositories")]
    with crowd.dbrows.rows(large.server) as connection:
        readable = [name for name, in connection.execute(
            "SELECT r.name FROM repository r JOIN repository_permission p ON p.repository_id = r.id"
            " JOIN team t ON t.id = p.team_id WHERE t.name = 'readers' ORDER BY r.name")]
    assert len(readable) == WAREHOUSE // 2 and boxes == readable
    caller = registry.Registry(large.server.base, (crowd.person(1), crowd.PASSWORD))
    token, names, last = caller.token("registry:catalog:*"), [], f"{crowd.organization(COUNT - 1)}/app01"
    for _ in range(2):
        reply = caller.request("GET", f"/v2/_catalog?n=1000&last={last}", token=token)
        names += reply.json()["repositories"]
        last = names[-1]
    club = crowd.organization(COUNT - 1)
    assert names[:3] == [f"{club}/app{app:02}" for app in (2, 3, 4)]
    assert [name for name in names if name.startswith("warehouse/")] == [
        f"warehouse/{name}" for name in readable[:len(names) - 3]]


@pytest.mark.parametrize("path", ["repository?namespace=warehouse", f"repository?namespace={OTHER}",
                                  "repository?public=true"])
def test_a_page_of_many_rights(large, path):
    """What so many rights show is not sorted for a page."""
    reader = Api(large.server.base, (crowd.person(1), crowd.PASSWORD))
    reply, _, steps = crowd.work_of(large.server, lambda: reader.get(path))
    assert reply.status_code == 200 and reply.json()["repositories"]
    assert steps < 12 * WAREHOUSE, steps


def test_explain(large):
    said = large.server.run("permission", "explain", crowd.person(0), f"{OTHER}/app03").stdout
    assert "member of the team everyone" in said
