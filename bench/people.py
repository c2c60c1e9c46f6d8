# SPDX-License-Identifier: Apache-2.0
"""Rows about people: what a decision on rights, a page of repositories, the audit log of pulls and a
sign-in cost. wharf is compared with itself, within one measurement: the same request of somebody
who has little, or with the thing switched off.

The people are written straight into the database of one store, which is kept for the run.
"""

import base64
import ctypes
import http.client
import json
import os
import statistics
import threading
import time
import urllib.parse
import uuid

import scale
import servers

TEAMS = 500
PAGE_NAMESPACES = {"few": 100, "big": 100000}  # organization: its repositories
READ, MEMBER, ADMIN = 1, 1, 3
SIGNERS = 64  # users that sign in, each once in a measurement


# The store.

def store(bench):
    """A wharf with people, stopped; made on first use."""
    if "people" not in bench.stores:
        wharf = servers.Wharf(bench.work, bench.content, bench.binary,
                              os.path.join(bench.work, "store-people"))
        wharf.create_user()
        begin = time.monotonic()
        with scale.open_database(wharf) as database:
            seed_members(database, password_of(database, wharf.user))
            for name, count in PAGE_NAMESPACES.items():
                seed_pages(database, name, bench.scaled(count) if name == "big" else count)
        bench.say(f"seeded the store of people in {time.monotonic() - begin:.0f} s")
        wharf.bearers = {
            name: wharf.run("token", "create", "--user", name, "--scope", "repo:read").strip()
            for name in ("one", "same", "spread", "owner", "reader", "stranger")}
        bench.stores["people"] = wharf
    return bench.stores["people"]


def password_of(database, user):
    return database.execute("SELECT password_hash FROM account WHERE name = ?", (user,)).fetchone()[0]


def add_user(database, name, password_hash):
    return database.execute(
        "INSERT INTO account (uuid, kind, name, password_hash, created_ms) VALUES (?, 1, ?, ?, ?)",
        (str(uuid.uuid4()), name, password_hash, scale.now_ms())).lastrowid


def add_team(database, organization, name, role, *members):
    team = database.execute(
        "INSERT INTO team (organization_id, name, role, description) VALUES (?, ?, ?, '')",
        (organization, name, role)).lastrowid
    database.executemany("INSERT INTO team_member (team_id, account_id) VALUES (?, ?)",
                         [(team, member) for member in members])
    return team


def add_repository(database, organization, name):
    return database.execute(
        "INSERT INTO repository (namespace_id, name, created_ms) VALUES (?, ?, ?)",
        (organization, name, scale.now_ms())).lastrowid


def grant(database, repository, team):
    database.execute("INSERT INTO repository_permission (repository_id, team_id, role)"
                     " VALUES (?, ?, ?)", (repository, team, READ))


def seed_members(database, password_hash):
    """Three users who may read one repository each: "one" through his only team, "same" through 500
    teams of the organization, which all have the right, "spread" through one of his teams in 500
    organizations."""
    one, same, spread = (add_user(database, name, password_hash)
                         for name in ("one", "same", "spread"))
    for name in ("owner", "reader", "stranger"):
        add_user(database, name, password_hash)
    for user, name, teams in ((one, "lean", 1), (same, "crowded", TEAMS)):
        organization = scale.add_namespace(database, name)
        repository = add_repository(database, organization, "app")
        for number in range(teams):
            grant(database, repository,
                  add_team(database, organization, f"team{number:03}", MEMBER, user))
    for number in range(TEAMS):
        organization = scale.add_namespace(database, f"spread{number:03}")
        team = add_team(database, organization, "team", MEMBER, spread)
        grant(database, add_repository(database, organization, "app"), team)


def seed_pages(database, name, count):
    """An organization of "owner" with private repositories, all of which "reader" may read."""
    owner, reader = (scale.account_id(database, user) for user in ("owner", "reader"))
    organization = scale.add_namespace(database, name)
    add_team(database, organization, "owners", ADMIN, owner)
    team = add_team(database, organization, "readers", MEMBER, reader)
    now = scale.now_ms()
    database.executemany(
        "INSERT INTO repository (namespace_id, name, created_ms) VALUES (?, ?, ?)",
        ((organization, f"r{number:06}", now) for number in range(count)))
    database.execute("INSERT INTO repository_permission (repository_id, team_id, role)"
                     " SELECT id, ?, ? FROM repository WHERE namespace_id = ?",
                     (team, READ, organization))


# Comparing two requests.

def basic(wharf, user):
    word = base64.b64encode(f"{user}:{wharf.password}".encode()).decode()
    return [f"Authorization: Basic {word}"]


def bearer(wharf, user):
    return [f"Authorization: Bearer {wharf.bearers[user]}"]


def p50_of(bench, wharf, request):
    path, headers = request
    return bench.load("get", wharf, False, [path], connections=1, header_lines=headers)


