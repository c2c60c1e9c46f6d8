# SPDX-License-Identifier: Apache-2.0
"""A table of who gets which status from what, one cell a line: suite, method, path, query parameters
(JSON), body (JSON), identity, status, route, condition, source; a head line first, fields separated
by tabs. MATRIX names the file. Each cell is one request of one user to a registry in its first state
(seed.py)."""
import collections
import json
import os
import re
import sys

import seed
import server as servers

sys.path.insert(0, os.path.join(servers.ROOT, "tools"))
import api_coverage  # noqa: E402  pylint: disable=wrong-import-position

BESIDE = os.path.join(os.path.dirname(servers.ROOT), "shared", "quay", "permission-matrix.tsv")
MATRIX = os.environ.get("MATRIX", BESIDE)

# How the table writes a route that its source builds from a variable.
MANIFEST = "/apiMANIFEST_DIGEST_ROUTE"
MANIFEST_PATH = "/api/v1/repository/{repository}/manifest/{manifestref}"
STATES = {"READ_ONLY": 1, "MIRROR": 2}

# What a server of its own is needed for.
Variant = collections.namedtuple("Variant", "full_access state", defaults=(True, None))


class Cell:
    """One line of the table."""

    def __init__(self, number, line):
        fields = (line.rstrip("\n").split("\t") + [""] * 10)[:10]
        self.number = number
        self.suite, self.method, path, params, body, self.identity, status, route, self.condition, _ = fields
        self.params = json.loads(params) if params else {}
        self.body = json.loads(body) if body else None
        self.status = int(status)
        self.route = plain(route)
        self.path = self.fill(plain(path))
        self.key = api_coverage.key_of(self.method, self.route)

    def fill(self, path):
        """A path with parameters of it among those of the query, and ids of what the seed has made."""
        path = re.sub(r"\{(?:quota|limit)_id of (\w+)\}", quota_number, path)
        for name in re.findall(r"\{(\w+)\}", path):
            path = path.replace("{" + name + "}", self.params.pop(name))
        return path

    @property
    def variant(self):
        full = re.search(r"FEATURE_SUPERUSERS_FULL_ACCESS=(\w+)", self.condition)
        state = re.search(r"repository state=(\w+)", self.condition)
        return Variant(not full or full.group(1) == "True", STATES.get(state.group(1)) if state else None)

    @property
    def scope(self):
        found = re.search(r"scope=(\S+)", self.condition)
        return found.group(1) if found else None

    def __str__(self):
        return f"{self.number}-{self.method}-{self.path}-{self.identity}"


def quota_number(match):
    return str([namespace for namespace, *_ in seed.QUOTAS].index(match.group(1)) + 1)


def plain(path):
    """'/apiMANIFEST_DIGEST_ROUTE + '/labels'' as a path."""
    if not path.startswith(MANIFEST):
        return path
    return MANIFEST_PATH + path[len(MANIFEST):].replace(" + ", "").replace("'", "")


def load():
    """All cells; none when there is no table."""
    if not os.path.exists(MATRIX):
        return []
    with open(MATRIX, encoding="utf-8") as table:
        return [Cell(number, line) for number, line in enumerate(table, 1) if number > 1]


def split(cells):
    """The cells that are to be tried, and for each reason why not the others."""
    operations, routes = api_coverage.load(servers.WHARF)
    served = {api_coverage.key_of(route["method"], route["path"]) for route in routes}
    served |= {("HEAD", path) for method, path in served if method == "GET"}
    groups = {api_coverage.key_of(operation.method, operation.path): operation.group
              for operation in operations}
    tried, left = [], collections.Counter()
    for cell in cells:
        reason = why_not(cell, served, groups)
        if reason:
            left[reason] += 1
        else:
            tried.append(cell)
    return sorted(tried, key=lambda cell: (not cell.variant.full_access, cell.variant.state or 0,
                                           cell.number)), left


def why_not(cell, served, groups):
    """The reason why a cell is not tried; None when it is."""
    if cell.key not in served:
        group = "protocol v1" if cell.suite == "v1" else groups.get(cell.key, "no such operation")
        return f"{group}: not served"
    if cell.identity == "testuser":
        return "testuser: nobody of that name is in the seed"
    if "ORG_MIRROR" in cell.condition:
        return "mirror: no repository can be in that state"
    return None
