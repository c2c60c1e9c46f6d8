# SPDX-License-Identifier: Apache-2.0
"""Old entries of the audit log move to files, and wharf logs reads both places."""
import glob
import gzip
import json

import pytest

import api
import registry
from server import wait_for
from test_audit import Person

ROTATION = {"FEATURE_ACTION_LOG_ROTATION": True, "ACTION_LOG_ROTATION_THRESHOLD": "0s",
            "MINIMUM_LOGS_AGE_FOR_ARCHIVE": "0s", "ACTION_LOG_ROTATION_FREQUENCY": 1}


def logs(server, *options):
    return json.loads(server.run("logs", "--json", *options).stdout)


def archives(server):
    return sorted(glob.glob(server.data + "/storage/actionlogarchive/*.jsonl.gz"))


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as archive:
        return [json.loads(line) for line in archive]


@pytest.fixture(scope="module")
def rotating(start_server):
    return start_server(keys=ROTATION)


def test_entries_move(rotating):
    person = Person(rotating)
    digest = person.repository().push_image("v1", "rotation")
    repo = f"{person.name}/one"
    wait_for(lambda: archives(rotating) and person.logs("push_repo") == [], "the rotation")
    pushed, = [line for path in archives(rotating) for line in lines(path)
               if line["kind"] == "push_repo" and line["namespace"] == person.name]
    assert pushed["metadata"]["manifest_digest"] == digest and pushed["repository"] == "one"
    assert logs(rotating, "--repo", repo, "--kind", "push_repo") == [pushed]
    assert pushed in logs(rotating, "--user", person.name)
    assert logs(rotating, "--repo", repo, "--until", "2020-01-01") == []
    assert logs(rotating, "--repo", repo, "--since", "2999-01-01") == []


def test_what_a_crash_left_behind_does_not_count(rotating):
    """Bytes behind what the database knows of are neither read nor kept."""
    person = Person(rotating)
    person.repository().push_image("v1", "before")
    wait_for(lambda: archives(rotating) and person.logs("push_repo") == [], "the rotation")
    rotating.stop()
    before = logs(rotating)
    with open(archives(rotating)[-1], "ab") as archive:
        archive.write(gzip.compress(b'{"kind": "left behind"}\n') + b"half a member")
    assert logs(rotating) == before
    rotating.start()
    person.api = api.Api(rotating.base, person.credentials)
    person.registry = registry.Registry(rotating.base, person.credentials)
    person.repository("two").push_image("v1", "after")
    wait_for(lambda: person.logs("push_repo") == [], "the next rotation")
    kinds = [line["kind"] for line in lines(archives(rotating)[-1])]
    assert "left behind" not in kinds and kinds.count("push_repo") >= 2


def test_database_alone(start_server):
    server = start_server()
    person = Person(server)
    person.repository().push_image("v1", "no rotation")
    mine = logs(server, "--user", person.name)
    others = ("login_success", "user_create")
    assert [entry["kind"] for entry in mine if entry["kind"] not in others] == [
        "create_repo", "push_repo"]
    assert mine[-1]["performer"] == person.name and mine[-1]["datetime"].endswith("Z")
    assert len(logs(server, "--limit", "1")) == 1
    assert [entry["kind"] for entry in logs(server, "--kind", "push_repo")] == ["push_repo"]
    text = server.run("logs", "--kind", "push_repo").stdout
    assert "push_repo" in text and person.name in text


@pytest.mark.parametrize("options,message", [
    (["--user", "nobody-at-all"], "no user"), (["--repo", "alice/absent"], "no repository"),
    (["--repo", "alice"], "NAMESPACE/NAME"), (["--kind", "nonsense"], "nonsense"),
    (["--since", "yesterday"], "2026-11-24"), (["--user", "a1", "--org", "b1"], "enough")])
def test_bad_options(server, options, message):
    done = server.run("logs", *options, check=False)
    assert done.returncode != 0 and message in done.stderr
