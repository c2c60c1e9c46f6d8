# SPDX-License-Identifier: Apache-2.0
"""Database servers for a test: made in a folder of their own, reached by a socket in it only, and
gone afterwards. Each has name, dialect and run(lines), which gives the errors by line number."""
import contextlib
import glob
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time

START_SECONDS = 60


class Absent(Exception):
    """A program that the server needs is not installed."""


def find(program, *folders):
    """The program in the newest of the folders (glob patterns), or in PATH."""
    for pattern in folders:
        for folder in sorted(glob.glob(pattern), key=natural, reverse=True):
            if os.access(os.path.join(folder, program), os.X_OK):
                return os.path.join(folder, program)
    path = shutil.which(program)
    if not path:
        raise Absent(f"{program} is not installed")
    return path


def natural(text):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]


def account(*names):
    """Servers refuse to run as root: the first of these accounts that exists, else ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in names + ("nobody",) if name in known)


@contextlib.contextmanager
def folder_of(user):
    """A short path, for sockets, that the account owns."""
    folder = tempfile.mkdtemp(prefix="wharf-", dir="/tmp")
    try:
        if user:
            shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def call(command, user=None, **options):
    if user:
        options.update(user=user, group=pwd.getpwnam(user).pw_gid, extra_groups=[])
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          cwd="/", check=False, **options)


def must(command, user=None, **options):
    done = call(command, user, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}"
    return done.stdout


def numbered_errors(output, pattern):
    return [(int(line), text) for line, text in re.findall(pattern, output, re.M)]


class PostgreSQL:
    name, dialect = "PostgreSQL", "postgres"

    def __init__(self, folder):
        self.client = [find("psql"), "-X", "-q", "-A", "-t", "-h", folder, "-U", "wharf",
                       "-d", "postgres", "-v", "VERBOSITY=terse", "-f", "-"]

    def output(self, lines):
        return call(self.client, input="\n".join(lines) + "\n").stdout

    def run(self, lines):
        return numbered_errors(self.output(lines), r"^psql:<stdin>:(\d+): (?:ERROR|FATAL): +(.*)$")


@contextlib.contextmanager
def postgresql():
    folders = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
    initdb, pg_ctl = find("initdb", *folders), find("pg_ctl", *folders)
    user = account("postgres")
    with folder_of(user) as folder:
        data = os.path.join(folder, "data")
        server = PostgreSQL(folder)
        must([initdb, "-D", data, "-U", "wharf", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
              "--no-sync"], user)
        must([pg_ctl, "-w", "-t", str(START_SECONDS), "-D", data, "-l", folder + "/log", "-o",
              f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off",
              "start"], user)
        try:
            yield server
        finally:
            call([pg_ctl, "-w", "-m", "immediate", "-D", data, "stop"], user)


class MariaDB:
    name, dialect = "MariaDB", "mysql"

    def __init__(self, folder):
        self.client = [find("mariadb"), "--no-defaults", "--socket=" + folder + "/socket",
                       "--user=root", "--force", "--batch", "--skip-column-names",
                       "--default-character-set=utf8mb4"]

    def output(self, lines):
        return call(self.client, input="\n".join(lines) + "\n").stdout

    def run(self, lines):
        lines = ["CREATE DATABASE IF NOT EXISTS wharf; USE wharf;"] + lines
        errors = numbered_errors(self.output(lines), r"^ERROR .*? at line (\d+): (.*)$")
        return [(line - 1, text) for line, text in errors]


@contextlib.contextmanager
def mariadb():
    install, daemon = find("mariadb-install-db"), find("mariadbd", "/usr/sbin", "/usr/libexec")
    user = account("mysql")
    with folder_of(user) as folder:
        data = os.path.join(folder, "data")
        server = MariaDB(folder)
        must([install, "--no-defaults", "--datadir=" + data, "--skip-test-db",
              "--auth-root-authentication-method=normal"], user)
        command = [daemon, "--no-defaults", "--datadir=" + data, "--skip-networking",
                   "--socket=" + folder + "/socket", "--pid-file=" + folder + "/pid",
                   "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0"]
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid} if user else {}
        with open(folder + "/log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **as_user)
        try:
            wait_until(lambda: call(server.client, input="SELECT 1;").returncode == 0, process)
            yield server
        finally:
            process.kill()
            process.wait()


def wait_until(ready, process):
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        assert process.poll() is None, f"the server ended with code {process.returncode}"
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.05)


ALL = {"postgres": postgresql, "mariadb": mariadb}
