# SPDX-License-Identifier: Apache-2.0
"""The API's audit logs: pages, filters, counts, exports, and who may see them."""
import datetime
import json

import pytest

import api
import registry
from conftest import ALICE, ROOT
from server import wait_for
from test_audit import Person

DAY = datetime.timedelta(days=1)
TODAY = datetime.datetime.now(datetime.timezone.utc)


def date(when):
    return when.strftime("%m/%d/%Y")


@pytest.fixture(scope="module")
def busy(server):
    """A person with 52 entries: of the new user, a login, a pull, a new repository, 48 pushes."""
    person = Person(server)
    repo = person.repository()
    digest = repo.push_image("v1", "busy")
    document = repo.get_manifest(digest).content
    assert document
    for number in range(47):
        repo.push_manifest(f"tag{number}", document)
    return person


def pages(person, path="user/logs"):
    """All pages from a path that may have a query."""
    token = None
    while True:
        more = {"params": {"next_page": token}} if token else {}
        reply = person.api.get(path, **more)
        assert reply.status_code == 200, reply.text
        yield reply.json()
        token = reply.json().get("next_page")
        if not token:
            return


def test_pages(busy):
    found = list(pages(busy))
    assert [len(page["logs"]) for page in found] == [20, 20, 12]
    entries = [json.dumps(entry) for page in found for entry in page["logs"]]
    assert len(set(entries)) == len(entries) == 52
    tags = [entry["metadata"].get("tag") for page in found for entry in page["logs"]]
    assert tags[:47] == [f"tag{number}" for number in reversed(range(47))]
    assert len({page["start_time"] for page in found}) == 1


def test_bad_page_token_is_the_first_page(busy):
    reply = busy.api.get("user/logs", params={"next_page": "nonsense"})
    assert len(reply.json()["logs"]) == 20


def test_days(busy):
    def count(**query):
        reply = busy.api.get("user/logs", params=query)
        assert reply.status_code == 200, reply.text
        return len(reply.json()["logs"])
    assert count(starttime=date(TODAY - 5 * DAY), endtime=date(TODAY)) == 20
    assert count(starttime=date(TODAY - 5 * DAY), endtime=date(TODAY - 3 * DAY)) == 0
    assert count(starttime=date(TODAY + 2 * DAY), endtime=date(TODAY + 3 * DAY)) == 0
    assert count(starttime="02/30/2026", endtime="nonsense") == 20  # as if not given
    assert count(starttime=date(TODAY), endtime=date(TODAY - DAY)) == 20  # one day at least


def test_page_tokens_keep_the_days(busy):
    first = busy.api.get("user/logs", params={"starttime": date(TODAY - 5 * DAY)}).json()
    second = busy.api.get("user/logs", params={"next_page": first["next_page"]}).json()
    assert second["start_time"] == first["start_time"]


def test_performer(busy):
    def kinds(name):
        logs = busy.api.get("user/logs", params={"performer": name}).json()["logs"]
        return {entry["kind"] for entry in logs}
    assert kinds(busy.name) == {"push_repo"}
    assert kinds("alice") == set() and kinds("nobody-at-all") == set()


def test_shape(busy):
    page = busy.api.get(f"repository/{busy.name}/one/logs").json()
    assert page["start_time"].endswith(" -0000") and page["end_time"].endswith(" -0000")
    entry = page["logs"][0]
    assert set(entry) == {"kind", "metadata", "ip", "datetime", "performer"}
    assert entry["datetime"].endswith(" -0000")


@pytest.mark.parametrize("path", ["user/logs", "user/aggregatelogs", "superuser/logs",
                                  "superuser/aggregatelogs", "repository/{0}/one/logs",
                                  "repository/{0}/one/aggregatelogs"])
def test_rights(server, busy, path):
    path = path.format(busy.name)
    api.assert_problem(api.Api(server.base).get(path), 401)
    if not path.startswith("user/"):
        api.assert_problem(Person(server).api.get(path), 403)
    allowed = api.Api(server.base, ROOT) if path.startswith("superuser") else busy.api
    assert allowed.get(path).status_code == 200


