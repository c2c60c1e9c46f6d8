# SPDX-License-Identifier: Apache-2.0
"""clang-format agrees with every C file. Versions disagree with each other, so only the one that
.clang-format was written for counts; without it the lint is skipped."""
import re
import shutil
import subprocess
import sys

import lint

VERSION = 14
SKIPPED = 77  # Meson's exit code for a skipped test


def find_tool():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            text = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            if re.search(rf"version {VERSION}\.", text):
                return path
    return None


def well_formed(tool, text):
    done = subprocess.run([tool, "--style=file", "--assume-filename=src/a.c"], input=text, cwd=lint.ROOT,
                          capture_output=True, text=True, check=True)
    return done.stdout == text


def main():
    tool = find_tool()
    if not tool:
        print(f"clang-format {VERSION} is not installed")
        return SKIPPED
    if well_formed(tool, "int  f( void ) { }\n") or not well_formed(tool, "int x;\n"):
        return "self-check: clang-format does not tell good from bad"
    paths = lint.files(".c", ".h", under=("src/", "tests/"))
    return subprocess.run([tool, "--dry-run", "--Werror", *paths], cwd=lint.ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
