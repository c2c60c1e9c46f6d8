# SPDX-License-Identifier: Apache-2.0
"""Users: what is shown of them, and what they change about themselves."""
import json

import pytest

import api
import registry
import server as servers
import persons
from persons import PASSWORD


@pytest.fixture
def name(server):
    return persons.make_user(server)


@pytest.fixture
def me(server, name):
    return persons.sign_in(server, name)


@pytest.fixture(scope="module")
def rich(start_server):
    """With everything that is off by default."""
    return start_server(keys={"FEATURE_USER_METADATA": True, "FEATURE_MAILING": False,
                              "SUPER_USERS": ["boss"], "GLOBAL_READONLY_SUPER_USERS": ["auditor"]},
                        users=(("boss", PASSWORD), ("auditor", PASSWORD)))


def test_own_view(server, name, me):
    view = me.get("user/").json()
    avatar = view.pop("avatar")
    assert avatar["name"] == name and avatar["kind"] == "user" and len(avatar["hash"]) == 64
    assert view == {
        "anonymous": False, "username": name, "can_create_repo": True, "is_me": True,
        "verified": True, "email": None, "logins": [], "invoice_email": False,
        "invoice_email_address": None, "preferred_namespace": False,
        "tag_expiration_s": 14 * 24 * 3600, "prompts": [], "company": None, "family_name": None,
        "given_name": None, "location": None, "is_free_account": True, "has_password_set": True,
        "organizations": []}
    assert me.get(f"users/{name}").json() == {**view, "avatar": avatar}


def test_others_see_less(server, name, me):
    other = persons.sign_in(server, persons.make_user(server))
    for viewer in (other, api.Api(server.base)):
        view = viewer.get(f"users/{name}").json()
        assert set(view) == {"anonymous", "username", "avatar"}
        assert view["username"] == name


@pytest.mark.parametrize("unknown", ["nobody-here", "a" * 300, "Upper", "a+b"])
def test_unknown_user(server, unknown):
    api.assert_problem(api.Api(server.base).get(f"users/{unknown}"), 404, "Not Found")


def test_superusers(rich):
    view = persons.sign_in(rich, "boss").get("user/").json()
    assert view["super_user"] is True and "global_readonly_super_user" not in view
    view = persons.sign_in(rich, "auditor").get("user/").json()
    assert view["global_readonly_super_user"] is True and "super_user" not in view


def test_anonymous_changes_nothing(server):
    api.assert_problem(api.Api(server.base).put("user/", {"email": "x@example.com"}), 401)


def test_email(server, name, me):
    address = f"{name}@Example.com"
    view = me.put("user/", {"email": address}).json()
    assert view["email"] == address.lower()
    assert persons.sign_in(server, address).get("user/").json()["username"] == name
    other = persons.sign_in(server, persons.make_user(server))
    api.assert_problem(other.put("user/", {"email": address}), 400, "taken")
    api.assert_problem(other.put("user/", {"email": "nonsense"}), 400, "e-mail")


def test_password(server, name, me):
    elsewhere = persons.sign_in(server, name)
    before = me.csrf
    reply = me.put("user/", {"password": "another-password"})
    assert reply.status_code == 200, reply.text
    assert me.csrf != before
    assert me.get("user/").status_code == 200  # a session of its own goes on
    assert elsewhere.get("user/").status_code == 401
    assert persons.sign_in(server, name, "another-password").get("user/").status_code == 200
    api.assert_problem(me.put("user/", {"password": "short"}), 400, "at least 8")
    api.assert_problem(me.put("user/", {"password": "with white space"}), 400)


def test_invoicing_and_tag_expiration(server, me):
    view = me.put("user/", {"invoice_email": True, "invoice_email_address": "bills@example.com",
                            "tag_expiration_s": 86400}).json()
    assert (view["invoice_email"], view["invoice_email_address"]) == (True, "bills@example.com")
    assert view["tag_expiration_s"] == 86400
    view = me.put("user/", {"tag_expiration_s": 0}).json()
    assert view["tag_expiration_s"] == 0 and view["invoice_email"] is True
    view = me.put("user/", {"invoice_email": False, "invoice_email_address": None}).json()
    assert (view["invoice_email"], view["invoice_email_address"]) == (False, None)


