# SPDX-License-Identifier: Apache-2.0
"""Every source names its licence; a header opens with what it is for, guards itself, and says before
each group of functions what they promise."""
import re

import lint
import names

SPDX = "SPDX-License-Identifier: Apache-2.0"


DECLARATION = re.compile(r"[\w\s*]+\(.*|\s+.*|[{}]?|extern .*|DEFINE_CLEANUP\(.*")


def uncommented(text):
    """Functions with nothing but other declarations between them and a #include, type or macro: no
    comment speaks about them."""
    source = text.split("\n")
    found = []
    for line, name in names.declared(text, [names.FUNCTION]):
        above = line - 2
        while above >= 0 and DECLARATION.fullmatch(source[above]) and "*/" not in source[above]:
            above -= 1
        if above < 0 or "*/" not in source[above]:
            found.append((line, f"{name}: no comment says what it promises"))
    return found


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
            ("src/a.h", HEAD + "/* One. */\nstruct a {\n    int b;\n};\n\nint a_c(void);\n"),
            ("src/a.h", HEAD + "static inline int a_b(void)\n{\n    return 1;\n}\n"),
            ("tests/a.py", "import re\n"),
        ],
        good=[
            ("src/a.c", f"/* {SPDX} */\n/* What it is for. */\nint x;\n"),
            ("src/a.h", HEAD + "/* One\n * promise. */\nint a_b(void);\nint a_c(void);\n"),
            ("src/a.h", HEAD + "/* One. */\nint a_b(void);\n\nint a_c(void);\n"),
            ("src/a.h", HEAD + "/* One. */\nint a_b(int x,\n        int y);\nint a_c(void);\n"),
            ("src/a.h", HEAD + "/* One. */\nstatic inline int a_b(void)\n{\n    return 1;\n}\n"),
            ("tests/a.py", f"#!/usr/bin/python3\n# {SPDX}\n"),
        ])
