# SPDX-License-Identifier: Apache-2.0
"""Users and organizations of one test each, so that tests do not meet."""
import contextlib
import itertools
import json
import sqlite3

import api

numbers = itertools.count(1)
PASSWORD = "some-password"


def make_user(server, *options):
    """A new user: (name, password)."""
    name = f"person{next(numbers)}"
    server.run("user", "create", name, "--password-stdin", "--email", f"{name}@people.example",
               *options, password=PASSWORD + "\n")
    return name, PASSWORD


class Person:
    """A new user with a browser's session."""

    def __init__(self, server, *options):
        self.credentials = make_user(server, *options)
        self.name = self.credentials[0]
        self.api = api.Api(server.base, self.credentials)


class Organization:
    """A new organization with its owner; paths are below /api/v1/organization/<name>/."""

    def __init__(self, server, owner=None):
        self.server = server
        self.owner = owner or Person(server)
        self.name = f"org{next(numbers)}"
        reply = self.owner.api.post("organization/", {"name": self.name,
                                                      "email": f"{self.name}@people.example"})
        assert reply.status_code == 201 and reply.json() == "Created", reply.text

    def path(self, rest=""):
        return f"organization/{self.name}" + (f"/{rest}" if rest else "")

    def get(self, rest="", status=200):
        reply = self.owner.api.get(self.path(rest))
        assert reply.status_code == status, reply.text
        return reply.json()

    def put(self, rest, body=None, status=200):
        reply = self.owner.api.put(self.path(rest), body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def post(self, rest, body=None, status=200):
        reply = self.owner.api.post(self.path(rest), body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def delete(self, rest="", status=204):
        reply = self.owner.api.delete(self.path(rest))
        assert reply.status_code == status, reply.text
        assert status != 204 or reply.text == ""

    def team(self, name="coders", role="member", *members):
        self.put(f"team/{name}", {"role": role})
        for member in members:
            self.put(f"team/{name}/members/{member}")
        return name

    def repository(self, name="app", public=False):
        reply = self.owner.api.post("repository", {
            "namespace": self.name, "repository": name, "description": "",
            "visibility": "public" if public else "private"})
        assert reply.status_code == 201, reply.text
        return f"{self.name}/{name}"

    def robot(self, name="ci"):
        """(name, token)"""
        robot = self.put(f"robots/{name}", status=201)
        return robot["name"], robot["token"]

    def audit(self):
        """[(kind, metadata)] of its log, oldest first, straight from the database."""
        return audit(self.server, self.name)


def audit(server, namespace):
    with open_database(server) as connection:
        rows = connection.execute(
            "SELECT l.kind, l.metadata FROM audit_log l JOIN account a ON a.id = l.namespace_id"
            " WHERE a.name = ? ORDER BY l.id", (namespace,)).fetchall()
    return [(kind, json.loads(metadata)) for kind, metadata in rows]


def open_database(server):
    """A connection that only reads, for a `with`."""
    return contextlib.closing(sqlite3.connect(f"file:{server.data}/wharf.db?mode=ro", uri=True))


@contextlib.contextmanager
def write_database(server):
    """A connection to the server's database, in one transaction."""
    connection = sqlite3.connect(server.data + "/wharf.db", timeout=60)
    try:
        with connection:
            yield connection
    finally:
        connection.close()
