# SPDX-License-Identifier: Apache-2.0
"""crane, oras and regctl, built from the module proxy where Go is: copies, artifacts, referrers."""
import json
import os
import shutil
import subprocess

import pytest

from conftest import ALICE, fails, succeeds
from registry import OCI_INDEX

PROGRAMS = {
    "crane": "github.com/google/go-containerregistry/cmd/crane@v0.20.8",
    "oras": "oras.land/oras/cmd/oras@v1.3.6",
    "regctl": "github.com/regclient/regclient/cmd/regctl@v0.11.7",
}
KIND = "application/vnd.example.sbom"


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """Where programs are built: a function from a name to a path."""
    folder = tmp_path_factory.mktemp("go")
    env = dict(os.environ, GOBIN=str(folder), GOFLAGS="-buildvcs=false", GOTOOLCHAIN="local")

    def program(name):
        path = folder / name
        if not shutil.which("go"):
            pytest.skip("go is not installed")
        if not path.exists():
            done = subprocess.run(["go", "install", PROGRAMS[name]], env=env, cwd=folder,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                pytest.skip(f"{name} cannot be built: {done.stderr.strip().splitlines()[-1]}")
        return str(path)
    return program


@pytest.fixture
def env(tmp_path):
    """An empty home, so that each test logs in for itself."""
    return dict(os.environ, HOME=str(tmp_path), DOCKER_CONFIG=str(tmp_path),
                REGCTL_CONFIG=str(tmp_path / "regctl.json"))


@pytest.fixture
def pushed(images, home, server, name):
    """The address of a repository with the tag multi."""
    succeeds(["skopeo", "copy", "--all", "--dest-tls-verify=false", "--dest-creds",
              ":".join(ALICE), f"oci:{images.folder}:multi",
              f"docker://{server.address}/{name}:multi"], home.env)
    return f"{server.address}/{name}"


def tags(alice, name):
    return alice.repository(name).tags()


def test_crane(programs, env, server, images, pushed, name, alice, tmp_path):
    def crane(*args):
        return [programs("crane"), *args]
    fails(crane("digest", f"{pushed}:multi"), env, "UNAUTHORIZED")
    succeeds(crane("auth", "login", server.address, "-u", ALICE[0], "-p", ALICE[1]), env)
    assert succeeds(crane("digest", f"{pushed}:multi"), env).strip() == images.digests["multi"]
    succeeds(crane("copy", f"{pushed}:multi", f"{pushed}-copy:v1"), env)
    assert tags(alice, f"{name}-copy") == ["v1"]
    succeeds(crane("tag", f"{pushed}:multi", "v2"), env)
    assert succeeds(crane("ls", pushed), env).split() == ["multi", "v2"]
    succeeds(crane("pull", "--format=oci", f"{pushed}:multi", tmp_path / "out"), env)
    succeeds(crane("push", tmp_path / "out", f"{pushed}-again:v1", "--index"), env)
    succeeds(crane("validate", "--remote", f"{pushed}:multi"), env)
    assert f"{name.split('/')[1]}-copy" in succeeds(crane("catalog", server.address), env)
    succeeds(crane("delete", f"{pushed}@{images.digests['multi']}"), env)
    assert tags(alice, name) == []
    fails(crane("digest", f"{pushed}:none"), env, "404")


def test_oras(programs, env, server, images, pushed, name, alice, tmp_path):
    def oras(*args):
        return [programs("oras"), *args]
    work = dict(env, PWD=str(tmp_path))
    succeeds(oras("login", "--plain-http", server.address, "-u", ALICE[0], "--password-stdin"),
             env, ALICE[1])
    (tmp_path / "sbom.json").write_text('{"parts": []}')
    file = f"{tmp_path}/sbom.json:application/json"
    unchecked = ["--plain-http", "--disable-path-validation"]
    succeeds(oras("push", *unchecked, f"{pushed}:sbom", f"--artifact-type={KIND}", file), work)
    assert alice.repository(name).get_manifest("sbom").json()["artifactType"] == KIND
    succeeds(oras("attach", *unchecked, f"{pushed}:multi", f"--artifact-type={KIND}", file), work)
    found = json.loads(succeeds(oras("discover", "--plain-http", "--format=json",
                                     f"{pushed}:multi"), env))
    referrer, = found.get("referrers") or found["manifests"]
    assert referrer["artifactType"] == KIND
    succeeds(oras("cp", "-r", "--from-plain-http", "--to-plain-http", f"{pushed}:multi",
                  f"{pushed}-copy:multi"), env)
    copied = alice.repository(f"{name}-copy")
    assert copied.get_manifest("multi", OCI_INDEX).headers["Docker-Content-Digest"] == (
        images.digests["multi"])
    listed = copied.get(f"referrers/{images.digests['multi']}").json()["manifests"]
    assert [each["digest"] for each in listed] == [referrer["digest"]]
    assert succeeds(oras("repo", "tags", "--plain-http", pushed), env).split() == ["multi", "sbom"]
    succeeds(oras("pull", "--plain-http", "-o", tmp_path / "out", "--allow-path-traversal",
                  f"{pushed}:sbom"), env)
    succeeds(oras("manifest", "delete", "--plain-http", "-f", f"{pushed}:sbom"), env)
    assert tags(alice, name) == ["multi"]


def test_regctl(programs, env, server, images, pushed, name, alice, tmp_path):
    def regctl(*args):
        return [programs("regctl"), *args]
    succeeds(regctl("registry", "set", "--skip-check", "--tls=disabled", server.address), env)
    succeeds(regctl("registry", "login", server.address, "-u", ALICE[0], "--pass-stdin"), env,
             ALICE[1])
    assert succeeds(regctl("image", "digest", f"{pushed}:multi"), env).strip() == (
        images.digests["multi"])
    succeeds(regctl("image", "copy", f"{pushed}:multi", f"{pushed}-copy:v1"), env)
    assert tags(alice, f"{name}-copy") == ["v1"]
    succeeds(regctl("artifact", "put", f"--artifact-type={KIND}", "--subject", f"{pushed}:multi"),
             env, "an artifact")
    listed = json.loads(succeeds(regctl("artifact", "list", "--format={{jsonPretty .}}",
                                        f"{pushed}:multi"), env))
    assert len(listed.get("descriptors") or listed["manifests"]) == 1
    assert succeeds(regctl("tag", "ls", pushed), env).split() == ["multi"]
    succeeds(regctl("tag", "delete", f"{pushed}-copy:v1"), env)
    assert tags(alice, f"{name}-copy") == []
    succeeds(regctl("manifest", "delete", f"{pushed}@{images.digests['multi']}"), env)
    assert tags(alice, name) == []
