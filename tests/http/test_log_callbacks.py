# SPDX-License-Identifier: Apache-2.0
"""Callbacks of exports of the audit log: what is posted and mailed, to whom, and how often."""
import datetime

import pytest

import api
import catcher
import dbrows
import mailbox
import oauth
import registry
from server import wait_for
from test_audit import Person


@pytest.fixture(scope="module")
def box():
    box = mailbox.Mailbox()
    yield box
    box.stop()


@pytest.fixture
def ear():
    ear = catcher.Catcher()
    yield ear
    ear.stop()


@pytest.fixture(scope="module")
def server(start_server, box):
    """With mail, and leave to call this machine by its address."""
    return start_server(keys={"SSRF_ALLOWED_HOSTS": ["127.0.0.0/8"], **box.keys()})


@pytest.fixture(scope="module")
def strict(start_server):
    """Without mail, and as careful as it is made."""
    return start_server(keys={})


def export(person, path="user/exportlogs", **body):
    reply = person.api.post(path, body)
    assert reply.status_code == 200, reply.text
    return reply.json()["export_id"]


def deliveries(server, export_id):
    """(state, tries) of each of an export."""
    return dbrows.select(server, "SELECT d.state, d.tries FROM audit_delivery d JOIN audit_export e"
                       " ON e.id = d.export_id WHERE e.uuid = ? ORDER BY d.id", export_id)


def failure(person, export_id):
    """What the audit log says of the failure, once it does."""
    def find():
        for entry in person.logs("export_logs_failure"):
            if entry["metadata"]["export_id"] == export_id:
                return entry["metadata"]
        return None
    return wait_for(find, "the failure")


def due_again(server, export_id, tries):
    """Wait until so many tries have failed; then let the next one come at once."""
    wait_for(lambda: (0, tries) in deliveries(server, export_id), f"{tries} tries")
    oauth.execute(server, "UPDATE audit_delivery SET due_ms = 1 WHERE state = 0 AND tries = ?", tries)


@pytest.mark.parametrize("path, repository", [("user/exportlogs", None),
                                              ("repository/{0}/one/exportlogs", "one")])
def test_post(server, ear, path, repository):
    person = Person(server)
    if repository:
        person.repository()
    query = "?starttime=01/02/2026&endtime=01/31/2026"
    export_id = export(person, path.format(person.name) + query, callback_url=ear.url("/a?b=c"))
    document = ear.wait()
    link = document.pop("exported_data_url")
    assert document == {"export_id": export_id, "start_time": "01/02/2026",
                        "end_time": "01/31/2026", "namespace": person.name,
                        "repository": repository, "status": "success"}
    # The link has the registry's configured name, whatever the request called it.
    assert link == f"http://registry.example:5000/exportedlogs/{export_id}"
    fetched = registry.requests.get(server.base + f"/exportedlogs/{export_id}", timeout=60)
    assert fetched.json()["export_id"] == export_id
    wait_for(lambda: deliveries(server, export_id) == [(1, 1)], "the delivery")
    where, headers, _ = ear.posts[0]
    assert where == "/a?b=c" and headers["Content-Type"] == "application/json"
    assert not {"Cookie", "Authorization", "Expect"} & set(headers)
    assert len(ear.posts) == 1


def test_days_of_their_own(server, ear):
    export(Person(server), callback_url=ear.url())
    document = ear.wait()
    first, last = [datetime.datetime.strptime(document[key], "%m/%d/%Y")
                   for key in ("start_time", "end_time")]
    assert last - first == datetime.timedelta(days=1)


def test_mail(server, box):
    person = Person(server)
    export_id = export(person, callback_email="auditor@example.com")
    mail = box.wait("auditor@example.com", "Export")
    assert mailbox.link_in(mail) == f"/exportedlogs/{export_id}"
    assert "http://registry.example:5000/" in mail.get_content()
    wait_for(lambda: deliveries(server, export_id) == [(1, 1)], "the delivery")
    assert box.count("auditor@example.com") == 1


def test_both(server, box, ear):
    """Each is told once, though the other has to be tried again."""
    person, ear.answers = Person(server), [500]
    export_id = export(person, callback_url=ear.url(), callback_email="both@example.com")
    box.wait("both@example.com")
    due_again(server, export_id, 1)
    ear.wait(2)
    wait_for(lambda: deliveries(server, export_id) == [(1, 2), (1, 1)], "both")
    assert box.count("both@example.com") == 1
    assert ear.posts[0][2] == ear.posts[1][2]


