# SPDX-License-Identifier: Apache-2.0
"""docker, with a daemon of its own, and ctr of the containerd that the daemon runs."""
import json
import os
import shutil
import subprocess
import types

import pytest

import server as servers
from conftest import ALICE, BOB, fails, succeeds
from registry import OCI_MANIFEST

# What makes the daemon leave the machine's network and limits alone.
DAEMON = ["--storage-driver=overlay2", "--iptables=false", "--ip-masq=false", "--bridge=none",
          "--exec-opt=native.cgroupdriver=cgroupfs", "--default-ulimit=nofile=16384:16384"]


@pytest.fixture(scope="session")
def daemon(tmp_path_factory, authority):
    if not shutil.which("dockerd") or not shutil.which("docker"):
        pytest.skip("dockerd or docker is not installed")
    home = tmp_path_factory.mktemp("docker")
    env = dict(os.environ, HOME=str(home), SSL_CERT_FILE=f"{authority}/ca.crt",
               DOCKER_HOST=f"unix://{home}/docker.sock", DOCKER_CONFIG=f"{home}/config")
    log = open(home / "log", "wb")
    process = subprocess.Popen(
        ["dockerd", f"--data-root={home}/data", f"--exec-root={home}/exec",
         f"--host=unix://{home}/docker.sock", f"--pidfile={home}/pid", *DAEMON],
        env=env, stdout=log, stderr=log)
    try:
        servers.wait_for(lambda: subprocess.run(["docker", "info"], env=env,
                                                capture_output=True).returncode == 0, "dockerd")
        yield types.SimpleNamespace(env=env, home=home,
                                    containerd=f"{home}/exec/containerd/containerd.sock")
    finally:
        process.terminate()
        process.wait(60)
        log.close()
        subprocess.run(["umount", "-q", f"{home}/exec/netns/default"], stderr=subprocess.DEVNULL)


class Docker:
    def __init__(self, endpoint, daemon):
        self.endpoint, self.env = endpoint, daemon.env

    def login(self, credentials):
        return ["docker", "login", "-u", credentials[0], "--password-stdin", self.endpoint.address]

    def reference(self, name):
        return f"{self.endpoint.address}/{name}"

    def run(self, *args):
        return succeeds(["docker", *args], self.env)


@pytest.fixture
def docker(endpoint, daemon):
    docker = Docker(endpoint, daemon)
    succeeds(docker.login(ALICE), docker.env, ALICE[1])
    yield docker
    docker.run("logout", endpoint.address)


def load(docker, images, home, tag, reference):
    """Bring an image into the daemon; its id."""
    archive = f"{home.path}/{tag}.tar"
    if not os.path.exists(archive):
        succeeds(["skopeo", "copy", f"oci:{images.folder}:{tag}",
                  f"docker-archive:{archive}:localhost/{tag}:1"], home.env)
    docker.run("load", "-q", "-i", archive)
    docker.run("tag", f"localhost/{tag}:1", reference)
    return docker.run("image", "inspect", "--format={{.Id}}", reference).strip()


def forget(docker, *references):
    docker.run("rmi", "-f", *references)


@pytest.mark.parametrize("tag", ["small", "big"])
def test_round_trip(docker, images, home, name, alice, tag):
    reference = docker.reference(f"{name}:v1")
    image = load(docker, images, home, tag, reference)
    docker.run("push", "-q", reference)
    digest = alice.repository(name).get_manifest("v1").headers["Docker-Content-Digest"]
    forget(docker, reference, f"localhost/{tag}:1")
    docker.run("pull", "-q", reference)
    shown = json.loads(docker.run("image", "inspect", reference))[0]
    assert shown["Id"] == image
    assert shown["RepoDigests"] == [docker.reference(f"{name}@{digest}")]
    forget(docker, reference)
    docker.run("pull", "-q", docker.reference(f"{name}@{digest}"))
    forget(docker, image)


def test_second_push_mounts(docker, images, home, server, name):
    first, second = (docker.reference(f"{name}-{each}:v1") for each in ("one", "two"))
    load(docker, images, home, "small", first)
    docker.run("push", "-q", first)
    docker.run("tag", first, second)
    before = len(server.log())
    docker.run("push", "-q", second)
    assert sum(line.get("received", 0) for line in server.log()[before:]) < 10_000
    forget(docker, first, second)


def test_multi_architecture(docker, images, home, name, alice):
    succeeds(["skopeo", "copy", "--all", "--dest-tls-verify=false", "--dest-creds",
              ":".join(ALICE), f"oci:{images.folder}:multi",
              f"docker://{alice.base[7:]}/{name}:multi"], home.env)
    reference = docker.reference(f"{name}:multi")
    for architecture in ("amd64", "arm64"):
        docker.run("pull", "-q", f"--platform=linux/{architecture}", reference)
        assert docker.run("image", "inspect", "--format={{.Architecture}}",
                          reference).strip() == architecture
        forget(docker, reference)


