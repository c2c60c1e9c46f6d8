# SPDX-License-Identifier: Apache-2.0
"""A file includes its own folder and lower layers: never upward, never sideways."""
import os
import re

import lint

LAYER = {
    "base": 0,
    "codec": 1,
    "net": 2,
    "http": 3, "store": 3,
    "domain": 4,
    "auth": 5,
    "web": 6, "worker": 6,
    "app": 7,
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def folder_of(path, target):
    """The folder of src that an include leads to; a path may start here or at src."""
    first = target.split("/")[0]
    if first in LAYER:
        return first
    beside = os.path.normpath(os.path.join(os.path.dirname(path), target))
    return beside.split("/")[1] if beside.startswith("src/") else first


def check(path, text):
    folder = path.split("/")[1]
    if folder not in LAYER:
        return [(1, f"folder {folder} has no layer; see tests/lint/layers.py")]
    found = []
    for match in INCLUDE.finditer(lint.without_comments(text)):
        target = match.group(1)
        other = folder_of(path, target)
        line = lint.line_of(text, match.start())
        if other == folder:
            continue  # a neighbour
        if other not in LAYER:
            found.append((line, f'"{target}" is in no folder of src'))
        elif LAYER[other] >= LAYER[folder]:
            found.append((line, f"{folder} must not include {other} (\"{target}\")"))
        elif target.endswith("_driver.h") and folder != "app":
            found.append((line, f'"{target}" is for drivers; include the interface'))
    return found


if __name__ == "__main__":
    lint.run(
        check, lint.files(".c", ".h", under=("src/",)),
        bad=[
            ("src/base/a.c", '#include "codec/json.h"\n'),
            ("src/http/a.c", '#include "store/db/db.h"\n'),
            ("src/store/db/a.c", '#  include "http/request.h"\n'),
            ("src/domain/a.c", '#include "store/db/db_driver.h"\n'),
            ("src/web/a.c", '#include "../worker/gc.h"\n'),
            ("src/extra/a.c", ""),
        ],
        good=[
            ("src/web/api/a.c", '#include <stdio.h>\n#include "base/err.h"\n#include "web/route.h"\n'),
            ("src/web/a.c", '#include "api/api.h"\n'),
            ("src/store/db/a.c", '#include "db_driver.h"\n#include "store/db/db.h"\n'),
            ("src/base/a.c", '/*\n#include "app/main.h"\n*/\n'),
            ("src/app/a.c", '#include "store/blob/blob_driver.h"\n'),
        ])
