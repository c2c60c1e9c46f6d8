# SPDX-License-Identifier: Apache-2.0
"""conf/nginx.conf, as it is shipped, between a client and the registry: HTTP/2 and TLS outside,
nothing lost inside. Only its addresses and the certificate are changed."""
import os
import re
import shutil
import socket
import subprocess

import pytest
import registry
from conftest import ALICE
from server import ROOT, WAIT_SECONDS, wait_for

LAYER = os.urandom(1 << 20) * 3  # more than nginx lets through unless told to

FRAME = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def make_certificate(folder):
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", folder / "ssl.key", "-out", folder / "ssl.cert"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def sample(folder, upstream):
    """The shipped file with this test's addresses; nginx listens on a socket chosen later."""
    with open(os.path.join(ROOT, "conf", "nginx.conf"), encoding="utf-8") as source:
        text = source.read()
    for pattern, replacement, times in (
            (r"server 127\.0\.0\.1:8080;", f"server {upstream};", 1),
            (r"listen 443 ssl http2;", "listen 127.0.0.1:@port@ ssl http2;", 1),
            (r"listen \[::\]:443 ssl http2;", "", 1),
            (r"server_name \S+;", "server_name localhost;", 1),
            (r"/etc/wharf/", f"{folder}/", 2)):
        text, count = re.subn(pattern, replacement, text)
        assert count == times, f"conf/nginx.conf has no {pattern}"
    return text


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def proxy(start_server, tmp_path_factory):
    """Base URL of nginx in front of a server of its own."""
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if not nginx:
        pytest.skip("nginx is not installed")
    folder, config = tmp_path_factory.mktemp("nginx"), tmp_path_factory.mktemp("config")
    make_certificate(folder)
    port = free_port()
    config.joinpath("config.yaml").write_text(
        f"SERVER_HOSTNAME: localhost:{port}\nPREFERRED_URL_SCHEME: https\n", encoding="utf-8")
    behind = start_server(config=config)
    site = sample(folder, behind.address).replace("@port@", str(port))
    conf = folder / "nginx.conf"
    conf.write_text(FRAME.format(folder=folder, site=site), encoding="utf-8")
    process = subprocess.Popen([nginx, "-c", conf, "-p", folder], stderr=subprocess.PIPE, text=True)
    wait_for(lambda: process.poll() is not None or (folder / "pid").exists(), "nginx to start")
    assert process.poll() is None, process.stderr.read()
    yield f"https://localhost:{port}", folder
    process.terminate()
    process.wait(WAIT_SECONDS)
    errors = (folder / "error.log").read_text(encoding="utf-8")
    assert not re.search(r"\[(warn|error|crit|alert|emerg)\]", errors), errors


@pytest.fixture(scope="module")
def repo(proxy):
    base, folder = proxy
    caller = registry.Registry(base, ALICE)
    caller.http.verify = str(folder / "ssl.cert")
    return caller.repository("alice/behind")


def curl(proxy, path, *options):
    """Headers and body of a GET over HTTP/2."""
    base, folder = proxy
    done = subprocess.run(["curl", "-sS", "-i", "--http2", "--cacert", folder / "ssl.cert", *options,
                           base + path], capture_output=True, timeout=WAIT_SECONDS)
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    return head.decode(), body


def test_http2_and_realm(proxy):
    head, _ = curl(proxy, "/v2/")
    assert head.startswith("HTTP/2 401")
    assert f'realm="{proxy[0]}/v2/auth"' in head  # clients come back to the proxy, by https


def test_push_and_pull(proxy, repo):
    digest = repo.push_blob(LAYER)
    head, body = curl(proxy, f"/v2/{repo.name}/blobs/{digest}", "-H",
                      "Authorization: Bearer " + repo.token)
    assert head.startswith("HTTP/2 200")
    assert body == LAYER
    manifest = repo.push_image("1", "behind nginx")
    assert registry.digest_of(repo.get_manifest("1").content) == manifest


def test_upload_in_pieces(repo):
    location = repo.start_upload()
    half = len(LAYER) // 2
    for start, piece in ((0, LAYER[:half]), (half, LAYER[half:])):
        reply = repo.patch(location, data=iter([piece]), headers={  # an iterator: sent chunked
            "Content-Type": "application/octet-stream"})
        assert reply.status_code == 202, reply.text
        assert reply.headers["Range"] == f"0-{start + len(piece) - 1}"
        location = reply.headers["Location"]
    assert repo.finish_upload(location, registry.digest_of(LAYER)).status_code == 201


def test_range(repo):
    digest = repo.push_blob(LAYER)
    reply = repo.get(f"blobs/{digest}", headers={"Range": "bytes=1000-1999"})
    assert reply.status_code == 206
    assert reply.content == LAYER[1000:2000]


def test_encoded_slash_arrives_encoded(repo):
    """Decoded on the way, it would name the repository; as it was sent, it is no valid name."""
    repo.push_image("slash", "slash")
    assert repo.get("/v2/alice/behind/manifests/slash").status_code == 200
    assert repo.get("/v2/alice%2Fbehind/manifests/slash").status_code in (400, 404)


def test_long_token(repo):
    """A header of 12 KB: more than nginx's default of 8."""
    reply = repo.registry.request("GET", "/v2/", token="x" * 12000)
    assert reply.status_code == 401
