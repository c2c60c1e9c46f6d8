# SPDX-License-Identifier: Apache-2.0
"""The rule behind the table of permissions: each operation of Quay's API needs one right (the list in
tools/), and every kind of caller, in every place, has it or has not. Who has not gets 401 when he is
nobody, else 403, whatever else is wrong with the request; who has it gets neither."""
import re

import pytest

import matrix
import replay as replays
import seed
import server as servers

CALLERS = ["anonymous", "freshuser", "reader", "creator", "public", "globalreadonlysuperuser", "devtable"]

# Who has what where, besides superusers.
ORGANIZATIONS = {
    "buynlarge": {"reader": {"member"}, "public": {"member"}, "creator": {"member"},
                  "devtable": {"member", "admin"}},
    "neworg": {},
}
READ, WRITE, ADMIN = {"read"}, {"read", "write"}, {"read", "write", "admin"}
REPOSITORIES = {
    "devtable/shared": {"reader": READ, "public": WRITE, "devtable": ADMIN},
    "buynlarge/orgrepo": {"reader": READ, "public": READ, "devtable": ADMIN},
    "buynlarge/anotherorgrepo": {"devtable": ADMIN},
    "public/publicrepo": {"public": ADMIN, **{who: READ for who in CALLERS if who != "public"}},
    "neworg/repo": {},
}
# They look at more than the right, or need it for something that the path does not name.
SPECIAL = {"createRepo", "listRepos", "conductSearch", "getOrganizationPrivateAllowed",
           "scShutdownContainer"}  # the last would end the server; see test_superuser.py
VALUES = {"teamname": "readers", "robot_shortname": "coolrobot", "client_id": "deadbeef"}


def served():
    """The operations that are there with the features of the replay."""
    operations, routes = matrix.api_coverage.load(servers.WHARF)
    table = {matrix.api_coverage.key_of(route["method"], route["path"]): route for route in routes}
    for operation in operations:
        route = table.get(matrix.api_coverage.key_of(operation.method, operation.path))
        on = route and (route.get("on", True) or replays.KEYS.get(route["feature"]))
        if on and operation.id not in SPECIAL and operation.id != "-" and operation.right.split("+")[0] != "none":
            yield operation


def places(path):
    """What the path may be about, with who has which rights there."""
    if "{orgname}" in path:
        return [("orgname", name, rights) for name, rights in ORGANIZATIONS.items()]
    if "{repository}" in path:
        return [("repository", name, rights) for name, rights in REPOSITORIES.items()]
    return [(None, None, {})]


def may(operation, who, rights, full_access):
    """Whether the caller has the right."""
    right, *also = operation.right.split("+")
    kind, _, level = right.partition(":")
    if who == "anonymous" and not (kind == "repo" and level in rights.get(who, ())):
        return False
    if who == "devtable" and ("full" in also and full_access):
        return True
    if who == "globalreadonlysuperuser" and "readonly" in also:
        return True
    if kind == "super":
        return who == "devtable"
    if kind == "team":
        return "admin" in rights.get(who, ()) or (bool(rights) and who in ("reader", "public"))
    if kind in ("org", "repo"):
        return level in rights.get(who, ())
    return True


def check(replay, operation, place, who, full_access):
    """What is wrong with the answer; None when nothing is."""
    kind, name, rights = place
    values = {**VALUES, kind: name}
    path = re.sub(r"\{(\w+)\}", lambda match: values.get(match.group(1), "nosuch"), operation.path)
    reply = replay.ask(operation.method, path, who, matrix.Variant(full_access),
                       json=None if operation.method == "GET" else {})
    allowed = may(operation, who, rights, full_access)
    refusal = 401 if who == "anonymous" else 403
    fine = reply.status_code not in (401, 403) if allowed else reply.status_code == refusal
    if fine and reply.status_code < 500:
        return None
    return (f"{who}, {path}{'' if full_access else ' without full access'}: {reply.status_code}, "
            f"but {'may' if allowed else 'may not'}: {reply.text[:200]}")


@pytest.fixture(scope="module")
def replay(start_server, tmp_path_factory):
    replay = replays.Replay(start_server, tmp_path_factory.mktemp("rights"))
    yield replay
    replay.end()


@pytest.mark.parametrize("operation", served(), ids=lambda operation: operation.id)
def test_right(replay, operation):
    wrong = [check(replay, operation, place, who, True)
             for place in places(operation.path) for who in CALLERS]
    assert not any(wrong), "\n".join(filter(None, wrong))


@pytest.mark.parametrize("operation", [operation for operation in served() if "+full" in operation.right],
                         ids=lambda operation: operation.id)
def test_without_full_access(replay, operation):
    """A superuser without full access is a stranger in what belongs to others."""
    wrong = [check(replay, operation, place, "devtable", False) for place in places(operation.path)
             if place[1] and place[1].startswith("neworg")]
    assert not any(wrong), "\n".join(filter(None, wrong))


def test_the_seed_has_these_people():
    """The tables above are about accounts that exist."""
    assert set(CALLERS) - {"anonymous"} <= set(seed.USERS)
    assert set(ORGANIZATIONS) <= set(seed.ORGANIZATIONS)
    assert set(REPOSITORIES) <= {f"{namespace}/{name}" for namespace, name, _, _ in seed.REPOSITORIES}
