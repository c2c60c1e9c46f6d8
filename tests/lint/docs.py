# SPDX-License-Identifier: Apache-2.0
"""Text files: end with a newline, no blanks at line ends, no tabs in C, no path of somebody's
machine, nothing left to do without an issue's number, and links that lead somewhere."""
import os
import re

import lint

# Spelled in pieces, so that this file passes its own check.
MACHINE = re.compile(r"(?<![\w.$}])/(?:wor" r"k|roo" r"t)/\S*")
LEFT_TO_DO = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b(?!\s*\(?#\d+)")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
BINARY = (".png", ".ico", ".gz", ".woff2", ".jpg", ".der", ".sqlite")
ANY_BYTES = ("tests/fuzz/corpus/",)  # inputs, kept as they are


def dead_links(path, text):
    for match in LINK.finditer(text):
        target = match.group(1)
        if re.match(r"[a-z]+:", target):
            continue
        full = os.path.normpath(os.path.join(lint.ROOT, os.path.dirname(path), target))
        if not os.path.exists(full):
            yield lint.line_of(text, match.start()), f"{target} does not exist"


def check(path, text):
    found = []
    if text and not text.endswith("\n"):
        found.append((lint.line_of(text, len(text)), "no newline at the end"))
    if text.endswith("\n\n"):
        found.append((lint.line_of(text, len(text)), "empty lines at the end"))
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            found.append((number, "blanks at the end of the line"))
        if "\t" in line and path.endswith((".c", ".h", ".py", ".build")):
            found.append((number, "a tab"))
        if MACHINE.search(line):
            found.append((number, "a path of one machine: " + MACHINE.search(line).group()))
        if LEFT_TO_DO.search(line):
            found.append((number, "left to do without an issue, as in TO" "DO(#12)"))
    if path.endswith(".md"):
        found += dead_links(path, text)
    return found


if __name__ == "__main__":
    text_files = [path for path in lint.tracked_files()
                  if not path.endswith(BINARY) and not path.startswith(ANY_BYTES)
                  and not os.path.islink(os.path.join(lint.ROOT, path))]
    lint.run(
        check, text_files,
        bad=[
            ("a.md", "no newline"),
            ("a.md", "two\n\n"),
            ("a.md", "blank \n"),
            ("a.c", "\tint x;\n"),
            ("a.md", "see /wor" "k/main/src\n"),
            ("a.sh", "cp '/roo" "t/x' .\n"),
            ("a.c", "/* TO" "DO: later */\n"),
            ("a.md", "[here](no/such/file.md)\n"),
        ],
        good=[
            ("a.md", ""),
            ("a.md", "fine\n"),
            ("a.c", "/* TO" "DO(#12): later */\n"),
            ("a.md", "the framework/ folder and $HOME/wor" "k/x\n"),
            ("Makefile", "all:\n\ttrue\n"),
            ("a.md", "[here](Makefile) and [there](https://example.com/x)\n"),
        ])
