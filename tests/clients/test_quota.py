# SPDX-License-Identifier: Apache-2.0
"""Pushing into a namespace that is full: it is refused, and the person at the client reads why."""
import contextlib

import pytest

from conftest import ALICE, succeeds, fails
from test_immutability import pushing


@contextlib.contextmanager
def full(server):
    """alice has more than she may."""
    server.run("quota", "set", "alice", "1")
    try:
        server.run("quota", "limit", "alice", "reject", "100")
        yield
    finally:
        server.run("quota", "remove", "alice")


@pytest.mark.parametrize("client", ["podman", "skopeo"])
def test_push_into_a_full_namespace(server, endpoint, home, images, name, client):
    assert name.startswith(ALICE[0] + "/")
    source = f"oci:{images.folder}:small"
    there = f"{endpoint.address}/{name}:v1"
    if client == "podman":
        auth = home.path / "auth.json"
        auth.write_text(auth.read_text() if auth.exists() else "{}")
        source = succeeds(["podman", "pull", "-q", source], home.env).split()[-1]
    with full(server):
        fails(pushing(client, endpoint, source, there), home.env, "uota has been exceeded on namespace")
    succeeds(pushing(client, endpoint, source, there), home.env)
