# SPDX-License-Identifier: Apache-2.0
"""The rows of the bench: what is measured on which servers, and the bars that wharf must meet.

A row's `run(bench, server)` makes one measurement and returns metrics; README.md says what each
metric means. Rows that compare wharf with itself live in scale.py and people.py.
"""

from dataclasses import dataclass, field

import people
import scale

ALL = ("wharf", "registry", "nginx")
PUSHABLE = ("wharf", "registry")
OWN = ("wharf",)


@dataclass
class Bar:
    metric: str
    against: str  # a peer, for the ratio of the two; "" for wharf's own value
    op: str  # "<=" or ">="
    limit: float

    def met(self, value):
        return value >= self.limit if self.op == ">=" else value <= self.limit


@dataclass
class Row:
    id: str
    title: str
    servers: tuple
    run: object
    bars: list = field(default_factory=list)
    rounds_max: int = 99
    cpu_unit: str = ""
    rate_unit: str = ""
    slow: bool = False  # left out of --quick


# Metrics out of what the load generator prints.

def common(result):
    elapsed = result["elapsed_us"]
    others = result["machine_cpu_us"] - result["server_cpu_us"] - result["client_cpu_us"]
    return {"rss": result["rss"] / 1e6, "rss_anon": result["rss_anon"] / 1e6,
            "server_cores": result["server_cpu_us"] / elapsed,
            "client_cores": result["client_cpu_us"] / elapsed,
            "other_cores": max(0.0, others / elapsed), "steal_cores": result["steal_us"] / elapsed,
            "elapsed": elapsed / 1e6}


def latency(result):
    return {"p50": result["p50_us"] / 1e3, "p99": result["p99_us"] / 1e3}


def by_request(result, cpu_per=1e0):
    """Rate in requests a second, CPU in microseconds (or cpu_per of them) a request."""
    count = max(1, result["requests"])
    return {"rate": result["requests"] / result["elapsed_us"] * 1e6,
            "cpu": result["server_cpu_us"] / count / cpu_per, **latency(result), **common(result)}


def by_byte(result):
    """Rate in MB a second, CPU in seconds a GB."""
    count = max(1, result["bytes"])
    return {"rate": count / result["elapsed_us"], "cpu": result["server_cpu_us"] * 1e3 / count,
            **common(result)}


# One measurement each.

def manifest_get(connections, tls):
    def run(bench, server):
        return by_request(bench.load("get", server, tls, [server.content.manifest_path()],
                                     connections=connections, accept=True))
    return run


def blob_pull(streams, tls):
    def run(bench, server):
        return by_byte(bench.load("pull", server, tls, [server.content.blob_path()],
                                  connections=streams))
    return run


def blob_push(streams, tls):
    def run(bench, server):
        result = bench.load("push", server, tls, connections=streams, kind="patch",
                            count=max(streams, bench.push_count), bytes=bench.blob_bytes,
                            repository=server.content.repository)
        server.discard_pushed()
        return by_byte(result)
    return run


def image_push(bench, server):
    result = bench.load("image", server, False, kind="mono", bytes=1 << 20,
                        repository=server.content.repository)
    server.discard_pushed()
    return by_request(result, 1e3)


def connect(bench, server):
    return by_request(bench.load("connect", server, True, [server.content.manifest_path()],
                                 connections=8, accept=True), 1e3)


def memory_idle(bench, server):
    server.restart()
    return common(bench.load("hold", server, False, [server.content.manifest_path()],
                             connections=1, accept=True, ms=1000))


def memory_held(tls):
    def run(bench, server):
        server.restart()
        result = bench.load("hold", server, tls, [server.content.manifest_path()],
                            connections=bench.held, accept=True, ms=2000)
        return {**common(result), "lost": result["idle"]["gone"]}
    return run


def memory_busy(tls):
    def run(bench, server):
        server.restart()
        return manifest_get(256, tls)(bench, server)
    return run


STALLS = {False: ("connect", "head", "body", "reader"),
          True: ("connect", "hello", "head", "body", "reader")}


def stall_kinds(server, tls):
    """nginx serves files here, so nothing can be uploaded to it."""
    return [kind for kind in STALLS[tls] if kind != "body" or server.name != "nginx"]


def stalled(tls):
    """Four peers of each kind at a time; the metric is the worst kind's."""
    def run(bench, server):
        cores = {}
        for kind in stall_kinds(server, tls):
            result = bench.load("hold", server, tls, [server.content.blob_path()], connections=4,
                                kind=kind, ms=2000, repository=server.content.repository)
            cores[kind] = result["server_cpu_us"] / result["elapsed_us"]
        worst = max(cores, key=cores.get)
        return {"cores": cores[worst], "note": f"worst: {worst}"}
    return run