def compare(bench, wharf, heavy, light):
    """Both on one connection, a half of the window each time: light, heavy, heavy, light."""
    results = [p50_of(bench, wharf, request) for request in (light, heavy, heavy, light)]
    p50 = [result["p50_us"] for result in results]
    many, few = (p50[1] + p50[2]) / 2, (p50[0] + p50[3]) / 2
    return {"p50": many / 1e3, "p50_light": few / 1e3, "ratio": many / few,
            "p99": max(results[1]["p99_us"], results[2]["p99_us"]) / 1e3,
            "cpu": sum(results[i]["server_cpu_us"] / max(1, results[i]["requests"])
                       for i in (1, 2)) / 2}


def started(run):
    """A row's measurement with the store running."""
    def measure(bench, _):
        wharf = store(bench)
        wharf.start()
        try:
            return run(bench, wharf)
        finally:
            wharf.stop()
    return measure


# Permission checks.

REPOSITORY_OF = {"one": "lean/app", "same": "crowded/app", "spread": f"spread{TEAMS - 1:03}/app"}


def registry_token(user):
    def run(bench, wharf):
        def request(name):
            scope = urllib.parse.quote(f"repository:{REPOSITORY_OF[name]}:pull")
            return (f"/v2/auth?service={service_of(wharf)}&scope={scope}", basic(wharf, name))
        return compare(bench, wharf, request(user), request("one"))
    return started(run)


def service_of(wharf):
    _, answer, _ = servers.request(wharf.ports[False], False, "GET", "/v2/")
    return urllib.parse.quote(answer["WWW-Authenticate"].split('service="')[1].split('"')[0])


def repository_view(user):
    def run(bench, wharf):
        def request(name):
            return f"/api/v1/repository/{REPOSITORY_OF[name]}", bearer(wharf, name)
        return compare(bench, wharf, request(user), request("one"))
    return started(run)


# Pages.

