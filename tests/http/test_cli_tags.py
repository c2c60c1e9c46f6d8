# SPDX-License-Identifier: Apache-2.0
"""Tags, labels, messages and the state of repositories on the command line, beside a server."""
import json

import pytest

import api
import registry
from orgs import Organization

NOWHERE = "sha256:" + "0" * 64
LATER, LATER_S = "2040-01-31", 2211580800


@pytest.fixture(scope="module")
def strict(start_server):
    """A server where tags can be immutable, and gone for good."""
    return start_server(users=(), keys={"FEATURE_IMMUTABLE_TAGS": True, "PERMANENTLY_DELETE_TAGS": True,
                                        "LABEL_KEY_RESERVED_PREFIXES": ["acme."],
                                        "DEFAULT_LABEL_KEY_RESERVED_PREFIXES": ["com.docker."]})


@pytest.fixture
def org(strict):
    return Organization(strict)


@pytest.fixture
def app(org):
    return org.repository()


@pytest.fixture
def images(org, app):
    return images_of(org)


def images_of(org):
    return registry.Registry(org.server.base, org.owner.credentials).repository(f"{org.name}/app")


def run(org, *words):
    return org.server.run(*words).stdout


def rows(org, *words):
    return json.loads(org.server.run(*words, "--json").stdout)


