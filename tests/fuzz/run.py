#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fuzz each target for a while, starting from its corpus. `make fuzz` builds and runs this.

New inputs go to BUILD/corpus, not into the source tree; an input that crashes a target is left in
BUILD/crashes and fails the run. Copy it to tests/fuzz/corpus/<thing>/ with the fix.
"""
import argparse
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def fuzz(build, thing, seconds):
    grown = os.path.join(build, "corpus", thing)
    crashes = os.path.join(build, "crashes", thing) + "-"
    os.makedirs(grown, exist_ok=True)
    os.makedirs(os.path.dirname(crashes), exist_ok=True)
    command = [os.path.join(build, "tests", "fuzz", "fuzz_" + thing), f"-max_total_time={seconds}",
               "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1",
               f"-artifact_prefix={crashes}", grown, os.path.join(HERE, "corpus", thing)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        print(done.stderr)
        return False
    runs = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
    coverage = re.findall(r"cov: (\d+)", done.stderr)
    print(f"fuzz {thing}: {runs.group(1)} inputs, {coverage[-1] if coverage else '?'} edges")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build-fuzz")
    parser.add_argument("--seconds", type=int, default=60, help="for each target [60]")
    parser.add_argument("things", nargs="*", help="only these targets")
    args = parser.parse_args()
    known = sorted(os.path.basename(path)[len("fuzz_"):-len(".c")]
                   for path in glob.glob(os.path.join(HERE, "fuzz_*.c")))
    good = [fuzz(os.path.abspath(args.build), thing, args.seconds)
            for thing in args.things or known]
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed, 0 skipped")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
