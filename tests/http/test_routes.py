# SPDX-License-Identifier: Apache-2.0
"""The route table and these tests: each route answered somebody."""
import json

import pytest

import server as servers


@pytest.mark.last
def test_every_route_was_hit():
    ids = {row["id"] for row in json.loads(servers.run("routes", "--json").stdout)}
    assert ids <= servers.routes_hit(), sorted(ids - servers.routes_hit())
