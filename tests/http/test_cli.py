# SPDX-License-Identifier: Apache-2.0
"""The command line, beside a server and without one."""
import json
import os
import pathlib
import re

import pytest

import registry
import server as servers
from conftest import ALICE, BOB, create_user
from registry import digest_of

DONE, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def data(tmp_path):
    return ["--data", tmp_path / "data"]


@pytest.fixture(scope="module")
def offline(start_server):
    """A data directory that a server has filled and left; its Server runs the commands."""
    server = start_server(users=(ALICE, BOB))
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    for tag in ("v1", "v2", "v3"):
        repo.push_image(tag, tag)
    server.stop()
    return server


def fails(done, code=FAILED):
    """What a failed command said: one line on standard error."""
    assert (done.returncode, done.stdout) == (code, ""), done
    assert done.stderr.startswith("wharf: ") and done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize("words, says", [
    (["nonsense"], "no such command"),
    (["user", "frob"], "user frob: no such command; wharf user --help lists them"),
    (["user", "create"], "usage: wharf user create NAME"),
    (["user", "create", "a", "b"], "one word too many"),
    (["serve", "--nonsense"], "no such option"),
    (["serve", "--listen"], "needs a value"),
    (["routes", "--data", "x"], "no such option"),
    (["routes", "--json=1"], "takes no value"),
])
def test_wrong_usage(words, says):
    assert says in fails(servers.run(*words, check=False), USAGE)


def test_help():
    everything = servers.run("help").stdout
    commands = re.findall(r"^  ([a-z]+(?: [a-z]+){0,2}) ", everything, re.M)
    assert len(commands) > 15
    for words in map(str.split, commands):
        shown = servers.run(*words, "--help").stdout
        assert f"usage: wharf {' '.join(words)}" in shown
        assert servers.run("help", *words).stdout == shown


