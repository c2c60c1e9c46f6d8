# SPDX-License-Identifier: Apache-2.0
"""Rows of route tables: an id of their own, a summary that is a sentence; and every table is in the
list of src/web/routes.c. That each row is also hit by a test, tests/http/test_routes.py sees."""
import re

import lint

LIST = "src/web/routes.c"
ROW = re.compile(r'"(/[^"]*)",\s*"([^"]*)",\s*"([^"]*)"')
ID = r"[a-z][a-z0-9_]*"
ID_OF_QUAY = r"[a-z][A-Za-z0-9_]*"  # operation ids: clients are generated from them
TABLE = re.compile(r"^const struct route_table (\w+) =", re.M)


def check(path, text, ids=None, listed=None):
    ids = {} if ids is None else ids
    listed = lint.read(LIST) if listed is None else listed
    code = lint.without_comments(text)
    found = []
    for match in ROW.finditer(code):
        url, name, summary = match.groups()
        line = lint.line_of(code, match.start())
        if not re.fullmatch(ID_OF_QUAY if path.startswith("src/web/api/") else ID, name):
            found.append((line, f'"{name}" is no id'))
        if name in ids:
            found.append((line, f"the id {name} is taken by {ids[name]}"))
        if not re.fullmatch(r"[A-Z].*\.", summary):
            found.append((line, f"{url}: the summary is no sentence"))
        ids[name] = url
    for match in TABLE.finditer(code):
        if not re.search(rf"&{match.group(1)}\b", listed):
            found.append((lint.line_of(code, match.start()), f"{match.group(1)} is not in {LIST}"))
    return found


if __name__ == "__main__":
    all_ids = {}
    paths = lint.files(".c", under=("src/web/",))
    row = '    {METHOD_GET, "%s", "%s",\n     "%s", .handler = f},\n'
    lint.prove(check, bad=[
        ("a.c", row % ("/x", "", "Do it.")),
        ("a.c", row % ("/x", "doIt", "Do it.")),
        ("a.c", row % ("/x", "do_it", "")),
        ("a.c", row % ("/x", "do_it", "do it")),
        ("a.c", row % ("/x", "do_it", "Do it.") + row % ("/y", "do_it", "Do it.")),
        ("a.c", "const struct route_table no_such_table = ROUTES(x);\n"),
    ], good=[
        ("a.c", row % ("/x", "do_it", "Do it.") + row % ("/x", "do_that", "Do that.")),
        ("a.c", "const struct route_table site_front_table = ROUTES(x);\n"),
    ])
    if not any(ROW.search(lint.read(path)) for path in paths):
        raise SystemExit("self-check: no row found in src/web")
    lint.run(lambda path, text: check(path, text, all_ids), paths, bad=[("a.c", row % ("/x", "", "x"))])
