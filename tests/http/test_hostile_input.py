# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent, nothing fails inside. Each operation that the registry describes gets, one at a time,
a hostile value for each member of its body, each parameter of its query and each part of its path; the
rest is as good as it can be. It may be refused or taken, but never with a status of 500 or more."""
import json
import urllib.parse

import pytest

import api
import oauth
import orgs
import registry
from conftest import ALICE, ROOT, create_user
from orgs import Organization

DEEP = "[" * 3000 + "]" * 3000
TEXTS = ["", " ", "\0", "a\0b", "\ud800", "\u202e", "'\"<&%s;--", "../..", "x" * 1_000_000, "-1", "é" * 300]
NUMBERS = [-1, 0, 253402300800, 9223372036854775, 2 ** 31, 2 ** 53 + 1, 2 ** 63 - 1, -2 ** 63, 1e308, 1.5]
OTHERS = [None, True, [], [None], {}, {"a": {"b": []}}, ["x"] * 300]
# As JSON, since some cannot be made of Python's values.
BODIES = ["", "null", "[]", "{", "1", '"x"', "{}", "\xff", '{"a":1,"a":2}', DEEP, '{"a":' + DEEP + "}",
          '{"x": 1e999}', '{"x": 99999999999999999999999999}', "\ufeff{}"]
QUERIES = ["", "-1", "0", "99999999999999999999", "9223372036854775807", "%00", "%ff", "%F0%9F%A6%AD", "x" * 5000,
           "%", "1.5", "true", "12/31/9999", "02/30/2024", "%27%22%3C"]
PATHS = ["%00", "%ff", "..", "%2e%2e", "%F0%9F%A6%AD", "x" * 3000, "%27%22%3C", "a+b", "%2B", "%7E", "A",
         "99999999999999999999", "a%0Ab", "*"]
KEYS = {"FEATURE_EDIT_QUOTA": True, "FEATURE_QUOTA_MANAGEMENT": True, "FEATURE_IMMUTABLE_TAGS": True,
        "FEATURE_IMAGE_PULL_STATS": True, "PERMANENTLY_DELETE_TAGS": True,
        "FEATURE_USER_METADATA": True, "FEATURE_USER_RENAME": True, "FEATURE_EXTENDED_ACTION_LOGGING": True,
        "FEATURE_SUPERUSERS_FULL_ACCESS": True, "FEATURE_SUPERUSER_CONFIGDUMP": True}
# They end what the others need, or their hostile values are good ones.
LEFT_OUT = {"deleteCurrentUser", "convertUserToOrganization", "logout", "user_initialize", "scShutdownContainer"}


class World:
    """A server with one of everything, and a program that may do all of it."""

    def __init__(self, server):
        self.server = server
        self.org = Organization(server)
        self.repository = self.org.repository()
        name, _ = self.org.robot()
        self.org.team("coders", "member")
        app = oauth.Application(server, self.org.owner.credentials)
        self.token = server.run("token", "create", "--user", "root", "--scope",
                           "repo:admin,repo:create,user:admin,user:read,org:admin,super:user",
                           "hostile").stdout.strip()
        self.program = api.Api(server.base, token=self.token)
        pusher = registry.Registry(server.base, self.org.owner.credentials)
        self.digest = pusher.repository(self.repository).push_image("v1", "v1")
        self.good = {"orgname": self.org.name, "namespace": self.org.name, "repository": self.repository,
                     "teamname": "coders", "robot_shortname": name.partition("+")[2], "tag": "v1",
                     "membername": self.org.owner.name, "username": self.org.owner.name, "name": self.org.name,
                     "client_id": app.client_id, "role": "read", "prefix": "a", "manifestref": str(self.digest)}

    def describe(self):
        """(method, path, parameters, members of the body) of each operation."""
        document = self.program.get("discovery").json()
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if not isinstance(operation, dict) or operation["operationId"] in LEFT_OUT:
                    continue
                members, parameters = {}, operation["parameters"]
                for parameter in parameters:
                    if parameter["in"] == "body":
                        reference = parameter["schema"].get("$ref", "").rpartition("/")[2]
                        members = document["definitions"].get(reference, {}).get("properties", {})
                yield operation["operationId"], method.upper(), path, parameters, members

    def path_of(self, path, **bad):
        for name, value in {**self.good, **bad}.items():
            path = path.replace("{%s}" % name, value if name in bad else urllib.parse.quote(value, safe="/:"))
        return path

    def body_of(self, members):
        """One that is decoded, whether or not it is accepted after that."""
        return {name: value_of(schema) for name, schema in members.items()}

    def send(self, what, method, path, query="", body=None):
        """Byte for byte: a client's library would make something else of such paths."""
        data = body.encode("utf-8", "surrogatepass") if body is not None else b""
        headers = [("Authorization", f"Bearer {self.token}"), ("Content-Length", str(len(data))),
                   ("Content-Type", "application/json")]
        status, _, text = registry.send(self.server.base.partition("//")[2], method, path + query, headers, data)
        assert status < 500, f"{what}: {method} {path[:200]}{query[:200]} {str(body)[:200]!r}: {status} {text[:500]}"

    def check(self):
        """The last test of each kind: all of it is still there, and those were no empty refusals."""
        assert self.program.get("user/").json()["username"] == "root"
        assert self.program.get(f"repository/{self.repository}").json()["can_admin"] is True
        for path in ("superuser/keys", "superuser/users/", "user/apptoken", "user/logs", "superuser/logs"):
            assert self.program.get(path).status_code == 200, path
        assert "coders" in self.program.get(self.org.path()).json()["teams"]


