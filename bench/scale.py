# SPDX-License-Identifier: Apache-2.0
"""Rows in which wharf is compared with itself: a large registry with a small one.

The data would take hours to push, so it is written straight into the SQLite file and the object
folder, in the tables that wharf itself has created. Two stores are made once and kept for the run:
"small" with 1,000 repositories, and "large" with 100,000, one of them with 1,000,000 tags.
"""

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import time
import uuid

import servers

NO_END = 9223372036854775807
OTHERS = 16  # namespaces beside the user's own


def store(bench, name):
    """A wharf with seeded data, stopped; made on first use."""
    if name not in bench.stores:
        wharf = servers.Wharf(bench.work, bench.content, bench.binary,
                              os.path.join(bench.work, "store-" + name))
        wharf.create_user()
        begin = time.monotonic()
        repositories = bench.scaled(100000 if name == "large" else 1000)
        with open_database(wharf) as database:
            seed_repositories(database, wharf.user, repositories)
            seed_tags(database, wharf.user, "thousand", 1000)
            if name == "large":
                seed_tags(database, wharf.user, "million", bench.scaled(1000000))
        with open_database(wharf) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        bench.say(f"seeded the {name} store in {time.monotonic() - begin:.0f} s")
        bench.stores[name] = wharf
    return bench.stores[name]


def database_path(wharf):
    for folder, _, names in os.walk(wharf.data):
        for name in names:
            if name.endswith((".db", ".sqlite", ".sqlite3")):
                return os.path.join(folder, name)
    raise servers.ServerError(f"no database under {wharf.data}")


class open_database:
    """A connection for bulk loading, committed and closed at the end."""

    def __init__(self, wharf):
        self.path = database_path(wharf)

    def __enter__(self):
        self.connection = sqlite3.connect(self.path, timeout=30)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.execute("PRAGMA cache_size = -200000")
        return self.connection

    def __exit__(self, kind, *_):
        if kind is None:
            self.connection.commit()
        self.connection.close()


def packed(content):
    """A digest as the database keeps it: one byte of algorithm, then its bytes."""
    return b"\x01" + hashlib.sha256(content).digest()


def account_id(database, name):
    return database.execute("SELECT id FROM account WHERE name = ?", (name,)).fetchone()[0]


def add_namespace(database, name):
    """An organization."""
    database.execute("INSERT INTO account (uuid, kind, name, created_ms) VALUES (?, 2, ?, ?)",
                     (str(uuid.uuid4()), name, now_ms()))
    return account_id(database, name)


def now_ms():
    return int(time.time() * 1000)


