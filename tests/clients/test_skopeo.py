# SPDX-License-Identifier: Apache-2.0
"""skopeo: copy, inspect, list, delete, sync; and what it says when it may not."""
import json
import sqlite3
import time

import pytest

import jwt
from conftest import ALICE, BOB, fails, same_folders, succeeds


class Skopeo:
    def __init__(self, endpoint, home):
        self.endpoint, self.env = endpoint, home.env

    def flags(self, side, credentials):
        trust = (f"--{side}cert-dir={self.endpoint.authority}" if self.endpoint.tls
                 else f"--{side}tls-verify=false")
        who = f"--{side}creds={':'.join(credentials)}" if credentials else f"--{side}no-creds"
        return [trust, who]

    def reference(self, name):
        return f"docker://{self.endpoint.address}/{name}"

    def push(self, source, name, *more, credentials=ALICE):
        return ["skopeo", "copy", *self.flags("dest-", credentials), *more, source,
                self.reference(name)]

    def pull(self, name, target, *more, credentials=ALICE):
        return ["skopeo", "copy", *self.flags("src-", credentials), *more, self.reference(name),
                target]

    def ask(self, verb, name, *more, credentials=ALICE):
        return ["skopeo", verb, *self.flags("", credentials), *more, self.reference(name)]


@pytest.fixture
def skopeo(endpoint, home):
    return Skopeo(endpoint, home)


def raw_digest(skopeo, name):
    return json.loads(succeeds(skopeo.ask("inspect", name), skopeo.env))["Digest"]


@pytest.mark.parametrize("tag", ["small", "multi", "big"])
def test_round_trip(skopeo, images, name, tag, tmp_path):
    """What is pulled is what was pushed, byte for byte."""
    all_of_it = ["--all", "--preserve-digests"]
    source = f"oci:{images.folder}:{tag}"
    succeeds(skopeo.push(source, f"{name}:v1", *all_of_it), skopeo.env)
    succeeds(["skopeo", "copy", *all_of_it, source, f"dir:{tmp_path}/pushed"], skopeo.env)
    succeeds(skopeo.pull(f"{name}:v1", f"dir:{tmp_path}/pulled", *all_of_it), skopeo.env)
    assert same_folders(tmp_path / "pushed", tmp_path / "pulled")
    by_digest = f"{name}@{images.digests[tag]}"
    assert raw_digest(skopeo, by_digest) == raw_digest(skopeo, f"{name}:v1") == images.digests[tag]


