# SPDX-License-Identifier: Apache-2.0
"""HTTPS: the certificate from the config folder, beside plain HTTP, replaced without a restart."""
import signal
import socket
import ssl
import subprocess

import pytest
import requests

import registry
from conftest import ALICE
from registry import digest_of


def make_certificate(folder, name):
    """A certificate of its own authority for 127.0.0.1."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "ssl.key",
                    "-out", folder / "ssl.cert"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def secure(start_server, tmp_path_factory):
    """A server with both kinds of listeners."""
    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder, "first")
    (folder / "config.yaml").write_text("SERVER_HOSTNAME: registry.example\n")
    return start_server(config=folder, listen=["127.0.0.1:0", "https://127.0.0.1:0"])


def https(server):
    caller = registry.Registry(f"https://127.0.0.1:{server.ports[1]}", ALICE)
    caller.http.verify = str(server.config / "ssl.cert")
    return caller


def test_push_and_pull(secure):
    repo = https(secure).repository("alice/tls")
    data = b"x" * 3000000
    repo.push_blob(data)
    assert repo.get(f"blobs/{digest_of(data)}").content == data
    part = repo.get(f"blobs/{digest_of(data)}", headers={"Range": "bytes=1000-1999999"})
    assert (part.status_code, len(part.content)) == (206, 1999000)
    digest = repo.push_image("v1", "tls")
    assert repo.get_manifest("v1").headers["Docker-Content-Digest"] == digest


def test_realm(secure):
    reply = https(secure).request("GET", "/v2/")
    assert registry.challenge_of(reply)["realm"] == f"{https(secure).base}/v2/auth"


def test_plain_beside_it(secure):
    assert registry.Registry(secure.base, ALICE).ask_token().status_code == 200


def test_unknown_authority(secure):
    caller = https(secure)
    caller.http.verify = True
    with pytest.raises(requests.exceptions.SSLError):
        caller.request("GET", "/v2/")
    assert https(secure).request("GET", "/v2/").status_code == 401


def test_http_on_the_tls_port(secure):
    """Answered or dropped, but not served, and the next client is."""
    with pytest.raises(requests.exceptions.RequestException):
        reply = registry.Registry(f"http://127.0.0.1:{secure.ports[1]}").request("GET", "/v2/")
        assert reply.status_code == 400
        raise requests.exceptions.RequestException
    assert https(secure).request("GET", "/v2/").status_code == 401


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version, works", [
    (ssl.TLSVersion.TLSv1_3, True), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_1, False)])
def test_versions(secure, version, works):
    context = ssl.create_default_context(cafile=str(secure.config / "ssl.cert"))
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    with socket.create_connection(("127.0.0.1", secure.ports[1]), timeout=60) as sock:
        if not works:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(sock, server_hostname="127.0.0.1")
            return
        with context.wrap_socket(sock, server_hostname="127.0.0.1") as tls:
            assert tls.version() == version.name.replace("_", ".")


def served_name(server):
    pem = ssl.get_server_certificate(("127.0.0.1", server.ports[1]))
    return subprocess.run(["openssl", "x509", "-noout", "-subject"], input=pem, text=True,
                          capture_output=True, check=True).stdout


def test_renewed_certificate(secure):
    make_certificate(secure.config, "second")
    assert "first" in served_name(secure)
    secure.process.send_signal(signal.SIGHUP)
    secure.wait_log(msg="reloaded")
    assert "second" in served_name(secure)
    assert https(secure).request("GET", "/v2/").status_code == 401
