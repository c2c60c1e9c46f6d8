# SPDX-License-Identifier: Apache-2.0
"""docs/api-coverage.md is what tools/api_coverage.py makes of the route tables, and each route that
serves an operation of Quay's API has that operation's id: clients are generated from the ids."""
import os
import sys

import lint

sys.path.insert(0, os.path.join(lint.ROOT, "tools"))
import api_coverage  # noqa: E402  pylint: disable=wrong-import-position

PAGE = "docs/api-coverage.md"


def check(operations, routes, text):
    states, complaints = api_coverage.compare(operations, routes)
    if api_coverage.page(states) != text:
        complaints.append(f"{PAGE} is out of date: tools/api_coverage.py build/wharf > {PAGE}")
    missing = [state.operation for state in states if state.name == "missing"]
    return complaints + [f"{operation.method} {operation.path} ({operation.id}) is not served, and "
                         "no reason is given" for operation in missing]


def prove():
    ours = [api_coverage.Operation("GET", "/api/v1/a/{b}", "getA", "a")]
    route = {"method": "GET", "path": "/api/v1/a/{c+}", "id": "getA"}
    good = api_coverage.page(api_coverage.compare(ours, [route])[0])
    assert not check(ours, [route], good)
    assert check(ours, [route], good + "x")
    assert check(ours, [{**route, "id": "get_a"}], good)
    assert check(ours, [], api_coverage.page(api_coverage.compare(ours, [])[0]))


if __name__ == "__main__":
    prove()
    found = check(*api_coverage.load(sys.argv[1]), lint.read(PAGE))
    print("\n".join(found))
    sys.exit(1 if found else 0)
