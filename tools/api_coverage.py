#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/api-coverage.md: which operations of Quay's REST API are served, which wait for a
feature to be switched on, and which are absent and why.

    tools/api_coverage.py build/wharf > docs/api-coverage.md

quay_operations.tsv lists Quay's operations: method, path, operation id ("-": it has none), a group,
and the right that is needed, which superusers ("+full") and read-only ones ("+readonly") have too.
What is served comes from the route tables (`wharf routes --json`), so that the page cannot
say more than is true.
"""
import collections
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OPERATIONS = os.path.join(HERE, "quay_operations.tsv")

# Groups that are not built, and why. Everything else has to be served.
ABSENT = {
    "autoprune": "Tags are not pruned automatically yet.",
    "billing": "wharf has no payment provider; limits come from config.yaml.",
    "bootstrap": "The feature is off. Quay writes a token to a file of the machine, and renews it there; wharf prints one on "
                 "the command line (`wharf token create`), and none lies about.",
    "build": "Images are not built here.",
    "login": "Users of LDAP, OIDC and other external services are not known yet.",
    "mirror": "Mirroring is not built yet.",
    "notification": "Nothing is delivered to webhooks, chats or mail yet.",
    "proxycache": "The pull-through cache is not built yet.",
    "scanning": "Vulnerabilities are not looked for yet.",
    "signing": "Docker content trust, which Docker itself has ended; signatures are stored as artifacts.",
    "trigger": "Images are not built here.",
}

Operation = collections.namedtuple("Operation", "method path id group right", defaults=("none",))
State = collections.namedtuple("State", "operation name text")

HEAD = """\
# Quay's REST API in wharf

Made by `tools/api_coverage.py` from the route tables; do not edit. Of the {total} operations of Quay's API {served} are
served, {off} more once the feature named is switched on in `config.yaml`, and {absent} are absent: they answer 404.

| Group | Served | Off | Absent | |
|---|---|---|---|---|
"""


def read_operations(text):
    return [Operation(*line.split("\t")) for line in text.splitlines()]


def key_of(method, path):
    """What a router sees: names of captures do not matter, and neither how much they take."""
    return method, re.sub(r"\{[^}]*\}", "{}", path)


def state_of(operation, route):
    if route is None:
        reason = ABSENT.get(operation.group)
        return State(operation, "absent" if reason else "missing", "absent" if reason else "not built yet")
    feature = route.get("feature")
    if feature and not route.get("on", True):
        return State(operation, "off", f"off: `{feature}`")
    return State(operation, "served", "served")


def compare(operations, routes):
    """The states of all operations, and complaints."""
    table = {key_of(route["method"], route["path"]): route for route in routes}
    states = [state_of(operation, table.get(key_of(operation.method, operation.path)))
              for operation in operations]
    complaints = []
    for operation in operations:
        route = table.get(key_of(operation.method, operation.path))
        if route and operation.id not in ("-", route["id"]):
            complaints.append(f"{operation.method} {operation.path}: Quay's operation id is "
                              f"{operation.id}, the route's is {route['id']}")
    return states, complaints


def page(states):
    count = collections.Counter(state.name for state in states)
    lines = [HEAD.format(total=len(states), served=count["served"], off=count["off"],
                         absent=count["absent"] + count["missing"])]
    groups = sorted({state.operation.group for state in states})
    for group in groups:
        row = collections.Counter(s.name for s in states if s.operation.group == group)
        note = ABSENT.get(group, "")
        lines.append(f"| {group} | {row['served']} | {row['off']} | {row['absent'] + row['missing']} | {note} |\n")
    for group in groups:
        lines.append(f"\n## {group}\n\n| Operation | Path | |\n|---|---|---|\n")
        for state in states:
            if state.operation.group == group:
                operation = state.operation
                name = "" if operation.id == "-" else f"`{operation.id}`"
                lines.append(f"| {name} | `{operation.method} {operation.path}` | {state.text} |\n")
    return "".join(lines)


def load(wharf):
    with open(OPERATIONS, encoding="utf-8") as listing:
        operations = read_operations(listing.read())
    done = subprocess.run([wharf, "routes", "--json"], check=True, capture_output=True, text=True)
    return operations, json.loads(done.stdout)


if __name__ == "__main__":
    found, problems = compare(*load(sys.argv[1]))
    sys.stdout.write(page(found))
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)
