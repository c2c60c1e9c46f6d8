#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measure wharf side by side with docker-registry and nginx; README.md explains every row.

    bench/run                      everything: about half an hour
    bench/run --quick              one short round of everything
    bench/run --only manifest,gc   rows whose id starts so
    bench/run --peers-only         without wharf
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile

import report
import rows
import servers
from content import MIB, Content

HERE = os.path.dirname(os.path.abspath(__file__))


class Bench:
    """What rows need: the servers, the content, and a way to make load."""

    def __init__(self, options):
        self.options = options
        self.error = servers.ServerError
        self.binary = os.path.join(options.build, "wharf")
        self.loader = os.path.join(options.build, "bench", "wharf-load")
        self.work = tempfile.mkdtemp(prefix="wharf-bench-", dir=options.disk or "/dev/shm")
        self.blob_bytes = options.blob_mib * MIB
        self.push_count = 1 if options.quick else 4
        self.patience = options.patience
        self.held = held_connections()
        self.stores = {}
        self.fresh = 0
        self.content = None
        self.servers = {}

    def scaled(self, count):
        return max(1000, count // 100) if self.options.quick else count

    def say(self, text):
        print(f"   .. {text}", file=sys.stderr, flush=True)

    def prepare(self, names):
        self.say("making content")
        self.content = Content(self.work, self.options.blob_mib)
        for name in names:
            server = self.make(name)
            self.servers[name] = server
            self.say(f"starting {name}: {server.version()}")
            server.start()
            server.seed()
            server.keep_files()
            self.content.verify(server)

    def make(self, name):
        if name == "registry":
            return servers.Registry(self.work, self.content)
        if name == "nginx":
            return servers.Nginx(self.work, self.content)
        wharf = servers.Wharf(self.work, self.content, self.binary)
        wharf.create_user()
        return wharf

    def load(self, command, server, tls, paths=(), connections=1, accept=False, ms=None, count=None,
             kind=None, bytes=None, repository=None, header_lines=None):
        """Run the load generator on a server; what it printed."""
        argv = [self.loader, command, "--address", server.address(tls),
                "--connections", str(connections), "--warm-ms", str(self.options.warm_ms),
                "--ms", str(ms or int(self.options.seconds * 1000))]
        given = {"--count": count, "--kind": kind, "--bytes": bytes, "--repository": repository}
        for name, value in given.items():
            argv += [name, str(value)] if value is not None else []
        lines = server.headers(tls) if header_lines is None else header_lines
        for line in lines + ([f"Accept: {self.content.media_type}"] if accept else []):
            argv += ["--header", line]
        for pid in server.pids(tls):
            argv += ["--pid", str(pid)]
        argv += ["--tls"] if tls else []
        done = subprocess.run(argv + list(paths), capture_output=True, text=True, check=False)
        server.trim()
        if done.returncode != 0:
            raise servers.ServerError(f"{server.name}: wharf-load {command} ended with "
                                      f"{done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def run_row(self, row):
        """Interleaved rounds: A B C, then C B A, so that a drift of the machine cancels out."""
        names = [name for name in row.servers if name in self.servers]
        if not names:
            return None
        rounds = []
        for number in range(min(self.options.rounds, row.rounds_max)):
            order = names if number % 2 == 0 else names[::-1]
            results = {}
            for name in order:
                self.say(f"{row.id}, round {number + 1}: {name}")
                self.servers[name].start()
                results[name] = row.run(self, self.servers[name])
            rounds.append({name: results[name] for name in names})
        return report.row_result(row, rounds)

    def close(self):
        for server in [*self.servers.values(), *self.stores.values()]:
            server.stop()
        if not self.options.keep:
            shutil.rmtree(self.work, ignore_errors=True)


def held_connections():
    """10,000, or what the limit of open files allows; raised as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(10000, hard - 500)


def take_precedence(nice):
    """For this process and all it starts. Where the kernel shares time out by session first
    (autogroup), the session has to have the priority too, and be ours alone."""
    os.setpriority(os.PRIO_PROCESS, 0, nice)
    if os.path.exists("/proc/self/autogroup"):
        with contextlib.suppress(PermissionError):  # already leads a group, as under a shell
            os.setsid()
        with open("/proc/self/autogroup", "w") as file:
            file.write(str(nice))


def machine():
    model = ""
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1000000,
            "load_average": os.getloadavg()}


def commit():
    done = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(HERE, "..", "build"), help="build folder")
    parser.add_argument("--only", default="", help="row ids, or their beginnings, with commas")
    parser.add_argument("--servers", default="wharf,registry,nginx")
    parser.add_argument("--peers-only", action="store_true", help="without wharf")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="measured window of a rate")
    parser.add_argument("--warm-ms", type=int, default=500, help="before the window")
    parser.add_argument("--blob-mib", type=int, default=256)
    parser.add_argument("--patience", type=int, default=100,
                        help="seconds to wait for stalled peers to be let go")
    parser.add_argument("--nice", type=int, default=0,
                        help="priority of servers and load; below 0 on a machine that others use")
    parser.add_argument("--disk", help="keep the data in this folder instead of memory (/dev/shm)")
    parser.add_argument("--quick", action="store_true",
                        help="one round of 0.5 s, a hundredth of the data: shows that all works")
    parser.add_argument("--keep", action="store_true", help="leave the data for a look")
    parser.add_argument("--list", action="store_true", help="print the rows and stop")
    parser.add_argument("--out", help="the JSON file [bench/results/DATE.json]")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    if options.quick:
        options.rounds, options.seconds, options.warm_ms = 1, 0.5, 100
    return options


def chosen_rows(options):
    beginnings = tuple(part for part in options.only.split(",") if part)
    return [row for row in rows.build() if (not beginnings or row.id.startswith(beginnings))
            and not (row.slow and options.quick)]


def check_tools(bench, names):
    needed = {"wharf": bench.binary, "registry": "docker-registry", "nginx": "nginx"}
    for tool in [bench.loader, "openssl", *(needed[name] for name in names)]:
        if not shutil.which(tool):
            raise servers.ServerError(f"{tool} is missing: run `make build` and `scripts/bootstrap bench`")


def run(options):
    if options.nice:
        take_precedence(options.nice)
    names = [name for name in options.servers.split(",")
             if not (options.peers_only and name == "wharf")]
    chosen = chosen_rows(options)
    bench = Bench(options)
    results, failures = [], []
    try:
        check_tools(bench, names)
        bench.prepare(names)
        for row in chosen:
            try:
                result = bench.run_row(row)
            except servers.ServerError as error:
                failures.append(f"{row.id}: {error}")
                print(f"\n{row.title}\n     FAILED {error}", flush=True)
                continue
            if result:
                results.append(result)
                report.print_row(result)
                sys.stdout.flush()
        document = {"schema": 1, "date": datetime.datetime.now().isoformat(timespec="seconds"),
                    "commit": commit(), "machine": machine(),
                    "options": {key: value for key, value in vars(options).items()
                                if key in ("rounds", "seconds", "warm_ms", "blob_mib", "quick", "nice")},
                    "storage": "disk" if options.disk else "memory",
                    "servers": {name: s.version() for name, s in bench.servers.items()},
                    "rows": results, "failures": failures}
    finally:
        bench.close()
    path = options.out or os.path.join(
        HERE, "results", datetime.datetime.now().strftime("%Y-%m-%dT%H%M") + ".json")
    report.write(path, document)
    print(f"\n{report.summary(results)}")
    for failure in failures:
        print(f"  FAILED {failure.splitlines()[0]}")
    print(f"Written to {os.path.relpath(path)}")
    return 1 if failures else 0


def main():
    options = parse_options()
    if options.list:
        for row in chosen_rows(options):
            print(f"{row.id:<22} {row.title}")
        return 0
    try:
        return run(options)
    except servers.ServerError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
