# SPDX-License-Identifier: Apache-2.0
"""Who may do what, cell by cell of a table of Quay's (tests/support/matrix.py): each is one request to
a registry in its first state. What a request changed is undone before the next one."""
import os
import shutil

import pytest

import api
import matrix
import registry
import seed

CELLS, LEFT = matrix.split(matrix.load())
NO_TABLE = f"no table of permissions: MATRIX names none, and there is no {os.path.basename(matrix.BESIDE)}"

KEYS = {
    "SUPER_USERS": ["devtable"],
    "GLOBAL_READONLY_SUPER_USERS": ["globalreadonlysuperuser"],
    "FEATURE_SUPER_USERS": True,
    "FEATURE_USER_INITIALIZE": True,
    "FEATURE_IMMUTABLE_TAGS": True,
    "FEATURE_IMAGE_PULL_STATS": True,
    "PERMANENTLY_DELETE_TAGS": True,
    "FEATURE_MAILING": True,
    "MAIL_SERVER": "127.0.0.1",  # nothing is sent to it: no request names an address that is known
    "MAIL_PORT": 9,
    "FEATURE_AGGREGATED_LOG_COUNT_RETRIEVAL": True,
    "FEATURE_APP_SPECIFIC_TOKENS": True,
    "FEATURE_ASSIGN_OAUTH_TOKEN": True,
    "FEATURE_GARBAGE_COLLECTION": False,
    "FRESH_LOGIN_TIMEOUT": "1d",
}
# A wrong password is counted, whatever the answer is.
COUNTED = ("/api/v1/signin", "/api/v1/signin/verify", "/api/v1/user/clientkey")


class Replay:
    """The registry under test, back in its first state whenever that may have changed."""

    def __init__(self, start_server, folder):
        self.start_server = start_server
        self.folder = folder
        self.first = {}  # variant: folder with its first state
        self.sessions = {}
        self.variant = self.server = None
        self.changed = False

    def prepare(self, variant):
        """The folder of the variant's first state, made once."""
        if variant not in self.first:
            name = self.folder / f"first-{len(self.first)}"
            if not self.first:
                self.make(name)
            else:
                shutil.copytree(next(iter(self.first.values())), name)
                if variant.state:
                    maker = self.start_server.make(name)
                    seed.set_state(maker, "somenewstaterepo", variant.state)
            self.first[variant] = name
        return self.first[variant]

    def make(self, data):
        server = self.start_server.make(data, keys=KEYS)
        seed.add_people(server)
        server.start()
        seed.push_content(server)
        server.stop()

    def back_to_first(self, variant):
        if self.server:
            self.server.stop()
        first, data = self.prepare(variant), self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(first, data)
        keys = {**KEYS, "FEATURE_SUPERUSERS_FULL_ACCESS": variant.full_access}
        self.server = self.start_server.make(data, keys=keys).start()
        self.variant, self.changed = variant, False

    def ready(self, cell):
        if self.changed or cell.variant != self.variant:
            self.back_to_first(cell.variant)

    def session(self, identity):
        """A signed-in browser. Its session is sealed, and so outlives the server it began on."""
        if identity not in self.sessions:
            credentials = None if identity == "anonymous" else (identity, seed.PASSWORD)
            self.sessions[identity] = api.Api(self.server.base, credentials)
        session = self.sessions[identity]
        session.base = self.server.base
        return session

    def ask_api(self, cell):
        reply = self.session(cell.identity).request(cell.method, cell.path, json=cell.body, params=cell.params)
        self.note(cell, reply)
        return reply

    def ask_registry(self, cell):
        credentials = None if cell.identity == "anonymous" else (cell.identity, seed.PASSWORD)
        caller = registry.Registry(self.server.base, credentials)
        token = caller.token(cell.scope) if cell.scope else None
        reply = caller.request(cell.method, cell.path, token=token, params=cell.params)
        self.note(cell, reply)
        return reply

    def note(self, cell, reply):
        """Remember whether the request may have changed something."""
        writes = cell.method not in ("GET", "HEAD")
        self.changed |= writes and (reply.status_code < 400 or cell.path in COUNTED)


@pytest.fixture(scope="module")
def replay(start_server, tmp_path_factory):
    replay = Replay(start_server, tmp_path_factory.mktemp("matrix"))
    yield replay
    if replay.server:
        replay.server.stop()


@pytest.mark.skipif(not CELLS, reason=NO_TABLE)
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_cell(replay, cell):
    replay.ready(cell)
    reply = replay.ask_registry(cell) if cell.suite == "v2" else replay.ask_api(cell)
    # What comes behind the check of rights, is it a bad request or nothing found? Both say: allowed.
    wanted = {400, 404} if cell.status in (400, 404) else {cell.status}
    assert reply.status_code in wanted, f"{reply.status_code} instead of {cell.status}: {reply.text[:400]}"


@pytest.mark.skipif(not LEFT, reason=NO_TABLE)
@pytest.mark.parametrize("reason", sorted(LEFT))
def test_not_tried(reason):
    pytest.skip(f"{LEFT[reason]} cells of {reason}")
