# SPDX-License-Identifier: Apache-2.0
"""OAuth applications of an organization, and the tokens that its administrators make."""
import json
import sqlite3

import pytest

import api
import oauth
from conftest import ALICE, BOB, ROOT, create_user


@pytest.fixture
def application(server):
    return oauth.Application(server, ALICE)


def audited(server, client_id):
    """Metadata of the audit entries about the application, oldest first."""
    with sqlite3.connect(f"{server.data}/wharf.db") as database:
        rows = database.execute("SELECT metadata FROM audit_log WHERE performer_id IS NOT NULL"
                                " AND namespace_id IS NOT NULL ORDER BY id").fetchall()
    entries = [json.loads(row[0]) for row in rows]
    return [entry for entry in entries if entry.get("client_id") == client_id]


def test_create(server):
    app = oauth.Application(server, ALICE, description="d", application_uri="https://app.example",
                            avatar_email="app@app.example")
    shown = app.admin.get(f"{app.path}/{app.client_id}").json()
    assert shown == {"name": "robot <b>", "description": "d",
                     "application_uri": "https://app.example", "client_id": app.client_id,
                     "client_secret": app.secret, "redirect_uri": oauth.CALLBACK,
                     "avatar_email": "app@app.example"}
    assert len(app.client_id) == 20 and len(app.secret) == 40
    assert app.admin.get(app.path).json() == {"applications": [shown]}
    assert audited(server, app.client_id) == [
        {"application_name": "robot <b>", "client_id": app.client_id}]


def test_create_with_a_name_only(application):
    made = application.admin.post(application.path, {"name": "x", "unknown": 1}).json()
    assert made["redirect_uri"] == "" and made["avatar_email"] is None


@pytest.mark.parametrize("body", [{}, {"name": 1}, {"name": ""}, {"name": "x" * 256},
                                  {"name": "__quay_bootstrap_app"},
                                  {"name": "x", "redirect_uri": 5}, {"name": "x", "description": []}])
def test_bad_body(application, body):
    api.assert_problem(application.admin.post(application.path, body), 400)


def test_change(application):
    path = f"{application.path}/{application.client_id}"
    body = {"name": "foo", "redirect_uri": "foo", "application_uri": "foo"}
    assert application.admin.put(path, body).json()["name"] == "foo"
    shown = application.admin.get(path).json()
    assert (shown["redirect_uri"], shown["description"]) == ("foo", "")
    assert shown["client_secret"] == application.secret
    api.assert_problem(application.admin.put(path, {"name": "foo"}), 400, "redirect_uri")


def test_new_secret(application):
    path = f"{application.path}/{application.client_id}"
    reset = application.admin.post(path + "/resetclientsecret").json()
    assert reset["client_secret"] != application.secret
    assert application.admin.get(path).json() == reset


def test_delete_takes_the_tokens(server, application):
    token = application.make_token("user:read")
    program = api.Api(server.base, token=token["token"])
    assert program.get("user/").status_code == 200
    path = f"{application.path}/{application.client_id}"
    assert application.admin.delete(path).status_code == 204
    assert program.get("user/").status_code == 401
    api.assert_problem(application.admin.get(path), 404)
    api.assert_problem(application.admin.delete(path), 404)


def test_of_another_organization(server, application):
    other = oauth.Application(server, ALICE)
    path = f"{other.path}/{application.client_id}"
    for reply in (other.admin.get(path), other.admin.delete(path), other.admin.get(path + "/tokens"),
                  other.admin.post(path + "/resetclientsecret"),
                  other.admin.post(path + "/tokens", {"name": "x", "scope": "repo:read"}),
                  other.admin.put(path, {"name": "x", "redirect_uri": "", "application_uri": ""})):
        api.assert_problem(reply, 404)


