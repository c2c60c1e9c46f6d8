# SPDX-License-Identifier: Apache-2.0
"""Logins to the registry with OAuth tokens ($oauthtoken) and tokens of a repository ($token), and
the commands that make them."""
import json

import pytest

import api
import jwt
import oauth
import registry
from conftest import ALICE, BOB
from orgs import Person


def login(server, kind, token):
    return registry.Registry(server.base, (kind, token))


def actions(caller, name, wanted="pull,push"):
    reply = caller.ask_token(f"repository:{name}:{wanted}")
    assert reply.status_code == 200, reply.text
    return jwt.claims_of(reply.json()["token"])["access"][0]["actions"]


def make(server, *args):
    return server.run("token", "create", *args).stdout.strip()


def test_first_token(server):
    """What a script begins with."""
    token = make(server, "--user", "alice", "--scope", "user:read,repo:read", "a script")
    assert len(token) == 40
    assert api.Api(server.base, token=token).get("user/").json()["username"] == "alice"
    rows = [json.loads(line) for line in
            server.run("token", "list", "--user", "alice", "--json").stdout.splitlines()]
    row = [row for row in rows if row["name"] == "a script"][-1]
    assert row["scope"] == "repo:read user:read" and row["expires"] > "2030"
    assert row["uuid"] in server.run("token", "list", "--user", "alice").stdout
    assert row["uuid"] in server.run("token", "delete", row["uuid"]).stdout
    assert api.Api(server.base, token=token).get("user/").status_code == 401
    assert server.run("token", "delete", row["uuid"], check=False).returncode == 1


@pytest.mark.parametrize("args, says", [
    (("--scope", "repo:read"), "--user"), (("--user", "alice"), "--scope"),
    (("--user", "alice", "--scope", "nonsense"), "--scope"),
    (("--user", "nobody-here", "--scope", "repo:read"), "nobody-here"),
    (("--user", "alice", "--scope", "repo:read", "--days", "0"), "--days"),
    (("--user", "alice", "--scope", "repo:read", "--days", "x"), "--days"),
])
def test_bad_commands(server, args, says):
    done = server.run("token", "create", *args, check=False)
    assert done.returncode == 1 and says in done.stderr


def test_other_bad_commands(server, repo):
    assert server.run("token", "list", check=False).returncode == 1
    for args in ((repo.name, "--role", "owner"), (repo.name, "--days", "-1"), ("alice/nothing",)):
        assert server.run("repo", "token", *args, check=False).returncode == 1


def test_days(server):
    make(server, "--user", "alice", "--scope", "repo:read", "--days", "1", "short")
    rows = [json.loads(line) for line in
            server.run("token", "list", "--user", "alice", "--json").stdout.splitlines()]
    assert [row for row in rows if row["name"] == "short"][-1]["expires"] < "2030"


def test_command_line_application_asks_nobody(server):
    """The application behind such tokens is none that could ask for consent."""
    make(server, "--user", "alice", "--scope", "repo:read")
    alice = api.Api(server.base, ALICE)
    mine = alice.get("user/authorizations").json()["authorizations"]
    assert any(item["application"]["organization"]["name"] == "alice" for item in mine)


def test_oauth_token_pushes_and_pulls(server, repo):
    token = make(server, "--user", "alice", "--scope", "repo:write")
    caller = login(server, "$oauthtoken", token)
    mine = caller.repository(repo.name)
    digest = mine.push_image("v1", "oauth")
    assert mine.get_manifest("v1").headers["Docker-Content-Digest"] == digest
    claims = jwt.claims_of(mine.token)
    assert claims["sub"] == "alice" and claims["context"]["entity_kind"] == "oauthtoken"
    assert claims["context"]["user"] == "alice"


def test_last_use(server):
    app = oauth.Application(server, ALICE)
    token = app.make_token("repo:read")["token"]
    assert login(server, "$oauthtoken", token).ask_token().status_code == 200
    listed, = app.admin.get(f"{app.path}/{app.client_id}/tokens").json()["tokens"]
    assert listed["last_accessed"] is not None


def test_scopes_limit(server, repo):
    for scope, wanted in (("repo:read", ["pull"]), ("repo:write", ["push", "pull"]),
                          ("repo:create", []), ("org:admin", []), ("user:admin", [])):
        caller = login(server, "$oauthtoken", make(server, "--user", "alice", "--scope", scope))
        assert actions(caller, repo.name) == wanted, scope
    stranger = login(server, "$oauthtoken", make(server, "--user", "bob", "--scope", "repo:admin"))
    assert actions(stranger, repo.name) == []


