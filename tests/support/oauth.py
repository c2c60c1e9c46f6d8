# SPDX-License-Identifier: Apache-2.0
"""OAuth applications for tests: an organization with an administrator, and what a browser does."""
import contextlib
import itertools
import sqlite3
import urllib.parse

import api

CALLBACK = "https://app.example/callback"
LIFETIME = 315576000

numbers = itertools.count(1)


def execute(server, sql, *values):
    """Change the database behind the server's back."""
    with contextlib.closing(sqlite3.connect(f"{server.data}/wharf.db", timeout=30)) as database, database:
        return database.execute(sql, values).rowcount


class Application:
    """An application of a new organization of `admin`, a pair of name and password."""

    def __init__(self, server, admin, **more):
        self.server = server
        self.admin = api.Api(server.base, admin)
        self.organization = f"oauthorg{next(numbers)}"
        reply = self.admin.post("organization/", {"name": self.organization})
        assert reply.status_code == 201, reply.text
        self.path = f"organization/{self.organization}/applications"
        reply = self.admin.post(self.path, {"name": "robot <b>", "redirect_uri": CALLBACK, **more})
        assert reply.status_code == 200, reply.text
        self.client_id = reply.json()["client_id"]
        self.secret = reply.json()["client_secret"]

    def make_token(self, scope, browser=None, **more):
        """A token as the API makes it, whole."""
        reply = (browser or self.admin).post(f"{self.path}/{self.client_id}/tokens",
                                             {"name": "test", "scope": scope, **more})
        assert reply.status_code == 200, reply.text
        return reply.json()

    def request(self, **more):
        """What the application asks for; members that are None are left out."""
        fields = {"client_id": self.client_id, "redirect_uri": CALLBACK, "scope": "repo:read",
                  "response_type": "code", **more}
        return {name: value for name, value in fields.items() if value is not None}

    def authorize(self, browser, headers=None, **more):
        return browser.get("/oauth/authorize", params=self.request(**more), headers=headers or {})

    def submit(self, browser, action, csrf=None, headers=None, auth=None, **more):
        """Press a button of the page: "authorizeapp" or "denyapp"."""
        form = self.request(**more)
        form["_csrf_token"] = browser.csrf if csrf is None else csrf
        return browser.session.post(f"{self.server.base}/oauth/{action}", data=form, timeout=60,
                                    headers=headers or {}, auth=auth, allow_redirects=False)

    def code(self, browser, **more):
        """The code that saying yes gives."""
        reply = self.submit(browser, "authorizeapp", **more)
        assert reply.status_code == 302, reply.text
        return redirect(reply)[1]["code"]

    def exchange(self, code, **more):
        form = {"grant_type": "authorization_code", "client_id": self.client_id,
                "client_secret": self.secret, "redirect_uri": CALLBACK, "scope": "repo:read",
                "code": code, **more}
        auth = form.pop("auth", None)
        return api.requests.post(self.server.base + "/oauth/access_token", timeout=60, auth=auth,
                                 data={name: text for name, text in form.items() if text is not None})


def redirect(reply):
    """Where the reply sends the browser: address, query, fragment."""
    assert reply.status_code == 302, f"{reply.status_code} {reply.text}"
    assert reply.headers["Cache-Control"] == "no-store"
    parts = urllib.parse.urlsplit(reply.headers["Location"])
    return (f"{parts.scheme}://{parts.netloc}{parts.path}",
            dict(urllib.parse.parse_qsl(parts.query)), dict(urllib.parse.parse_qsl(parts.fragment)))