def fails(org, *words):
    done = org.server.run(*words, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done
    return done.stderr


def log(org, *kinds):
    """[(kind, metadata)] of the repository's own log, oldest first."""
    entries = rows(org, "logs", "--repo", f"{org.name}/app")
    return [(entry["kind"], entry["metadata"]) for entry in entries if entry["kind"] in kinds]


def live(org, app):
    shown = org.owner.api.get(f"repository/{app}/tag/?onlyActiveTags=true").json()["tags"]
    return {tag["name"]: tag for tag in shown}


def about(org, **more):
    return {"repo": "app", "namespace": org.name, "tag": "v1", **more}


def test_history_and_restore(org, app, images):
    one, two = images.push_image("v1", "one"), images.push_image("v1", "two")
    images.push_image("v2", "two")
    history = rows(org, "tag", "history", app)
    assert [(row["name"], row["manifest_digest"]) for row in history] == [("v2", two), ("v1", two), ("v1", one)]
    assert history[0]["end"] is None and history[2]["end"] and not history[2]["reversion"]
    assert rows(org, "tag", "history", app, "v1") == history[1:]
    assert rows(org, "tag", "history", app, "--limit", "1") == history[:1]
    run(org, "tag", "restore", app, "v1", one)
    assert live(org, app)["v1"]["manifest_digest"] == one
    assert images.get_manifest("v1").headers["Docker-Content-Digest"] == one
    newest = rows(org, "tag", "history", app, "v1")[0]
    assert newest["reversion"] and newest["manifest_digest"] == one
    assert "(restored)" in run(org, "tag", "history", app)
    run(org, "tag", "delete", app, "v1")
    run(org, "tag", "restore", app, "v1", two)
    assert live(org, app)["v1"]["manifest_digest"] == two
    assert "has no manifest" in fails(org, "tag", "restore", app, "v1", NOWHERE)
    assert log(org, "revert_tag") == [("revert_tag", about(org, manifest_digest=digest)) for digest in (one, two)]


def test_long_history(org, app, images):
    """More than one page of it."""
    one, two = images.image("one"), images.image("two")
    images.push_manifest("v1", one)
    digests = images.push_manifest("a", one), images.push_manifest("b", two)
    for number in range(260):
        for digest in reversed(digests):
            assert org.owner.api.put(f"repository/{app}/tag/v1", {"manifest_digest": digest}).status_code == 201
    history = rows(org, "tag", "history", app, "v1")
    assert [row["manifest_digest"] for row in history] == list(digests) * 260 + [digests[0]]
    assert rows(org, "tag", "history", app, "v1", "--limit", "510") == history[:510]


def test_purge(org, app, images):
    one, two = images.push_image("v1", "one"), images.push_image("v1", "two")
    run(org, "tag", "purge", app, "v1", one)
    assert [row["manifest_digest"] for row in rows(org, "tag", "history", app)] == [two]
    assert "nothing of the tag v1" in fails(org, "tag", "purge", app, "v1", one)
    run(org, "tag", "immutable", app, "v1", "yes")
    assert "immutable" in fails(org, "tag", "purge", app, "v1")
    run(org, "tag", "immutable", app, "v1", "no")
    run(org, "tag", "purge", app, "v1")
    assert rows(org, "tag", "history", app) == []
    assert log(org, "permanently_delete_tag") == [
        ("permanently_delete_tag", about(org, manifest_digest=digest)) for digest in (one, None)]


def test_expire(org, app, images):
    digest = images.push_image("v1", "one")
    assert run(org, "tag", "expire", app, "v1", LATER).endswith(f"ends at {LATER}T00:00:00Z\n")
    assert live(org, app)["v1"]["end_ts"] == LATER_S
    run(org, "tag", "expire", app, "v1", f"{LATER}T00:00:07Z")
    assert live(org, app)["v1"]["end_ts"] == LATER_S + 7
    run(org, "tag", "expire", app, "v1", "never")
    assert "end_ts" not in live(org, app)["v1"]
    run(org, "tag", "expire", app, "v1", "7d")
    tag = live(org, app)["v1"]
    assert 6 * 24 * 3600 < tag["end_ts"] - tag["start_ts"] < 8 * 24 * 3600
    dates = [entry["expiration_date"] for _, entry in log(org, "change_tag_expiration")]
    assert dates == [str(LATER_S), str(LATER_S + 7), None, str(tag["end_ts"])]
    kind, first = log(org, "change_tag_expiration")[1]
    assert first == about(org, manifest_digest=digest, expiration_date=str(LATER_S + 7),
                          old_expiration_date=str(LATER_S))


def test_immutable(org, app, images):
    one, two = images.push_image("v1", "one"), images.push_image("v2", "two")
    run(org, "tag", "immutable", app, "v1", "yes")
    run(org, "tag", "immutable", app, "v1", "yes")  # nothing to do, nothing in the log
    assert live(org, app)["v1"]["immutable"] is True
    for words in (("expire", app, "v1", "7d"), ("restore", app, "v1", two), ("move", app, "v1", two),
                  ("delete", app, "v1")):
        assert "immutable" in fails(org, "tag", *words)
    assert live(org, app)["v1"]["manifest_digest"] == one
    run(org, "tag", "immutable", app, "v1", "no")
    run(org, "tag", "expire", app, "v1", "7d")
    assert "has an expiration" in fails(org, "tag", "immutable", app, "v1", "yes")
    assert live(org, app)["v1"]["immutable"] is False
    assert log(org, "change_tag_immutability") == [
        ("change_tag_immutability", about(org, immutable=now, previous_immutable=before))
        for now, before in (("true", "false"), ("false", "true"))]


@pytest.mark.parametrize("words, says", [
    (("tag", "expire", "{app}", "v1", "2001-01-31"), "in the past"),
    (("tag", "expire", "{app}", "v1", "someday"), "must be a day"),
    (("tag", "expire", "{app}", "none", "7d"), "has no tag none"),
    (("tag", "immutable", "{app}", "v1", "maybe"), "yes or no"),
    (("tag", "immutable", "{app}", "none", "yes"), "has no tag none"),
    (("tag", "history", "{app}-none"), "there is no repository"),
    (("tag", "restore", "{app}", "v1", "WXNG"), "digest"),
    (("tag", "restore", "{app}", ".bad", NOWHERE), "tag"),
    (("tag", "purge", "{app}", "none"), "nothing of the tag none"),
    (("label", "list", "{app}"), "NAMESPACE/NAME:TAG"),
    (("label", "list", "{app}:"), "NAMESPACE/NAME:TAG"),
    (("label", "list", "{app}:none"), "has no manifest none"),
    (("label", "list", "{app}@" + NOWHERE), "has no manifest sha256:"),
    (("label", "add", "{app}:v1", "Team", "blue"), "small letters"),
    (("label", "add", "{app}:v1", "acme.x", "blue"), "reserved"),
    (("label", "add", "{app}:v1", "com.docker.x", "blue"), "reserved"),
    (("label", "add", "{app}:v1", "team", "\udcff"), "UTF-8"),
    (("label", "add", "{app}:v1", "team", "x" * (32 * 1024 + 1)), "at most"),
    (("label", "remove", "{app}:v1", "none"), "has no label none"),
    (("repo", "state", "{app}", "deleted"), "normal, read-only or mirror"),
    (("repo", "describe", "{app}", "\udcff"), "UTF-8"),
    (("repo", "describe", "{app}", "x" * (64 * 1024 + 1)), "at most"),
    (("repo", "show", "{app}-none"), "there is no repository"),
    (("message", "add", "loud", "Hear!"), "info, warning or error"),
    (("message", "add", "info", "\udcff"), "UTF-8"),
    (("message", "remove", "none"), "there is no message none"),
])
def test_refusals(org, app, images, words, says):
    images.push_image("v1", "one")
    words = [word.format(app=app) for word in words]
    assert says in fails(org, *words)


def test_features_off(server):
    org = Organization(server)
    app = org.repository()
    images_of(org).push_image("v1", "one")
    assert "FEATURE_IMMUTABLE_TAGS is off" in fails(org, "tag", "immutable", app, "v1", "yes")
    assert "PERMANENTLY_DELETE_TAGS is off" in fails(org, "tag", "purge", app, "v1")


def test_labels(org, app, images):
    digest = images.push_image("v1", "one")
    first = rows(org, "label", "add", f"{app}:v1", "team", "blue")
    assert first == {"id": first["id"], "key": "team", "value": "blue", "source_type": "api",
                     "media_type": "text/plain"}
    listed = org.owner.api.get(f"repository/{app}/manifest/{digest}/labels").json()["labels"]
    assert listed == rows(org, "label", "list", f"{app}@{digest}") == [first]
    assert "team=blue" in run(org, "label", "list", f"{app}:v1")
    run(org, "label", "add", f"{app}@{digest}", "quay.immutable", "true")
    assert live(org, app)["v1"]["immutable"] is True
    run(org, "label", "remove", f"{app}:v1", first["id"])
    assert [row["key"] for row in rows(org, "label", "list", f"{app}:v1")] == ["quay.immutable"]
    entry = {"id": first["id"], "key": "team", "value": "blue", "manifest_digest": digest,
             "media_type": "text/plain", "namespace": org.name, "repo": "app"}
    added, other, removed = log(org, "manifest_label_add", "manifest_label_delete")
    assert (added, removed) == (("manifest_label_add", entry), ("manifest_label_delete", entry))
    assert other[1]["key"] == "quay.immutable"


def test_labels_of_the_image_stay(org, app, images):
    document = images.image("one")
    document["annotations"] = {"team": "green"}
    images.push_manifest("v1", document)
    label, = rows(org, "label", "list", f"{app}:v1")
    assert (label["key"], label["source_type"]) == ("team", "manifest")
    assert "came with the manifest" in fails(org, "label", "remove", f"{app}:v1", label["id"])


def test_repository(org, app, images):
    digest = images.push_image("v1", "one")
    run(org, "repo", "describe", app, "# Äpp\nof ours")
    text = "é" * 600  # what the log repeats ends between characters
    assert "# Äpp\nof ours" in run(org, "repo", "show", app)
    assert org.owner.api.get(f"repository/{app}").json()["description"] == "# Äpp\nof ours"
    run(org, "repo", "describe", app, text)
    assert log(org, "set_repo_description")[1][1] == {"repo": "app", "namespace": org.name,
                                                      "description": "é" * 512}
    label = rows(org, "label", "add", f"{app}:v1", "team", "blue")
    for state, told, images_pushed in (("read-only", "READ_ONLY", 405), ("mirror", "MIRROR", 405),
                                       ("normal", "NORMAL", 201)):
        run(org, "repo", "state", app, state)
        shown = rows(org, "repo", "show", app)
        assert shown.pop("created") and shown.pop("tag_expiration_s") > 0
        assert shown == {"namespace": org.name, "name": "app", "is_public": False, "state": state,
                         "description": text}
        assert images.put_manifest("v2", images.image("one") if state == "normal" else {}).status_code == images_pushed
        if state == "normal":
            continue
        for words in (("tag", "expire", app, "v1", "7d"), ("tag", "immutable", app, "v1", "yes"),
                      ("tag", "restore", app, "v1", digest), ("tag", "purge", app, "v1"),
                      ("label", "add", f"{app}:v1", "a", "b"), ("label", "remove", f"{app}:v1", label["id"])):
            assert "is read-only" in fails(org, *words)
        assert log(org, "change_repo_state")[-1][1] == {"repo": "app", "namespace": org.name, "state_changed": told}


def test_messages(org):
    made = rows(org, "message", "add", "warning", "Down at *noon*", "--markdown")
    assert made == {"uuid": made["uuid"], "content": "Down at *noon*", "severity": "warning",
                    "media_type": "text/markdown"}
    run(org, "message", "add", "info", "Up.")
    other = rows(org, "message", "list")[-1]
    assert (other["content"], other["media_type"]) == ("Up.", "text/plain")
    assert api.Api(org.server.base).get("messages").json()["messages"] == [made, other]
    assert f"{made['uuid']}  warning Down at *noon*" in run(org, "message", "list")
    run(org, "message", "remove", made["uuid"])
    assert rows(org, "message", "list") == [other]
    run(org, "message", "remove", other["uuid"])
    assert api.Api(org.server.base).get("messages").json()["messages"] == []


# --- the commands that make, move and delete ---

def test_changes_are_in_the_log(org, app, images):
    first, second = images.push_image("v1", "one"), images.push_image("v2", "two")
    name = f"{org.name}/app"
    run(org, "tag", "move", name, "v1", second)
    run(org, "tag", "move", name, "new", first)
    run(org, "tag", "delete", name, "new")
    run(org, "repo", "public", name)
    kinds = "move_tag", "create_tag", "delete_tag", "change_repo_visibility"
    about = {"repo": "app", "namespace": org.name}
    assert log(org, *kinds) == [
        ("move_tag", about | {"tag": "v1", "manifest_digest": second, "original_manifest_digest": first}),
        ("create_tag", about | {"tag": "new", "manifest_digest": first, "original_manifest_digest": None}),
        ("delete_tag", about | {"tag": "new", "manifest_digest": first}),
        ("change_repo_visibility", about | {"visibility": "public"})]
    run(org, "repo", "create", f"{org.name}/other")
    run(org, "repo", "delete", f"{org.name}/other")
    kinds = [entry["kind"] for entry in rows(org, "logs", "--org", org.name)
             if entry["metadata"].get("repo") == "other"]
    assert kinds == ["create_repo", "delete_repo"]


def test_read_only_repositories_keep_their_tags(org, app, images):
    digest = images.push_image("v1", "one")
    run(org, "repo", "state", f"{org.name}/app", "read-only")
    for words in ("move", f"{org.name}/app", "v2", digest), ("delete", f"{org.name}/app", "v1"):
        assert "is read-only" in fails(org, "tag", *words)
