# SPDX-License-Identifier: Apache-2.0
"""The registry that Quay's permission tests suppose: who is there, who belongs to what, who was given
what. Every user's password is "password".

The people are rows written straight into SQLite, while no server runs: that way the ids are the
expected ones where the API makes its own (an application's client id), and nothing depends on the
operations under test. Content is pushed through the registry protocol.
"""
import sqlite3
import time

import registry

PASSWORD = "password"
USER, ORGANIZATION, ROBOT = 1, 2, 3
MEMBER, CREATOR, ADMIN = 1, 2, 3
READ, WRITE = 1, 2
READ_ONLY, MIRROR = 1, 2

USERS = ["devtable", "public", "freshuser", "randomuser", "unverified", "reader", "creator", "member",
         "outsideorg", "subscription", "globalreadonlysuperuser", "normaluser", "newuser"]

# name: owner
ORGANIZATIONS = {
    "buynlarge": "devtable", "library": "devtable", "titi": "devtable", "sellnsmall": "devtable",
    "testorgforautoprune": "devtable", "testfederatedorg": "devtable", "proxyorg": "devtable",
    "subscriptionsorg": "subscription", "orgwithnosuperuser": "normaluser", "neworg": "newuser",
}

# organization, team, role, members
TEAMS = [
    ("buynlarge", "readers", MEMBER, ["public", "reader"]),
    ("buynlarge", "creators", CREATOR, ["creator", "buynlarge+creatorbot"]),
    ("buynlarge", "synced", MEMBER, []),
    ("buynlarge", "owners", ADMIN, ["buynlarge+ownerbot"]),
    ("sellnsmall", "owners", ADMIN, ["randomuser"]),
    ("sellnsmall", "synced", MEMBER, []),
    ("proxyorg", "members", MEMBER, ["member"]),
    ("orgwithnosuperuser", "readers", MEMBER, ["randomuser"]),
    ("neworg", "readers", MEMBER, []),
]

ROBOTS = ["devtable+dtrobot", "devtable+dtrobot2", "public+otherrobot", "buynlarge+coolrobot",
          "buynlarge+neworgrobot", "buynlarge+ownerbot", "buynlarge+creatorbot",
          "testfederatedorg+testfederatedrobot"]

# namespace, name, public, {account or team: role}
REPOSITORIES = [
    ("devtable", "simple", False, {}),
    ("devtable", "shared", False, {"public": WRITE, "reader": READ}),
    ("devtable", "building", False, {"public": WRITE, "reader": READ}),
    ("devtable", "complex", False, {"public": READ, "devtable+dtrobot": READ}),
    ("devtable", "history", False, {}),
    ("devtable", "trusted", False, {}),
    ("devtable", "readonly", False, {}),
    ("devtable", "mirrored", False, {"devtable+dtrobot": WRITE}),
    ("devtable", "somenewstaterepo", False, {}),
    ("public", "publicrepo", True, {}),
    ("randomuser", "randomrepo", False, {}),
    ("outsideorg", "coolrepo", False, {}),
    ("buynlarge", "orgrepo", False, {"outsideorg": READ, "team readers": READ}),
    ("buynlarge", "anotherorgrepo", False, {}),
    ("testorgforautoprune", "autoprunerepo", False, {}),
    ("orgwithnosuperuser", "repo", False, {}),
    ("neworg", "repo", False, {}),
]

# organization, role, who creates the repository, account or team
DEFAULT_PERMISSIONS = [
    ("buynlarge", READ, "devtable", "public"),
    ("buynlarge", READ, "devtable", "team readers"),
    ("buynlarge", WRITE, "public", "devtable"),
]

# organization, client id, name, address, redirect
APPLICATIONS = [
    ("buynlarge", "deadbeef", "Some Test App", "http://localhost:8000",
     "http://localhost:8000/o2c.html"),
    ("buynlarge", "deadpork", "Some Other Test App", "http://quay.io",
     "http://localhost:8000/o2c.html"),
]

# Ids are counted from 1 in this order, of the quotas as of their limits.
QUOTAS = [("buynlarge", 3000, 50), ("randomuser", 6000, 90), ("neworg", 9000, 80)]

MESSAGES = [("info", "text/plain", "Welcome."), ("warning", "text/markdown", "This is a *test*.")]


