# SPDX-License-Identifier: Apache-2.0
"""The whole story with the clients that people have: a script for Quay's API makes an organization, a
team, a robot, a repository and gives a right; the robot pushes, a member of the team pulls by a
default permission, a stranger is refused; the log says who did what. Then what each kind of login
may do, and what terms stand before."""
import itertools

import pytest
import requests

import api
from conftest import ALICE, fails, succeeds
from server import wait_for

numbers = itertools.count(1)
PASSWORD = "a-password-of-theirs"


class Script:
    """As scripts for Quay are written: an OAuth token, JSON, and nothing else."""

    def __init__(self, server, token):
        self.base, self.token = server.base + "/api/v1", token

    def call(self, method, path, status, **body):
        reply = requests.request(method, f"{self.base}/{path}", json=body or None, timeout=60,
                                 headers={"Authorization": f"Bearer {self.token}"})
        assert reply.status_code == status, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.text else None


class Person:
    """skopeo and podman with one login."""

    def __init__(self, endpoint, home, folder, name, secret):
        self.endpoint, self.env, self.name, self.secret = endpoint, home.env, name, secret
        self.auth = folder / f"auth{next(numbers)}.json"
        self.auth.write_text("{}")

    def trust(self, side=""):
        return (f"--{side}cert-dir={self.endpoint.authority}" if self.endpoint.tls
                else f"--{side}tls-verify=false")

    def login(self):
        return ["podman", "login", f"--authfile={self.auth}", self.trust(), "-u", self.name, "-p",
                self.secret, self.endpoint.address]

    def logged_in(self):
        succeeds(self.login(), self.env)
        return self

    def push(self, images, name):
        return ["skopeo", "copy", f"--authfile={self.auth}", self.trust("dest-"),
                f"oci:{images.folder}:small", f"docker://{self.endpoint.address}/{name}"]

    def pull(self, name):
        return ["podman", "pull", "-q", f"--authfile={self.auth}", self.trust(),
                f"{self.endpoint.address}/{name}"]


@pytest.fixture
def person(server, endpoint, home, tmp_path):
    """person(name, secret); without: a new user."""
    def make(name=None, secret=PASSWORD):
        if not name:
            name = f"folk{next(numbers)}"
            server.run("user", "create", name, "--password-stdin", password=secret + "\n")
        return Person(endpoint, home, tmp_path, name, secret)
    return make


@pytest.fixture
def script(server):
    token = server.run("token", "create", "--user", ALICE[0], "--scope",
                       "org:admin repo:admin repo:create user:admin").stdout.strip()
    return Script(server, token)


def test_story(server, script, person, images, home):
    org = f"story{next(numbers)}"
    member, stranger = person(), person()
    script.call("POST", "organization/", 201, name=org, email=f"{org}@people.example")
    script.call("PUT", f"organization/{org}/team/readers", 200, role="member", description="read")
    script.call("PUT", f"organization/{org}/team/readers/members/{member.name}", 200)
    robot = script.call("PUT", f"organization/{org}/robots/ci", 201, description="builds")
    script.call("POST", f"organization/{org}/prototypes", 200, role="read",
                delegate={"name": "readers", "kind": "team"})
    script.call("POST", "repository", 201, namespace=org, repository="app", description="The app",
                visibility="private", repo_kind="image")
    script.call("PUT", f"repository/{org}/app/permissions/user/{robot['name']}", 200, role="write")

    pusher = person(robot["name"], robot["token"]).logged_in()
    succeeds(pusher.push(images, f"{org}/app:v1"), home.env)
    succeeds(member.logged_in().pull(f"{org}/app:v1"), home.env)
    fails(member.push(images, f"{org}/app:v2"), home.env, "")
    fails(stranger.logged_in().pull(f"{org}/app:v1"), home.env, "")
    fails(pusher.push(images, f"{org}/other:v1"), home.env, "")

    tags = script.call("GET", f"repository/{org}/app/tag/", 200)["tags"]
    assert [tag["name"] for tag in tags] == ["v1"]
    rights = script.call("GET", f"repository/{org}/app/permissions/team/", 200)["permissions"]
    assert rights["readers"]["role"] == "read"

    def logged():
        logs = script.call("GET", f"repository/{org}/app/logs", 200)["logs"]
        found = {entry["kind"]: entry for entry in logs}
        return found if {"create_repo", "push_repo", "pull_repo"} <= set(found) else None
    found = wait_for(logged, "the entries of push and pull")
    assert found["push_repo"]["performer"]["name"] == robot["name"]
    assert found["push_repo"]["performer"]["is_robot"] is True
    assert found["pull_repo"]["performer"]["name"] == member.name
    assert found["create_repo"]["performer"]["name"] == ALICE[0]
    kinds = {entry["kind"] for entry in script.call("GET", f"organization/{org}/logs", 200)["logs"]}
    assert {"org_create", "org_create_team", "org_add_team_member", "create_robot",
            "create_prototype_permission", "change_repo_permission"} <= kinds

    said = server.run("permission", "explain", robot["name"], f"{org}/app").stdout
    assert "write   yes" in said and "admin   no" in said


