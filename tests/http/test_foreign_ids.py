# SPDX-License-Identifier: Apache-2.0
"""Ids in paths that are another's: who may do everything in his own organization, repository and account
is refused what the path puts below them but is not theirs, and what is another's stays as it was. The
table below names the id of every route that has one; a new route fails the test until it is there."""
import contextlib
import json
import sqlite3

import pytest

import oauth
import registry
import server as servers
from api import Api
from conftest import ROOT, create_user
from orgs import Organization, Person

# Names that are created by the request, or that belong to the whole registry and not to the place.
FREE = {"createUserRobot", "createOrgRobot", "updateOrganizationTeam", "updateOrganizationTeamMember",
        "changeUserPermissions", "getUserPermissions", "deleteUserPermissions", "getUserTransitivePermission",
        "getUserInformation", "getMatchingEntities", "getErrorDescription", "getApplicationInformation",
        "getTagPullStatistics", "getManifestPullStatistics", "deleteTeamMemberEmailInvite", "inviteTeamMemberEmail"}
FEATURES = {"FEATURE_EDIT_QUOTA": True, "FEATURE_QUOTA_MANAGEMENT": True, "FEATURE_IMMUTABLE_TAGS": True,
            "FEATURE_IMAGE_PULL_STATS": True, "PERMANENTLY_DELETE_TAGS": True,
            "FEATURE_SUPERUSERS_FULL_ACCESS": True}
TABLES = ("immutability_policy", "quota", "quota_limit", "team", "team_member", "robot", "robot_federation", "oauth_application", "oauth_token", "app_token",
          "default_permission", "notification", "oauth_assignment", "repository_permission", "manifest_label",
          "label", "tag", "team_invite", "terms_acceptance", "star")
GOOD = {"role": "read", "name": "n", "scope": "repo:read", "redirect_uri": "", "application_uri": "",
        "dismissed": True, "manifest_digest": "sha256:" + "0" * 64, "key": "k", "value": "v",
        "media_type": "text/plain", "version": 1, "tagPattern": "x", "limit_bytes": 1000, "type": "Reject",
        "threshold_percent": 50, "policy": "everybody", "content": "c"}


def api_routes():
    for row in json.loads(servers.run("routes", "--json").stdout):
        names = [part[1:-1] for part in row["path"].split("/") if part.startswith("{")]
        ids = [name for name in names if name not in ("orgname", "repository+")]
        if row["path"].startswith("/api/v1/") and not row["path"].startswith("/api/v1/superuser") and ids \
                and (row.get("on", True) or row["feature"] in FEATURES) and row["id"] not in FREE:
            yield row, ids


class Place:
    """One of everything, of one person."""

    def __init__(self, server, boss):
        self.owner = Person(server)
        self.org = Organization(server, self.owner)
        me = self.owner.api
        unique = self.org.name
        self.repository = self.org.repository()
        self.app = oauth.Application(server, self.owner.credentials)
        token = self.app.make_token("repo:read")
        self.org.team(f"team{unique}", "member")
        self.org.put(f"robots/bot{unique}", {}, 201)
        assert me.put(f"user/robots/bot{unique}").status_code == 201
        pusher = registry.Registry(server.base, self.owner.credentials).repository(self.repository)
        pusher.push_image(f"tag{unique}", unique)
        tag, = me.get(f"repository/{self.repository}/tag/").json()["tags"]
        label = me.post(f"repository/{self.repository}/manifest/{tag['manifest_digest']}/labels",
                        {"key": "k", "value": "v", "media_type": "text/plain"})
        member = Person(server)
        self.org.put(f"team/team{unique}/members/{member.name}")
        me.put(f"repository/{self.repository}/permissions/team/team{unique}", {"role": "write"})
        rule = self.org.post("prototypes", {"role": "read", "delegate": {"name": member.name, "kind": "user"}})
        mine = me.post("user/apptoken", {"title": "ci"}).json()["token"]
        boss.post(f"organization/{unique}/quota", {"limit_bytes": 10 ** 9})
        quota, = me.get(self.org.path("quota")).json()
        path = self.org.path(f"quota/{quota['id']}/limit")
        boss.post(path, {"type": "Warning", "threshold_percent": 80})
        limit, = me.get(path).json()
        policy = self.org.post("immutabilitypolicy/", {"tagPattern": f"never{unique}"}, 201)["uuid"]
        self.repository_policy = me.post(f"repository/{self.repository}/immutabilitypolicy/",
                                         {"tagPattern": f"never{unique}"}).json()["uuid"]
        self.ids = {
            "quota_id": quota["id"], "limit_id": limit["id"], "policy_uuid": policy,
            "teamname": f"team{unique}", "robot_shortname": f"bot{unique}", "client_id": self.app.client_id,
            "token_uuid": token["uuid"], "access_token_uuid": token["uuid"], "prototypeid": rule["id"],
            "membername": member.name, "username": member.name, "tag": f"tag{unique}",
            "manifestref": tag["manifest_digest"], "labelid": label.json()["label"]["id"],
            "uuid": self.notification(server), "code": "0" * 40, "assigned_authorization_uuid": "0" * 36,
        }
        self.app_token = mine["uuid"]

    def notification(self, server):
        self_id = "SELECT id FROM account WHERE name = ?"
        oauth.execute(server, f"INSERT INTO notification (uuid, account_id, kind, metadata, created_ms, dismissed)"
                      f" VALUES (?, ({self_id}), 'test', '{{}}', 1, 0)", f"u-{self.org.name}", self.owner.name)
        return f"u-{self.org.name}"


def snapshot(server):
    with contextlib.closing(sqlite3.connect(f"{server.data}/wharf.db", timeout=60)) as database:
        have = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {table: set(database.execute(f"SELECT * FROM {table}")) for table in TABLES if table in have}


@pytest.fixture(scope="module")
def server(start_server):
    server = start_server(keys=FEATURES)
    create_user(server, ROOT, "--superuser")
    return server


@pytest.fixture(scope="module")
def places(server):
    boss = Api(server.base, ROOT)
    return Place(server, boss), Place(server, boss)


def path_of(row, names, mine, theirs):
    """My place, their ids; of two ids the first is mine in the second path."""
    path = row["path"].replace("{orgname}", mine.org.name).replace("{repository+}", mine.repository)
    if row["path"].startswith("/api/v1/user/apptoken/"):
        return [path.replace("{token_uuid}", theirs.app_token)]
    if row["path"].startswith("/api/v1/repository/") and "{policy_uuid}" in path:
        return [path.replace("{policy_uuid}", uuid) for uuid in (theirs.repository_policy, mine.ids["policy_uuid"])]
    paths = [path] + ([path.replace("{%s}" % names[0], str(mine.ids[names[0]]))] if len(names) > 1 else [])
    for name in names:
        paths = [one.replace("{%s}" % name, str(theirs.ids[name])) for one in paths]
    return paths


def test_foreign_ids(server, places):
    mine, theirs = places
    before = snapshot(server)
    count = 0
    for row, names in api_routes():
        unknown = [name for name in names if name not in theirs.ids]
        assert not unknown, f"{row['id']}: what is {unknown}?"
        for path in path_of(row, names, mine, theirs):
            body = GOOD if row["method"] in ("POST", "PUT") else None
            reply = mine.owner.api.request(row["method"], path, body)
            assert reply.status_code in (400, 403, 404, 410), f"{row['id']} {path}: {reply.status_code} {reply.text}"
            count += 1
    after = snapshot(server)
    for table, rows in before.items():
        assert rows <= after[table], f"{table}: {rows - after[table]}"
    assert count > 40