def stalled_gone(tls):
    """All kinds at once, until the server has let go of every one or the patience is over."""
    def run(bench, server):
        kinds = stall_kinds(server, tls)
        result = bench.load("hold", server, tls, [server.content.blob_path()], connections=4,
                            kind=",".join(kinds), ms=bench.patience * 1000,
                            repository=server.content.repository)
        left = {kind: result[kind]["opened"] - result[kind]["gone"] for kind in kinds}
        times = [f"{kind} {result[kind]['last_gone_ms'] / 1000:.0f} s" for kind in kinds
                 if left[kind] == 0]
        still = [f"{kind} still held" for kind in kinds if left[kind] > 0]
        return {"left": sum(left.values()), "note": ", ".join(times + still),
                "cores": result["server_cpu_us"] / result["elapsed_us"]}
    return run


def start_again(bench, server):
    server.stop()
    return {"ms": server.start() * 1000}


def word(tls):
    return "TLS" if tls else "plain"


def build():
    """All rows, in the order of the table."""
    rows = []
    for tls in (False, True):
        for n in (16, 64, 256):
            rows.append(Row(
                f"manifest-{word(tls).lower()}-{n}",
                f"manifest GET by tag, {word(tls)}, {n} connections", ALL, manifest_get(n, tls),
                [Bar("rate", "registry", ">=", 20 if tls else 30), Bar("rate", "nginx", ">=", 0.7)],
                cpu_unit="us/req", rate_unit="req/s"))
    for tls in (False, True):
        for n in (1, 8, 32):
            rows.append(Row(
                f"pull-{word(tls).lower()}-{n}", f"blob pull, {word(tls)}, {n} streams", ALL,
                blob_pull(n, tls), pull_bars(tls, n), cpu_unit="s/GB", rate_unit="MB/s"))
    for tls in (False, True):
        for n in (1, 8):
            rows.append(Row(
                f"push-{word(tls).lower()}-{n}", f"blob push, {word(tls)}, {n} streams", PUSHABLE,
                blob_push(n, tls), [Bar("rate", "registry", ">=", 1.8 if n == 1 else 2.0),
                                    Bar("cpu", "registry", "<=", 0.45)],
                cpu_unit="s/GB", rate_unit="MB/s"))
    rows.append(Row("connect", "new TLS connection and manifest GET, 8 at a time", ALL, connect,
                    [Bar("cpu", "registry", "<=", 0.3)], cpu_unit="ms/conn", rate_unit="conn/s"))
    rows.append(Row("image", "push of an image of 1 MB (five requests)", PUSHABLE, image_push,
                    [Bar("p50", "registry", "<=", 0.2)], cpu_unit="ms/push", rate_unit="push/s"))
    rows += scale.listing_rows(Row, Bar, OWN)
    rows.append(Row("memory-idle", "memory, idle", ALL, memory_idle, [Bar("rss", "", "<=", 20)],
                    rounds_max=3))
    for tls in (False, True):
        rows.append(Row(f"memory-held-{word(tls).lower()}",
                        f"memory, 10,000 idle connections, {word(tls)}", ALL, memory_held(tls),
                        [Bar("rss", "", "<=", 256 if tls else 128), Bar("lost", "", "<=", 0)],
                        rounds_max=1))
    for tls in (False, True):
        rows.append(Row(f"memory-busy-{word(tls).lower()}",
                        f"memory, 256 busy connections, {word(tls)}", ALL, memory_busy(tls),
                        [Bar("rss", "", "<=", 64)], rounds_max=3,
                        cpu_unit="us/req", rate_unit="req/s"))
    for tls in (False, True):
        rows.append(Row(f"stalled-cpu-{word(tls).lower()}", f"CPU for stalled peers, {word(tls)}",
                        ALL, stalled(tls), [Bar("cores", "", "<=", 0.005)], rounds_max=1))
    for tls in (False, True):
        rows.append(Row(f"stalled-gone-{word(tls).lower()}",
                        f"stalled peers let go, {word(tls)}", OWN, stalled_gone(tls),
                        [Bar("left", "", "<=", 0), Bar("cores", "", "<=", 0.005)], rounds_max=1,
                        slow=True))
    rows.append(Row("start", "start to first answer", ALL, start_again, [Bar("ms", "", "<=", 50)]))
    rows += scale.start_rows(Row, Bar, OWN)
    rows += scale.gc_rows(Row, Bar, OWN)
    rows += people.rows(Row, Bar, OWN)
    return rows


def pull_bars(tls, streams):
    if tls:
        return [Bar("rate", "registry", ">=", 1.2), Bar("rate", "nginx", ">=", 1.0),
                Bar("cpu", "nginx", "<=", 1.0)]
    bars = [Bar("cpu", "nginx", "<=", 1.1)]
    return [Bar("rate", "registry", ">=", 1.5)] + bars if streams == 32 else bars