@pytest.mark.parametrize("body", [
    {"tag_expiration_s": -1}, {"tag_expiration_s": "1d"}, {"invoice_email": "yes"},
    {"invoice_email": None}, {"invoice_email_address": "nonsense"}, {"email": 1},
    {"company": "x" * 256}, {"password": ["x"]}])
def test_bad_changes(server, me, body):
    before = me.get("user/").json()
    problem = api.assert_problem(me.put("user/", body), 400)
    assert list(body)[0] in problem["message"] or "e-mail" in problem["message"]
    assert me.get("user/").json() == before


def test_all_or_nothing(server, me):
    other = persons.make_user(server, email=persons.make_name() + "@example.com")
    taken = persons.sign_in(server, other).get("user/").json()["email"]
    api.assert_problem(me.put("user/", {"tag_expiration_s": 5, "email": taken}), 400)
    assert me.get("user/").json()["tag_expiration_s"] != 5


def test_metadata_is_off_by_default(server, me):
    view = me.put("user/", {"company": "Acme", "given_name": "A"}).json()
    assert (view["company"], view["given_name"]) == (None, None)


def test_metadata_and_prompts(rich):
    me = persons.sign_in(rich, persons.make_user(rich))
    assert me.get("user/").json()["prompts"] == ["enter_name", "enter_company"]
    view = me.put("user/", {"given_name": "Ada", "family_name": "L"}).json()
    assert (view["given_name"], view["family_name"]) == ("Ada", "L")
    assert view["prompts"] == ["enter_company"]
    view = me.put("user/", {"company": None, "location": "Here"}).json()
    assert (view["company"], view["location"], view["prompts"]) == (None, "Here", [])


def test_unknown_members_are_ignored(server, me):
    assert me.put("user/", {"is_me": False, "nonsense": [1]}).json()["is_me"] is True


def test_fresh_login(start_server):
    server = start_server(keys={"FRESH_LOGIN_TIMEOUT": "1s"})
    me = persons.sign_in(server, "alice", "correct-horse")
    servers.wait_for(lambda: me.put("user/", {"invoice_email": True}).status_code != 200,
                     "the login to become old")
    problem = api.assert_problem(me.put("user/", {"invoice_email": False}), 401)
    assert problem["title"] == "fresh_login_required"
    assert me.post("signin/verify", {"password": "correct-horse"}).status_code == 200
    assert me.put("user/", {"invoice_email": False}).status_code == 200


def test_lockout(server, name):
    browser = api.Api(server.base)
    for _ in range(4):
        reply = browser.post("signin", {"username": name, "password": "wrong-password"})
    while reply.status_code != 429:
        reply = browser.post("signin", {"username": name, "password": "wrong-password"})
    assert reply.headers["Content-Type"].startswith("text/html")
    assert int(reply.headers["Retry-After"]) >= 1
    assert "too many failed logins" in reply.text


def test_convert(server):
    name, owner = persons.make_user(server), persons.make_user(server)
    me = persons.sign_in(server, name)
    token = me.post("user/apptoken", {"title": "ci"}).json()["token"]["token_code"]
    server.run("repo", "create", f"{name}/app")
    for body in ({"adminUser": owner, "adminPassword": "wrong-password"},
                 {"adminUser": name, "adminPassword": PASSWORD},
                 {"adminUser": "nobody-at-all", "adminPassword": PASSWORD}):
        assert api.assert_problem(me.post("user/convert", body), 400)["reason"] == "invaliduser"
    api.assert_problem(me.post("user/convert", {"adminUser": owner}), 400, "adminPassword")
    api.assert_problem(api.Api(server.base).post("user/convert", {"adminUser": owner,
                                                                  "adminPassword": PASSWORD}), 401)
    reply = me.post("user/convert", {"adminUser": owner, "adminPassword": PASSWORD})
    assert reply.json() == {"success": True}
    view = me.get("user/").json()
    assert view["username"] == owner
    assert [(one["name"], one["is_org_admin"], one["can_create_repo"])
            for one in view["organizations"]] == [(name, True, True)]
    api.assert_problem(me.get(f"users/{name}"), 404)
    assert api.Api(server.base).post("signin", {"username": name, "password": PASSWORD}
                                     ).status_code == 403
    assert registry.Registry(server.base, ("$app", token)).ask_token().status_code == 401
    pusher = registry.Registry(server.base, (owner, PASSWORD))
    assert pusher.repository(f"{name}/app").push_image("v1", name) is not None


