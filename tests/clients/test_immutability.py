# SPDX-License-Identifier: Apache-2.0
"""Pushing over a tag that a policy protects: it is refused, and the person at the client reads why."""
import pytest

from conftest import ALICE, fails, succeeds


def pushing(client, endpoint, source, reference):
    """The client's command that copies an image of a layout to the registry."""
    trust = f"--dest-cert-dir={endpoint.authority}" if endpoint.tls else "--dest-tls-verify=false"
    if client == "skopeo":
        return ["skopeo", "copy", trust, "--dest-creds", ":".join(ALICE), source, f"docker://{reference}"]
    return ["podman", "push", "-q", "--creds", ":".join(ALICE), trust.replace("--dest-", "--"), source, reference]


@pytest.mark.parametrize("client", ["podman", "skopeo"])
def test_push_over(server, endpoint, home, images, name, client):
    first, second = (f"oci:{images.folder}:{tag}" for tag in ("small", "big"))
    there = f"{endpoint.address}/{name}"
    if client == "podman":  # pushes what it has
        auth = home.path / "auth.json"
        auth.write_text(auth.read_text() if auth.exists() else "{}")
        first, second = (succeeds(["podman", "pull", "-q", source], home.env).split()[-1]
                         for source in (first, second))
    succeeds(pushing(client, endpoint, first, f"{there}:v1"), home.env)
    server.run("immutability", "add", name, "--pattern", "v[0-9]+")
    fails(pushing(client, endpoint, second, f"{there}:v1"), home.env, "tag v1 is immutable")
    succeeds(pushing(client, endpoint, first, f"{there}:v1"), home.env)
    succeeds(pushing(client, endpoint, second, f"{there}:latest"), home.env)
    succeeds(pushing(client, endpoint, second, f"{there}:v2"), home.env)
    fails(pushing(client, endpoint, first, f"{there}:v2"), home.env, "tag v2 is immutable")
