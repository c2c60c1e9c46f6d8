# SPDX-License-Identifier: Apache-2.0
"""Every C file is built: sources and tests are named in the meson.build that owns them, and a fuzz
target has seeds. What is not built is not tested, and nobody notices."""
import os
import re

import lint


def owner(path):
    """The nearest meson.build at or above the file's folder, and the file's name from there."""
    folder, name = os.path.split(path)
    while folder:
        if os.path.exists(os.path.join(lint.ROOT, folder, "meson.build")):
            return os.path.join(folder, "meson.build"), name
        folder, above = os.path.split(folder)
        name = above + "/" + name
    return "meson.build", path


def named(path, name, build_text):
    """Is the file in the list? Tests and fuzz targets are listed without prefix and ending."""
    stem = re.sub(r"^(test_|fuzz_)|\.c$", "", name)
    wanted = {name, stem, path}
    return any(f"'{word}'" in build_text for word in wanted)


def check(path, text, build_text=None):
    del text
    build, name = owner(path)
    if build_text is None:
        build_text = lint.read(build) + lint.read("meson.build")
    found = []
    if not named(path, name, build_text):
        found.append((1, f"not named in {build}"))
    if os.path.basename(path).startswith("fuzz_"):
        corpus = path.replace("/fuzz_", "/corpus/")[:-len(".c")] + "/"
        if not lint.files("", under=(corpus,)):
            found.append((1, f"no seeds in {corpus}"))
    return found


if __name__ == "__main__":
    assert check("src/base/none.c", "", "'some.c'")
    assert check("tests/unit/base/test_none.c", "", "'some'")
    assert not check("tests/unit/base/test_some.c", "", "'some'")
    lint.run(check, lint.files(".c", under=("src/", "tests/")),
             bad=[("src/base/no_such_file.c", ""), ("tests/fuzz/fuzz_no_such.c", "")],
             good=[("src/base/arena.c", ""), ("tests/unit/base/test_str.c", "")])
