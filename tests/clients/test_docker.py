# SPDX-License-Identifier: Apache-2.0
"""docker and containerd."""
import shutil

import pytest

from conftest import ALICE


@pytest.fixture(scope="module")
def pushed(machine, docker, site, small):
    """An image in docker's own store, logged in and pushed."""
    archive = machine.folder / "small.tar"
    machine.run("podman", "save", "-q", "-o", archive, small)
    machine.run("docker", "load", "-q", "-i", archive)
    there = f"{site.plain}/alice/by-docker:1"
    machine.run("docker", "login", "-u", ALICE[0], "--password-stdin", site.plain, stdin=ALICE[1])
    machine.run("docker", "tag", small, there)
    machine.run("docker", "push", "-q", there)
    return there


def test_push_and_pull(machine, pushed):
    before = machine.run("docker", "image", "inspect", "-f", "{{.Id}}", pushed)
    machine.run("docker", "rmi", "-f", pushed)
    machine.run("docker", "pull", "-q", pushed)
    assert machine.run("docker", "image", "inspect", "-f", "{{.Id}}", pushed) == before


def test_manifest_list(machine, site, pushed):
    there = f"{site.plain}/alice/docker-list:1"
    machine.run("docker", "tag", pushed, f"{site.plain}/alice/docker-list:amd64")
    machine.run("docker", "push", "-q", f"{site.plain}/alice/docker-list:amd64")
    machine.run("docker", "manifest", "create", "--insecure", there, f"{site.plain}/alice/docker-list:amd64")
    machine.run("docker", "manifest", "push", "--insecure", there)
    machine.run("docker", "pull", "-q", there)


def test_refusals(machine, site, pushed):
    said = machine.refused("docker", "login", "-u", "alice", "-p", "guess", site.plain)
    assert "unauthorized" in said
    said = machine.refused("docker", "pull", f"{site.plain}/alice/by-docker:absent")
    assert "manifest unknown" in said or "not found" in said
    machine.run("docker", "login", "-u", ALICE[0], "--password-stdin", site.plain, stdin=ALICE[1])


def test_containerd(machine, docker, pushed):
    if not shutil.which("ctr"):
        pytest.skip("ctr is not installed")
    ctr = ["ctr", "-a", docker / "exec" / "containerd" / "containerd.sock", "-n", "lab", "image"]
    user = ["--plain-http", "-u", ":".join(ALICE)]
    machine.run(*ctr, "pull", *user, pushed)
    machine.run(*ctr, "push", *user, pushed.replace("by-docker", "by-ctr"), pushed)
