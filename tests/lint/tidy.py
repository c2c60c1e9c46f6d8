#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over every C file of a build, as many at once as there are processors.

    tests/lint/tidy.py [BUILD] [PATTERN]

A file that passed is not looked at again until it, a header it includes or .clang-tidy changes: the
digest of its preprocessed text is kept in BUILD/tidy-passed.
"""
import concurrent.futures
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys

import lint

# The analyzer does not know that a failed assertion of cmocka leaves the function.
FOR_TESTS = ["--checks=-clang-analyzer-*"]


def arguments(entry):
    """The compiler's arguments without input, output and dependency files; and without warnings,
    which are the compiler's business."""
    words = shlex.split(entry["command"])[1:]
    kept, skip = [], False
    for word in words:
        if skip or word in ("-c", "-MD") or word.startswith("-W"):
            skip = False
        elif word in ("-o", "-MQ", "-MF"):
            skip = True
        elif word != entry["file"]:
            kept.append(word)
    return kept + ["-w"]


def fingerprint(tool, entry, words):
    text = subprocess.run(["cc", "-E", *words, entry["file"]], cwd=entry["directory"],
                          capture_output=True).stdout
    digest = hashlib.sha256(text + lint.read(".clang-tidy").encode() + tool.encode())
    return digest.hexdigest()


def examine(tool, entry, passed):
    words = arguments(entry)
    mark = fingerprint(tool, entry, words)
    if mark in passed:
        return mark, ""
    extra = FOR_TESTS if "/tests/" in entry["file"] else []
    done = subprocess.run([tool, "--quiet", *extra, entry["file"], "--", *words], cwd=entry["directory"],
                          capture_output=True, text=True)
    if done.returncode == 0:
        return mark, ""
    return None, done.stdout + done.stderr


def prove(tool):
    """clang-tidy with our configuration must object to a clear bug."""
    bug = "#include <stdlib.h>\nint f(void);\nint f(void)\n{\n    int *p = 0;\n    return *p;\n}\n"
    path = os.path.join(lint.ROOT, "tests", "lint", "self_check.c")
    try:
        with open(path, "w", encoding="ascii") as source:
            source.write(bug)
        if subprocess.run([tool, "--quiet", path, "--"], capture_output=True).returncode == 0:
            sys.exit("self-check: clang-tidy did not see a null pointer dereferenced")
    finally:
        os.remove(path)


def main():
    build = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
    pattern = sys.argv[2] if len(sys.argv) > 2 else ""
    tool = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if not tool:
        sys.exit("clang-tidy is not installed")
    prove(tool)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as commands:
        entries = {entry["file"]: entry for entry in json.load(commands)
                   if pattern in entry["file"] and entry["file"].endswith(".c")
                   and not entry["file"].startswith(("src/", "tests/"))}  # generated
    record = os.path.join(build, "tidy-passed")
    passed = set()
    if os.path.exists(record):
        with open(record, encoding="ascii") as marks:
            passed = set(marks.read().split())
    failed, still = 0, set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for mark, text in pool.map(lambda entry: examine(tool, entry, passed), entries.values()):
            if mark:
                still.add(mark)
            else:
                failed += 1
                print(text, flush=True)
    with open(record, "w", encoding="ascii") as marks:
        marks.write("\n".join(sorted(still | (passed if pattern else set()))) + "\n")
    print(f"clang-tidy: {len(still)} files clean, {failed} not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