def test_private_count(server, name, me):
    assert me.get("user/private").json() == {"privateCount": 0, "privateAllowed": True}
    server.run("repo", "create", f"{name}/one")
    server.run("repo", "create", f"{name}/two", "--public")
    assert me.get("user/private").json()["privateCount"] == 1


def test_private_limit(start_server):
    server = start_server(keys={"MAXIMUM_PRIVATE_REPOSITORIES": 1})
    me = persons.sign_in(server, "alice", "correct-horse")
    server.run("repo", "create", "alice/first")
    assert me.get("user/private").json() == {"privateCount": 1, "privateAllowed": False}
    caller = registry.Registry(server.base, ("alice", "correct-horse"))
    reply = caller.ask_token("repository:alice/second:pull,push")
    assert reply.status_code == 402 and "private repositories" in reply.text
    assert caller.ask_token("repository:alice/first:pull,push").status_code == 200


def test_restricted_users(start_server):
    server = start_server(keys={"FEATURE_RESTRICTED_USERS": True,
                                "RESTRICTED_USERS_WHITELIST": ["bob"], "SUPER_USERS": ["root"]},
                          users=(("alice", PASSWORD), ("bob", PASSWORD), ("root", PASSWORD)))
    for name, may in (("alice", False), ("bob", True), ("root", True)):
        assert persons.sign_in(server, name).get("user/").json()["can_create_repo"] is may
        caller = registry.Registry(server.base, (name, PASSWORD))
        caller.ask_token(f"repository:{name}/made:push")
        listed = server.run("repo", "list", name).stdout
        assert (f"{name}/made" in listed) is may


def test_what_restricted_users_may_not(start_server):
    """In the namespace of their own; elsewhere they work like everybody."""
    server = start_server(keys={"FEATURE_RESTRICTED_USERS": True, "RESTRICTED_USERS_WHITELIST": ["bob"]},
                          users=(("alice", PASSWORD), ("bob", PASSWORD)))
    for name in ("alice", "bob"):
        server.run("repo", "create", f"{name}/app")
    server.run("permission", "give", "bob/app", "alice", "write")
    server.run("robot", "create", "alice+old")
    bob = registry.Registry(server.base, ("bob", PASSWORD)).repository("bob/app")
    digest = bob.push_image("v1", "restricted")
    alice = persons.sign_in(server, "alice")
    caller = registry.Registry(server.base, ("alice", PASSWORD))
    assert caller.repository("alice/app").request("POST", "blobs/uploads/").status_code == 401
    assert caller.repository("bob/app").request("POST", "blobs/uploads/").status_code == 202
    robot = server.run("robot", "token", "alice+old").stdout.strip()  # pushes, as with Quay, when it may
    server.run("permission", "give", "alice/app", "alice+old", "write")
    registry.Registry(server.base, ("alice+old", robot)).repository("alice/app").push_image("v1", "restricted")

    def change(user, space):
        path = f"repository/{space}/app"
        labels = f"{path}/manifest/{digest}/labels"
        mine = user.post(labels, {"key": "a", "value": "b", "media_type": None})
        label = mine.json().get("label", {}).get("id", "x")
        return [mine, user.delete(f"{labels}/{label}"),
                user.put(f"{path}/tag/v2", {"manifest_digest": digest}),
                user.post(f"{path}/tag/v2/restore", {"manifest_digest": digest}), user.delete(f"{path}/tag/v2")]

    for reply in change(alice, "alice"):
        api.assert_problem(reply, 403, "Operation not allowed on restricted user owned namespace")
    assert [reply.status_code for reply in change(alice, "bob")] == [201, 204, 201, 200, 204]
    assert [reply.status_code for reply in change(persons.sign_in(server, "bob"), "bob")] == [201, 204, 201, 200, 204]
    assert alice.put("repository/alice/app", {"description": "mine"}).status_code == 200
    robots = "user/robots"
    for reply in (alice.put(f"{robots}/new", {}), alice.post(f"{robots}/old/regenerate"),
                  alice.post(f"{robots}/old/federation", [{"issuer": "https://idp.example", "subject": "a"}]),
                  alice.delete(f"{robots}/old/federation"), alice.delete(f"{robots}/old")):
        api.assert_problem(reply, 403)
    assert [robot["name"] for robot in alice.get(robots).json()["robots"]] == ["alice+old"]
    assert alice.get(f"{robots}/old").status_code == 200
    assert persons.sign_in(server, "bob").put(f"{robots}/new", {}).status_code == 201


