# SPDX-License-Identifier: Apache-2.0
"""Every source names its licence; a header opens with what it is for, guards itself, and says before
each group of functions what they promise."""
import re

import lint
import names

SPDX = "SPDX-License-Identifier: Apache-2.0"


def uncommented(text):
    """Functions whose group, the lines up to the next empty one, has no comment before them."""
    code = lint.code_only(text)
    source = text.split("\n")
    first_of_group = set()
    for line, _ in names.declared(text):
        top = line - 1
        while top > 0 and source[top - 1].strip() and source[top - 1].strip() not in ("}", "{"):
            top -= 1
        if "*/" not in "\n".join(source[top:line - 1]):
            first_of_group.add(line)
    return [(line, f"{name}: no comment says what it promises")
            for line, name in names.declared(text)
            if line in first_of_group and "extern" not in code.split("\n")[line - 1]]


def check(path, text):
    found = []
    head = "\n".join(text.split("\n", 3)[:3])
    if SPDX not in head:
        found.append((1, f"no {SPDX}"))
    if path.endswith((".c", ".h")) and path.startswith("src/"):
        if not re.match(r"/\* SPDX[^\n]*\*/\n/\* ", text):
            found.append((2, "no comment that says what the file is for"))
    if path.endswith(".h"):
        if not re.search(r"^#pragma once$", text, re.M):
            found.append((1, "no #pragma once"))
        if path.startswith("src/"):
            found += uncommented(text)
    return found


HEAD = f"/* {SPDX} */\n/* What it is for. */\n#pragma once\n\n"

if __name__ == "__main__":
    lint.run(
        check, lint.files(".c", ".h", ".py", under=("src/", "tests/", "tools/", "bench/")),
        bad=[
            ("src/a.c", "/* What it is for. */\nint x;\n"),
            ("src/a.c", f"/* {SPDX} */\n#include <stdio.h>\n"),
            ("src/a.h", HEAD.replace("#pragma once\n", "")),
            ("src/a.h", HEAD + "int a_b(void);\n"),
            ("src/a.h", HEAD + "/* One. */\nint a_b(void);\n\nint a_c(void);\n"),
            ("src/a.h", HEAD + "static inline int a_b(void)\n{\n    return 1;\n}\n"),
            ("tests/a.py", "import re\n"),
        ],
        good=[
            ("src/a.c", f"/* {SPDX} */\n/* What it is for. */\nint x;\n"),
            ("src/a.h", HEAD + "/* One\n * promise. */\nint a_b(void);\nint a_c(void);\n"),
            ("src/a.h", HEAD + "/* One. */\nint a_b(int x,\n        int y);\nint a_c(void);\n"),
            ("src/a.h", HEAD + "/* One. */\nstatic inline int a_b(void)\n{\n    return 1;\n}\n"),
            ("tests/a.py", f"#!/usr/bin/python3\n# {SPDX}\n"),
        ])
