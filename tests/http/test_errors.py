# SPDX-License-Identifier: Apache-2.0
"""Errors: right status, right shape, and no secrets in them."""
import socket

import pytest

import registry
from registry import assert_error, digest_of


@pytest.mark.parametrize("path", ["/v2/x", "/v2/alice/app", "/v2/alice/app/tags", "/v2/_unknown",
                                  "/v2/alice/app/tags/list/", "/v2/tags/list"])
def test_unknown_path_of_the_registry(alice, path):
    reply = alice.request("GET", path, token=alice.token())
    assert_error(reply, 404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/v1/nothing", "/health/nothing",
                                  "/keys", "/favicon.ico", "/v3/", "/index.html"])
def test_unknown_path(alice, path):
    reply = alice.request("GET", path)
    assert reply.status_code == 404
    problem = reply.json()
    assert problem["status"] == 404
    assert problem["error_message"] == problem["detail"] == problem["message"]
    assert problem["error_type"] == problem["title"] == "not_found"


@pytest.mark.parametrize("method, path, allow", [
    ("DELETE", "/v2/", {"GET", "HEAD"}),
    ("PUT", "/v2/auth", {"GET", "HEAD", "POST"}),
    ("POST", "/v2/_catalog", {"GET", "HEAD"}),
    ("POST", "/v2/alice/app/tags/list", {"GET", "HEAD"}),
    ("PATCH", "/v2/alice/app/manifests/v1", {"GET", "HEAD", "PUT", "DELETE"}),
    ("PUT", "/v2/alice/app/blobs/" + digest_of(b""), {"GET", "HEAD", "DELETE"}),
    ("GET", "/v2/alice/app/blobs/uploads/", {"POST"}),
    ("POST", "/v2/alice/app/referrers/" + digest_of(b""), {"GET", "HEAD"}),
    ("GET", "/api/v1/user/initialize", {"POST"}),
    ("POST", "/health/instance", {"GET", "HEAD"}),
    ("DELETE", "/", {"GET", "HEAD"}),
])
def test_method_not_allowed(alice, method, path, allow):
    reply = alice.request(method, path, token=alice.token())
    assert reply.status_code == 405
    assert set(reply.headers["Allow"].split(", ")) == allow
    if path.startswith("/v2"):
        assert_error(reply, 405, "UNSUPPORTED", method)
    else:
        assert reply.json()["status"] == 405


def test_unknown_method(server):
    status, _, _ = registry.send(server.address, "BREW", "/v2/")
    assert status in (405, 501)


def ask_raw(server, text):
    """The status of what is answered to these bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(text)
        answer = b""
        while b"\r\n" not in answer:
            piece = sock.recv(4096)
            if not piece:
                break
            answer += piece
    return int(answer.split(b" ")[1]) if answer else None


HOST = b"Host: x\r\n"


@pytest.mark.parametrize("text, status", [
    (b"GET /v2/ HTTP/1.1\r\n\r\n", 400),
    (b"GET /v2/ HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    (b"GET /v2/ HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    (b"GET  /v2/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    (b"GET /v2/ HTTP/1.1\n" + b"Host: x\n\n", 400),
    (b"GET /v2/ HTTP/1.1\r\n" + HOST + b"A: 1\r\n b\r\n\r\n", 400),
    (b"GET /v2/ HTTP/1.1\r\n" + HOST + b"A : 1\r\n\r\n", 400),
    (b"GET /v2/ HTTP/1.1\r\n" + HOST + b"A: \0\r\n\r\n", 400),
    (b"GET /" + b"x" * 40000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    (b"GET /v2/ HTTP/1.1\r\n" + HOST + b"A: " + b"x" * 40000 + b"\r\n\r\n", 431),
    (b"POST /v2/auth HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    (b"POST /v2/auth HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
    (b"POST /v2/auth HTTP/1.1\r\n" + HOST
     + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"POST /v2/auth HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    (b"POST /v2/auth HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 50 + b"\r\n\r\n", 400),
])
def test_what_is_not_http(server, text, status):
    assert ask_raw(server, text) in (status, 400)


def test_early_refusal_reaches_a_client_that_still_sends(server):
    """A push without a login is told so, though its body is larger than anybody reads."""
    body = b"x" * (4 * 1024 * 1024)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(b"PUT /v2/alice/app/manifests/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
                     b"\r\n" % len(body))
        try:
            sock.sendall(body)
        except OSError:
            pass  # the server has closed its side; the answer is there all the same
        assert sock.recv(12) == b"HTTP/1.1 401"


def test_expect_continue(server, alice):
    """The body is asked for only from those who may push it."""
    for token, expected in ((None, b"HTTP/1.1 401"), (alice.token(), b"HTTP/1.1 401"),
                            (alice.repository("alice/expect").token, b"HTTP/1.1 100")):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
            authorization = f"Authorization: Bearer {token}\r\n" if token else ""
            path = f"/v2/alice/expect/blobs/uploads/?digest={digest_of(b'x')}"
            sock.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{authorization}"
                         "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n".encode())
            assert sock.recv(12) == expected


def test_pipelined(server):
    """Two requests in one piece are answered one after the other."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(b"GET /_internal_ping HTTP/1.1\r\nHost: x\r\n\r\n"
                     b"GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := sock.recv(4096):
            answer += piece
    assert answer.index(b"HTTP/1.1 200") < answer.index(b"HTTP/1.1 401")


def test_errors_are_logged_once(server, alice):
    path = "/v2/alice/never-there/tags/list"
    alice.request("GET", path, token=alice.token("repository:alice/never-there:pull"))
    line = server.wait_log(path=path)
    assert (line["status"], line["error"], line["user"]) == (404, "name_unknown", "alice")
    assert len([each for each in server.log() if each.get("path") == path]) == 1