def last_page(wharf, user, namespace):
    """The path of the last page, found by walking there."""
    path = f"/api/v1/repository?namespace={namespace}"
    headers = dict(line.split(": ", 1) for line in bearer(wharf, user))
    connection = servers.connection(wharf.ports[False], False)
    found = path
    while True:
        connection.request("GET", found, headers=headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        if answer.status != 200:
            raise servers.ServerError(f"{found}: {answer.status} {body}")
        if not body.get("next_page"):
            connection.close()
            return found
        found = f"{path}&next_page={urllib.parse.quote(body['next_page'])}"


def repository_page(user, last=False):
    def run(bench, wharf):
        def request(namespace):
            path = f"/api/v1/repository?namespace={namespace}"
            return (last_page(wharf, user, namespace) if last else path), bearer(wharf, user)
        return compare(bench, wharf, request("big"), request("few"))
    return started(run)


def catalog_page(last):
    """/v2/_catalog as the owner of both: from the beginning, or the last hundred, against the first
    hundred of the small organization."""
    def run(bench, wharf):
        token = catalog_token(wharf, "owner")
        count = bench.scaled(PAGE_NAMESPACES["big"])
        behind = f"few/r{PAGE_NAMESPACES['few'] - 101:06}"
        at = f"big/r{count - 101:06}" if last else "big/"
        return compare(bench, wharf, (f"/v2/_catalog?n=100&last={at}", token),
                       (f"/v2/_catalog?n=100&last={behind}", token))
    return started(run)


def catalog_token(wharf, user):
    headers = dict(line.split(": ", 1) for line in basic(wharf, user))
    path = f"/v2/auth?service={service_of(wharf)}&scope=registry:catalog:*"
    _, _, body = servers.request(wharf.ports[False], False, "GET", path, headers=headers)
    return ["Authorization: Bearer " + json.loads(body)["token"]]


# The audit log of pulls.

class Unlogged(servers.Wharf):
    """On the same data, without entries for pulls of the content's repository."""

    def configure(self):
        super().configure()
        with open(os.path.join(self.conf, "config.yaml"), "a") as file:
            file.write(f"DISABLED_FOR_PULL_LOGS: [{self.content.repository.split('/')[0]}]\n")


def pulls(bench, wharf, tags):
    wharf.start()
    try:
        paths = [wharf.content.path("manifests", tag) for tag in tags]
        return bench.load("get", wharf, False, paths, connections=16, accept=True,
                          ms=int(bench.options.seconds * 1000))
    finally:
        wharf.stop()


def tag_often(server, count):
    """More tags of the image: (they are there already in later rounds)."""
    headers = dict(line.split(": ", 1) for line in server.headers(False))
    tags = [f"t{number:02}" for number in range(count)]
    for tag in tags:
        servers.request(server.ports[False], False, "PUT", server.content.path("manifests", tag),
                        body=server.content.manifest,
                        headers={**headers, "Content-Type": server.content.media_type})
    return tags


def pull_log(tag_count):
    """Off, on, on, off, each time started anew: `ratio` is CPU a pull with the log over without,
    `kept` what is left of the rate."""
    def run(bench, server):
        tags = tag_often(server, tag_count) if tag_count else [server.content.tag]
        server.stop()
        off = Unlogged(bench.work, bench.content, bench.binary, server.work)
        results = [pulls(bench, wharf, tags) for wharf in (off, server, server, off)]
        server.start()
        cpu = [result["server_cpu_us"] / result["requests"] for result in results]
        rate = [result["requests"] / result["elapsed_us"] * 1e6 for result in results]
        others = max(result["machine_cpu_us"] - result["server_cpu_us"] - result["client_cpu_us"]
                     for result in results)
        return {"rate": (rate[1] + rate[2]) / 2, "cpu": (cpu[1] + cpu[2]) / 2,
                "ratio": (cpu[1] + cpu[2]) / (cpu[0] + cpu[3]),
                "kept": (rate[1] + rate[2]) / (rate[0] + rate[3]),
                "other_cores": max(0.0, others / results[0]["elapsed_us"])}
    return run


# Signing in.

class Bcrypt:
    """The C library's, which wharf uses too. Calls run beside each other."""

    def __init__(self):
        self.library = ctypes.CDLL("libcrypt.so.1")
        self.library.crypt_rn.restype = ctypes.c_char_p
        self.cost = 12

    def hash(self, password, setting=None):
        """A new hash, or with the setting of an old one."""
        data = ctypes.create_string_buffer(64 * 1024)
        setting = setting or self.setting()
        result = self.library.crypt_rn(password.encode(), setting.encode(), data, len(data))
        if not result:
            raise servers.ServerError("the C library has no bcrypt")
        return result.decode()

    def setting(self):
        letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        salt = "".join(letters[byte % 64] for byte in os.urandom(21)) + "."
        return f"$2b${self.cost:02}${salt}"


def in_parallel(count, work):
    """work(number) in that many threads; what they return."""
    results, failures = [None] * count, []

    def guarded(number):
        try:
            results[number] = work(number)
        except Exception as failure:  # shown below
            failures.append(failure)
    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise servers.ServerError(f"in a thread: {failures[0]}")
    return results


def signers(bench, wharf):
    """Users with a hash of their own each, so that no password is remembered for another."""
    if not hasattr(wharf, "signers"):
        bcrypt, threads = Bcrypt(), os.cpu_count()
        with scale.open_database(wharf) as database:
            bcrypt.cost = int(password_of(database, wharf.user).split("$")[2])
            names = [f"signer{number:02}" for number in range(SIGNERS)]
            hashes = in_parallel(threads, lambda thread: [
                (name, bcrypt.hash(wharf.password)) for name in names[thread::threads]])
            for name, value in (pair for part in hashes for pair in part):
                add_user(database, name, value)
        wharf.signers, wharf.bcrypt = names, bcrypt
        bench.say(f"{SIGNERS} users with bcrypt of cost {bcrypt.cost}")
    return wharf.signers


def raw_rate(bench, wharf):
    """Hashes a second of one thread a core."""
    setting, ends = wharf.bcrypt.setting(), time.monotonic() + bench.options.seconds

    def work(_):
        begin, count = time.monotonic(), 0
        while time.monotonic() < ends:
            wharf.bcrypt.hash(wharf.password, setting)
            count += 1
        return count / (time.monotonic() - begin)
    return sum(in_parallel(os.cpu_count(), work))


def sign_in(connection, user, password):
    """As a browser does: the token against forged requests, then the form."""
    connection.request("GET", "/csrf_token")
    answer = connection.getresponse()
    token = json.loads(answer.read())["csrf_token"]
    cookies = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])
    connection.request("POST", "/api/v1/signin", json.dumps({"username": user, "password": password}),
                       {"Content-Type": "application/json", "X-CSRF-Token": token, "Cookie": cookies})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise servers.ServerError(f"signing in as {user}: {answer.status} {body[:300]!r}")


def sign_in_rate(bench, wharf, names):
    """Sign-ins a second on one connection a core, each user once: nothing is remembered."""
    threads, ends = os.cpu_count(), time.monotonic() + bench.options.seconds

    def work(thread):
        connection = http.client.HTTPConnection("127.0.0.1", wharf.ports[False], timeout=60)
        begin, count = time.monotonic(), 0
        for name in names[thread::threads]:
            if time.monotonic() >= ends:
                break
            sign_in(connection, name, wharf.password)
            count += 1
        took = time.monotonic() - begin
        connection.close()
        return count / took
    return sum(in_parallel(threads, work))


