# SPDX-License-Identifier: Apache-2.0
"""A registry that is in its first state (seed.py) for every request: what a request changed is undone
before the next one."""
import shutil

import api
import matrix
import registry
import seed

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
    "FEATURE_QUOTA_MANAGEMENT": True,
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

    def ready(self, variant):
        if self.changed or variant != self.variant:
            self.back_to_first(variant)

    def session(self, identity):
        """A signed-in browser. Its session is sealed, and so outlives the server it began on."""
        if identity not in self.sessions:
            credentials = None if identity == "anonymous" else (identity, seed.PASSWORD)
            session = api.Api(self.server.base, credentials)
            self.sessions[identity] = session, session.csrf, session.session.cookies.copy()
        session, session.csrf, cookies = self.sessions[identity]
        session.session.cookies = cookies.copy()  # a reply may have ended the session
        session.base = self.server.base
        return session

    def ask(self, method, path, identity, variant=matrix.Variant(), **more):
        """A request to the API."""
        self.ready(variant)
        reply = self.session(identity).request(method, path, **more)
        self.note(method, path, reply)
        return reply

    def ask_registry(self, cell):
        self.ready(cell.variant)
        credentials = None if cell.identity == "anonymous" else (cell.identity, seed.PASSWORD)
        caller = registry.Registry(self.server.base, credentials)
        token = caller.token(cell.scope) if cell.scope else None
        reply = caller.request(cell.method, cell.path, token=token, params=cell.params)
        self.note(cell.method, cell.path, reply)
        return reply

    def note(self, method, path, reply):
        """Remember whether the request may have changed something."""
        writes = method not in ("GET", "HEAD")
        self.changed |= writes and (reply.status_code < 400 or path in COUNTED)

    def end(self):
        if self.server:
            self.server.stop()
