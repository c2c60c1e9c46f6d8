# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests with real clients: a server with plain HTTP and TLS, images, and a home for
each client's own state, so that nothing of the machine's configuration takes part."""
import gzip
import itertools
import os
import shutil
import subprocess
import types

import pytest

import oci
import registry
import server as servers

ALICE = ("alice", "correct-horse")
BOB = ("bob", "battery-staple")
TIMEOUT = 180

numbers = itertools.count(1)


def make_certificates(folder, authority):
    """A private authority, and a certificate of its making for localhost."""
    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=folder)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key",
            "-out", f"{authority}/ca.crt")
    openssl("req", *key, "-subj", "/CN=localhost", "-addext",
            "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", "ssl.key", "-out", "ssl.csr")
    openssl("x509", "-req", "-in", "ssl.csr", "-CA", f"{authority}/ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-copy_extensions", "copy", "-days", "2", "-out", "ssl.cert")


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """The folder with ca.crt, as clients want it."""
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="session")
def server(tmp_path_factory, authority):
    folder = tmp_path_factory.mktemp("config")
    make_certificates(folder, authority)
    (folder / "config.yaml").write_text("SERVER_HOSTNAME: registry.example:5000\n"
                                        "FEATURE_IMMUTABLE_TAGS: true\n")
    server = servers.Server(tmp_path_factory.mktemp("server") / "data", config=folder,
                            listen=["127.0.0.1:0", "https://127.0.0.1:0"])
    for name, password in (ALICE, BOB):
        server.run("user", "create", name, "--password-stdin", password=password + "\n")
    yield server.start()
    server.stop()


@pytest.fixture(scope="session", params=["http", "https"])
def endpoint(request, server, authority):
    """How clients reach the server: .address, .tls, .authority."""
    tls = request.param == "https"
    address = f"localhost:{server.ports[1]}" if tls else server.address
    return types.SimpleNamespace(address=address, tls=tls, authority=str(authority),
                                 scheme=request.param)


@pytest.fixture
def name():
    """Of a repository of alice that no other test uses."""
    return f"alice/app{next(numbers)}"


@pytest.fixture
def mistaken(server):
    """A user of this test only, with a wrong password: each mistake closes the account longer."""
    name = f"user{next(numbers)}"
    server.run("user", "create", name, "--password-stdin", password="right-password\n")
    return name, "wrong-password"


@pytest.fixture(scope="session")
def alice(server):
    """Our own client, to look at what the others have done."""
    return registry.Registry(server.base, ALICE)


def apt_mirror():
    """The address that apt has for this Debian."""
    listing = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)",
                              "Codename: " + os_release("VERSION_CODENAME")],
                             capture_output=True, text=True)
    return next(iter(listing.stdout.split()), None)


def os_release(key):
    with open("/etc/os-release", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(key + "="):
                return line.strip().split("=", 1)[1].strip('"')
    return ""


def make_root(folder):
    """A Debian in the folder: by debootstrap, or where it reaches no mirror of what is installed."""
    mirror = apt_mirror() if shutil.which("debootstrap") else None
    if mirror:
        done = subprocess.run(["debootstrap", "--variant=minbase", os_release("VERSION_CODENAME"),
                               folder, mirror], capture_output=True)
        if done.returncode == 0:
            for waste in ("var/cache/apt/archives", "var/lib/apt/lists"):
                shutil.rmtree(os.path.join(folder, waste), ignore_errors=True)
            return
    shutil.rmtree(folder, ignore_errors=True)
    copy_installed(folder)


def copy_installed(folder, enough=120_000_000):
    copied = 0
    for source, _, names in os.walk("/usr/lib"):
        os.makedirs(folder + source)
        for name in names:
            path = os.path.join(source, name)
            if os.path.isfile(path) and copied < enough:
                shutil.copy(path, folder + path)
                copied += os.path.getsize(path)
        if copied >= enough:
            return


@pytest.fixture(scope="session")
def debian_tar(tmp_path_factory):
    """A tar of a Debian's root, more than 100 MB; kept for later runs."""
    cache = os.environ.get("WHARF_TEST_CACHE", "/var/tmp/wharf-tests")
    path = os.path.join(cache, "debian.tar")
    if not os.path.exists(path):
        os.makedirs(cache, exist_ok=True)
        root = str(tmp_path_factory.mktemp("debian") / "root")
        make_root(root)
        subprocess.run(["tar", "-C", root, "--numeric-owner", "--sort=name", "--mtime=@0", "-cf",
                        path + ".new", "."], check=True)
        shutil.rmtree(root)
        os.rename(path + ".new", path)
    assert os.path.getsize(path) > 100_000_000
    return path