def signin(bench, _):
    """`ratio`: sign-ins a second against bare bcrypt, measured before and after."""
    wharf = store(bench)
    names = signers(bench, wharf)
    before = raw_rate(bench, wharf)
    wharf.restart()
    try:
        rate = sign_in_rate(bench, wharf, names)
    finally:
        wharf.stop()
    raw = (before + raw_rate(bench, wharf)) / 2
    return {"rate": rate, "raw": raw, "ratio": rate / raw}


def signin_pulls(bench, server):
    """Pulls while twice as many people sign in as there are cores, against pulls alone: `p99`, and
    `kept`, what is left of the rate while the cores are shared with bcrypt."""
    wharf = store(bench)
    names = signers(bench, wharf)
    move_signers(server, wharf, names)
    server.restart()
    path = [server.content.manifest_path()]

    def load():
        return bench.load("get", server, False, path, connections=4, accept=True)
    alone = load()
    stopping = threading.Event()

    def people(number):
        connection = http.client.HTTPConnection("127.0.0.1", server.ports[False], timeout=60)
        count = 0
        for name in names[number::people_count]:
            if stopping.is_set():
                break
            sign_in(connection, name, server.password)
            count += 1
        connection.close()
        return count
    people_count = 2 * os.cpu_count()
    counts = []
    background = threading.Thread(
        target=lambda: counts.extend(in_parallel(people_count, people)))
    background.start()
    try:
        beside = load()
    finally:
        stopping.set()
        background.join()
    if not counts or not all(counts):
        raise servers.ServerError("nobody could sign in beside pulls")

    def rate(result):
        return result["requests"] / result["elapsed_us"] * 1e6
    return {"rate": rate(beside), "p50": beside["p50_us"] / 1e3, "p99": beside["p99_us"] / 1e3,
            "p99_alone": alone["p99_us"] / 1e3, "kept": rate(beside) / rate(alone),
            "note": f"{statistics.fmean(counts) * people_count:.0f} signed in"}


def move_signers(server, wharf, names):
    """The same users in the database of the server that has the image."""
    with scale.open_database(wharf) as database:
        rows = database.execute("SELECT name, password_hash FROM account WHERE name IN"
                                f" ({','.join('?' * len(names))})", names).fetchall()
    with scale.open_database(server) as database:
        if not database.execute("SELECT 1 FROM account WHERE name = ?", (names[0],)).fetchone():
            for name, value in rows:
                add_user(database, name, value)


def rows(Row, Bar, servers_of_row):
    def row(row_id, title, run, *bars, **more):
        return Row(row_id, title, servers_of_row, run, list(bars), **more)
    found = []
    for user, where in (("same", "of one organization"), ("spread", f"of {TEAMS} organizations")):
        found += [
            row(f"permission-token-{user}", f"registry token of a member of {TEAMS} teams {where},"
                " against of one team", registry_token(user), Bar("ratio", "", "<=", 1.25),
                cpu_unit="us/req"),
            row(f"permission-api-{user}", f"GET of a repository by a member of {TEAMS} teams {where},"
                " against of one team", repository_view(user), Bar("ratio", "", "<=", 1.5),
                cpu_unit="us/req")]
    people = (("owner", "its owner"), ("reader", "who may read them all"), ("stranger", "who sees none"))
    for user, who in people:
        found.append(row(f"repositories-{user}", "page of repositories of a namespace with 100,000,"
                         f" against with 100, for {who}", repository_page(user),
                         Bar("ratio", "", "<=", 1.5), cpu_unit="us/page"))
    found += [
        row("repositories-last", "the last page of 100,000 repositories, against the only of 100",
            repository_page("owner", last=True), Bar("ratio", "", "<=", 1.5), cpu_unit="us/page"),
        row("catalog-first", "page of 100 of 100,000 own repositories, against of 100",
            catalog_page(False), Bar("ratio", "", "<=", 1.5), cpu_unit="us/page"),
        row("catalog-last", "the last page of those", catalog_page(True),
            Bar("ratio", "", "<=", 1.5), cpu_unit="us/page"),
    ]
    bars = Bar("ratio", "", "<=", 1.05), Bar("kept", "", ">=", 0.95)
    found += [
        row("pull-log", "audit log of pulls, one image: CPU with it over without", pull_log(0), *bars,
            cpu_unit="us/req", rate_unit="req/s"),
        row("pull-log-tags", "audit log of pulls, 60 tags: CPU with it over without", pull_log(60),
            *bars, cpu_unit="us/req", rate_unit="req/s"),
        row("signin", "sign-ins, one thread a core, against bare bcrypt", signin,
            Bar("ratio", "", ">=", 0.9), rate_unit="/s"),
        row("signin-pulls", "manifest GET while people sign in", signin_pulls,
            Bar("p99", "", "<=", 100), rate_unit="req/s"),
    ]
    return found