def test_public_namespaces(start_server):
    server = start_server(keys={"PUBLIC_NAMESPACES": ["house", "none-such", "garden", "bob"]},
                          users=(("alice", PASSWORD), ("bob", PASSWORD)))
    server.run("org", "create", "garden", "bob")
    server.run("org", "create", "house", "alice")
    server.run("org", "create", "shed", "alice")
    alice = persons.sign_in(server, "alice")
    listed = alice.get("user/").json()["organizations"]
    assert [(space["name"], space["public"], space["is_org_admin"], space["can_create_repo"]) for space in listed] == [
        ("house", True, True, True), ("shed", False, True, True),
        ("garden", True, False, False), ("bob", True, False, False)]


def test_delete(server, name, me):
    token = me.post("user/apptoken", {"title": "ci"}).json()["token"]["token_code"]
    server.run("repo", "create", f"{name}/app")
    api.assert_problem(api.Api(server.base).delete("user/"), 401)
    assert me.delete("user/").status_code == 204
    assert me.get("user/").status_code == 401
    api.assert_problem(me.get(f"users/{name}"), 404)
    assert registry.Registry(server.base, ("$app", token)).ask_token().status_code == 401
    assert f"{name}/app" not in server.run("repo", "list", name).stdout
    reply, _ = persons.sign_up(server, username=name)  # the name is free again
    assert reply.status_code == 200, reply.text


def test_the_only_admin_stays(server, name, me):
    assert me.post("organization/", {"name": f"org{name}"}).status_code == 201
    api.assert_problem(me.delete("user/"), 400, f"org{name}")
    assert me.get("user/").status_code == 200


def test_the_only_admin_is_not_converted(server, name, me):
    assert me.post("organization/", {"name": f"org{name}"}).status_code == 201
    body = {"adminUser": persons.make_user(server), "adminPassword": PASSWORD}
    api.assert_problem(me.post("user/convert", body), 400, f"org{name}")
    assert me.get("user/").json()["username"] == name


def test_rename_leaves_robots_their_names(start_server):
    """A robot's name is as long as a name may be at most, with its owner's."""
    server = start_server(keys={"FEATURE_USER_RENAME": True})
    name = persons.make_user(server)
    me = persons.sign_in(server, name)
    robot = me.put(f"user/robots/{'r' * 200}")
    assert robot.status_code == 201, robot.text
    api.assert_problem(me.put("user/", {"username": "n" * 100}), 400, "robot")
    assert me.put("user/", {"username": f"{name}new"}).status_code == 200
    caller = registry.Registry(server.base, (f"{name}new+{'r' * 200}", robot.json()["token"]))
    assert caller.ask_token().status_code == 200