@pytest.mark.parametrize("who, status", [(None, 401), (BOB, 403), (ROOT, 403)])
def test_only_administrators(server, application, who, status):
    other = api.Api(server.base, who)
    path = f"{application.path}/{application.client_id}"
    body = {"name": "x", "redirect_uri": "", "application_uri": "", "scope": "repo:read"}
    for reply in (other.get(application.path), other.post(application.path, body), other.get(path),
                  other.put(path, body), other.delete(path), other.get(path + "/tokens"),
                  other.post(path + "/resetclientsecret"), other.post(path + "/tokens", body),
                  other.delete(path + "/tokens/x")):
        api.assert_problem(reply, status)


def test_read_only_superusers_see_no_secrets(start_server):
    server = start_server(users=(ALICE, BOB), keys={"GLOBAL_READONLY_SUPER_USERS": ["bob"]})
    app = oauth.Application(server, ALICE)
    shown = api.Api(server.base, BOB).get(f"{app.path}/{app.client_id}").json()
    assert shown["client_secret"] is None and shown["redirect_uri"] is None
    api.assert_problem(api.Api(server.base, BOB).post(app.path, {"name": "x"}), 403)


def test_many(application):
    for _ in range(120):
        assert application.admin.post(application.path, {"name": "x"}).status_code == 200
    listed = application.admin.get(application.path).json()
    assert list(listed) == ["applications"]  # whole: Quay has no pages here
    assert len({item["client_id"] for item in listed["applications"]}) == 121


def test_information(server, application):
    path = f"app/{application.client_id}"
    shown = api.Api(server.base).get(path).json()
    assert shown["name"] == "robot <b>" and shown["uri"] == "" and shown["avatar"]["kind"] == "app"
    assert shown["organization"]["name"] == application.organization
    assert shown["organization"]["is_admin"] is False
    assert "secret" not in json.dumps(shown)
    assert application.admin.get(path).json()["organization"]["is_admin"] is True
    api.assert_problem(api.Api(server.base).get("app/nothing"), 404)


def test_token(server, application):
    made = application.make_token("repo:read,user:read")
    assert len(made["token"]) == 40 and made["scope"] == "repo:read user:read"
    assert made["created_by"] == "alice" and made["last_accessed"] is None
    assert made["expires_at"].endswith("Z") and made["expires_at"] > "2030"
    assert api.Api(server.base, token=made["token"]).get("user/").json()["username"] == "alice"
    listed, = application.admin.get(f"{application.path}/{application.client_id}/tokens").json()["tokens"]
    assert listed["last_accessed"] is not None
    assert {**listed, "last_accessed": None, "token": made["token"]} == made


@pytest.mark.parametrize("body", [{}, {"name": "x"}, {"scope": "repo:read"},
                                  {"name": "x", "scope": ""}, {"name": "", "scope": "repo:read"},
                                  {"name": "x", "scope": "repo:read nonsense"},
                                  {"name": "x" * 256, "scope": "repo:read"},
                                  {"name": "x", "scope": "repo:read", "expiration": 0},
                                  {"name": "x", "scope": "repo:read", "expiration": -5},
                                  {"name": "x", "scope": "repo:read", "expiration": "1"}])
def test_bad_token_body(application, body):
    path = f"{application.path}/{application.client_id}/tokens"
    api.assert_problem(application.admin.post(path, body), 400)


def test_scopes_of_others(server, application):
    """Nobody makes a token that may do more than he may."""
    path = f"{application.path}/{application.client_id}/tokens"
    body = {"name": "x", "scope": "super:user"}
    api.assert_problem(application.admin.post(path, body), 403, "super:user")
    program = api.Api(server.base, token=application.make_token("org:admin repo:read")["token"])
    api.assert_problem(program.post(path, {"name": "x", "scope": "repo:write"}), 403)
    api.assert_problem(program.post(path, {"name": "x", "scope": "repo:admin"}), 403)
    made = program.post(path, {"name": "x", "scope": "repo:read org:admin"})
    assert made.status_code == 200 and made.json()["created_by"] == "alice"


