# SPDX-License-Identifier: Apache-2.0
"""Logins of real clients with tokens in place of a password: OAuth tokens within their scopes, the
password of one repository, an app token; and what each can do afterwards."""
import pytest

import api
from conftest import ALICE, fails, succeeds


class Client:
    """skopeo, with a file of logins of its own."""

    def __init__(self, endpoint, home, folder):
        self.endpoint, self.env = endpoint, home.env
        self.auth = folder / "auth.json"
        self.auth.write_text("{}")

    def trust(self, side=""):
        return (f"--{side}cert-dir={self.endpoint.authority}" if self.endpoint.tls
                else f"--{side}tls-verify=false")

    def login(self, user, token):
        return ["podman", "login", f"--authfile={self.auth}", self.trust(), "-u", user, "-p", token,
                self.endpoint.address]

    def push(self, images, name):
        return ["skopeo", "copy", f"--authfile={self.auth}", self.trust("dest-"),
                f"oci:{images.folder}:small", f"docker://{self.endpoint.address}/{name}"]

    def pull(self, name):
        return ["skopeo", "inspect", f"--authfile={self.auth}", self.trust(),
                f"docker://{self.endpoint.address}/{name}"]


@pytest.fixture
def client(endpoint, home, tmp_path):
    return Client(endpoint, home, tmp_path)


def oauth_token(server, scope):
    return server.run("token", "create", "--user", "alice", "--scope", scope).stdout.strip()


def test_oauth_token(client, server, images, name):
    succeeds(client.login("$oauthtoken", oauth_token(server, "repo:write repo:create")), client.env)
    succeeds(client.push(images, f"{name}:v1"), client.env)
    succeeds(client.pull(f"{name}:v1"), client.env)
    succeeds(client.login("$oauthtoken", oauth_token(server, "repo:read")), client.env)
    succeeds(client.pull(f"{name}:v1"), client.env)
    fails(client.push(images, f"{name}:v2"), client.env, "")
    succeeds(client.login("$oauthtoken", oauth_token(server, "user:read")), client.env)
    fails(client.pull(f"{name}:v1"), client.env, "")
    fails(client.login("$oauthtoken", "X" * 40), client.env, "invalid username/password")


def test_repository_token(client, server, images, name):
    server.run("repo", "create", name)
    server.run("repo", "create", name + "-other")
    token = server.run("repo", "token", name, "--role", "write").stdout.strip()
    succeeds(client.login("$token", token), client.env)
    succeeds(client.push(images, f"{name}:v1"), client.env)
    succeeds(client.pull(f"{name}:v1"), client.env)
    fails(client.push(images, f"{name}-other:v1"), client.env, "")
    fails(client.login("$token", "X" * 64), client.env, "invalid username/password")


def test_app_token(client, server, images, name):
    browser = api.Api(server.base, ALICE)
    made = browser.post("user/apptoken", {"title": "client"}).json()["token"]
    succeeds(client.login("$app", made["token_code"]), client.env)
    succeeds(client.push(images, f"{name}:v1"), client.env)
    succeeds(client.pull(f"{name}:v1"), client.env)
    assert browser.delete(f"user/apptoken/{made['uuid']}").status_code == 204
    fails(client.pull(f"{name}:v1"), client.env, "")
    fails(client.login("$app", made["token_code"]), client.env, "invalid username/password")