class Seed:
    """Rows by the names that the tables above use."""

    def __init__(self, connection, password_hash):
        self.connection = connection
        self.password_hash = password_hash
        self.now = int(time.time() * 1000)
        self.accounts = {}
        self.teams = {}

    def insert(self, table, **values):
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        cursor = self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})",
                                         list(values.values()))
        return cursor.lastrowid

    def account(self, kind, name, email, **more):
        self.accounts[name] = self.insert("account", uuid=f"00000000-0000-4000-8000-{len(self.accounts):012}",
                                          kind=kind, name=name, email=email, created_ms=self.now, **more)

    def team(self, organization, name, role):
        key = organization, name
        if key not in self.teams:
            self.teams[key] = self.insert("team", organization_id=self.accounts[organization], name=name,
                                          role=role, description=f"The {name} of {organization}.")
        return self.teams[key]

    def join(self, team, account):
        self.insert("team_member", team_id=team, account_id=self.accounts[account])

    def holder(self, namespace, who):
        """The columns that name an account or a team."""
        word, _, team = who.partition(" ")
        if team:
            assert word == "team"
            return {"team_id": self.teams[namespace, team]}
        return {"account_id": self.accounts[who]}

    def add_people(self):
        for name in USERS:
            self.account(USER, name, f"{name}@devtable.example", password_hash=self.password_hash,
                         verified=name != "unverified")
        for name, owner in ORGANIZATIONS.items():
            self.account(ORGANIZATION, name, f"quay+{name}@devtable.example")
            self.join(self.team(name, "owners", ADMIN), owner)
        for name in ROBOTS:
            self.account(ROBOT, name, None)
            self.insert("robot", account_id=self.accounts[name], owner_id=self.accounts[name.split("+")[0]],
                        description="", metadata="{}", token_hash=b"none", token_sealed=b"none")
        self.insert("robot_federation", robot_id=self.accounts["testfederatedorg+testfederatedrobot"],
                    issuer="https://idp.example", subject="someone")
        for organization, name, role, members in TEAMS:
            for member in members or []:
                self.join(self.team(organization, name, role), member)
            self.team(organization, name, role)

    def add_quotas(self):
        """Each with one limit that warns."""
        for namespace, limit_bytes, percent in QUOTAS:
            quota = self.insert("quota", namespace_id=self.accounts[namespace], limit_bytes=limit_bytes)
            self.insert("quota_limit", quota_id=quota, kind=1, percent=percent)

    def add_repositories(self):
        for namespace, name, public, grants in REPOSITORIES:
            repository = self.insert("repository", namespace_id=self.accounts[namespace], name=name,
                                     public=public, description=f"{name} of {namespace}.",
                                     created_ms=self.now)
            for who, role in grants.items():
                self.insert("repository_permission", repository_id=repository, role=role,
                            **self.holder(namespace, who))

    def add_rest(self):
        for number, (organization, role, activating, who) in enumerate(DEFAULT_PERMISSIONS):
            self.insert("default_permission", uuid=f"prototype-{number}", role=role,
                        organization_id=self.accounts[organization],
                        activating_id=self.accounts[activating], **self.holder(organization, who))
        for organization, client_id, name, address, redirect in APPLICATIONS:
            self.insert("oauth_application", organization_id=self.accounts[organization], client_id=client_id,
                        secret_sealed=b"none", name=name, description="", application_uri=address,
                        redirect_uri=redirect)
        for number, (severity, media_type, content) in enumerate(MESSAGES):
            self.insert("message", uuid=f"message-{number}", content=content, severity=severity,
                        media_type=media_type)


def add_people(server):
    """Write all of it into the database of a server that does not run."""
    server.run("user", "create", "template", "--password-stdin", password=PASSWORD + "\n")
    connection = sqlite3.connect(server.data + "/wharf.db")
    with connection:
        hash_of_password, = connection.execute(
            "SELECT password_hash FROM account WHERE name = 'template'").fetchone()
        connection.execute("DELETE FROM account WHERE name = 'template'")
        seed = Seed(connection, hash_of_password)
        seed.add_people()
        seed.add_repositories()
        seed.add_quotas()
        seed.add_rest()
    connection.close()


def push_content(server):
    """An image in the repositories that have content, by the owner or an administrator."""
    for namespace, name, _, _ in REPOSITORIES:
        if name in ("building", "repo", "somenewstaterepo"):
            continue
        pusher = ORGANIZATIONS.get(namespace, namespace)
        repository = registry.Registry(server.base, (pusher, PASSWORD)).repository(f"{namespace}/{name}")
        for tag in ("latest", "prod"):
            repository.push_image(tag, f"{namespace}/{name}")


def set_state(server, repository, state):
    """The state of a repository of devtable, while the server does not run."""
    connection = sqlite3.connect(server.data + "/wharf.db")
    with connection:
        changed = connection.execute(
            "UPDATE repository SET state = ? WHERE name = ? AND namespace_id ="
            " (SELECT id FROM account WHERE name = 'devtable')", (state, repository))
        assert changed.rowcount == 1
    connection.close()
