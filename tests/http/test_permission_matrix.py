# SPDX-License-Identifier: Apache-2.0
"""Who may do what, cell by cell of a table of Quay's (tests/support/matrix.py): each is one request to
a registry in its first state. What a request changed is undone before the next one."""
import os

import pytest

import matrix
import replay as replays

CELLS, LEFT = matrix.split(matrix.load())
NO_TABLE = f"no table of permissions: MATRIX names none, and there is no {os.path.basename(matrix.BESIDE)}"

@pytest.fixture(scope="module")
def replay(start_server, tmp_path_factory):
    replay = replays.Replay(start_server, tmp_path_factory.mktemp("matrix"))
    yield replay
    replay.end()


@pytest.mark.skipif(not CELLS, reason=NO_TABLE)
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_cell(replay, cell):
    if cell.suite == "v2":
        reply = replay.ask_registry(cell)
    else:
        reply = replay.ask(cell.method, cell.path, cell.identity, cell.variant, json=cell.body, params=cell.params)
    # What comes behind the check of rights, is it a bad request or nothing found? Both say: allowed.
    wanted = {400, 404} if cell.status in (400, 404) else {cell.status}
    assert reply.status_code in wanted, f"{reply.status_code} instead of {cell.status}: {reply.text[:400]}"


@pytest.mark.skipif(not LEFT, reason=NO_TABLE)
@pytest.mark.parametrize("reason", sorted(LEFT))
def test_not_tried(reason):
    pytest.skip(f"{LEFT[reason]} cells of {reason}")