def test_every_kind_of_login(server, script, person, images, home):
    """The password, a robot of the user, an app token, an OAuth token: each pushes and pulls what it
    may, and none works once it was taken back."""
    user = person()
    browser = api.Api(server.base, (user.name, user.secret))
    robot = browser.put("user/robots/ci").json()
    app = browser.post("user/apptoken", {"title": "laptop"}).json()["token"]
    oauth = server.run("token", "create", "--user", user.name, "--scope",
                       "repo:write repo:create").stdout.strip()
    name = f"{user.name}/app"
    succeeds(user.logged_in().push(images, f"{name}:v1"), home.env)
    reply = browser.put(f"repository/{name}/permissions/user/{robot['name']}", {"role": "write"})
    assert reply.status_code == 200
    logins = [person(robot["name"], robot["token"]), person("$app", app["token_code"]),
              person("$oauthtoken", oauth)]
    for number, login in enumerate(logins):
        succeeds(login.logged_in().push(images, f"{name}:by{number}"), home.env)
        succeeds(login.pull(f"{name}:v1"), home.env)
    fails(logins[0].push(images, f"{user.name}/other:v1"), home.env, "")

    assert browser.post("user/robots/ci/regenerate").status_code == 200
    assert browser.delete(f"user/apptoken/{app['uuid']}").status_code == 204
    [granted] = browser.get("user/authorizations").json()["authorizations"]
    assert browser.delete(f"user/authorizations/{granted['uuid']}").status_code == 204
    for login in logins:
        fails(login.pull(f"{name}:v1"), home.env, "")
        fails(login.login(), home.env, "invalid username/password")


def test_terms_stand_before_robots_too(server, script, person, images, home):
    """A robot may pull when its owner has accepted the terms, and until the owner takes that back."""
    org = f"story{next(numbers)}"
    script.call("POST", "organization/", 201, name=org)
    server.run("repo", "create", f"{org}/shared")
    publisher = person(ALICE[0], ALICE[1]).logged_in()
    succeeds(publisher.push(images, f"{org}/shared:v1"), home.env)
    server.run("repo", "public", f"{org}/shared")
    script.call("PUT", f"organization/{org}/terms", 200, content="Be kind.")
    script.call("PUT", f"organization/{org}/pullpolicy", 200, policy="terms")
    user = person()
    browser = api.Api(server.base, (user.name, user.secret))
    robot = browser.put("user/robots/puller").json()
    clients = [user.logged_in(), person(robot["name"], robot["token"]).logged_in()]
    for client in clients:
        fails(client.pull(f"{org}/shared:v1"), home.env, f"accept the terms of {org}")
    assert browser.post(f"organization/{org}/terms/accept", {"version": 1}).status_code == 200
    for client in clients:
        succeeds(client.pull(f"{org}/shared:v1"), home.env)
    script.call("PUT", f"organization/{org}/terms", 200, content="Be very kind.")
    for client in clients:
        fails(client.pull(f"{org}/shared:v1"), home.env, f"accept the terms of {org}")
    assert browser.post(f"organization/{org}/terms/accept", {"version": 2}).status_code == 200
    succeeds(clients[1].pull(f"{org}/shared:v1"), home.env)
    assert browser.delete(f"organization/{org}/terms/acceptance").status_code == 204
    fails(clients[1].pull(f"{org}/shared:v1"), home.env, f"accept the terms of {org}")