def test_docker_format(skopeo, images, name, tmp_path):
    succeeds(skopeo.push(f"oci:{images.folder}:small", f"{name}:v1", "--format=v2s2"), skopeo.env)
    raw = json.loads(succeeds(skopeo.ask("inspect", f"{name}:v1", "--raw"), skopeo.env))
    assert raw["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"


def test_copy_between_repositories(skopeo, images, server, name):
    """The second copy mounts what the first one has pushed."""
    succeeds(skopeo.push(f"oci:{images.folder}:big", f"{name}:v1"), skopeo.env)
    before = len(server.log())
    succeeds(skopeo.push(skopeo.reference(f"{name}:v1"), f"{name}-copy:v1",
                         *skopeo.flags("src-", ALICE)), skopeo.env)
    sent = sum(line.get("received", 0) for line in server.log()[before:])
    assert sent < 1_000_000
    assert raw_digest(skopeo, f"{name}-copy:v1") == raw_digest(skopeo, f"{name}:v1")


def test_list_and_delete(skopeo, images, name):
    for tag in ("v1", "v2"):
        succeeds(skopeo.push(f"oci:{images.folder}:small", f"{name}:{tag}"), skopeo.env)
    succeeds(skopeo.push(f"oci:{images.folder}:multi", f"{name}:v3", "--all"), skopeo.env)
    tags = json.loads(succeeds(skopeo.ask("list-tags", name), skopeo.env))["Tags"]
    assert tags == ["v1", "v2", "v3"]
    succeeds(skopeo.ask("delete", f"{name}:v1"), skopeo.env)  # by its digest: v2 goes, too
    tags = json.loads(succeeds(skopeo.ask("list-tags", name), skopeo.env))["Tags"]
    assert tags == ["v3"]
    fails(skopeo.ask("inspect", f"{name}:v1"), skopeo.env, "was deleted or has expired")


def test_sync(skopeo, images, name, tmp_path):
    for tag in ("v1", "v2"):
        succeeds(skopeo.push(f"oci:{images.folder}:small", f"{name}:{tag}"), skopeo.env)
    address = skopeo.endpoint.address
    succeeds(["skopeo", "sync", *skopeo.flags("src-", ALICE), *skopeo.flags("dest-", ALICE),
              "--src=docker", "--dest=docker", f"{address}/{name}", f"{address}/{name}-mirror"],
             skopeo.env)
    mirrored = f"{name}-mirror/{name.split('/')[1]}"
    tags = json.loads(succeeds(skopeo.ask("list-tags", mirrored), skopeo.env))["Tags"]
    assert tags == ["v1", "v2"]
    succeeds(["skopeo", "sync", *skopeo.flags("src-", ALICE), "--src=docker", "--dest=dir",
              f"{address}/{mirrored}", tmp_path / "out"], skopeo.env)
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_login(skopeo, images, name, home):
    address = skopeo.endpoint.address
    trust = skopeo.flags("", ALICE)[0]
    succeeds(["skopeo", "login", trust, "-u", ALICE[0], "--password-stdin", address], home.env,
             ALICE[1])
    succeeds(["skopeo", "copy", trust.replace("--", "--dest-"), f"oci:{images.folder}:small",
              skopeo.reference(f"{name}:v1")], home.env)
    assert address in (home.path / "auth.json").read_text()
    succeeds(["skopeo", "logout", address], home.env)
    fails(["skopeo", "inspect", trust, skopeo.reference(f"{name}:v1")], home.env,
          "access to the requested resource is not authorized")


def test_public(skopeo, images, name, server):
    """Anybody pulls from a public repository, and nobody pushes there without a login."""
    succeeds(skopeo.push(f"oci:{images.folder}:small", f"{name}:v1"), skopeo.env)
    server.run("repo", "public", name)
    succeeds(skopeo.ask("inspect", f"{name}:v1", credentials=None), skopeo.env)
    fails(skopeo.push(f"oci:{images.folder}:small", f"{name}:v2", credentials=None), skopeo.env,
          "unauthorized")


class TestRefusals:
    """What a user reads."""

    @pytest.fixture(scope="class")
    def pushed(self, alice):
        alice.repository("alice/refusals").push_image("v1", "refusals")
        return "alice/refusals"

    def test_wrong_password(self, skopeo, pushed, mistaken):
        fails(skopeo.ask("inspect", f"{pushed}:v1", credentials=mistaken), skopeo.env,
              "invalid username or password")

    def test_nobody(self, skopeo, pushed):
        fails(skopeo.ask("inspect", f"{pushed}:v1", credentials=None), skopeo.env,
              "unauthorized: access to the requested resource is not authorized")

    def test_forbidden_pull(self, skopeo, pushed):
        fails(skopeo.ask("inspect", f"{pushed}:v1", credentials=BOB), skopeo.env,
              "unauthorized: access to the requested resource is not authorized")

    def test_forbidden_push(self, skopeo, pushed, images):
        fails(skopeo.push(f"oci:{images.folder}:small", f"{pushed}:v2", credentials=BOB),
              skopeo.env, "unauthorized")

    def test_unknown_tag(self, skopeo, pushed):
        fails(skopeo.ask("inspect", f"{pushed}:none"), skopeo.env,
              "manifest unknown: tag none is not known in alice/refusals")

    def test_unknown_repository(self, skopeo):
        fails(skopeo.ask("inspect", "alice/no-such-repository:v1"), skopeo.env,
              "repository alice/no-such-repository is not known")

    def test_unknown_authority(self, endpoint, home, pushed, tmp_path):
        if not endpoint.tls:
            return
        fails(["skopeo", "inspect", f"--cert-dir={tmp_path}", "--no-creds",
               f"docker://{endpoint.address}/{pushed}:v1"], home.env, "x509")

    def test_expired_token(self, endpoint, home, server, alice, pushed):
        token = alice.token(f"repository:{pushed}:pull")
        kid = jwt.header_of(token)["kid"]
        with sqlite3.connect(f"{server.data}/wharf.db") as database:
            key, = database.execute("SELECT private_jwk FROM service_key WHERE kid = ?",
                                    (kid,)).fetchone()
        now = int(time.time())
        old = {**jwt.claims_of(token), "iat": now - 7200, "nbf": now - 7200, "exp": now - 3600}
        expired = jwt.sign(jwt.header_of(token), old, json.loads(key))
        trust = (f"--cert-dir={endpoint.authority}" if endpoint.tls else "--tls-verify=false")
        command = ["skopeo", "inspect", trust, f"--registry-token={expired}",
                   f"docker://{endpoint.address}/{pushed}:v1"]
        fails(command, home.env, "unauthorized: the token has expired")
        succeeds([part.replace(expired, token) for part in command], home.env)
