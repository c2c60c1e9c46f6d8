# SPDX-License-Identifier: Apache-2.0
"""podman and buildah: login, push, pull, tag, list, delete; and what they say when they may not."""
import json
import shutil

import pytest

import api
from conftest import ALICE, BOB, fails, succeeds
from registry import OCI_INDEX, OCI_MANIFEST


class Podman:
    """podman, logged in as alice."""

    def __init__(self, endpoint, home):
        self.endpoint, self.env = endpoint, home.env
        self.trust = (f"--cert-dir={endpoint.authority}" if endpoint.tls else "--tls-verify=false")

    def login(self, credentials):
        user, password = credentials
        return ["podman", "login", self.trust, "-u", user, "-p", password, self.endpoint.address]

    def reference(self, name):
        return f"{self.endpoint.address}/{name}"

    def run(self, *args):
        return succeeds(["podman", *args], self.env)

    def push(self, image, name, *more):
        return self.run("push", "-q", self.trust, *more, image, self.reference(name))

    def pull(self, name):
        return self.run("pull", "-q", self.trust, self.reference(name)).strip()


@pytest.fixture
def podman(endpoint, home):
    podman = Podman(endpoint, home)
    succeeds(podman.login(ALICE), home.env)
    yield podman
    succeeds(["podman", "rmi", "-a", "-f"], home.env)
    succeeds(["podman", "logout", "-a"], home.env)


@pytest.fixture
def small(podman, images):
    """The id of the small image in podman's storage."""
    return podman.run("pull", "-q", f"oci:{images.folder}:small").strip()


@pytest.fixture
def built(podman, name, tmp_path):
    """The id of an image that buildah has made, of content that nothing else has."""
    container = succeeds(["buildah", "from", "scratch"], podman.env).strip()
    shutil.copy(shutil.which("busybox"), tmp_path / "sh")
    (tmp_path / "name").write_text(podman.reference(name))
    succeeds(["buildah", "copy", container, tmp_path / "sh", tmp_path / "name", "/bin/"],
             podman.env)
    succeeds(["buildah", "config", "--cmd", "/bin/sh", container], podman.env)
    return succeeds(["buildah", "commit", "-q", "--rm", container, f"localhost/{name}:built"],
                    podman.env).strip()


def test_round_trip(podman, images, small, name, alice):
    podman.push(small, f"{name}:v1")
    podman.run("rmi", "-f", small)
    assert podman.pull(f"{name}:v1") == small
    pulled = json.loads(podman.run("inspect", podman.reference(f"{name}:v1")))[0]
    reply = alice.repository(name).get_manifest("v1", OCI_MANIFEST)
    assert pulled["Digest"] == reply.headers["Docker-Content-Digest"]


def test_big(podman, images, name):
    image = podman.run("pull", "-q", f"oci:{images.folder}:big").strip()
    podman.push(image, f"{name}:v1")
    podman.run("rmi", "-f", image)
    assert podman.pull(f"{name}:v1") == image


def test_zstd(podman, built, name, alice):
    podman.push(built, f"{name}:v1", "--compression-format=zstd", "--format=oci")
    raw = alice.repository(name).get_manifest("v1").json()
    assert {layer["mediaType"].rpartition("+")[2] for layer in raw["layers"]} == {"zstd"}
    podman.run("rmi", "-f", built)
    assert podman.pull(f"{name}:v1") == built


def test_docker_format(podman, small, name, alice):
    podman.push(small, f"{name}:v1", "--format=v2s2")
    raw = alice.repository(name).get_manifest("v1").json()
    assert raw["mediaType"].startswith("application/vnd.docker.distribution.manifest.v2")


def test_tag_and_list(podman, small, name):
    podman.run("tag", small, podman.reference(f"{name}:v2"))
    podman.run("push", "-q", podman.trust, podman.reference(f"{name}:v2"))
    podman.push(small, f"{name}:v1")
    if not podman.endpoint.tls:  # this command knows no --cert-dir
        listed = json.loads(podman.run("search", podman.trust, "--list-tags", "--format=json",
                                       podman.reference(name)))
        assert listed[0]["Tags"] == ["v1", "v2"]
    assert podman.reference(f"{name}:v2") in podman.run(
        "images", "--format={{.Repository}}:{{.Tag}}")


def test_manifest_list(podman, images, name, alice):
    reference = podman.reference(f"{name}:multi")
    small = podman.run("pull", "-q", f"oci:{images.folder}:small").strip()
    podman.run("manifest", "create", "localhost/list")
    podman.run("manifest", "add", "localhost/list", f"containers-storage:{small}")
    podman.run("manifest", "push", podman.trust, "--all", "--rm", "localhost/list",
               f"docker://{reference}")
    assert len(alice.repository(name).get_manifest("multi").json()["manifests"]) == 1
    podman.pull(f"{name}:multi")


