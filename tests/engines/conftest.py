# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import servers  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.dirname(os.environ.get("WHARF", os.path.join(ROOT, "build", "wharf")))


def dump(dialect):
    """What the program sends to an engine: rows of kind, name, sql, params and scan_ok."""
    program = os.path.join(BUILD, "tests", "engines", "dump_sql")
    output = subprocess.run([program, dialect], check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in output.stdout.splitlines()]


@pytest.fixture(scope="session", params=servers.ALL)
def server(request):
    """A real server with the schema of the program's migrations."""
    try:
        starting = servers.ALL[request.param]()
        with starting as running:
            for row in dump(running.dialect):
                if row["kind"] == "migration":
                    errors = running.run([row["sql"].rstrip().rstrip(";") + ";"])
                    assert not errors, f"{row['name']}: {errors}"
            yield running
    except servers.Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="session")
def statements(server):
    rows = [row for row in dump(server.dialect) if row["kind"] == "query"]
    assert rows
    return rows
