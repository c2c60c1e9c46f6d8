#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Run the tests that are there, and close with one line: N passed, N failed, N skipped.

Unit tests, fuzz corpora, lints and models are run by Meson from a finished build, the other suites
by pytest from tests/<suite>. Each result is counted once and shown only when it is not a pass: a failure with its
output, a skip with its reason. Servers under test find their program in the variable WHARF.
"""
import argparse
import collections
import glob
import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MESON_SUITES = ["unit", "fuzz", "lint", "model"]
PYTEST_SUITES = ["http", "clients", "faults", "engines", "ui"]

# A report is kept in a file, so that one of a server that a test stopped is not lost.
SANITIZERS = {
    "address": {
        "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:log_path={log}",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:log_path={log}",
    },
    "thread": {"TSAN_OPTIONS": "second_deadlock_stack=1:exitcode=66:log_path={log}"},
}
SLOWER = 5  # times Meson's 30 seconds before a test counts as hung: machines are busy, sanitizers slow
SUITE_SECONDS = 1800  # a suite of pytest that takes longer hangs, and is ended

Result = collections.namedtuple("Result", "suite name outcome text")


def tap_results(suite, name, stdout):
    """One result for each line of a program that speaks TAP."""
    for ok, case, directive in re.findall(
            r"^(ok|not ok)\s+\d+\s*-?\s*([^#\n]*)(?:#\s*(.*))?$", stdout, re.M):
        outcome = "passed" if ok == "ok" else "failed"
        if directive.lower().startswith("skip"):
            outcome = "skipped"
        text = stdout if outcome == "failed" else directive[4:].strip()
        yield Result(suite, f"{name}: {case.strip()}", outcome, text)


def meson_results(log_lines, suite_of):
    """Results of Meson's testlog.json: one JSON object a line, one line a test program."""
    for line in log_lines:
        test = json.loads(line)
        name = test["name"].split(" / ")[-1]
        suite = suite_of[name]
        stdout, stderr = test.get("stdout", ""), test.get("stderr", "")
        results = []
        if re.search(r"^1\.\.\d+", stdout, re.M):
            results = list(tap_results(suite, name, stdout + stderr))
        elif test["result"] == "OK":
            results = [Result(suite, name, "passed", "")]
        elif test["result"] == "SKIP":
            results = [Result(suite, name, "skipped", (stdout + stderr).strip())]
        failed = any(result.outcome == "failed" for result in results)
        if test["result"] not in ("OK", "SKIP") and not failed:
            text = f"{test['result']}, exit code {test['returncode']}\n{stdout}{stderr}"
            results.append(Result(suite, name, "failed", text))
        yield from results


def meson_tests(build, suites, pattern):
    """Name to suite of the tests of these suites that contain the pattern."""
    known = json.loads(subprocess.check_output(["meson", "introspect", "--tests", build]))
    return {test["name"]: suite.split(":")[-1] for test in known for suite in test["suite"]
            if suite.split(":")[-1] in suites and (pattern or "") in test["name"]}


def run_meson(args, suites, env):
    suite_of = meson_tests(args.build, suites, args.k)
    if not suite_of:
        return []
    command = ["meson", "test", "-C", args.build, "--no-rebuild", "--quiet",
               "--timeout-multiplier", str(SLOWER)]
    log = os.path.join(args.build, "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.remove(log)
    done = subprocess.run(command + list(suite_of), env=env, stdout=subprocess.DEVNULL)
    if not os.path.exists(log):
        return [Result("meson", "meson test", "failed", f"exit code {done.returncode}, no log")]
    with open(log, encoding="utf-8", errors="replace") as lines:
        return list(meson_results(lines, suite_of))


def junit_results(suite, path):
    for case in ET.parse(path).getroot().iter("testcase"):
        name = "{}::{}".format(case.get("classname", ""), case.get("name"))
        outcome, text = "passed", ""
        for child in case:
            if child.tag in ("failure", "error"):
                outcome, text = "failed", ""  # pytest has shown it already
            elif child.tag == "skipped" and outcome == "passed":
                outcome, text = "skipped", child.get("message") or ""
        yield Result(suite, name, outcome, text)


def run_pytest(args, suite, env):
    junit = os.path.join(args.build, f"junit-{suite}.xml")
    if os.path.exists(junit):
        os.remove(junit)
    command = ["/usr/bin/python3", "-m", "pytest", "-qq", "-rN", "--tb=short", "-p",
               "no:cacheprovider", f"--junit-xml={junit}", f"tests/{suite}"]
    if args.k:
        command += ["-k", args.k]
    # A session of its own, so that what hangs is ended together with what it started.
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        code = process.wait(SUITE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt) as reason:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(reason, KeyboardInterrupt):
            raise
        return [Result(suite, "pytest", "failed", f"not done after {SUITE_SECONDS} seconds")]
    results = list(junit_results(suite, junit)) if os.path.exists(junit) else []
    nothing_chosen = code == 5 and args.k
    if code != 0 and not nothing_chosen and not any(r.outcome == "failed" for r in results):
        results.append(Result(suite, "pytest", "failed", f"exit code {code}"))
    return results


def sanitizer_results(suite, log):
    """Reports left by the sanitizers since the last call."""
    for path in sorted(glob.glob(log + ".*")):
        with open(path, encoding="utf-8", errors="replace") as report:
            yield Result(suite, os.path.basename(path), "failed", report.read())
        os.remove(path)


def show(results):
    for result in results:
        if result.outcome == "failed":
            print(f"FAILED {result.suite} {result.name}\n{result.text}".rstrip())
        elif result.outcome == "skipped":
            print(f"SKIPPED {result.suite} {result.name}: {result.text or 'no reason given'}")
    for suite in dict.fromkeys(result.suite for result in results):
        outcomes = collections.Counter(r.outcome for r in results if r.suite == suite)
        print(f"{suite}: " + ", ".join(f"{count} {name}" for name, count in outcomes.items()))
    sys.stdout.flush()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build", help="the build to test [build]")
    parser.add_argument("--suite", action="append", choices=MESON_SUITES + PYTEST_SUITES,
                        help="only this suite; may be repeated")
    parser.add_argument("-k", help="only tests whose name contains this (pytest: expression)")
    parser.add_argument("--sanitize", choices=sorted(SANITIZERS),
                        help="the build has this sanitizer: collect its reports")
    args = parser.parse_args()
    args.build = os.path.abspath(args.build)
    return args


def main():
    args = parse_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: ends the suite, too
    suites = args.suite or MESON_SUITES + PYTEST_SUITES
    env = dict(os.environ, WHARF=os.path.join(args.build, "wharf"), PYTHONDONTWRITEBYTECODE="1")
    log = os.path.join(args.build, "sanitizer-report")
    for name, value in SANITIZERS.get(args.sanitize, {}).items():
        env[name] = value.format(log=log)
    list(sanitizer_results("", log))  # forget those of an earlier run

    results = []

    def add(suite, found):
        found = found + list(sanitizer_results(suite, log))
        show(found)
        results.extend(found)

    chosen = [suite for suite in MESON_SUITES if suite in suites]
    if chosen:
        add("unit", run_meson(args, chosen, env))
    for suite in PYTEST_SUITES:
        if suite in suites and os.path.isdir(os.path.join(ROOT, "tests", suite)):
            add(suite, run_pytest(args, suite, env))

    count = collections.Counter(result.outcome for result in results)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not results else 0


if __name__ == "__main__":
    sys.exit(main())
