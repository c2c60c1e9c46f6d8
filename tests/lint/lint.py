# SPDX-License-Identifier: Apache-2.0
"""What the lints share: which files there are, C without its comments, and the frame of a lint.

A lint is a function from (path, text) to a list of (line number, complaint). Each names small texts
that it must complain about and others that it must accept, and proves both before it looks at the
tree: a lint that cannot fail is no lint.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def tracked_files():
    """Paths of all files of the project, relative to its root."""
    try:
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        paths = listing.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # a tarball: no git
        paths = []
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [f for f in folders if not f.startswith((".", "build", "node_modules"))]
            paths += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return sorted(path for path in paths if os.path.isfile(os.path.join(ROOT, path)))


def files(*endings, under=("",)):
    """Those with one of the endings below one of the folders."""
    return [path for path in tracked_files() if path.endswith(endings) and path.startswith(under)]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as source:
        return source.read()


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def code_only(text):
    """C with comments, strings and characters blanked out; lines and columns stay."""

    def replace(match):
        token = match.group()
        if token[0] == "/":
            return _blank(token)
        return token[0] + _blank(token[1:-1]) + token[-1]

    return TOKEN.sub(replace, text)


def without_comments(text):
    """C with only its comments blanked out."""
    return TOKEN.sub(lambda m: _blank(m.group()) if m.group()[0] == "/" else m.group(), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def prove(check, bad, good):
    """Stop unless the check complains about each (path, text) of bad and accepts each of good."""
    for path, text in bad:
        if not check(path, text):
            sys.exit(f"self-check: nothing found in {path}: {text!r}")
    for path, text in good:
        if check(path, text):
            sys.exit(f"self-check: {path}: {text!r} gave {check(path, text)}")


def run(check, paths, bad, good=()):
    """Prove the check, then apply it to the files; prints complaints and exits 1 on any."""
    prove(check, bad, good)
    complaints = 0
    for path in paths:
        for line, complaint in check(path, read(path)):
            print(f"{path}:{line}: {complaint}")
            complaints += 1
    sys.exit(1 if complaints else 0)
