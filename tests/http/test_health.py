# SPDX-License-Identifier: Apache-2.0
"""Health checks, in Quay's shape, while all is well and when something is not."""
import os
import shutil

import pytest

import registry
import server as servers

INSTANCE = {"registry_gunicorn", "web_gunicorn", "service_key", "disk_space", "database", "auth"}
ENDTOEND = {"database", "redis", "storage", "auth"}


@pytest.mark.parametrize("path, services", [
    ("/health", INSTANCE), ("/health/instance", INSTANCE), ("/health/endtoend", ENDTOEND),
    ("/status", ENDTOEND), ("/health/warning", {"disk_space_warning"})])
def test_well(alice, nobody, path, services):
    assert alice.ask_token().status_code == 200  # waits for the first signing key, as health does not
    reply = nobody.request("GET", path)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json() == {"data": {"services": {name: True for name in services}},
                            "status_code": 200}


@pytest.mark.parametrize("path", ["/_internal_ping", "/v1/_internal_ping"])
def test_ping(nobody, path):
    reply = nobody.request("GET", path)
    assert (reply.status_code, reply.text) == (200, "true")


def remove_storage(server):
    storage = os.path.join(server.data, "storage")

    def removed():  # the server may be writing there
        shutil.rmtree(storage, ignore_errors=True)
        return not os.path.exists(storage)
    servers.wait_for(removed, "the storage to go")


def test_storage_is_gone(start_server):
    """The load balancer is told, and whoever reads the log learns why."""
    server = start_server()
    caller = registry.Registry(server.base)
    remove_storage(server)
    reply = caller.request("GET", "/health/endtoend")
    assert reply.status_code == 503
    assert reply.json()["data"]["services"]["storage"] is False
    assert reply.json()["data"]["services"]["database"] is True
    assert reply.json()["status_code"] == 503
    line = server.wait_log(route="health_endtoend", status=503)
    assert line["level"] == "error" and line["detail"]


def test_probes_are_spared(start_server):
    """Anybody may ask, so what was fine within the last second is not written and synced again: a
    storage that goes in between is told a second later."""
    server = start_server()
    caller = registry.Registry(server.base)
    assert caller.request("GET", "/health/endtoend").status_code == 200
    remove_storage(server)
    servers.wait_for(lambda: caller.request("GET", "/health/endtoend").status_code == 503,
                     "the missing storage to be told")


def test_front_page(nobody):
    reply = nobody.request("GET", "/")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


def test_metrics(nobody):
    reply = nobody.request("GET", "/metrics")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/plain")
    lines = [line for line in reply.text.splitlines() if line and not line.startswith("#")]
    assert lines
    for line in lines:
        name, value = line.rsplit(" ", 1)
        assert name and float(value) >= 0
