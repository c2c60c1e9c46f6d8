# SPDX-License-Identifier: Apache-2.0
"""Robots and teams with real clients: a push as a robot with a right, a pull as a team member by a
default permission, a refusal for a stranger."""
import itertools

import pytest

import api
from conftest import ALICE, BOB, fails, succeeds

numbers = itertools.count(1)
CAROL = ("carol", "carols-password")


@pytest.fixture
def organization(server):
    """One of alice, with bob in a team that may read what is made there."""
    name = f"crew{next(numbers)}"
    admin = api.Api(server.base, ALICE)
    for method, path, body in (
            ("POST", "organization/", {"name": name, "email": f"{name}@people.example"}),
            ("PUT", f"organization/{name}/team/readers", {"role": "member"}),
            ("PUT", f"organization/{name}/team/readers/members/{BOB[0]}", {}),
            ("POST", f"organization/{name}/prototypes",
             {"role": "read", "delegate": {"name": "readers", "kind": "team"}}),
            ("POST", "repository", {"namespace": name, "repository": "app", "description": "",
                                    "visibility": "private"})):
        reply = admin.request(method, path, json=body)
        assert reply.ok, reply.text
    return name, admin


@pytest.fixture(scope="session")
def carol(server):
    server.run("user", "create", CAROL[0], "--password-stdin", password=CAROL[1] + "\n")
    return CAROL


def test_push_and_pull(server, endpoint, home, images, organization, carol):
    name, admin = organization
    robot = admin.put(f"organization/{name}/robots/ci").json()
    image = f"{endpoint.address}/{name}/app:v1"
    trust = [f"--cert-dir={endpoint.authority}"] if endpoint.tls else ["--tls-verify=false"]
    login = ["podman", "login", *trust, endpoint.address, "-u"]
    side = "dest-cert-dir=" + endpoint.authority if endpoint.tls else "dest-tls-verify=false"
    push = ["skopeo", "copy", f"--{side}", f"oci:{images.folder}:small", f"docker://{image}"]
    pull = ["podman", "pull", "-q", *trust, image]
    auth = home.path / "auth.json"
    if not auth.exists():
        auth.write_text("{}")

    fails([*login, robot["name"], "-p", "X" * 64], home.env, "invalid username/password")
    succeeds([*login, robot["name"], "-p", robot["token"]], home.env)
    fails(push, home.env, "")
    reply = admin.put(f"repository/{name}/app/permissions/user/{robot['name']}", {"role": "write"})
    assert reply.status_code == 200
    succeeds(push, home.env)
    succeeds([*login, BOB[0], "-p", BOB[1]], home.env)
    succeeds(pull, home.env)
    fails(push, home.env, "")
    succeeds([*login, carol[0], "-p", carol[1]], home.env)
    fails(pull, home.env, "")
    succeeds(["podman", "logout", endpoint.address], home.env)