def test_manifest_list(docker, images, home, name, alice):
    if docker.endpoint.tls:
        return  # the command speaks plain HTTP to localhost, whatever it is told
    one = docker.reference(f"{name}:one")
    load(docker, images, home, "small", one)
    docker.run("push", "-q", one)
    both = docker.reference(f"{name}:both")
    docker.run("manifest", "create", "--insecure", both, one)
    docker.run("manifest", "push", "--purge", "--insecure", both)
    reply = alice.repository(name).get_manifest("both")
    assert len(reply.json()["manifests"]) == 1
    forget(docker, one)


def test_wrong_password(endpoint, daemon, mistaken):
    docker = Docker(endpoint, daemon)
    fails(docker.login(mistaken), docker.env, "invalid username or password", mistaken[1])


def test_forbidden(docker, images, home, name, alice):
    alice.repository(name).push_image("v1", "forbidden")
    succeeds(docker.login(BOB), docker.env, BOB[1])
    reference = docker.reference(f"{name}:v1")
    fails(["docker", "pull", reference], docker.env, "unauthorized")
    load(docker, images, home, "small", reference)
    fails(["docker", "push", reference], docker.env, "unauthorized")
    forget(docker, reference)


def test_unknown(docker, name, alice):
    alice.repository(name).push_image("v1", "unknown")
    fails(["docker", "pull", docker.reference(f"{name}:none")], docker.env, "manifest unknown")
    fails(["docker", "pull", docker.reference(f"{name}-none:v1")], docker.env,
          f"repository {name}-none is not known")


class TestCtr:
    """containerd, by its own client."""

    @pytest.fixture
    def ctr(self, daemon, endpoint, tmp_path):
        if not shutil.which("ctr"):
            pytest.skip("ctr is not installed")
        trust = ["--plain-http"]
        if endpoint.tls:  # without such a file containerd speaks plain HTTP to localhost
            url = f"https://{endpoint.address}"
            (tmp_path / endpoint.address).mkdir()
            (tmp_path / endpoint.address / "hosts.toml").write_text(
                f'server = "{url}"\n[host."{url}"]\nca = "{endpoint.authority}/ca.crt"\n')
            trust = ["--hosts-dir", tmp_path]

        def command(verb, *args, credentials=ALICE):
            who = ["-u", ":".join(credentials)] if verb in ("pull", "push") else []
            options = trust + who if verb in ("pull", "push") else []
            return ["ctr", "-a", daemon.containerd, "-n", "test", "image", verb, *options, *args]
        command.env = daemon.env
        return command

    def push_multi(self, images, home, alice, name):
        succeeds(["skopeo", "copy", "--all", "--dest-tls-verify=false", "--dest-creds",
                  ":".join(ALICE), f"oci:{images.folder}:multi",
                  f"docker://{alice.base[7:]}/{name}:multi"], home.env)

    def test_pull_tag_push(self, ctr, endpoint, images, home, name, alice):
        self.push_multi(images, home, alice, name)
        pulled, copy = (f"{endpoint.address}/{each}" for each in (f"{name}:multi", f"{name}-2:v1"))
        succeeds(ctr("pull", "--all-platforms", pulled), ctr.env)
        listed = succeeds(ctr("list"), ctr.env)
        assert pulled in listed and images.digests["multi"] in listed
        succeeds(ctr("tag", pulled, copy), ctr.env)
        succeeds(ctr("push", copy), ctr.env)
        reply = alice.repository(f"{name}-2").get_manifest("v1")
        assert reply.headers["Docker-Content-Digest"] == images.digests["multi"]
        succeeds(ctr("rm", pulled, copy), ctr.env)

    def test_refusals(self, ctr, endpoint, name, alice, mistaken):
        digest = alice.repository(name).push_image("v1", "refusals")
        reference = f"{endpoint.address}/{name}"
        fails(ctr("pull", f"{reference}:v1", credentials=BOB), ctr.env, "401 Unauthorized")
        fails(ctr("pull", f"{reference}:none"), ctr.env, "not found")
        # It asks twice, in two ways; the first mistake is free, so that the second is told rightly.
        fails(ctr("pull", f"{reference}:v1", credentials=mistaken), ctr.env, "401 Unauthorized")
        assert alice.repository(name).get_manifest("v1", OCI_MANIFEST).headers[
            "Docker-Content-Digest"] == digest