def value_of(schema):
    if "enum" in schema:
        return schema["enum"][0]
    return {"string": "x", "integer": 1, "boolean": True, "array": [], "object": {}}.get(schema.get("type"), "x")


@pytest.fixture(scope="module")
def world(start_server):
    server = start_server(users=(ALICE,), keys=KEYS)
    create_user(server, ROOT, "--superuser")
    return World(server)


def test_paths(world):
    for what, method, path, parameters, members in world.describe():
        names = [one["name"] for one in parameters if one["in"] == "path"]
        for name in names:
            for bad in PATHS:
                world.send(what, method, world.path_of(path, **{name: bad}),
                           body=json.dumps(world.body_of(members)) if method in ("POST", "PUT") else None)
    world.check()


def test_queries(world):
    for what, method, path, parameters, members in world.describe():
        for one in parameters:
            if one["in"] == "query":
                for bad in QUERIES:
                    world.send(what, method, world.path_of(path), f"?{one['name']}={bad}",
                               json.dumps(world.body_of(members)) if method in ("POST", "PUT") else None)
    world.check()


def test_bodies(world):
    for what, method, path, _, _ in world.describe():
        if method in ("POST", "PUT"):
            for bad in BODIES:
                world.send(what, method, world.path_of(path), body=bad)
    world.check()


def test_members(world):
    for what, method, path, _, members in world.describe():
        good = world.body_of(members)
        for name in members:
            for bad in TEXTS + NUMBERS + OTHERS:
                if method in ("POST", "PUT") and (what, name) not in {("changeUserDetails", "username")}:
                    world.send(what, method, world.path_of(path), body=json.dumps({**good, name: bad}))
    world.check()


def test_user_agents(world):
    """Also what goes into the audit log beside the request."""
    for bad in (b"\xff\xfe", b"x" * 5000, b"\xc3\xa9" * 600, b'"\\'):
        for what, method, path, body in (
                ("description", "PUT", f"/api/v1/repository/{world.repository}", {"description": "x"}),
                ("team", "PUT", f"/api/v1/{world.org.path('team/agents')}", {"role": "member"})):
            reply = world.program.session.request(method, world.server.base + path, json=body,
                                                  headers={"User-Agent": bad, "X-Forwarded-For": bad}, timeout=60)
            assert reply.status_code == 200, (what, bad[:20], reply.text)
    reply = world.program.get(world.org.path("logs"))
    assert reply.status_code == 200 and reply.json()["logs"]
