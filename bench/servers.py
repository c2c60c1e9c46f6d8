# SPDX-License-Identifier: Apache-2.0
"""The servers that are compared: how each is started, asked and stopped.

Each serves the same content twice, plain and over TLS. A server that does not answer in time is an
error that shows the end of its log: a comparison with a peer that failed to start is no result.
"""

import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

START_SECONDS = 20
STOP_SECONDS = 40


class ServerError(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unverified_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connection(port, tls, timeout=60):
    if tls:
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=timeout, context=unverified_tls())
    return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)


def request(port, tls, method, path, body=None, headers=None):
    """One request on a connection of its own: (status, headers, body)."""
    conn = connection(port, tls)
    try:
        conn.request(method, path, body=body, headers=headers or {})
        answer = conn.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        conn.close()


def first_answer(port, path, deadline):
    """Wait until the port answers anything that is not a failure of the server."""
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as sock:
                sock.sendall(text)
                answer = sock.recv(4096)
                if answer.startswith(b"HTTP/1.1 ") and answer[9:10] in b"234":
                    return True
        except OSError:
            pass
        time.sleep(0.0003)
    return False


class Server:
    """One server under test. `name` is how results call it."""

    name = ""
    probe_path = "/v2/"

    def __init__(self, work, content, data=None):
        self.work = os.path.join(work, self.name) if data is None else data
        self.data = os.path.join(self.work, "data")
        self.content = content
        self.log = os.path.join(self.work, "log")
        self.ports = {}  # tls: port
        self.processes = {}  # tls: subprocess
        self.kept = set()
        os.makedirs(self.data, exist_ok=True)

    # What each server defines.
    def commands(self):
        """{tls: argv}; one process that serves both is listed once, under False."""
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def headers(self, tls, actions="pull,push", repository=None):
        """Header lines that authorize a request."""
        return []

    # What they share.
    def start(self):
        """Start and wait for the first answer. Returns how long that took, in seconds."""
        if self.processes:
            return 0.0
        self.ports = {False: free_port(), True: free_port()}
        commands = self.commands()
        begin = time.monotonic()
        for tls, argv in commands.items():
            with open(self.log, "ab") as log:
                self.processes[tls] = subprocess.Popen(
                    argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.work,
                    env=self.environment(), process_group=0)
        if not first_answer(self.ports[False], self.probe_path, begin + START_SECONDS):
            raise self.failure("did not answer")
        took = time.monotonic() - begin
        self.await_tls(begin + START_SECONDS)
        return took

    def await_tls(self, deadline):
        while True:
            try:
                request(self.ports[True], True, "GET", self.probe_path)
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise self.failure("did not answer over TLS") from None
                time.sleep(0.01)

    def failure(self, what):
        self.stop()
        with open(self.log, "rb") as log:
            end = log.read()[-2000:].decode(errors="replace")
        return ServerError(f"{self.name} {what} within {START_SECONDS} s. The end of its log:\n{end}")

    def stop(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = {}

    def restart(self):
        self.stop()
        return self.start()

    def pids(self, tls):
        """The processes that serve this port, children included."""
        process = self.processes.get(tls) or self.processes[False]
        if process.poll() is not None:
            raise self.failure("has died; it should have run on")
        found = [process.pid]
        for pid in found:
            found += children(pid)
        return found

    def address(self, tls):
        return f"127.0.0.1:{self.ports[tls]}"

    def trim(self):
        """Forget what logging has written so far; logs are on the data's file system."""
        if os.path.exists(self.log):
            os.truncate(self.log, 0)

    def keep_files(self):
        """What is there now is the content; what pushes add later may be discarded."""
        self.kept = {entry.path for entry in large_files(self.data)}

    def discard_pushed(self):
        """Remove what pushes left, unseen by the server: it would fill memory in a few rounds."""
        for entry in large_files(self.data):
            if entry.path not in self.kept:
                os.unlink(entry.path)

    def version(self):
        raise NotImplementedError


def large_files(root):
    """All files of 64 KB and more below a folder, but not the database's."""
    with os.scandir(root) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from large_files(entry.path)
            elif ".db" not in entry.name and size_of(entry) >= 64 * 1024:
                yield entry


def size_of(entry):
    """Zero for what the server has removed since it was listed."""
    try:
        return entry.stat().st_size
    except FileNotFoundError:
        return 0


def children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                found += [int(child) for child in file.read().split()]
    except OSError:
        pass
    return found


class Registry(Server):
    """docker-registry, without authentication and without an access log."""

    name = "registry"

    def commands(self):
        return {tls: ["docker-registry", "serve", self.config(tls)] for tls in (False, True)}

    def config(self, tls):
        path = os.path.join(self.work, "tls.yml" if tls else "plain.yml")
        lines = ["version: 0.1", "log: {level: error, accesslog: {disabled: true}}",
                 "storage:", f"  filesystem: {{rootdirectory: {self.data}}}",
                 "  cache: {blobdescriptor: inmemory}", "  delete: {enabled: true}",
                 "http:", f"  addr: {self.address(tls)}"]
        if tls:
            lines.append(f"  tls: {{certificate: {self.content.cert}, key: {self.content.key}}}")
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def environment(self):
        # It reads every REGISTRY_* variable as configuration, and dies of some of them.
        return {name: value for name, value in os.environ.items()
                if not name.startswith("REGISTRY_") and name != "AWS_CA_BUNDLE"}

    def seed(self):
        self.content.push_to(self)

    def version(self):
        return first_line(["docker-registry", "--version"])


class Nginx(Server):
    """nginx with the same bytes as static files: the price of HTTP alone."""

    name = "nginx"
    probe_path = "/v2/index"

    def commands(self):
        return {tls: ["nginx", "-p", self.work, "-c", self.config(tls)] for tls in (False, True)}

    def config(self, tls):
        kind = "tls" if tls else "plain"
        path = os.path.join(self.work, f"{kind}.conf")
        secure = ""
        if tls:
            secure = (f"ssl_certificate {self.content.cert}; ssl_certificate_key {self.content.key}; "
                      "ssl_protocols TLSv1.3;")
        with open(path, "w") as file:
            file.write(f"""
daemon off;
user root;
worker_processes {os.cpu_count()};
worker_rlimit_nofile 16384;
pid {self.work}/{kind}.pid;
error_log stderr error;
events {{ worker_connections 16000; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    default_type {self.content.media_type};
    client_body_temp_path {self.work}/body;
    proxy_temp_path {self.work}/proxy;
    fastcgi_temp_path {self.work}/fastcgi;
    uwsgi_temp_path {self.work}/uwsgi;
    scgi_temp_path {self.work}/scgi;
    server {{
        listen {self.address(tls)}{' ssl' if tls else ''};
        {secure}
        root {self.data};
        location ~ /blobs/ {{ default_type application/octet-stream; }}
    }}
}}
""")
        return path

    def seed(self):
        root = os.path.join(self.data, "v2", *self.content.repository.split("/"))
        os.makedirs(os.path.join(root, "manifests"), exist_ok=True)
        os.makedirs(os.path.join(root, "blobs"), exist_ok=True)
        with open(os.path.join(self.data, "v2", "index"), "w") as file:
            file.write("{}")
        with open(os.path.join(root, "manifests", self.content.tag), "wb") as file:
            file.write(self.content.manifest)
        for digest, path in self.content.blobs.items():
            shutil.copyfile(path, os.path.join(root, "blobs", digest))

    def version(self):
        return first_line(["nginx", "-v"])


class Wharf(Server):
    """The server under test: with authentication, database and request log on."""

    name = "wharf"
    user = "bench"
    password = "bench-password-1"

    def __init__(self, work, content, binary, data=None):
        super().__init__(work, content, data)
        self.binary = binary
        self.conf = os.path.join(self.work, "conf")
        os.makedirs(self.conf, exist_ok=True)
        self.tokens = {}

    def common(self):
        return ["--config", self.conf, "--data", self.data]

    def commands(self):
        self.tokens = {}
        self.configure()
        return {False: [self.binary, "serve", *self.common(), "--listen", self.address(False),
                        "--listen", "https://" + self.address(True)]}

    def configure(self):
        """Quay's layout: config.yaml, ssl.cert and ssl.key in one folder."""
        shutil.copyfile(self.content.cert, os.path.join(self.conf, "ssl.cert"))
        shutil.copyfile(self.content.key, os.path.join(self.conf, "ssl.key"))
        with open(os.path.join(self.conf, "config.yaml"), "w") as file:
            file.write(f"SERVER_HOSTNAME: {self.address(False)}\nPREFERRED_URL_SCHEME: http\n")

    def run(self, *arguments, stdin=""):
        """An administrative command; its output."""
        argv = [self.binary, *arguments, *self.common()]
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerError(f"{' '.join(argv)} failed:\n{done.stderr}")
        return done.stdout

    def create_user(self):
        self.ports = self.ports or {False: free_port(), True: free_port()}
        self.configure()
        self.run("user", "create", self.user, "--password-stdin", stdin=self.password + "\n")

    def seed(self):
        self.content.push_to(self)

    def headers(self, tls, actions="pull,push", repository=None):
        repository = repository or self.content.repository
        scope = (f"registry:catalog:{actions}" if repository == "catalog"
                 else f"repository:{repository}:{actions}")
        if scope not in self.tokens:
            self.tokens[scope] = self.token(scope)
        return ["Authorization: Bearer " + self.tokens[scope]]

    def token(self, scope):
        """As a client does: the challenge names the service to ask a token for."""
        _, answer, _ = request(self.ports[False], False, "GET", "/v2/")
        service = re.search('service="([^"]*)"', answer.get("WWW-Authenticate", ""))
        if not service:
            raise ServerError("wharf does not challenge an anonymous GET /v2/")
        basic = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        path = f"/v2/auth?service={service.group(1)}&scope={scope}"
        status, _, body = request(self.ports[False], False, "GET", path,
                                  headers={"Authorization": "Basic " + basic})
        if status != 200:
            raise ServerError(f"wharf gave no token for {scope}: {status} {body[:500]!r}")
        return json.loads(body)["token"]

    def version(self):
        return first_line([self.binary, "version"])


def first_line(argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return ((done.stdout or done.stderr).splitlines() or ["unknown"])[0]
