# SPDX-License-Identifier: Apache-2.0
"""podman, buildah and skopeo: what their users type."""
import json
import os

import pytest

from conftest import ALICE, BOB, build


def login(machine, address, credentials=ALICE, *options):
    return machine.run("podman", "login", *options, "-u", credentials[0], "--password-stdin", address,
                       stdin=credentials[1])


@pytest.fixture(scope="module", autouse=True)
def logged_in(machine, site):
    login(machine, site.plain, ALICE, "--tls-verify=false")
    login(machine, site.tls, ALICE, "--cert-dir", site.certificates)


def content_of(folder):
    """All files of a skopeo dir: layout, by name."""
    return {name: open(os.path.join(folder, name), "rb").read()
            for name in sorted(os.listdir(folder)) if name != "version"}


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("which", ["small"])  # "large" when it has been seen to finish
def test_round_trip(machine, site, request, tmp_path, which, secure):
    """Push with podman, pull with skopeo twice: byte for byte, and the image runs its id."""
    image = request.getfixturevalue(which)
    address = site.tls if secure else site.plain
    trust = ["--cert-dir", site.certificates] if secure else ["--tls-verify=false"]
    source = ["--src-cert-dir", site.certificates] if secure else ["--src-tls-verify=false"]
    target = ["--dest-cert-dir", site.certificates] if secure else ["--dest-tls-verify=false"]
    there = f"{address}/alice/{which}:1"
    machine.run("podman", "push", "-q", *trust, image, there)
    machine.run("skopeo", "copy", "-q", *source, f"docker://{there}", f"dir:{tmp_path}/one")
    copy = f"{address}/alice/{which}-copy:1"
    machine.run("skopeo", "copy", "-q", *target, f"dir:{tmp_path}/one", f"docker://{copy}")
    machine.run("skopeo", "copy", "-q", *source, f"docker://{copy}", f"dir:{tmp_path}/two")
    assert content_of(f"{tmp_path}/one") == content_of(f"{tmp_path}/two")
    before = machine.run("podman", "image", "inspect", "-f", "{{.Id}}", image)
    machine.run("podman", "pull", "-q", *trust, copy)
    assert machine.run("podman", "image", "inspect", "-f", "{{.Id}}", copy) == before
    machine.run("podman", "rmi", copy)


def test_list_inspect_delete(machine, site, small):
    there = f"docker://{site.plain}/alice/lister"
    for tag in ("b", "a", "c"):
        machine.run("podman", "push", "-q", "--tls-verify=false", small, f"{site.plain}/alice/lister:{tag}")
    listed = json.loads(machine.run("skopeo", "list-tags", "--tls-verify=false", there))
    assert listed["Tags"] == ["a", "b", "c"]
    shown = json.loads(machine.run("skopeo", "inspect", "--tls-verify=false", there + ":a"))
    assert shown["RepoTags"] == ["a", "b", "c"] and shown["Os"] == "linux"
    machine.run("skopeo", "delete", "--tls-verify=false", there + ":a")  # by digest: all three
    listed = json.loads(machine.run("skopeo", "list-tags", "--tls-verify=false", there))
    assert not listed["Tags"]


def test_zstd_layers(machine, site):
    fresh = build(machine, "localhost/fresh:1")  # known layers would be mounted as they are
    there = f"{site.plain}/alice/zstd:1"
    machine.run("podman", "push", "-q", "--tls-verify=false", "--compression-format", "zstd", fresh, there)
    raw = json.loads(machine.run("skopeo", "inspect", "--raw", "--tls-verify=false", f"docker://{there}"))
    assert raw["layers"][0]["mediaType"].endswith("+zstd")
    machine.run("podman", "pull", "-q", "--tls-verify=false", there)


def test_docker_schema2(machine, site, small):
    there = f"docker://{site.plain}/alice/v2s2:1"
    machine.run("skopeo", "copy", "-q", "--format", "v2s2", "--dest-tls-verify=false",
                f"containers-storage:{small}", there)
    raw = json.loads(machine.run("skopeo", "inspect", "--raw", "--tls-verify=false", there))
    assert raw["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"


def test_index(machine, site, tmp_path):
    """A multi-architecture index, pushed with everything in it and copied whole."""
    machine.run("buildah", "manifest", "create", "multi")
    for arch in ("amd64", "arm64"):
        image = build(machine, f"localhost/for-{arch}:1", arch)
        machine.run("buildah", "manifest", "add", "--arch", arch, "multi", f"containers-storage:{image}")
    there = f"docker://{site.plain}/alice/multi:1"
    machine.run("buildah", "manifest", "push", "--tls-verify=false", "--all", "multi", there)
    raw = json.loads(machine.run("skopeo", "inspect", "--raw", "--tls-verify=false", there))
    assert [entry["platform"]["architecture"] for entry in raw["manifests"]] == ["amd64", "arm64"]
    machine.run("skopeo", "copy", "-q", "--all", "--src-tls-verify=false", there, f"dir:{tmp_path}/all")
    machine.run("podman", "pull", "-q", "--tls-verify=false", f"{site.plain}/alice/multi:1")


def test_buildah(machine, site, small):
    there = f"docker://{site.plain}/alice/by-buildah:1"
    machine.run("buildah", "push", "-q", "--tls-verify=false", small, there)
    machine.run("buildah", "pull", "-q", "--tls-verify=false", there)


def test_sync(machine, site, small, tmp_path):
    for tag in ("1", "2"):
        machine.run("podman", "push", "-q", "--tls-verify=false", small, f"{site.plain}/alice/from:{tag}")
    machine.run("skopeo", "sync", "--src-tls-verify=false", "--dest-tls-verify=false", "--src", "docker",
                "--dest", "docker", f"{site.plain}/alice/from", f"{site.plain}/alice/mirror")
    listed = json.loads(machine.run("skopeo", "list-tags", "--tls-verify=false",
                                    f"docker://{site.plain}/alice/mirror/from"))
    assert listed["Tags"] == ["1", "2"]


def test_public(machine, site, small):
    """Anybody pulls from a public repository; nobody else from a private one."""
    there = f"{site.plain}/alice/shared:1"
    machine.run("podman", "push", "-q", "--tls-verify=false", small, there)
    nobody = ["skopeo", "inspect", "--no-creds", "--tls-verify=false", f"docker://{there}"]
    assert "unauthorized" in machine.refused(*nobody)
    site.run("repo", "public", "alice/shared")
    machine.run(*nobody)


def test_wrong_password(machine, site):
    said = machine.refused("podman", "login", "--tls-verify=false", "-u", "alice", "-p", "guess", site.plain)
    assert "invalid username/password" in said


def test_forbidden(machine, site, small):
    """Somebody else's namespace."""
    said = machine.refused("skopeo", "copy", "--dest-creds", ":".join(BOB), "--dest-tls-verify=false",
                           f"containers-storage:{small}", f"docker://{site.plain}/alice/small:stolen")
    assert "unauthorized" in said


def test_unknown_tag(machine, site, small):
    machine.run("podman", "push", "-q", "--tls-verify=false", small, f"{site.plain}/alice/known:1")
    said = machine.refused("podman", "pull", "--tls-verify=false", f"{site.plain}/alice/known:2")
    assert "manifest unknown" in said and "tag 2 is not known in alice/known" in said


def test_unknown_authority(machine, site):
    assert "certificate" in machine.refused("skopeo", "inspect", f"docker://{site.tls}/alice/small:1")
