# SPDX-License-Identifier: Apache-2.0
"""Events over SSE: a page listens, and what the user's command line does is told to it."""
import json

import pytest

import api
import registry
from conftest import create_user


@pytest.fixture
def user(server, request):
    credentials = "listen" + str(abs(hash(request.node.name)) % 10**9), "some-password"
    create_user(server, credentials)
    return credentials


class Page:
    """A page of a signed-in user that listens."""

    def __init__(self, server, credentials, events="docker-cli,test"):
        self.browser = api.Api(server.base, credentials)
        self.reply = self.browser.get("/realtime/user/subscribe", params={"events": events}, stream=True)
        assert self.reply.status_code == 200, self.reply.text
        assert self.reply.headers["Content-Type"].startswith("text/event-stream")
        self.lines = self.reply.iter_lines(chunk_size=1, decode_unicode=True)
        assert self.next() == {}

    def next(self):
        """The data of the next event."""
        for line in self.lines:
            if line.startswith("data: "):
                return json.loads(line[len("data: "):])
        return None


def test_login_and_pull(server, user):
    page = Page(server, user)
    client = registry.Registry(server.base, user)
    client.token()
    assert page.next() == {"event": "docker-cli", "data": {"action": "login"}}
    client.token(f"repository:{user[0]}/app:push,pull")
    assert page.next() == {"event": "docker-cli",
                           "data": {"action": "push_start", "namespace": user[0], "repository": "app"}}
    client.token(f"repository:{user[0]}/app:pull")
    assert page.next()["data"]["action"] == "pull_start"


def test_only_what_was_asked_for(server, user):
    page = Page(server, user, "test")
    registry.Registry(server.base, user).token()
    assert page.browser.get("/realtime/user/test").text == "OK"
    assert page.next() == {"event": "test", "data": {}}


def test_only_ones_own(server, user):
    create_user(server, ("other" + user[0], "some-password"))
    page, other = Page(server, user), Page(server, ("other" + user[0], "some-password"))
    registry.Registry(server.base, user).token()
    assert page.next()["data"] == {"action": "login"}
    assert other.browser.get("/realtime/user/test").text == "OK"
    assert other.next()["event"] == "test"  # and nothing before it


def test_strangers(server):
    for path in ("subscribe", "test"):
        api.assert_problem(api.Api(server.base).get("/realtime/user/" + path), 401)


def test_head(server, user):
    reply = api.Api(server.base, user).request("HEAD", "/realtime/user/subscribe")
    assert reply.status_code == 200 and reply.content == b""


def test_too_many_pages(server, user):
    pages = [Page(server, user) for _ in range(32)]
    full = pages[0].browser.get("/realtime/user/subscribe", params={"events": "test"})
    api.assert_problem(full, 429, "more than 32 pages")
    too_long = pages[0].browser.get("/realtime/user/subscribe", params={"events": "x" * 300})
    api.assert_problem(too_long, 400)
    for page in pages:
        page.reply.close()


def test_a_listener_does_not_delay_the_end(start_server):
    server = start_server()
    page = Page(server, ("alice", "correct-horse"))
    server.stop()
    assert page.next() is None
