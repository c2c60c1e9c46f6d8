# SPDX-License-Identifier: Apache-2.0
"""Applications, foreign identities, service keys and changes of owners on the command line, beside a
server."""
import json

import pytest

import api
import orgs
import registry
from orgs import Organization, Person, make_user, numbers


@pytest.fixture
def org(server):
    return Organization(server)


def rows(server, *words):
    return json.loads(server.run(*words, "--json").stdout)


def fails(server, *words):
    done = server.run(*words, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done
    return done.stderr


def log(server, *words):
    """Entries of the audit log, oldest first."""
    return rows(server, "logs", *words)


def audit(server, namespace):
    return [(entry["kind"], entry["metadata"]) for entry in log(server, "--org", namespace)]


def key_log(server, word, kid):
    """Of the one entry of this kind about the key, the metadata; by nobody, from nowhere."""
    entry, = [entry for entry in log(server, "--kind", f"service_key_{word}") if entry["metadata"]["kid"] == kid]
    assert entry["performer"] is None and entry["ip"] is None and entry["namespace"] is None
    return entry["metadata"]


def test_applications(server, org):
    made = rows(server, "app", "create", org.name, "builder", "https://builder.example/back")
    path = f"applications/{made['client_id']}"
    assert made == {"client_id": made["client_id"], "client_secret": made["client_secret"], "name": "builder",
                    "redirect_uri": "https://builder.example/back"}
    shown = org.get(path)
    assert (len(made["client_id"]), len(made["client_secret"])) == (20, 40)
    assert {key: shown[key] for key in made} == made
    plain = server.run("app", "create", org.name, "plain").stdout.split("\n")
    other = plain[0].removeprefix("client id: ")
    assert plain[1:] == ["client secret: " + org.get(f"applications/{other}")["client_secret"], ""]
    listed = rows(server, "app", "list", org.name)
    assert listed == [
        {"client_id": made["client_id"], "name": "builder", "description": "", "application_uri": "",
         "redirect_uri": "https://builder.example/back"},
        {"client_id": other, "name": "plain", "description": "", "application_uri": "", "redirect_uri": ""}]
    assert made["client_secret"] not in server.run("app", "list", org.name).stdout
    renewed = rows(server, "app", "renew", org.name, made["client_id"])
    assert renewed["client_secret"] != made["client_secret"]
    assert org.get(path)["client_secret"] == renewed["client_secret"]
    token = org.post(f"{path}/tokens", {"name": "t", "scope": "user:read", "expiration": 600})
    program = api.Api(server.base, token=token["token"])
    assert program.get("user/").status_code == 200
    server.run("app", "delete", org.name, made["client_id"])
    assert [row["client_id"] for row in org.get("applications")["applications"]] == [other]
    assert program.get("user/").status_code == 401
    about = {"application_name": "builder", "client_id": made["client_id"]}
    kinds = [kind for kind, metadata in audit(server, org.name)
             if {key: metadata.get(key) for key in about} == about]
    assert [kind for kind in kinds if "token" not in kind] == [
        "create_application", "reset_application_client_secret", "delete_application"]


def test_applications_of_others(server, org):
    made = rows(server, "app", "create", org.name, "builder")
    other = Organization(server)
    for word in ("renew", "delete"):
        assert "has no application" in fails(server, "app", word, other.name, made["client_id"])
    assert org.get(f"applications/{made['client_id']}")["client_secret"] == made["client_secret"]


def test_robot_description(server, org):
    name = f"{org.name}+builds"
    server.run("robot", "create", name, "for the builds")
    assert org.get("robots/builds")["description"] == "for the builds"
    assert audit(server, org.name)[-1] == ("create_robot", {
        "robot": "builds", "description": "for the builds", "unstructured_metadata": "{}"})
    assert "bytes" in fails(server, "robot", "create", f"{org.name}+other", "x" * 256)


def test_federation(server, org):
    name, _ = org.robot()
    federation = ("robot", "federation")
    server.run(*federation, "add", name, "https://idp.example", "repo:acme/app")
    server.run(*federation, "add", name, "https://idp.example", "repo:acme/web")
    both = [{"issuer": "https://idp.example", "subject": "repo:acme/app"},
            {"issuer": "https://idp.example", "subject": "repo:acme/web"}]
    assert rows(server, *federation, "list", name) == org.get("robots/ci/federation") == both
    assert "repo:acme/web" in server.run(*federation, "list", name).stdout
    assert "twice" in fails(server, *federation, "add", name, *both[0].values())
    assert "no such identity" in fails(server, *federation, "remove", name, "https://idp.example", "repo:none")
    assert org.get("robots/ci/federation") == both
    server.run(*federation, "remove", name, *both[0].values())
    assert org.get("robots/ci/federation") == both[1:]
    server.run(*federation, "clear", name)
    assert org.get("robots/ci/federation") == [] == rows(server, *federation, "list", name)
    log = [(kind, metadata["robot"], json.loads(metadata.get("config", "[]")))
           for kind, metadata in audit(server, org.name) if "federation" in kind]
    assert log == [("create_robot_federation", "ci", both[:1]), ("create_robot_federation", "ci", both),
                   ("create_robot_federation", "ci", both[1:]), ("delete_robot_federation", "ci", [])]


def test_federation_is_full(server, org):
    """As many identities as the API takes, and not one more."""
    name, _ = org.robot()
    many = [{"issuer": "https://idp.example", "subject": f"{i}-{'x' * 200}"} for i in range(100)]
    org.post("robots/ci/federation", many[:99], 200)
    server.run("robot", "federation", "add", name, *many[99].values())
    kind, metadata = audit(server, org.name)[-1]
    assert (kind, json.loads(metadata["config"])) == ("create_robot_federation", org.get("robots/ci/federation"))
    assert len(org.get("robots/ci/federation")) == 100
    assert "100" in fails(server, "robot", "federation", "add", name, "https://idp.example", "more")


def test_service_keys(server):
    service = f"scanner{next(numbers)}"
    plain = registry.Registry(server.base)
    made = rows(server, "key", "create", service, "one", "--days", "2")
    assert made["private_key"].startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert made["public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
    published = plain.request("GET", f"/keys/services/{service}/keys").json()["keys"]
    assert [key["kid"] for key in published] == [made["kid"]]
    listed, = [row for row in rows(server, "key", "list") if row["service"] == service]
    assert listed["expires"] > listed["created"]
    assert listed == {"kid": made["kid"], "service": service, "name": "one", "created": listed["created"],
                      "expires": listed["expires"], "approved": True, "approver": None, "notes": ""}
    text = server.run("key", "create", service).stdout
    assert text.startswith("kid: ") and "\n-----BEGIN RSA PRIVATE KEY-----\n" in text
    kid = text.split("\n")[0].removeprefix("kid: ")
    line, = [line for line in server.run("key", "list").stdout.split("\n") if line.startswith(kid)]
    assert line.split()[1:4] == ["approved", "never", service]
    with orgs.write_database(server) as connection:
        connection.execute("UPDATE service_key SET approved = 0 WHERE kid = ?", (kid,))
    assert plain.request("GET", f"/keys/services/{service}/keys/{kid}").status_code == 409
    server.run("key", "approve", kid, "checked by hand")
    assert [row["notes"] for row in rows(server, "key", "list") if row["kid"] == kid] == ["checked by hand"]
    assert plain.request("GET", f"/keys/services/{service}/keys/{kid}").status_code == 200
    assert "already" in fails(server, "key", "approve", kid)
    server.run("key", "delete", made["kid"])
    published = plain.request("GET", f"/keys/services/{service}/keys").json()["keys"]
    assert [key["kid"] for key in published] == [kid]
    for word in ("approve", "delete"):
        assert "no service key" in fails(server, "key", word, made["kid"])
    first = key_log(server, "create", made["kid"])
    assert first == {"kid": made["kid"], "preshared": "true", "service": service, "name": "one",
                     "expiration_date": first["expiration_date"], "auto_approved": "true"}
    assert int(first["expiration_date"]) > 0
    assert key_log(server, "create", kid)["expiration_date"] is None
    assert key_log(server, "approve", kid) == {"kid": kid, "service": service, "name": "", "expiration_date": None}
    deleted = key_log(server, "delete", made["kid"])
    assert deleted["expiration_date"] == first["expiration_date"] and int(deleted["created_date"]) > 0


def test_convert(server):
    person, admin = Person(server), Person(server)
    server.run("repo", "create", f"{person.name}/app")
    server.run("robot", "create", f"{person.name}+ci")
    assert rows(server, "user", "convert", person.name, admin.name) == {
        "user": person.name, "done": "converted", "now": "an organization"}
    assert person.api.get("user/").status_code == 401
    assert registry.Registry(server.base, person.credentials).ask_token().status_code == 401
    assert admin.api.get(f"organization/{person.name}").json()["is_admin"] is True
    assert admin.api.get(f"repository/{person.name}/app").status_code == 200
    assert [row["name"] for row in rows(server, "robot", "list", person.name)] == [f"{person.name}+ci"]
    assert audit(server, person.name)[-1] == ("account_convert", {})


def test_convert_refused(server, org):
    """Who alone administers an organization, and whom nobody could administer."""
    admin, off = make_user(server)[0], make_user(server)[0]
    robot, _ = org.robot()
    server.run("user", "disable", off)
    assert org.name in fails(server, "user", "convert", org.owner.name, admin)
    for name in (admin, off, org.name, robot, "nobody-here"):
        assert "cannot administer" in fails(server, "user", "convert", admin, name)
    assert "no user" in fails(server, "user", "convert", org.name, admin)
    assert org.owner.api.get("user/").status_code == 200


def test_takeover(server, org):
    user = Person(server)
    server.run("org", "takeover", org.name, user.name)
    assert user.api.get(f"organization/{org.name}").json()["is_admin"] is True
    assert org.get()["is_admin"] is True
    kind, metadata = audit(server, org.name)[-1]
    assert kind == "take_ownership" and metadata.pop("entity_id").isdigit()
    assert metadata == {"namespace": org.name, "was_user": "false", "superuser": user.name}
    server.run("user", "disable", user.name)
    assert "disabled" in fails(server, "org", "takeover", org.name, user.name)


def test_takeover_of_the_deserted(server):
    """An organization whose last administrator was deleted by force."""
    org, user = Organization(server), Person(server)
    org.team("coders", "member", user.name)
    server.run("user", "delete", "--force", org.owner.name)
    assert user.api.get(f"organization/{org.name}").json()["is_admin"] is False
    server.run("org", "takeover", org.name, user.name)
    assert user.api.get(f"organization/{org.name}").json()["is_admin"] is True


@pytest.mark.parametrize("words, says", [
    (("app", "create", "none-such", "x"), "no organization"),
    (("app", "create", "{owner}", "x"), "no organization"),
    (("app", "create", "{org}", ""), "empty"),
    (("app", "create", "{org}", "__quay_bootstrap_app"), "reserved"),
    (("app", "create", "{org}", "x" * 256), "255 bytes"),
    (("app", "create", "{org}", "x", "https://" + "x" * 2041), "2048 bytes"),
    (("app", "renew", "{org}", "NONE"), "no application"),
    (("app", "list", "{owner}"), "no organization"),
    (("robot", "federation", "list", "{org}+none"), "no robot account"),
    (("robot", "federation", "add", "{org}+none", "https://a.example", "s"), "no robot account"),
    (("robot", "federation", "add", "{robot}", "ftp://a.example", "s"), "URL"),
    (("robot", "federation", "add", "{robot}", "https://a.example", ""), "subject"),
    (("robot", "federation", "add", "{robot}", "https://a.example", "s" * 256), "255 bytes"),
    (("robot", "federation", "clear", "{org}"), "no robot account"),
    (("key", "create", ""), "1 to 255"),
    (("key", "create", "s", "x" * 256), "255 bytes"),
    (("key", "create", "s", "--days", "0"), "--days"),
    (("key", "approve", "none", "x" * 4097), "4096 bytes"),
    (("org", "takeover", "{owner}", "{owner}"), "no organization"),
    (("org", "takeover", "{org}", "{robot}"), "no user"),
])
def test_refusals(server, org, words, says):
    robot, _ = org.robot()
    words = [word.format(org=org.name, owner=org.owner.name, robot=robot) for word in words]
    assert says in fails(server, *words)