def test_superusers_may_give_super_user(server):
    app = oauth.Application(server, ROOT)
    assert app.make_token("super:user")["scope"] == "super:user"


def test_token_pages(application):
    path = f"{application.path}/{application.client_id}/tokens"
    made = [application.make_token("repo:read")["uuid"] for _ in range(60)]
    first = application.admin.get(path).json()
    second = application.admin.get(path, params={"next_page": first["next_page"]}).json()
    assert len(first["tokens"]) == 50 and "next_page" not in second
    assert [token["uuid"] for token in first["tokens"] + second["tokens"]] == made
    bad = application.admin.get(path, params={"next_page": "nonsense"}).json()
    assert bad == first | {"next_page": bad["next_page"]}


def test_revoked_token(server, application):
    token = application.make_token("user:read")
    program = api.Api(server.base, token=token["token"])
    assert program.get("user/").status_code == 200
    path = f"{application.path}/{application.client_id}/tokens/{token['uuid']}"
    assert application.admin.delete(path).status_code == 204
    assert program.get("user/").status_code == 401
    api.assert_problem(application.admin.delete(path), 404)


def test_expired_token(server, application):
    token = application.make_token("user:read", expiration=1000)
    program = api.Api(server.base, token=token["token"])
    assert program.get("user/").status_code == 200
    assert oauth.execute(server, "UPDATE oauth_token SET expires_ms = 1 WHERE uuid = ?",
                         token["uuid"]) == 1
    assert program.get("user/").status_code == 401
    path = f"{application.path}/{application.client_id}/tokens"
    assert application.admin.get(path).json() == {"tokens": []}
    api.assert_problem(application.admin.delete(f"{path}/{token['uuid']}"), 404)
    application.make_token("user:read")  # sweeps it away
    assert oauth.execute(server, "DELETE FROM oauth_token WHERE uuid = ?", token["uuid"]) == 0


def test_disabled_user(server):
    create_user(server, ("oauthoff", "some-password"))
    app = oauth.Application(server, ("oauthoff", "some-password"))
    program = api.Api(server.base, token=app.make_token("user:read")["token"])
    assert program.get("user/").status_code == 200
    server.run("user", "disable", "oauthoff")
    assert program.get("user/").status_code == 401


def test_most_tokens(start_server):
    server = start_server(keys={"OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT": 2})
    app = oauth.Application(server, ALICE)
    tokens = [app.make_token("repo:read") for _ in range(2)]
    path = f"{app.path}/{app.client_id}/tokens"
    api.assert_problem(app.admin.post(path, {"name": "x", "scope": "repo:read"}), 400, "maximum")
    assert app.admin.delete(f"{path}/{tokens[0]['uuid']}").status_code == 204
    app.make_token("repo:read")


def test_programs_need_no_csrf(server, application):
    token = application.make_token("org:admin")["token"]
    program = api.Api(server.base, token=token)
    made = program.post(application.path, {"name": "by a program"})
    assert made.status_code == 200
    entry, = audited(server, made.json()["client_id"])
    assert entry["oauth_token_application_id"] == application.client_id


def test_scope_limits(server, application):
    """A token for repositories does not administer the organization."""
    program = api.Api(server.base, token=application.make_token("repo:admin")["token"])
    api.assert_problem(program.get(application.path), 403)
    api.assert_problem(program.get("user/"), 403)


def test_nothing_is_logged(server, application):
    token = application.make_token("repo:read")["token"]
    text = server.log_text(0)
    assert token not in text and application.secret not in text


def test_retired_repository_tokens(server, repo):
    path = f"repository/{repo.name}/tokens/"
    for who, status in ((None, 401), (BOB, 403), (ALICE, 410)):
        other = api.Api(server.base, who)
        for reply in (other.get(path), other.post(path, {"friendlyName": "x"}),
                      other.get(path + "CODE"), other.put(path + "CODE"),
                      other.delete(path + "CODE")):
            assert reply.status_code == status
