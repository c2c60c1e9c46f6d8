# SPDX-License-Identifier: Apache-2.0
"""What users are told when signed in."""
import json
import sqlite3
import uuid

import pytest

import api
import persons


@pytest.fixture
def name(server):
    return persons.make_user(server)


@pytest.fixture
def me(server, name):
    return persons.sign_in(server, name)


def tell(server, name, kind="maintenance", **metadata):
    """Its uuid."""
    made = str(uuid.uuid4())
    with sqlite3.connect(server.data + "/wharf.db", timeout=60) as connection:
        account = connection.execute("SELECT id FROM account WHERE name = ?", (name,)).fetchone()[0]
        connection.execute("INSERT INTO notification (uuid, account_id, kind, metadata, created_ms)"
                           " VALUES (?, ?, ?, ?, 1800000000000)",
                           (made, account, kind, json.dumps(metadata)))
    return made


def test_list_and_dismiss(server, name, me):
    assert me.get("user/notifications").json() == {"notifications": [], "additional": False}
    first = tell(server, name, reason="disks")
    second = tell(server, name)
    listed = me.get("user/notifications").json()["notifications"]
    assert [one["id"] for one in listed] == [second, first]
    assert listed[1] == {"id": first, "organization": None, "kind": "maintenance",
                         "created": "Fri, 15 Jan 2027 08:00:00 -0000",
                         "metadata": {"reason": "disks"}, "dismissed": False}
    assert me.get(f"user/notifications/{first}").json() == listed[1]
    gone = me.put(f"user/notifications/{first}", {"dismissed": True}).json()
    assert gone == {**listed[1], "dismissed": True}
    assert [one["id"] for one in me.get("user/notifications").json()["notifications"]] == [second]
    assert me.get(f"user/notifications/{first}").json()["dismissed"] is True
    assert me.put(f"user/notifications/{first}", {}).json()["dismissed"] is True
    assert me.put(f"user/notifications/{first}", {"dismissed": False}).json() == listed[1]


def test_pages(server, name, me):
    told = [tell(server, name, n=number) for number in range(12)]
    seen = []
    for page, more in ((0, True), (1, True), (2, False)):
        reply = me.get("user/notifications", params={"page": page}).json()
        assert reply["additional"] is more
        seen += [one["id"] for one in reply["notifications"]]
    assert seen == told[::-1]
    assert len(me.get("user/notifications?limit=50").json()["notifications"]) == 12


def test_to_admins_of_an_organization(server, name, me):
    organization = f"org{name}"
    assert me.post("organization/", {"name": organization}).status_code == 201
    told = tell(server, organization)
    member = persons.make_user(server)
    assert me.put(f"organization/{organization}/team/plain", {"role": "member"}).status_code == 200
    assert me.put(f"organization/{organization}/team/plain/members/{member}").status_code == 200
    assert me.get(f"user/notifications/{told}").json()["organization"] == organization
    other = persons.sign_in(server, member)
    api.assert_problem(other.get(f"user/notifications/{told}"), 404)
    assert other.get("user/notifications").json()["notifications"] == []


def test_of_others(server, name):
    told = tell(server, name)
    other = persons.sign_in(server, persons.make_user(server))
    api.assert_problem(other.get(f"user/notifications/{told}"), 404)
    api.assert_problem(other.put(f"user/notifications/{told}", {"dismissed": True}), 404)


@pytest.mark.parametrize("query", ["page=-1", "limit=-1", "limit=1000", "page=x"])
def test_bad_query(server, me, query):
    api.assert_problem(me.get(f"user/notifications?{query}"), 400)


def test_anonymous(server):
    nobody = api.Api(server.base)
    for reply in (nobody.get("user/notifications"), nobody.get("user/notifications/some"),
                  nobody.put("user/notifications/some", {"dismissed": True})):
        api.assert_problem(reply, 401)
