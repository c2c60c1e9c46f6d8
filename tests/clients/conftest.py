# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the client tests: one registry, plain and with a private CA, the clients' own state in
a temporary folder, and images to push."""
import os
import shutil
import subprocess
import time

import pytest

import server as servers

ALICE = ("alice", "correct-horse")
BOB = ("bob", "battery-staple")

CONTAINERS_CONF = """[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.text = done.stdout + done.stderr


class Machine:
    """Runs clients whose state lives in one folder."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("graph", "run", "docker"):
            (folder / name).mkdir()
        (folder / "storage.conf").write_text(
            f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n')
        (folder / "registries.conf").write_text("unqualified-search-registries = []\n")
        (folder / "containers.conf").write_text(CONTAINERS_CONF)
        (folder / "policy.json").write_text('{"default":[{"type":"insecureAcceptAnything"}]}')
        self.auth = folder / "auth.json"
        self.auth.write_text("{}")
        self.env = {name: value for name, value in os.environ.items()
                    if name not in ("REGISTRY_AUTH_FILE", "DOCKER_HOST", "SSL_CERT_FILE")}
        self.env.update(
            CONTAINERS_STORAGE_CONF=str(folder / "storage.conf"),
            CONTAINERS_REGISTRIES_CONF=str(folder / "registries.conf"),
            CONTAINERS_CONF=str(folder / "containers.conf"),
            REGISTRY_AUTH_FILE=str(self.auth), HOME=str(folder),
            DOCKER_CONFIG=str(folder / "docker"), DOCKER_HOST=f"unix://{folder}/docker.sock")

    def try_run(self, *command, stdin=None):
        command = [str(word) for word in command]
        if command[0] == "skopeo":
            command[1:1] = ["--policy", str(self.folder / "policy.json")]
        return Result(subprocess.run(command, env=self.env, input=stdin, capture_output=True,
                                     text=True, timeout=300))

    def run(self, *command, stdin=None):
        result = self.try_run(*command, stdin=stdin)
        assert result.code == 0, f"{' '.join(map(str, command))}\n{result.text}"
        return result.out.strip()

    def refused(self, *command):
        """What the client says when it fails, as it must."""
        result = self.try_run(*command)
        assert result.code != 0, f"{' '.join(map(str, command))} should have failed"
        return result.text


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    """Without the clients there is nothing to test: the reason is told."""
    missing = [name for name in ("podman", "skopeo", "buildah") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        pytest.skip("needs root and " + ", ".join(missing or ["nothing else"]))
    machine = Machine(tmp_path_factory.mktemp("machine"))
    yield machine
    subprocess.run(["umount", "-l", str(machine.folder / "graph" / "overlay")],
                   capture_output=True)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The registry: .plain and .tls are what clients type."""
    config = tmp_path_factory.mktemp("config")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                    config / "ssl.key", "-out", config / "ssl.cert"], check=True, capture_output=True)
    (config / "config.yaml").write_text("SERVER_HOSTNAME: localhost\n")
    certificates = config / "certs"
    certificates.mkdir()
    shutil.copy(config / "ssl.cert", certificates / "ca.crt")
    server = servers.Server(tmp_path_factory.mktemp("site") / "data", config=config,
                            listen=("127.0.0.1:0", "https://127.0.0.1:0"))
    for name, password in (ALICE, BOB):
        server.run("user", "create", name, "--password-stdin", password=password + "\n")
    server.start()
    server.plain = f"127.0.0.1:{server.ports[0]}"
    server.tls = f"localhost:{server.ports[1]}"
    server.certificates = certificates
    yield server
    server.stop()


@pytest.fixture(scope="session")
def small(machine):
    """localhost/small:1, a shell and nothing else."""
    container = machine.run("buildah", "from", "scratch")
    root = machine.run("buildah", "mount", container)
    os.makedirs(root + "/bin")
    shutil.copy("/bin/busybox", root + "/bin/busybox")
    os.symlink("busybox", root + "/bin/sh")
    machine.run("buildah", "umount", container)
    machine.run("buildah", "config", "--cmd", "/bin/sh", "--env", "PATH=/bin", container)
    machine.run("buildah", "commit", "-q", "--rm", container, "localhost/small:1")
    return "localhost/small:1"


def build(machine, name, arch="amd64"):
    """An image of one file that no other image has."""
    container = machine.run("buildah", "from", "--arch", arch, "scratch")
    root = machine.run("buildah", "mount", container)
    with open(root + "/file", "wb") as file:
        file.write(os.urandom(100_000))
    machine.run("buildah", "umount", container)
    machine.run("buildah", "config", "--arch", arch, container)
    machine.run("buildah", "commit", "-q", "--rm", container, name)
    return name


def debian_root(folder):
    """A Debian of more than 100 MB: by debootstrap from the mirror that apt uses; where that cannot
    be reached, of this system's own files."""
    mirror = subprocess.run("apt-get indextargets --format '$(REPO_URI)' | head -n 1", shell=True,
                            capture_output=True, text=True).stdout.strip()
    done = shutil.which("debootstrap") and mirror and subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", folder, mirror], capture_output=True,
        timeout=240, check=False).returncode == 0
    if done:
        return
    shutil.rmtree(folder, ignore_errors=True)
    total = 0
    for parent, _, names in os.walk("/usr/lib"):
        target = str(folder) + parent
        os.makedirs(target, exist_ok=True)
        for name in names:
            path = os.path.join(parent, name)
            if os.path.isfile(path) and not os.path.islink(path):
                shutil.copy(path, target)
                total += os.path.getsize(path)
        if total > 130_000_000:
            return


@pytest.fixture(scope="session")
def large(machine, tmp_path_factory):
    """localhost/large:1, Debian."""
    root = tmp_path_factory.mktemp("debian") / "root"
    debian_root(root)
    archive = root.parent / "root.tar"
    subprocess.run(["tar", "-C", root, "--numeric-owner", "-cf", archive, "."], check=True)
    assert archive.stat().st_size > 100_000_000
    machine.run("podman", "import", "-q", "--change", "CMD=/bin/bash", archive, "localhost/large:1")
    archive.unlink()
    shutil.rmtree(root)
    return "localhost/large:1"


@pytest.fixture(scope="session")
def docker(machine):
    """A docker daemon of our own."""
    if not shutil.which("dockerd"):
        pytest.skip("dockerd is not installed")
    folder = machine.folder / "dockerd"
    log = open(machine.folder / "dockerd.log", "wb")
    daemon = subprocess.Popen(
        ["dockerd", "--data-root", folder / "data", "--exec-root", folder / "exec", "-H",
         machine.env["DOCKER_HOST"], "--pidfile", folder.parent / "docker.pid", "--storage-driver",
         "overlay2", "--iptables=false", "--ip-masq=false", "--bridge=none", "--exec-opt",
         "native.cgroupdriver=cgroupfs", "--default-ulimit", "nofile=16384:16384"],
        stdout=log, stderr=log, env=machine.env)
    deadline = time.monotonic() + 30
    while machine.try_run("docker", "version").code != 0:
        assert daemon.poll() is None and time.monotonic() < deadline, \
            (machine.folder / "dockerd.log").read_text()[-2000:]
        time.sleep(0.2)
    yield folder
    daemon.terminate()
    daemon.wait(30)
    log.close()
    subprocess.run(["umount", "-l", folder / "exec" / "netns" / "default"], capture_output=True)
