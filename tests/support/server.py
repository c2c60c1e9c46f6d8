# SPDX-License-Identifier: Apache-2.0
"""A server under test: started on a free port, its log read line by line, stopped and judged.

The program is taken from the variable WHARF, else from build/. A stop that is not clean, or a log
line that is not JSON, fails the test that asked for it.
"""
import json
import os
import signal
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WHARF = os.environ.get("WHARF", os.path.join(ROOT, "build", "wharf"))
WAIT_SECONDS = 60  # for what happens at once unless the machine is overloaded

started = []  # all servers of this session, those that have ended too


def wait_for(condition, what):
    """The condition's first true value."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


def run(*args, password=None, check=True):
    """The wharf command; its standard input is the password."""
    done = subprocess.run([WHARF, *map(str, args)], input=password, capture_output=True, text=True,
                          timeout=WAIT_SECONDS)
    assert not check or done.returncode == 0, f"wharf {' '.join(map(str, args))}: {done.stderr}"
    return done


def routes_hit():
    """Ids of all routes that answered in this session, from the logs."""
    return {line["route"] for server in started for line in server.log(0) if line.get("route")}


class Server:
    """`wharf serve` on a data directory. `config` is a folder with certificates and config.yaml."""

    def __init__(self, data, config=None, listen=("127.0.0.1:0",)):
        self.data, self.config, self.listen = str(data), config, listen
        self.log_path = self.data + ".log"
        self.log_offset = 0
        self.process = None
        self.exit_code = None  # of a start that failed
        self.ports = []
        started.append(self)

    def options(self):
        return ["--data", self.data] + (["--config", str(self.config)] if self.config else [])

    def start(self):
        command = [WHARF, "serve", *self.options()]
        for address in self.listen:
            command += ["--listen", address]
        with open(self.log_path, "ab") as log:
            self.log_offset = log.tell()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)
        self.ports = wait_for(self.find_ports, "the server to listen")
        return self

    def find_ports(self):
        self.exit_code = self.process.poll()
        if self.exit_code is not None:
            self.process = None
            raise AssertionError("the server ended:\n" + self.log_text())
        lines = [line["port"] for line in self.log() if line["msg"] == "listening"]
        return lines if len(lines) == len(self.listen) else None

    def stop(self):
        """Stop it and insist on a clean end. Does nothing when it does not run."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(WAIT_SECONDS)
        self.process = None
        assert code == 0, f"the server ended with {code}:\n" + self.log_text()[-4000:]

    def kill(self):
        """The end that a power failure or the kernel brings."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self):
        self.stop()
        return self.start()

    @property
    def port(self):
        return self.ports[0]

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def base(self):
        return "http://" + self.address

    def run(self, *args, **more):
        """A command on the same data directory."""
        return run(*args, *self.options(), **more)

    def log_text(self, offset=None):
        if not os.path.exists(self.log_path):  # it was never started
            return ""
        with open(self.log_path, encoding="utf-8", errors="strict") as log:
            log.seek(self.log_offset if offset is None else offset)
            return log.read()

    def log(self, offset=None):
        """The lines since the last start, decoded. What is for people begins with blanks, or is why
        a start failed."""
        whole = self.log_text(offset).rpartition("\n")[0]
        lines = [line for line in whole.split("\n") if line.strip()]
        return [json.loads(line) for line in lines if not line.startswith((" ", "wharf: "))]

    def wait_log(self, **wanted):
        """The first log line whose members are these."""
        def find():
            for line in self.log():
                if all(line.get(name) == value for name, value in wanted.items()):
                    return line
            return None
        return wait_for(find, f"a log line with {wanted}")
