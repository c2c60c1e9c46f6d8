# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the HTTP tests. One server serves all tests that leave it as it was: each test works
in a repository of its own. A test that stops, breaks or configures a server starts another."""
import itertools
import json
import os

import pytest

import registry
import server as servers

ALICE = ("alice", "correct-horse")
BOB = ("bob", "battery-staple")
ROOT = ("root", "root-password")
HERE = os.path.dirname(os.path.abspath(__file__))

numbers = itertools.count(1)


def create_user(server, credentials, *options):
    name, password = credentials
    server.run("user", "create", name, "--password-stdin", *options, password=password + "\n")


def write_config(folder, keys):
    """A config.yaml in the folder; JSON is YAML."""
    keys = {"SERVER_HOSTNAME": "registry.example:5000", **keys}
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in keys.items()]
    (folder / "config.yaml").write_text("".join(lines))


@pytest.fixture(scope="session")
def start_server(tmp_path_factory):
    """Start a server: start_server(users=[...], keys={key of config.yaml: value}, listen=[...])."""
    started = []

    def make(data=None, keys=None, **more):
        if keys is not None:
            more["config"] = tmp_path_factory.mktemp("config")
            write_config(more["config"], keys)
        server = servers.Server(data or tmp_path_factory.mktemp("server") / "data", **more)
        started.append(server)
        return server

    def start(users=(ALICE,), data=None, keys=None, **more):
        server = make(data, keys, **more)
        for credentials in users:
            create_user(server, credentials)
        return server.start()

    start.make = make  # without starting it, and without users
    yield start
    for server in reversed(started):
        server.stop()


@pytest.fixture(scope="session")
def server(start_server):
    """The shared one."""
    server = start_server(users=(ALICE, BOB))
    create_user(server, ROOT, "--superuser")
    return server


@pytest.fixture(scope="session")
def alice(server):
    return registry.Registry(server.base, ALICE)


@pytest.fixture(scope="session")
def bob(server):
    return registry.Registry(server.base, BOB)


@pytest.fixture(scope="session")
def root(server):
    return registry.Registry(server.base, ROOT)


@pytest.fixture(scope="session")
def nobody(server):
    return registry.Registry(server.base)


@pytest.fixture
def name():
    """Of a repository of alice that no other test uses."""
    return f"alice/test{next(numbers)}"


@pytest.fixture
def repo(alice, name):
    """Such a repository, private and empty, with alice's token to pull and push."""
    return alice.repository(name)


def pytest_collection_modifyitems(config, items):
    """What looks at all tests comes last, and only when all of them run."""
    last = [item for item in items if item.get_closest_marker("last")]
    others = [item for item in items if item not in last]
    asked = [os.path.abspath(arg) for arg in config.args]
    whole = HERE in asked and not config.option.keyword
    items[:] = others + (last if whole else [])


def pytest_configure(config):
    config.addinivalue_line("markers", "last: looks at what the other tests did")