def test_mail_refused_for_now(start_server):
    box = mailbox.Mailbox(refusals=1)
    server = start_server(keys=box.keys())
    export_id = export(Person(server), callback_email="later@example.com")
    due_again(server, export_id, 1)
    box.wait("later@example.com")
    wait_for(lambda: deliveries(server, export_id) == [(1, 2)], "the delivery")
    box.stop()


def test_given_up(server, ear):
    """After so many tries it has failed, and the log says so; the file is still there."""
    person, ear.answers = Person(server), [500, 404, 302, 503, 500]
    export_id = export(person, callback_url=ear.url())
    for tries in range(1, 5):
        due_again(server, export_id, tries)
    metadata = failure(person, export_id)
    assert metadata == {"export_id": export_id, "error": "the answer was 500", "url": ear.url()}
    assert deliveries(server, export_id) == [(2, 5)] and len(ear.posts) == 5
    assert person.api.get(f"/exportedlogs/{export_id}").status_code == 200
    server.wait_log(msg="export not delivered; given up", export=export_id)


def test_restart(start_server, ear):
    """Neither the plan nor the count of tries is lost, whenever the registry ends."""
    server = start_server(keys={"SSRF_ALLOWED_HOSTS": ["127.0.0.1"]})
    person, ear.answers = Person(server), [500]
    export_id = export(person, callback_url=ear.url())
    wait_for(lambda: deliveries(server, export_id) == [(0, 1)], "a try")
    ear.wait()
    server.kill()
    assert oauth.execute(server, "UPDATE audit_delivery SET due_ms = 1") == 1
    server.start()
    ear.wait(2)
    wait_for(lambda: deliveries(server, export_id) == [(1, 2)], "the delivery")


def test_stop_in_the_middle(start_server, ear):
    """A receiver that does not answer does not keep the registry from ending."""
    server = start_server(keys={"SSRF_ALLOWED_HOSTS": ["127.0.0.1"]})
    export_id = export(Person(server), callback_url=ear.url("/slow"))
    ear.wait()
    server.stop()
    assert deliveries(server, export_id) == [(0, 1)]


def test_two_nodes(start_server, ear):
    """Of two nodes on one database one makes the file, and one tells of it."""
    first = start_server(keys={"SSRF_ALLOWED_HOSTS": ["127.0.0.1"]})
    second = start_server.make(data=first.data, config=first.config)
    second.log_path += ".second"
    second.start()
    people = [Person(first) for _ in range(4)]
    for number, person in enumerate(people):
        export(person, callback_url=ear.url(f"/{number}"))
    ear.wait(4)
    wait_for(lambda: dbrows.select(first, "SELECT COUNT(*) FROM audit_delivery WHERE state = 1") ==
             [(4,)], "all deliveries")
    assert sorted(path for path, _, _ in ear.posts) == ["/0", "/1", "/2", "/3"]
    for person in people:
        assert len(person.logs("export_logs_success")) == 1


def test_redirects_are_not_followed(server, ear):
    person, other = Person(server), catcher.Catcher()
    ear.answers = [(307, {"Location": other.url()})]
    export_id = export(person, callback_url=ear.url())
    wait_for(lambda: deliveries(server, export_id) == [(0, 1)], "a try")
    ear.wait()
    server.wait_log(msg="export not delivered; tried again later", export=export_id)
    assert not other.posts
    other.stop()


def test_endless_answer(server, ear):
    export_id = export(Person(server), callback_url=ear.url("/endless"))
    server.wait_log(msg="export not delivered; tried again later", export=export_id)


def test_nobody_listens(server):
    export_id = export(Person(server), callback_url="http://127.0.0.1:1/")
    line = server.wait_log(msg="export not delivered; tried again later", export=export_id)
    assert line["try"] == 1


# Whom nobody may have called.

