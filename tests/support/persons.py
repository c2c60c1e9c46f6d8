# SPDX-License-Identifier: Apache-2.0
"""Users for tests, each with a name that no other test has."""
import itertools

import api

PASSWORD = "some-password"
numbers = itertools.count(1)


def make_name(prefix="person"):
    return f"{prefix}{next(numbers)}x"


def make_user(server, *options, email=None, prefix="person"):
    """A new user's name."""
    name = make_name(prefix)
    more = ("--email", email) if email else ()
    server.run("user", "create", name, "--password-stdin", *more, *options,
               password=PASSWORD + "\n")
    return name


def sign_in(server, name, password=PASSWORD):
    return api.Api(server.base, (name, password))


def sign_up(server, browser=None, **more):
    """POST /user/ with a new name; the reply and the name."""
    body = {"username": make_name("signup"), "password": PASSWORD, **more}
    browser = browser or api.Api(server.base)
    return browser.post("user/", body), body["username"]