def test_help_of_a_group():
    shown = servers.run("user", "--help").stdout
    assert "usage: wharf user COMMAND" in shown and "  user create NAME" in shown
    assert "team create" not in shown and "  serve" not in shown
    assert servers.run("help", "user").stdout == shown
    done = servers.run("user", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (USAGE, shown, "")


def test_without_a_command():
    done = servers.run(check=False)
    assert (done.returncode, done.stderr) == (USAGE, "")
    assert "usage: wharf COMMAND" in done.stdout


def test_version():
    assert servers.run("version").stdout.startswith("wharf ")


def test_routes():
    rows = json.loads(servers.run("routes", "--json").stdout)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["summary"].endswith(".")
        assert row["id"] in servers.run("routes").stdout


def test_migrate(data):
    servers.run("migrate", *data)
    status = servers.run("migrate", "--status", *data).stdout
    assert "0001" in status and "pending" not in status
    assert "0 migrations applied" in servers.run("migrate", *data).stdout


class TestUsers:
    def test_create(self, data):
        done = servers.run("user", "create", "carol", "--password-stdin", "--email", "c@example.com",
                           "--superuser", *data, password="carols-password\n")
        assert "carol" in done.stdout and "carols-password" not in done.stdout + done.stderr
        user, = json.loads(servers.run("user", "list", "--json", *data).stdout)
        assert (user["name"], user["email"]) == ("carol", "c@example.com")
        assert (user["enabled"], user["superuser"]) == (True, True)

    @pytest.mark.parametrize("name", ["X", "a b", "a", "", "-x", "a/b", "x" * 300])
    def test_bad_name(self, data, name):
        fails(servers.run("user", "create", "--password-stdin", *data, name, check=False,
                          password="good-password\n"), USAGE if name == "-x" else FAILED)

    @pytest.mark.parametrize("password", ["", "\n", "short\n", "with blank\n", "x" * 100 + "\n"])
    def test_bad_password(self, data, password):
        fails(servers.run("user", "create", "carol", "--password-stdin", *data, check=False,
                          password=password))

    def test_password_is_not_taken_from_a_pipe_unasked(self, data):
        says = fails(servers.run("user", "create", "carol", *data, check=False,
                                 password="good-password\n"))
        assert "--password-stdin" in says

    def test_taken(self, offline):
        done = offline.run("user", "create", "alice", "--password-stdin", check=False,
                           password="good-password\n")
        assert "taken" in fails(done)

    @pytest.mark.parametrize("command", ["enable", "disable", "passwd"])
    def test_unknown(self, offline, command):
        more = ["--password-stdin"] if command == "passwd" else []
        done = offline.run("user", command, "nobody-here", *more, check=False,
                           password="good-password\n")
        assert "there is no user nobody-here" in fails(done)

    def test_disable_and_enable(self, offline):
        offline.run("user", "disable", "bob")
        assert "disabled" in offline.run("user", "list").stdout
        offline.run("user", "enable", "bob")
        assert "disabled" not in offline.run("user", "list").stdout

    def test_pages(self, offline):
        names = [user["name"] for user in json.loads(offline.run("user", "list", "--json").stdout)]
        assert names == sorted(names) and {"alice", "bob"} <= set(names)
        page = offline.run("user", "list", "--json", "--after", "alice", "--limit", "1").stdout
        assert [user["name"] for user in json.loads(page)] == ["bob"]
        assert "number" in fails(offline.run("user", "list", "--limit", "x", check=False))


class TestRepositories:
    def test_life(self, offline):
        offline.run("repo", "create", "bob/life")
        shown, = json.loads(offline.run("repo", "list", "bob", "--json").stdout)
        assert (shown["namespace"], shown["name"]) == ("bob", "life")
        assert (shown["is_public"], shown["state"]) == (False, "normal")
        offline.run("repo", "public", "bob/life")
        assert json.loads(offline.run("repo", "list", "bob", "--json").stdout)[0]["is_public"]
        offline.run("repo", "private", "bob/life")
        assert not json.loads(offline.run("repo", "list", "bob", "--json").stdout)[0]["is_public"]
        offline.run("repo", "delete", "bob/life")
        assert json.loads(offline.run("repo", "list", "bob", "--json").stdout) == []

    def test_exists(self, offline):
        assert "exists" in fails(offline.run("repo", "create", "alice/app", check=False))

    def test_unknown_owner(self, offline):
        says = fails(offline.run("repo", "create", "nobody-here/app", check=False))
        assert "nobody-here" in says

    @pytest.mark.parametrize("command", ["delete", "public", "private"])
    def test_unknown(self, offline, command):
        assert "alice/none" in fails(offline.run("repo", command, "alice/none", check=False))

    def test_bad_name(self, offline):
        fails(offline.run("repo", "create", "alice/UPPER", check=False))


class TestTags:
    def listed(self, offline):
        rows = json.loads(offline.run("tag", "list", "alice/app", "--json").stdout)
        return {row["name"]: row["manifest_digest"] for row in rows}

    def test_list(self, offline):
        tags = self.listed(offline)
        assert {"v1", "v2", "v3"} <= set(tags)
        plain = offline.run("tag", "list", "alice/app").stdout
        for name, digest in tags.items():
            assert name in plain and digest in plain
        page = offline.run("tag", "list", "alice/app", "--json", "--after", "v1", "--limit", "1")
        assert [row["name"] for row in json.loads(page.stdout)] == ["v2"]

    def test_move_and_delete(self, offline):
        digest = self.listed(offline)["v1"]
        offline.run("tag", "move", "alice/app", "moved", digest)
        assert self.listed(offline)["moved"] == digest
        offline.run("tag", "delete", "alice/app", "moved")
        assert "moved" not in self.listed(offline)
        assert "no tag" in fails(offline.run("tag", "delete", "alice/app", "moved", check=False))

    @pytest.mark.parametrize("tag, digest", [
        ("v1", digest_of(b"unknown")), ("v1", "sha256:x"), ("v1", "x"), (".bad", None)])
    def test_bad_move(self, offline, tag, digest):
        digest = digest or self.listed(offline)["v1"]
        fails(offline.run("tag", "move", "alice/app", tag, digest, check=False))


class TestServe:
    @pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999",
                                         "999.0.0.1:80", "https://127.0.0.1:0"])
    def test_bad_address(self, data, address):
        fails(servers.run("serve", "--listen", address, *data, check=False))

    def test_address_in_use(self, server, data):
        done = servers.run("serve", "--listen", server.address, *data, check=False)
        assert done.returncode == FAILED and server.address in done.stderr

    def test_data_that_cannot_be(self, tmp_path):
        (tmp_path / "file").write_text("x")
        done = servers.run("serve", "--listen", "127.0.0.1:0", "--data", tmp_path / "file" / "data",
                           check=False)
        fails(done)

    def test_first_steps(self, start_server):
        """A registry without users says what to do; one with users does not."""
        server = start_server(users=())
        text = servers.wait_for(lambda: "wharf user create NAME" in server.log_text() and
                                server.log_text(), "the first steps")
        assert f"--data {server.data}" in text
        create_user(server, ALICE)
        server.restart()
        assert "wharf user create" not in server.log_text()

    def test_stops_while_requests_run(self, start_server):
        server = start_server()
        repo = registry.Registry(server.base, ALICE).repository("alice/app")
        repo.push_image("v1", "stop")  # leaves a connection open and idle
        server.stop()
        assert "stopping" in server.log_text()

    def test_log_goes_to_standard_error_as_json(self, server):
        for line in server.log():
            assert {"time", "level", "msg"} <= set(line)
            assert line["level"] in ("debug", "info", "warning", "error")


class TestDoctor:
    def test_well(self, offline):
        checks = json.loads(offline.run("doctor", "--json").stdout)
        assert {check["state"] for check in checks} == {"ok"}
        for check in checks:
            assert check["text"] in offline.run("doctor").stdout or check["check"] in (
                "clock", "space")

    def test_storage_that_is_not_mounted(self, offline):
        """What was pushed to the empty folder instead would be hidden when the disk is back."""
        storage = pathlib.Path(offline.data) / "storage"
        storage.rename(storage.with_name("elsewhere"))
        storage.mkdir()
        checks = json.loads(offline.run("doctor", "--json", check=False).stdout)
        assert [check["state"] for check in checks if check["check"] == "storage"] == ["problem"]
        for command in (["fsck", "--repair"], ["gc"], ["serve", "--listen", "127.0.0.1:0"]):
            assert "mount its disk" in fails(offline.run(*command, check=False))
        assert not list(storage.iterdir())
        (storage / "wharf-blobs").write_text("1\n")
        assert "blob is gone" in offline.run("fsck", check=False).stdout  # as it was wanted
        (storage / "wharf-blobs").unlink()
        for folder in storage.iterdir():
            folder.rmdir()
        storage.rmdir()
        storage.with_name("elsewhere").rename(storage)
        assert offline.run("fsck").returncode == 0

    def test_storage_that_is_a_file(self, data):
        os.makedirs(data[1])
        (data[1] / "storage").write_text("x")
        done = servers.run("doctor", "--json", *data, check=False)
        assert done.returncode == FAILED
        bad = [check for check in json.loads(done.stdout) if check["state"] != "ok"]
        assert "storage" in [check["check"] for check in bad]
        assert all(check["mend"] for check in bad)
