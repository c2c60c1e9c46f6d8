# SPDX-License-Identifier: Apache-2.0
"""When an account goes, nothing in the database goes on pointing at it: names come back, and so must not
what was given to who had them. Every column that points at another table is named here; a new one fails
the test until it is."""
import contextlib
import sqlite3

import oauth
import registry
import server as servers
from orgs import Organization, Person

# What the columns of these names point at, whatever table they are in.
POINTS_AT = {
    "account_id": "account", "owner_id": "account", "organization_id": "account", "namespace_id": "account",
    "activating_id": "account", "inviter_id": "account", "created_by": "account", "robot_id": "account",
    "team_id": "team", "application_id": "oauth_application", "repository_id": "repository",
    "manifest_id": "manifest", "parent_id": "manifest", "child_id": "manifest", "quota_id": "quota",
    "policy_id": "immutability_policy", "label_id": "label", "blob_id": "blob",
}
# They tell what happened, or are about what the collector still has to do.
HISTORY = {("audit_log", "namespace_id"), ("audit_log", "performer_id"), ("audit_log", "repository_id"),
           ("audit_export", "namespace_id"), ("audit_export", "performer_id"), ("audit_export", "repository_id"),
           ("audit_delivery", "export_id"), ("service_key", "approver_id"), ("gc_queue", "object_id")}
GONE = 4  # account.kind of one that was deleted: a tombstone


def columns(database):
    for table, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for _, name, *_ in database.execute(f"PRAGMA table_info({table})").fetchall():
            if (name.endswith("_id") or name == "created_by") and (table, name) not in HISTORY \
                    and name not in ("client_id", "object_id", "cursor_id"):
                yield table, name


def orphans(server):
    """(table, column, id) of what points at nothing, or at a tombstone. NULL and 0 are no ids."""
    with contextlib.closing(sqlite3.connect(f"{server.data}/wharf.db", timeout=60)) as database:
        tables = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        unknown = {(table, name) for table, name in columns(database) if name not in POINTS_AT}
        assert not unknown, f"what do these point at: {unknown}"
        found = []
        for table, name in columns(database):
            target = POINTS_AT[name]
            if target not in tables:
                continue
            alive = f" AND kind <> {GONE}" if target == "account" else ""
            found += [(table, name, row[0]) for row in database.execute(
                f"SELECT {name} FROM {table} WHERE {name} <> 0 AND NOT EXISTS"
                f" (SELECT 1 FROM {target} t WHERE t.id = {table}.{name}{alive})")]
        return found


def fill(server, person, friend):
    """All that somebody can have, give, and be given."""
    org = Organization(server, person)
    app = oauth.Application(server, person.credentials)
    app.make_token("repo:read")
    browser = friend.api
    repository = org.repository()
    registry.Registry(server.base, person.credentials).repository(repository).push_image("v1", person.name)
    own = registry.Registry(server.base, person.credentials).repository(f"{person.name}/own")
    own.push_image("v1", f"own {person.name}")
    robot, _ = org.robot()
    mine = person.api.put("user/robots/ci").json()["name"]
    org.team("coders", "creator", friend.name, robot)
    for who in (friend.name, robot):
        assert person.api.put(f"repository/{repository}/permissions/user/{who}", {"role": "write"}).status_code == 200
    person.api.put(f"repository/{repository}/permissions/team/coders", {"role": "read"})
    person.api.put(f"repository/{person.name}/own/permissions/user/{mine}", {"role": "read"})
    org.post("prototypes", {"role": "read", "activating_user": {"name": friend.name},
                            "delegate": {"name": "coders", "kind": "team"}})
    org.post("prototypes", {"role": "read", "activating_user": {"name": robot},
                            "delegate": {"name": friend.name, "kind": "user"}})
    for path in (f"user/robots/{mine.partition('+')[2]}/federation", org.path("robots/ci/federation")):
        assert person.api.post(path, [{"issuer": "https://issuer.example", "subject": "x"}]).status_code == 200
    assert person.api.post("user/apptoken", {"title": "x"}).status_code == 200
    assert person.api.post("user/starred", {"namespace": person.name, "repository": "own"}).status_code == 201
    assert browser.post("user/starred", {"namespace": org.name, "repository": "app"}).status_code == 201
    org.put("terms", {"content": "be nice"})
    assert browser.post(org.path("terms/accept"), {"version": 1}).status_code == 200
    app.code(person.api)
    return org, app


def test_nothing_points_at_who_is_gone(start_server):
    server = start_server(keys={"FEATURE_IMMUTABLE_TAGS": True, "FEATURE_QUOTA_MANAGEMENT": True,
                                "FEATURE_EDIT_QUOTA": True})
    person, friend = Person(server), Person(server)
    org, app = fill(server, person, friend)
    theirs, their_app = fill(server, friend, person)
    assert orphans(server) == []
    for path in (org.path("immutabilitypolicy/"), f"repository/{org.name}/app/immutabilitypolicy/",
                 f"repository/{person.name}/own/immutabilitypolicy/"):
        assert person.api.post(path, {"tagPattern": "never"}).status_code == 201
    org.delete()
    assert person.api.delete(f"organization/{app.organization}").status_code == 204
    assert person.api.delete("user/").status_code == 204
    # The repositories are emptied by and by.
    servers.wait_for(lambda: not [one for one in orphans(server) if one[1] != "repository_id"],
                     f"these to go: {orphans(server)}")
    servers.wait_for(lambda: orphans(server) == [], "the rest to go")
    assert theirs.get()["name"] == theirs.name and their_app.admin.get("user/").status_code == 200