def test_rename(start_server):
    server = start_server(keys={"FEATURE_USER_RENAME": True})
    name = persons.make_user(server)
    me = persons.sign_in(server, name)
    server.run("repo", "create", f"{name}/app")
    api.assert_problem(me.put("user/", {"username": "Not/Good"}), 400)
    api.assert_problem(me.put("user/", {"username": "alice"}), 400)
    assert me.put("user/", {"username": f"{name}new"}).json()["username"] == f"{name}new"
    assert f"{name}new/app" in server.run("repo", "list", f"{name}new").stdout
    assert persons.sign_in(server, f"{name}new").get("user/").status_code == 200


def test_names_stay_by_default(server, name, me):
    assert me.put("user/", {"username": f"{name}new"}).json()["username"] == name


def test_command_line(server):
    name = persons.make_user(server)
    me = persons.sign_in(server, name)
    server.run("user", "email", name, f"{name}@example.com")
    assert me.get("user/").json()["email"] == f"{name}@example.com"
    server.run("user", "email", name)
    assert me.get("user/").json()["email"] is None
    server.run("user", "verify", name)
    done = json.loads(server.run("user", "rename", name, f"{name}new", "--json").stdout)
    assert done == {"user": name, "done": "renamed", "now": f"{name}new"}
    assert me.get("user/").json()["username"] == f"{name}new"
    server.run("user", "passwd", f"{name}new", "--password-stdin", password="another-password\n")
    assert me.get("user/").status_code == 401
    me = persons.sign_in(server, f"{name}new", "another-password")
    assert me.post("organization/", {"name": f"org{name}"}).status_code == 201
    refused = server.run("user", "delete", f"{name}new", check=False)
    assert refused.returncode == 1 and f"org{name}" in refused.stderr
    server.run("user", "delete", f"{name}new", "--force")
    assert me.get("user/").status_code == 401
    for command in (["rename", "nobody-here", "other"], ["verify", "nobody-here"],
                    ["delete", "nobody-here"], ["email", "nobody-here", "a@example.com"]):
        assert server.run("user", *command, check=False).returncode == 1


def logged(me):
    """{kind: metadata} of the user's log."""
    reply = me.get("user/logs")
    assert reply.status_code == 200, reply.text
    return {entry["kind"]: entry["metadata"] for entry in reply.json()["logs"]}


def test_audit(server, name, me):
    address = f"{name}@example.com"
    me.put("user/", {"email": address, "invoice_email": True, "tag_expiration_s": 60})
    me.put("user/", {"password": "another-password"})
    me.post("user/clientkey", {"password": "another-password"})
    token = me.post("user/apptoken", {"title": "ci"}).json()["token"]
    me.delete(f"user/apptoken/{token['uuid']}")
    named = {"app_specific_token_title": "ci", "app_specific_token": token["uuid"]}
    entries = logged(me)
    assert entries["user_create"] == {"username": name, "email": None}
    assert entries["user_change_email"] == {"email": address, "old_email": None}
    assert entries["user_change_invoicing"]["invoice_email"] == "true"
    assert entries["user_change_tag_expiration"] == {"tag_expiration": "60"}
    assert entries["create_app_specific_token"] == entries["revoke_app_specific_token"] == named
    assert {"account_change_password", "user_generate_client_key", "login_success"} <= set(entries)
    assert entries["login_success"]["type"] == "quayauth"
    text = str(entries)
    assert "another-password" not in text and token["token_code"] not in text


def test_failed_logins_in_the_log(start_server):
    server = start_server(keys={"ACTION_LOG_AUDIT_LOGIN_FAILURES": True,
                                "ACTION_LOG_AUDIT_LOGINS": False})
    name = persons.make_user(server)
    browser = api.Api(server.base)
    browser.post("signin", {"username": name, "password": "wrong-password"})
    browser.post("signin", {"username": "nobody-here", "password": "wrong-password"})
    entries = logged(persons.sign_in(server, name))
    assert "login_success" not in entries
    assert entries["login_failure"]["username"] == name
    assert "wrong-password" not in str(entries)