def test_all_logs(server, busy):
    logs = api.Api(server.base, ROOT).get("superuser/logs").json()["logs"]
    assert any(entry.get("namespace", {}).get("kind") == "user" for entry in logs)
    assert all(set(entry["namespace"]) == {"kind", "name", "avatar"}
               for entry in logs if "namespace" in entry)


def test_counts(busy):
    counts = busy.api.get("user/aggregatelogs").json()["aggregated"]
    pushes, = [row for row in counts if row["kind"] == "push_repo"]
    assert pushes["count"] == 48 and pushes["datetime"].endswith(" 00:00:00 -0000")
    of_repository = busy.api.get(f"repository/{busy.name}/one/aggregatelogs").json()["aggregated"]
    assert [row for row in of_repository if row["kind"] == "push_repo"] == [pushes]
    none = busy.api.get("user/aggregatelogs", params={"performer": "alice"}).json()
    assert none == {"aggregated": []}


def test_counts_are_of_a_month_at_most(busy):
    query = {"starttime": date(TODAY - 60 * DAY), "endtime": date(TODAY)}
    api.assert_problem(busy.api.get("user/aggregatelogs", params=query), 400, "month")


def test_features_off(start_server):
    server = start_server(keys={"FEATURE_AGGREGATED_LOG_COUNT_RETRIEVAL": False,
                                "FEATURE_LOG_EXPORT": False, "FEATURE_SUPER_USERS": False})
    browser = api.Api(server.base, ALICE)
    api.assert_problem(browser.get("user/aggregatelogs"), 404)
    api.assert_problem(browser.post("user/exportlogs"), 404)
    api.assert_problem(browser.get("superuser/logs"), 404)


def test_most_pages(start_server):
    server = start_server(keys={"ACTION_LOG_MAX_PAGE": 1})
    person = Person(server)
    repo = person.repository()
    document = repo.image("most")
    for number in range(25):
        repo.push_manifest(f"tag{number}", document)
    assert "next_page" not in person.api.get("user/logs").json()


@pytest.mark.parametrize("path", ["user/exportlogs", "repository/{0}/one/exportlogs"])
def test_export(busy, path):
    path = path.format(busy.name)
    reply = busy.api.post(path, {})
    assert reply.status_code == 200, reply.text
    export_id = reply.json()["export_id"]

    def url():
        for entry in busy.logs("export_logs_success"):
            if entry["metadata"]["export_id"] == export_id:
                return entry["metadata"]["url"]
        return None
    link = wait_for(url, "the export")
    reply = registry.requests.get(link, timeout=60)
    assert reply.status_code == 200 and reply.headers["Content-Type"] == "application/json"
    document = reply.json()
    assert document["export_id"] == export_id
    assert document["details"]["namespace"] == busy.name
    assert document["details"]["repository"] == (None if path.startswith("user") else "one")
    *entries, last = document["logs"]
    assert last == {"terminator": True}
    assert len([entry for entry in entries if entry["kind"] == "push_repo"]) == 48
    assert entries[-1]["performer"]["name"] == busy.name


def test_export_rights(server, busy):
    path = f"repository/{busy.name}/one/exportlogs"
    api.assert_problem(api.Api(server.base).post(path, {}), 401)
    api.assert_problem(Person(server).api.post(path, {}), 403)


def test_unknown_export(server):
    for name in ("x", "00000000-0000-4000-8000-000000000000", "..%2fwharf.db"):
        api.assert_problem(api.Api(server.base).get("/exportedlogs/" + name), 404)


def test_export_expires(start_server):
    server = start_server(keys={"EXPORT_ACTION_LOGS_SECONDS": 1, "SERVER_HOSTNAME": "localhost"})
    person = Person(server)
    assert person.api.post("user/exportlogs", {}).status_code == 200
    entry = wait_for(lambda: person.logs("export_logs_success"), "the export")[0]
    path = "/exportedlogs/" + entry["metadata"]["export_id"]
    wait_for(lambda: person.api.get(path).status_code == 404, "the end of the export")
    wait_for(lambda: '"path":"/exportedlogs/{id}"' in server.log_text(), "the log")
    assert path not in server.log_text()  # who knows the path may have the file
