# SPDX-License-Identifier: Apache-2.0
"""Files up to 600 lines, functions up to 70, control blocks up to four deep."""
import re

import lint

FILE_MAX = 600
FUNCTION_MAX = 70
DEPTH_MAX = 4
CONTROL = re.compile(r"(\)|\belse|\bdo)\s*$")


def function_bodies(code):
    """(start, end) positions of the braces of each function: they stand in the first column."""
    start = None
    for match in re.finditer(r"^[{}]", code, re.M):
        if match.group() == "{":
            start = match.start()
        elif start is not None:
            yield start, match.start()
            start = None


def control_depth(body):
    """How deep if, else, for, while, do and switch blocks stand in each other."""
    stack, deepest = [], 0
    for match in re.finditer(r"[{}]", body):
        if match.group() == "{":
            stack.append(bool(CONTROL.search(body, 0, match.start())))
            deepest = max(deepest, sum(stack))
        elif stack:
            stack.pop()
    return deepest


def check(path, text):
    found = []
    lines = text.count("\n")
    if lines > FILE_MAX:
        found.append((1, f"{lines} lines; at most {FILE_MAX}"))
    if not path.endswith((".c", ".h")):
        return found
    code = lint.code_only(text)
    for start, end in function_bodies(code):
        line = lint.line_of(code, start)
        length = lint.line_of(code, end) - line - 1
        if length > FUNCTION_MAX:
            found.append((line, f"a function of {length} lines; at most {FUNCTION_MAX}"))
        depth = control_depth(code[start + 1:end])
        if depth > DEPTH_MAX:
            found.append((line, f"blocks {depth} deep; at most {DEPTH_MAX}"))
    return found


def function(lines):
    return "int f(void)\n{\n" + "    x();\n" * lines + "}\n"


def nested(depth):
    return "int f(void)\n{\n" + "if (x) {\n" * depth + "}\n" * depth + "}\n"


if __name__ == "__main__":
    lint.run(
        check, lint.files(".c", ".h", ".py", ".js", ".css", ".sql", under=("src/", "tests/", "tools/",
                                                                       "ui/", "bench/")),
        bad=[
            ("a.py", "x\n" * (FILE_MAX + 1)),
            ("a.c", function(FUNCTION_MAX + 1)),
            ("a.c", nested(DEPTH_MAX + 1)),
        ],
        good=[
            ("a.c", "x\n" * FILE_MAX),
            ("a.c", function(FUNCTION_MAX) * 2),
            ("a.c", nested(DEPTH_MAX)),
            ("a.c", "int f(void)\n{\nint a[] = {{{{{{1}}}}}};\nchar c = '{';\n}\n"),
        ])