INSIDE = [
    "http://127.0.0.1/", "http://localhost/", "http://LOCALHOST./", "http://127.1/", "http://2130706433/",
    "http://0x7f000001/", "http://0177.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://0.0.0.0/", "http://[::]/", "http://10.0.0.1/", "http://172.16.0.1/",
    "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/",
    "http://[fe80::1]/", "http://[fd00::1]/", "http://[64:ff9b::7f00:1]/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://metadata/", "http://metadata.google.internal/",
    "http://printer.local/", "http://kubernetes.default.svc/", "https://127.0.0.1/",
    "http://127.0.0.1./",
]
MALFORMED = [
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "smtp://example.com/",
    "example.com", "//example.com/", "http://", "http:///x", "http://user@example.com/",
    "http://user:secret@example.com/", "http://:x@example.com/", "http://example.com/ x",
    "http://example.com/\r\nHost: x", "http://example.com\\@127.0.0.1/", "http://example.com:99999/",
    "http://ex ample.com/", "javascript:alert(1)", "http://127.0.0.1#@example.com/",
    "http://[::1", "http://example.com/" + "x" * 2048, "http://ex\u00e4mple.com/",
]


@pytest.fixture(scope="module")
def refused(strict):
    return Person(strict)


@pytest.mark.parametrize("url", INSIDE + MALFORMED, ids=range(len(INSIDE + MALFORMED)))
def test_refused(strict, refused, url):
    before = dbrows.select(strict, "SELECT COUNT(*) FROM audit_export")
    api.assert_problem(refused.api.post("user/exportlogs", {"callback_url": url}), 400)
    assert dbrows.select(strict, "SELECT COUNT(*) FROM audit_export") == before


@pytest.mark.parametrize("body", [{"callback_url": 1}, {"callback_email": ["a@example.com"]},
                                  {"callback_email": "nobody"}, {"callback_email": "a@b\r\nBcc: c@d"},
                                  {"callback_email": "a@example.com,b@example.com"}])
def test_bad_bodies(server, body):
    api.assert_problem(Person(server).api.post("user/exportlogs", body), 400)


def test_no_mail(strict):
    reply = Person(strict).api.post("user/exportlogs", {"callback_email": "a@example.com"})
    api.assert_problem(reply, 400, "sends no mail")


def test_name_that_means_this_machine(start_server, ear):
    """Whatever the name, the address counts: it is looked at when the connection is made."""
    server = start_server(keys={})
    person = Person(server)
    url = ear.url(host="innocent.localhost")  # which the HTTP client knows to be this machine
    export_id = export(person, callback_url=url)
    metadata = failure(person, export_id)
    assert metadata["error"] == "the registry does not call this host" and metadata["url"] == url
    assert deliveries(server, export_id) == [(2, 1)] and not ear.posts


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.9.9.9/8", "Innocent.localhost", "::ffff:127.0.0.0/104"])
def test_allowed(start_server, ear, allowed):
    server = start_server(keys={"SSRF_ALLOWED_HOSTS": ["10.0.0.0/8", allowed]})
    export(Person(server), callback_url=ear.url(host="innocent.localhost"))
    assert ear.wait()["status"] == "success"


def test_proxies_are_not_asked(start_server, ear, monkeypatch):
    """A proxy would look at no address."""
    with monkeypatch.context() as environment:
        environment.setenv("http_proxy", ear.url())
        environment.setenv("ALL_PROXY", ear.url())
        server = start_server(keys={})
    person = Person(server)
    failure(person, export(person, callback_url="http://x.localhost/"))
    assert not ear.posts


def test_bad_configuration(start_server):
    server = start_server.make(keys={"SSRF_ALLOWED_HOSTS": ["10.0.0.0/8", "what is this"]})
    with pytest.raises(AssertionError, match="SSRF_ALLOWED_HOSTS: what is this"):
        server.start()


def test_link_that_has_expired(start_server, ear):
    """Nobody is sent to a file that is gone."""
    server = start_server(keys={"SSRF_ALLOWED_HOSTS": ["127.0.0.1"]})
    person, ear.answers = Person(server), [500]
    export_id = export(person, callback_url=ear.url())
    wait_for(lambda: deliveries(server, export_id) == [(0, 1)], "a try")
    ear.wait()
    oauth.execute(server, "UPDATE audit_export SET expires_ms = 1")
    due_again(server, export_id, 1)
    assert "expired" in failure(person, export_id)["error"]
    wait_for(lambda: dbrows.select(server, "SELECT COUNT(*) FROM audit_export") == [(0,)], "the end")
    assert deliveries(server, export_id) == [] and len(ear.posts) == 1