def add_debian(layout, tar):
    """The tar as an image of one compressed layer."""
    packed = layout.path("layer")
    with open(tar, "rb") as plain, gzip.GzipFile(packed, "wb", compresslevel=1, mtime=0) as out:
        shutil.copyfileobj(plain, out, 1 << 20)
    layer = layout.add_file(packed, registry.OCI_LAYER)
    config = layout.add_config([oci.digest_of_file(tar)])
    return layout.add_manifest(config, [layer])


@pytest.fixture(scope="session")
def images(tmp_path_factory, debian_tar):
    """A layout with the tags small, multi (two architectures) and big."""
    layout = oci.Layout(tmp_path_factory.mktemp("images") / "layout")
    with open(shutil.which("busybox"), "rb") as program:
        busybox = program.read()
    amd = layout.add_image({"bin/busybox": busybox, "bin/sh": busybox})
    arm = layout.add_image({"bin/busybox": b"another architecture's"}, "arm64")
    layout.digests = {"small": layout.tag("small", amd),
                      "multi": layout.tag("multi", layout.add_index([amd, arm])),
                      "big": layout.tag("big", add_debian(layout, debian_tar))}
    return layout


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The state of podman, buildah and skopeo: their environment."""
    home = tmp_path_factory.mktemp("home")
    files = {
        "storage.conf": f'[storage]\ndriver = "overlay"\ngraphroot = "{home}/graph"\n'
                        f'runroot = "{home}/run"\n',
        "registries.conf": "unqualified-search-registries = []\n",
        "containers.conf": '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\n'
                           'events_logger = "file"\n',
        "policy.json": '{"default": [{"type": "insecureAcceptAnything"}]}\n',
    }
    for name, text in files.items():
        (home / name).write_text(text)
    env = {key: value for key, value in os.environ.items()
           if key not in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    env.update(HOME=str(home), CONTAINERS_STORAGE_CONF=str(home / "storage.conf"),
               CONTAINERS_REGISTRIES_CONF=str(home / "registries.conf"),
               CONTAINERS_CONF=str(home / "containers.conf"), XDG_RUNTIME_DIR=str(home),
               REGISTRY_AUTH_FILE=str(home / "auth.json"), TMPDIR=str(home))
    yield types.SimpleNamespace(env=env, path=home)
    subprocess.run(["umount", "-q", f"{home}/graph/overlay"], stderr=subprocess.DEVNULL)


def execute(command, env, stdin=None):
    program = shutil.which(command[0])
    if not program:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run([program, *map(str, command[1:])], env=env, input=stdin, text=True,
                          capture_output=True, timeout=TIMEOUT)


def succeeds(command, env, stdin=None):
    """What the command prints."""
    done = execute(command, env, stdin)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def fails(command, env, message, stdin=None):
    """The command fails, and its user reads this."""
    done = execute(command, env, stdin)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert message in said, said
    return said


def same_folders(one, two):
    """Do two folders hold the same files, byte for byte?"""
    names = sorted(os.listdir(one))
    return names == sorted(os.listdir(two)) and all(
        oci.digest_of_file(os.path.join(one, name)) == oci.digest_of_file(os.path.join(two, name))
        for name in names)
