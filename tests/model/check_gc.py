#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check the garbage collection protocol (gc.pml) with spin, in all reachable states.

The protocol must hold, and each BROKEN_... variant must be refuted: a checker that accepts a
protocol without one of its rules checks nothing. Exit status 77 means skipped.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MODEL = pathlib.Path(__file__).with_name("gc.pml")
LIMIT_S = 120  # for one variant; they take a few seconds


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT_S,
                          check=False)
    return done.stdout + done.stderr


def check(variant, folder):
    """Returns (errors found, states, output)."""
    switch = [f"-D{variant}"] if variant else []
    shutil.copy(MODEL, folder)
    out = run(["spin", "-a", *switch, MODEL.name], folder)
    out += run(["gcc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=2000", "-o", "pan", "pan.c"],
               folder)
    # -E: every client may stop anywhere, so that ending is no error.
    out += run(["./pan", "-E", "-m100000"], folder)
    errors = re.search(r"errors: (\d+)", out)
    states = re.search(r"(\d+(?:\.\d+e\+\d+)?) states, stored", out)
    complete = "Search not completed" not in out and "max search depth too small" not in out
    if not errors or not states or (errors[1] == "0" and not complete):
        return None, None, out
    return int(errors[1]), int(float(states[1])), out


def main():
    missing = [tool for tool in ("spin", "gcc") if not shutil.which(tool)]
    if missing:
        print(f"skipped: {' and '.join(missing)} not installed")
        return 77
    variants = sorted(set(re.findall(r"\bBROKEN_[A-Z_]+", MODEL.read_text())) - {"BROKEN_"})
    failed = 0
    for variant in ["", *variants]:
        with tempfile.TemporaryDirectory(prefix="wharf-model-") as folder:
            errors, states, out = check(variant, folder)
        expected = errors is not None and (errors > 0) == bool(variant)
        verdict = "holds" if errors == 0 else "not run" if errors is None else "refuted"
        print(f"{'ok  ' if expected else 'FAIL'} {variant or 'the protocol':30} {verdict}, "
              f"{states} states")
        if not expected:
            failed += 1
            print(out)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
