# SPDX-License-Identifier: Apache-2.0
"""The whole story, as a script for Quay's API tells it: an organization, a team, a robot, a
repository, a right; a push by the robot, a pull by a team member, a refusal for a stranger. With an
OAuth token, as scripts have it."""
import oauth
import registry
from api import Api, assert_problem
from orgs import Person, numbers, open_database

SCOPES = "repo:create repo:admin org:admin user:admin"


def test_script(server):
    admin, member, stranger = Person(server), Person(server), Person(server)
    token = oauth.Application(server, admin.credentials).make_token(SCOPES)["token"]
    script = Api(server.base, token=token)
    org = f"story{next(numbers)}"

    reply = script.post("organization/", {"name": org, "email": f"{org}@people.example"})
    assert (reply.status_code, reply.json()) == (201, "Created")
    reply = script.put(f"organization/{org}/team/readers", {"role": "member", "description": "read"})
    assert reply.json()["new_team"] is True
    reply = script.put(f"organization/{org}/team/readers/members/{member.name}")
    assert reply.json()["invited"] is False
    reply = script.put(f"organization/{org}/robots/ci", {"description": "builds"})
    assert reply.status_code == 201
    robot = reply.json()
    reply = script.post(f"organization/{org}/prototypes",
                        {"role": "read", "delegate": {"name": "readers", "kind": "team"}})
    assert reply.status_code == 200
    reply = script.post("repository", {"namespace": org, "repository": "app", "description": "",
                                       "visibility": "private", "repo_kind": "image"})
    assert reply.status_code == 201 and reply.json()["namespace"] == org
    reply = script.put(f"repository/{org}/app/permissions/user/{robot['name']}", {"role": "write"})
    assert reply.json()["role"] == "write"

    pusher = registry.Registry(server.base, (robot["name"], robot["token"]))
    digest = pusher.repository(f"{org}/app").push_image("v1", "the story")

    reader = registry.Registry(server.base, member.credentials).repository(f"{org}/app")
    assert reader.get_manifest("v1").headers["Docker-Content-Digest"] == digest
    assert reader.post("blobs/uploads/").status_code == 401
    for credentials in (stranger.credentials, None):
        other = registry.Registry(server.base, credentials).repository(f"{org}/app")
        assert other.get_manifest("v1").status_code == 401
    assert_problem(stranger.api.get(f"repository/{org}/app"), 403)
    assert_problem(stranger.api.delete(f"organization/{org}"), 403)

    with open_database(server) as connection:
        rows = connection.execute(
            "SELECT COUNT(*), MIN(l.performer_id), MAX(l.metadata LIKE '%oauth_token_id%')"
            " FROM audit_log l JOIN account a ON a.id = l.namespace_id WHERE a.name = ?"
            " AND l.metadata LIKE '%oauth_token_id%'", (org,)).fetchone()
    assert rows[0] >= 7 and rows[1] and rows[2]


def test_scopes_limit_a_token(server):
    """A token may do what its scopes say, whatever its owner may."""
    admin = Person(server)
    application = oauth.Application(server, admin.credentials)
    org = application.organization
    for scope, works in (("org:admin", True), ("repo:admin", False), ("user:admin", False)):
        script = Api(server.base, token=application.make_token(scope)["token"])
        reply = script.put(f"organization/{org}/team/by-{scope.partition(':')[0]}", {"role": "member"})
        assert reply.status_code == (200 if works else 403), scope
    reader = Api(server.base, token=application.make_token("repo:read")["token"])
    assert_problem(reader.post("organization/", {"name": "never", "email": "n@people.example"}), 403)
    assert_problem(reader.put("user/robots/never"), 403)


def test_deleted_while_pushing(server):
    """What a token of a deleted user's repository can do ends with the repository."""
    person = Person(server)
    caller = registry.Registry(server.base, person.credentials)
    repository = caller.repository(f"{person.name}/app")
    location = repository.start_upload()
    server.run("user", "delete", person.name)
    assert repository.patch(location, data=b"bytes").status_code == 404
    assert repository.get("tags/list").status_code == 404
    assert caller.ask_token().status_code == 401
    assert person.api.get("user/").status_code == 401