def test_scopes_limit_the_catalog(server, repo):
    for scope, seen in (("repo:read", True), ("repo:admin", True), ("user:admin", False),
                        ("repo:create", False)):
        caller = login(server, "$oauthtoken", make(server, "--user", "alice", "--scope", scope))
        token = caller.token("registry:catalog:*")
        names = caller.request("GET", "/v2/_catalog", token=token).json()["repositories"]
        assert bool(names) == seen, scope


def test_scope_to_create(server, name):
    reader = login(server, "$oauthtoken", make(server, "--user", "alice", "--scope", "repo:write"))
    assert actions(reader, name) == ["pull"]  # there is nothing to pull
    both = make(server, "--user", "alice", "--scope", "repo:write repo:create")
    assert actions(login(server, "$oauthtoken", both), name) == ["push", "pull"]


@pytest.mark.parametrize("kind", ["$oauthtoken", "$token"])
@pytest.mark.parametrize("token", ["x", "A" * 40, "A" * 64, "correct-horse"])
def test_bad_tokens(server, repo, kind, token):
    caller = login(server, kind, token)
    assert caller.ask_token(f"repository:{repo.name}:pull").status_code == 401
    assert caller.ask_token().status_code == 401


def test_oauth_token_under_another_name(server):
    token = make(server, "--user", "alice", "--scope", "repo:read")
    assert login(server, "alice", token).ask_token().status_code == 401
    assert login(server, "$token", token).ask_token().status_code == 401


def test_tokens_of_what_is_no_user(server):
    """Should a token be left of an account that became an organization, it is worth nothing."""
    person = Person(server)
    token = make(server, "--user", person.name, "--scope", "repo:admin user:read")
    assert api.Api(server.base, token=token).get("user/").status_code == 200
    oauth.execute(server, "UPDATE account SET kind = 2 WHERE name = ?", person.name)
    assert api.Api(server.base, token=token).get("user/").status_code == 401
    assert login(server, "$oauthtoken", token).ask_token().status_code == 401


def test_revoked_oauth_token(server, repo):
    """The next login fails; a registry token from before is looked at anew, and fails too. (It may
    be remembered for half a minute: a restart forgets it here.)"""
    app = oauth.Application(server, ALICE)
    made = app.make_token("repo:write")
    caller = login(server, "$oauthtoken", made["token"])
    mine = caller.repository(repo.name)
    path = f"{app.path}/{app.client_id}/tokens/{made['uuid']}"
    assert app.admin.delete(path).status_code == 204
    assert caller.ask_token(f"repository:{repo.name}:pull").status_code == 401
    reply = mine.get("tags/list")  # the first use of this token
    assert reply.status_code == 401 and "revoked" in reply.text


def test_repository_token(server, alice, repo):
    repo.push_image("v1", "token")
    reader = login(server, "$token", server.run("repo", "token", repo.name).stdout.strip())
    writer = login(server, "$token", server.run("repo", "token", repo.name, "ci", "--role", "write",
                                                "--days", "9").stdout.strip())
    assert actions(reader, repo.name) == ["pull"]
    assert actions(writer, repo.name) == ["push", "pull"]
    mine = reader.repository(repo.name, "pull")
    assert mine.get_manifest("v1").status_code == 200
    claims = jwt.claims_of(mine.token)
    assert claims["sub"] == "$token" and claims["context"]["entity_kind"] == "token"
    writer.repository(repo.name).push_image("v2", "token 2")
    other = alice.repository("alice/another-repository")
    other.push_image("v1", "other")
    assert actions(writer, "alice/another-repository") == []
    assert actions(writer, "alice/not-there-yet") == []
    assert reader.ask_token().status_code == 200  # podman login


def test_expired_repository_token(server, repo):
    token = server.run("repo", "token", repo.name, "--days", "1").stdout.strip()
    caller = login(server, "$token", token)
    mine = caller.repository(repo.name, "pull")
    assert oauth.execute(server, "UPDATE access_token SET expires_ms = 1 WHERE lookup = ?",
                         token[:32]) == 1
    assert caller.ask_token(f"repository:{repo.name}:pull").status_code == 401
    assert mine.get("tags/list").status_code == 401


def test_repository_token_is_nobody_for_the_api(server, repo):
    token = server.run("repo", "token", repo.name, "--role", "admin").stdout.strip()
    assert api.Api(server.base, token=token).get("user/").status_code == 401
    assert BOB[0] not in token