def test_by_digest_and_platform(podman, images, name, alice):
    repo = alice.repository(name)
    succeeds(["skopeo", "copy", "--all", "--dest-tls-verify=false", "--dest-creds",
              ":".join(ALICE), f"oci:{images.folder}:multi",
              f"docker://{alice.base[7:]}/{name}:multi"], podman.env)
    index = repo.get_manifest("multi", OCI_INDEX)
    arm = index.json()["manifests"][1]["digest"]
    image = podman.run("pull", "-q", podman.trust, "--arch=arm64",
                       podman.reference(f"{name}:multi")).strip()
    assert json.loads(podman.run("inspect", image))[0]["Architecture"] == "arm64"
    assert podman.pull(f"{name}@{arm}") == image


def test_forbidden(podman, small, name, alice):
    alice.repository(name).push_image("v1", "forbidden")
    succeeds(podman.login(BOB), podman.env)
    unauthorized = "access to the requested resource is not authorized"
    fails(["podman", "pull", podman.trust, podman.reference(f"{name}:v1")], podman.env,
          unauthorized)
    fails(["podman", "push", podman.trust, small, podman.reference(f"{name}:v2")], podman.env,
          "unauthorized")


def test_credentials_of_programs(podman, small, name, server):
    """An app token, and the password in the form that only the registry can read."""
    code = server.run("apptoken", "create", ALICE[0], "podman").stdout.strip()
    me = api.Api(server.base, ALICE)
    key = me.post("user/clientkey", {"password": ALICE[1]}).json()["key"]
    for tag, credentials in (("app", ("$app", code)), ("key", (ALICE[0], key))):
        podman.run("logout", "-a")
        succeeds(podman.login(credentials), podman.env)
        podman.push(small, f"{name}:{tag}")
        assert podman.pull(f"{name}:{tag}") == small
    [uuid] = [one["uuid"] for one in me.get("user/apptoken").json()["tokens"]
              if one["title"] == "podman"][:1]
    assert me.delete(f"user/apptoken/{uuid}").status_code == 204
    fails(podman.login(("$app", code)), podman.env, "invalid username/password")


def test_unknown(podman, name, alice):
    alice.repository(name).push_image("v1", "unknown")
    fails(["podman", "pull", podman.trust, podman.reference(f"{name}:none")], podman.env,
          f"manifest unknown: tag none is not known in {name}")
    fails(["podman", "pull", podman.trust, podman.reference(f"{name}-none:v1")], podman.env,
          f"repository {name}-none is not known")


def test_wrong_password(endpoint, home, mistaken):
    podman = Podman(endpoint, home)
    fails(podman.login(mistaken), home.env, "invalid username/password")


class TestBuildah:
    """buildah, with podman's login."""

    def test_push_and_pull(self, podman, built, name, tmp_path):
        reference = podman.reference(f"{name}:v1")
        succeeds(["buildah", "push", "-q", podman.trust, f"--digestfile={tmp_path}/digest",
                  built, f"docker://{reference}"], podman.env)
        digest = (tmp_path / "digest").read_text()
        succeeds(["buildah", "rmi", "-f", built], podman.env)
        by_digest = podman.reference(f"{name}@{digest}")
        pulled = succeeds(["buildah", "pull", "-q", podman.trust, by_digest], podman.env).strip()
        assert pulled == built

    def test_build_on_an_image_of_here(self, podman, small, name, tmp_path):
        podman.push(small, f"{name}:base")
        podman.run("rmi", "-f", small)
        (tmp_path / "Containerfile").write_text(
            f"FROM {podman.reference(name + ':base')}\nLABEL made=here\n")
        succeeds(["buildah", "bud", "--isolation=chroot", podman.trust, "-q", "-t",
                  podman.reference(f"{name}:built"), tmp_path], podman.env)
        podman.run("push", "-q", podman.trust, podman.reference(f"{name}:built"))

    def test_manifest(self, podman, small, name):
        succeeds(["buildah", "manifest", "create", "localhost/both"], podman.env)
        succeeds(["buildah", "manifest", "add", "localhost/both", f"containers-storage:{small}"],
                 podman.env)
        succeeds(["buildah", "manifest", "push", podman.trust, "--all", "--rm", "localhost/both",
                  "docker://" + podman.reference(f"{name}:both")], podman.env)
        podman.pull(f"{name}:both")

    def test_unknown_tag(self, podman, name, alice):
        alice.repository(name).push_image("v1", "unknown")
        fails(["buildah", "pull", podman.trust, podman.reference(f"{name}:none")], podman.env,
              f"manifest unknown: tag none is not known in {name}")
