# SPDX-License-Identifier: Apache-2.0
"""A small client of the REST API: a browser's session with its CSRF token, or an OAuth token."""
import requests

TIMEOUT = 60


class Api:
    """Api(base) is anonymous; Api(base, (name, password)) signs in; Api(base, token=...) is a program."""

    def __init__(self, base, credentials=None, token=None):
        self.base = base
        self.session = requests.Session()
        self.csrf = None
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"
        else:
            self.csrf = self.session.get(base + "/csrf_token", timeout=TIMEOUT).json()["csrf_token"]
        if credentials:
            name, password = credentials
            reply = self.post("signin", {"username": name, "password": password})
            assert reply.status_code == 200, reply.text

    def request(self, method, path, json=None, **more):
        """A path below /api/v1/, or one from the root that starts with a slash."""
        url = self.base + (path if path.startswith("/") else "/api/v1/" + path)
        headers = dict(more.pop("headers", {}))
        if self.csrf and "X-CSRF-Token" not in headers:
            headers["X-CSRF-Token"] = self.csrf
        reply = self.session.request(method, url, json=json, headers=headers, timeout=TIMEOUT,
                                     allow_redirects=False, **more)
        self.csrf = reply.headers.get("X-Next-CSRF-Token", self.csrf)
        return reply

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, json=None, **more):
        return self.request("POST", path, {} if json is None else json, **more)

    def put(self, path, json=None, **more):
        return self.request("PUT", path, {} if json is None else json, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)


def assert_problem(reply, status, message=""):
    """An error in the API's form."""
    assert reply.status_code == status, f"{reply.status_code} {reply.text}"
    problem = reply.json()
    assert problem["error_message"] == problem["message"] == problem["detail"], reply.text
    assert problem["status"] == status and problem["title"] == problem["error_type"]
    assert message in problem["message"], reply.text
    return problem
