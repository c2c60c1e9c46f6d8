# SPDX-License-Identifier: Apache-2.0
"""The keys behind tokens: published, enough to verify a token, and needed to make one."""
import json
import sqlite3
import time

import pytest

import jwt
import registry
from conftest import ALICE
from registry import assert_error


def published(caller, service="quay"):
    reply = caller.request("GET", f"/keys/services/{service}/keys")
    assert reply.status_code == 200
    return {key["kid"]: key for key in reply.json()["keys"]}


def test_published_key_verifies_the_token(alice):
    token = alice.token()
    header = jwt.header_of(token)
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    key = published(alice)[header["kid"]]
    assert jwt.is_signed_by(token, key)
    assert not jwt.is_signed_by(token[:-6] + "AAAAAA", key)


def test_private_parts_are_not_published(alice):
    for key in published(alice).values():
        assert key["kty"] == "RSA"
        assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)
        assert jwt.number(key["n"]).bit_length() >= 2048


def test_one_key(alice):
    kid = next(iter(published(alice)))
    reply = alice.request("GET", f"/keys/services/quay/keys/{kid}")
    assert reply.json() == published(alice)[kid]
    assert "max-age" in reply.headers["Cache-Control"]


def test_unknown(alice):
    assert published(alice, "other") == {}
    assert alice.request("GET", "/keys/services/quay/keys/none").status_code == 404
    kid = next(iter(published(alice)))
    assert alice.request("GET", f"/keys/services/other/keys/{kid}").status_code == 404


def test_survives_a_restart(start_server):
    server = start_server()
    token = registry.Registry(server.base, ALICE).token()
    kids = set(published(registry.Registry(server.base)))
    server.restart()
    caller = registry.Registry(server.base, ALICE)
    assert set(published(caller)) == kids
    assert caller.request("GET", "/v2/", token=token).status_code == 200


class TestForgery:
    """Tokens made by hand, with the key from the database where one is needed."""

    @pytest.fixture(scope="class")
    def key(self, server, alice):
        kid = jwt.header_of(alice.token())["kid"]
        with sqlite3.connect(f"{server.data}/wharf.db") as database:
            row, = database.execute("SELECT private_jwk FROM service_key WHERE kid = ?", (kid,))
        return {**json.loads(row[0]), "kid": kid}

    def header(self, key):
        return {"typ": "JWT", "alg": "RS256", "kid": key["kid"]}

    def claims(self, alice, **change):
        claims = {**jwt.claims_of(alice.token()), **change}
        return {name: value for name, value in claims.items() if value is not None}

    def test_same_claims(self, alice, key):
        """The baseline: made by hand and right."""
        token = jwt.sign(self.header(key), self.claims(alice), key)
        assert alice.request("GET", "/v2/", token=token).status_code == 200

    @pytest.mark.parametrize("change, reason", [
        (lambda now: {"iat": now - 7200, "nbf": now - 7200, "exp": now - 3600}, "expired"),
        (lambda now: {"iat": now - 100, "nbf": now - 100, "exp": now - 40}, "expired"),
        (lambda now: {"nbf": now + 600, "iat": now + 600, "exp": now + 900}, "not valid yet"),
        (lambda now: {"exp": now + 10**6}, "longer than allowed"),
        (lambda now: {"iss": "other"}, ""),
        (lambda now: {"aud": "other"}, ""),
        (lambda now: {"exp": None}, ""),
        (lambda now: {"iat": None}, ""),
        (lambda now: {"context": None}, ""),
        (lambda now: {"access": [{"type": "repository", "name": 1, "actions": ["pull"]}]}, ""),
        (lambda now: {"access": "all"}, ""),
        (lambda now: {"exp": "never"}, ""),
        (lambda now: {"exp": 1e300}, ""),
    ])
    def test_claims_that_are_refused(self, alice, key, change, reason):
        token = jwt.sign(self.header(key), self.claims(alice, **change(int(time.time()))), key)
        reply = alice.request("GET", "/v2/", token=token)
        assert_error(reply, 401, "UNAUTHORIZED", reason)
        assert "realm" in registry.challenge_of(reply)

    @pytest.mark.parametrize("change", [
        {"alg": "none"}, {"alg": "HS256"}, {"alg": "RS512"}, {"alg": None}, {"kid": "none"},
        {"kid": None}, {"kid": ""}, {"kid": "x" * 1000}, {"crit": ["exp"]}])
    def test_headers_that_are_refused(self, alice, key, change):
        header = {name: value for name, value in {**self.header(key), **change}.items()
                  if value is not None}
        token = jwt.sign(header, self.claims(alice), key)
        assert_error(alice.request("GET", "/v2/", token=token), 401, "UNAUTHORIZED")

    def test_unsigned(self, alice, key):
        token = jwt.sign({**self.header(key), "alg": "none"}, self.claims(alice), key)
        unsigned = token.rpartition(".")[0] + "."
        assert_error(alice.request("GET", "/v2/", token=unsigned), 401, "UNAUTHORIZED")

    def test_every_part_is_signed(self, alice):
        token = alice.token("repository:alice/app:pull")
        for at in range(0, len(token), 41):
            other = "A" if token[at] != "A" else "B"
            broken = token[:at] + other + token[at + 1:]
            assert alice.request("GET", "/v2/", token=broken).status_code == 401, at
