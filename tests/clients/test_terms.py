# SPDX-License-Identifier: Apache-2.0
"""A pull that an organization's terms stand before: what the person at the client reads, and that it
works once they are accepted."""
import itertools

import pytest

import api
import dbrows
from conftest import ALICE, BOB, fails, succeeds

numbers = itertools.count(1)


@pytest.fixture
def organization(server, images, home):
    """One of alice, with terms and a public repository that holds an image."""
    name = f"gated{next(numbers)}"
    dbrows.create_organization(server, name, ALICE[0])
    succeeds(["skopeo", "copy", "--dest-tls-verify=false", "--dest-creds", ":".join(ALICE),
              f"oci:{images.folder}:small", f"docker://{server.address}/{name}/shared:v1"], home.env)
    server.run("repo", "public", f"{name}/shared")
    admin = api.Api(server.base, ALICE)
    assert admin.put(f"organization/{name}/terms", {"content": "Be kind."}).status_code == 200
    assert admin.put(f"organization/{name}/pullpolicy", {"policy": "terms"}).status_code == 200
    return name


def commands(client, endpoint, reference):
    """How the client logs in, and how it pulls."""
    trust = [f"--cert-dir={endpoint.authority}"] if endpoint.tls else ["--tls-verify=false"]
    login = [client, "login", *trust, "-u", BOB[0], "-p", BOB[1], endpoint.address]
    if client == "podman":
        return login, ["podman", "pull", "-q", *trust, reference]
    return login, ["skopeo", "inspect", *trust, f"docker://{reference}"]


@pytest.mark.parametrize("client", ["podman", "skopeo"])
def test_before_and_after(server, endpoint, home, organization, client):
    login, pull = commands(client, endpoint, f"{endpoint.address}/{organization}/shared:v1")
    auth = home.path / "auth.json"
    if not auth.exists():
        auth.write_text("{}")
    fails(pull, home.env, "log in first")
    succeeds(login, home.env)
    said = fails(pull, home.env, f"accept the terms of {organization}")
    assert f"/organization/{organization}/terms" in said
    user = api.Api(server.base, BOB)
    assert user.post(f"organization/{organization}/terms/accept", {"version": 1}).status_code == 200
    succeeds(pull, home.env)
    assert user.delete(f"organization/{organization}/terms/acceptance").status_code == 204
    fails(pull, home.env, f"accept the terms of {organization}")
    succeeds([client, "logout", endpoint.address], home.env)