def seed_repositories(database, user, count):
    """Half are the user's own and private, a quarter other people's public ones, which the user
    sees too, and a quarter other people's private ones, which have to be passed over."""
    own = account_id(database, user)
    others = [add_namespace(database, f"org{i:02}") for i in range(OTHERS)]

    def rows():
        for i in range(count):
            space = own if i % 2 == 0 else others[i // 4 % OTHERS]
            yield space, f"r{i:06}", int(i % 4 == 1), now_ms()
    database.executemany("INSERT INTO repository (namespace_id, name, public, created_ms) "
                         "VALUES (?, ?, ?, ?)", rows())


def seed_tags(database, user, name, count):
    """A repository with `count` tags, each on a manifest of its own that uses two blobs."""
    repository = database.execute(
        "INSERT INTO repository (namespace_id, name, created_ms) VALUES (?, ?, ?)",
        (account_id(database, user), name, now_ms())).lastrowid
    config, layer = (add_blob(database, f"{name} {kind}".encode()) for kind in ("config", "layer"))
    first = 1 + (database.execute("SELECT max(id) FROM manifest").fetchone()[0] or 0)
    numbers = range(count)
    database.executemany(
        "INSERT INTO manifest (id, repository_id, digest, media_type, content, size, created_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (manifest_row(first + i, repository, config[1], layer[1], i) for i in numbers))
    for blob, _ in (config, layer):
        database.executemany(
            "INSERT INTO manifest_blob (manifest_id, blob_id, repository_id) VALUES (?, ?, ?)",
            ((first + i, blob, repository) for i in numbers))
    database.executemany(
        "INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms) "
        "VALUES (?, ?, ?, ?, ?)",
        ((repository, f"t{i:07}", first + i, now_ms(), NO_END) for i in numbers))


def add_blob(database, content):
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    key = str(uuid.uuid4())
    row = database.execute(
        "INSERT INTO blob (digest, size, object_key, created_ms) VALUES (?, ?, ?, ?)",
        (packed(content), len(content), f"{key[:2]}/{key}", now_ms()))
    return row.lastrowid, digest


def manifest_row(row_id, repository, config, layer, number):
    kind = "application/vnd.oci.image."
    content = json.dumps({
        "schemaVersion": 2, "mediaType": kind + "manifest.v1+json",
        "config": {"mediaType": kind + "config.v1+json", "digest": config, "size": 14},
        "layers": [{"mediaType": kind + "layer.v1.tar", "digest": layer, "size": 13}],
        "annotations": {"number": str(number)}}).encode()
    return (row_id, repository, packed(content), kind + "manifest.v1+json", content, len(content),
            now_ms())


# Listings.

def next_pages(wharf, path, headers, count):
    """The paths of the first `count` pages, by the Link header."""
    pages = [path]
    while len(pages) < count:
        _, answer, _ = servers.request(wharf.ports[False], False, "GET", pages[-1],
                                       headers=dict(h.split(": ", 1) for h in headers))
        found = re.match(r"<([^>]+)>", answer.get("Link", ""))
        if not found:
            break
        link = found.group(1)
        pages.append("/" + link.split("/", 3)[3] if "://" in link else link)
    return pages


def compare_pages(bench, large, small):
    """Both as a rate of pages on four connections; `ratio` is how much slower the large one is."""
    def rate(wharf, repository, paths):
        wharf.start()
        headers = wharf.headers(False, "*" if repository == "catalog" else "pull", repository)
        found = next_pages(wharf, paths[0], headers, 3) + paths[1:]
        result = bench.load("get", wharf, False, found, connections=4, header_lines=headers)
        return result
    few, many = rate(*small), rate(*large)
    return {"rate": many["requests"] / many["elapsed_us"] * 1e6,
            "rate_small": few["requests"] / few["elapsed_us"] * 1e6,
            "p99": many["p99_us"] / 1e3, "cpu": many["server_cpu_us"] / many["requests"],
            "ratio": (few["requests"] / few["elapsed_us"]) / (many["requests"] / many["elapsed_us"])}


def tags_page(bench, _):
    wharf = store(bench, "large")
    path = f"/v2/{wharf.user}/%s/tags/list?n=1000"
    middle = path % "million" + f"&last=t{bench.scaled(1000000) // 2:07}"
    try:
        return compare_pages(bench, (wharf, f"{wharf.user}/million", [path % "million", middle]),
                             (wharf, f"{wharf.user}/thousand", [path % "thousand"]))
    finally:
        wharf.stop()


def catalog_page(bench, _):
    large, small = store(bench, "large"), store(bench, "small")
    path = ["/v2/_catalog?n=100"]
    try:
        return compare_pages(bench, (large, "catalog", path), (small, "catalog", path))
    finally:
        large.stop()
        small.stop()


def listing_rows(Row, Bar, servers_of_row):
    bars = [Bar("ratio", "", "<=", 1.5)]
    return [Row("tags-list", "page of 1,000 tags: of 1,000,000 against of 1,000", servers_of_row,
                tags_page, bars, cpu_unit="us/page", rate_unit="pages/s"),
            Row("catalog", "page of 100 repositories: of 100,000 against of 1,000", servers_of_row,
                catalog_page, bars, cpu_unit="us/page", rate_unit="pages/s")]


# Starts.

def start_first(bench, _):
    """In an empty folder: tables, keys and all are made."""
    bench.fresh += 1
    wharf = servers.Wharf(bench.work, bench.content, bench.binary,
                          os.path.join(bench.work, f"store-fresh{bench.fresh}"))
    took = wharf.start()
    wharf.stop()
    return {"ms": took * 1000}


def start_large(bench, _):
    wharf = store(bench, "large")
    took = wharf.start()
    wharf.stop()
    return {"ms": took * 1000}


def start_rows(Row, Bar, servers_of_row):
    return [Row("start-first", "first start, in an empty folder", servers_of_row, start_first,
                [Bar("ms", "", "<=", 50)]),
            Row("start-large", "start with 1,000,000 manifests in the database", servers_of_row,
                start_large, [Bar("ms", "", "<=", 100)])]


# Garbage collection.

FAR_MS = 4102444800000  # 2100: not due


def seed_garbage(wharf, count):
    """Blobs that nothing refers to, with their objects, queued for the collector but not due."""
    root = blob_root(wharf)
    created = now_ms() - 86400000

    def rows():
        for _ in range(count):
            key = str(uuid.uuid4())
            key = f"{key[:2]}/{key}"
            content = f"garbage {key}".encode() * 20
            with open(os.path.join(root, key), "wb") as file:
                file.write(content)
            yield packed(content), len(content), key, created
    with open_database(wharf) as database:
        database.executemany("INSERT INTO blob (digest, size, object_key, created_ms) "
                             "VALUES (?, ?, ?, ?)", rows())
        database.execute("INSERT INTO gc_queue (kind, object_id, due_ms) "
                         "SELECT 2, id, ? FROM blob WHERE created_ms = ?", (FAR_MS, created))


def make_due(wharf, table, column):
    """As if the time had come: candidates wait for their due time, dead objects for their grace."""
    with open_database(wharf) as database:
        database.execute(f"UPDATE {table} SET {column} = ? WHERE {column} > ?",
                         (now_ms() - 1000, now_ms()))


STAGES = (("gc_queue", "due_ms"), ("dead_object", "delete_after_ms"))


def blob_root(wharf):
    """The folder with the 256 fan-out folders."""
    for folder, names, _ in os.walk(wharf.data):
        if "00" in names and "ff" in names:
            return folder
    raise servers.ServerError(f"no folder of objects under {wharf.data}")


def count_objects(root):
    return sum(len(os.listdir(os.path.join(root, f"{i:02x}"))) for i in range(256))


def collect(bench, server):
    """`wharf gc` beside the running server: once to decide, once to remove the objects."""
    count = bench.scaled(100000)
    before = count_objects(blob_root(server))
    seed_garbage(server, count)
    took = 0.0
    for table, column in STAGES:
        make_due(server, table, column)
        begin = time.monotonic()
        server.run("gc")
        took += time.monotonic() - begin
    left = count_objects(blob_root(server)) - before
    if left > 0:
        raise servers.ServerError(f"wharf gc left {left} of {count} objects")
    return {"rate": count / took}


def push_p99(bench, server):
    result = bench.load("image", server, False, kind="mono", bytes=1 << 20, connections=2,
                        repository=server.content.repository)
    return result["p99_us"] / 1e3


def collect_beside_pushes(bench, server):
    """p99 of image pushes in both stages of a collection, against the mean of before and after."""
    seed_garbage(server, bench.scaled(100000))
    before = push_p99(bench, server)
    during, note = [], ""
    for table, column in STAGES:
        make_due(server, table, column)
        collector = subprocess.Popen([server.binary, "gc", *server.common()],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        during.append(push_p99(bench, server))
        if collector.poll() is not None:
            note = "a stage ended before the pushes"
        if collector.wait() != 0:
            raise servers.ServerError("wharf gc failed beside pushes")
    without = (before + push_p99(bench, server)) / 2
    server.discard_pushed()
    return {"p99": max(during), "p99_without": without, "ratio": max(during) / without,
            "note": note}


def gc_rows(Row, Bar, servers_of_row):
    return [Row("gc", "collection of 100,000 unreferenced blobs", servers_of_row, collect,
                [Bar("rate", "", ">=", 5000)], rounds_max=3, rate_unit="blobs/s"),
            Row("gc-pushes", "p99 of pushes during a collection, against without", servers_of_row,
                collect_beside_pushes, [Bar("ratio", "", "<=", 1.1)])]
