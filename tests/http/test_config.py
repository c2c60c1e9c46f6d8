# SPDX-License-Identifier: Apache-2.0
"""config.yaml: what its keys change for clients, and what is said about a bad one."""
import json
import resource
import signal

import pytest

import registry
import server as servers
from conftest import ALICE, BOB, write_config
from registry import OCI_INDEX, OCI_MANIFEST, assert_error, digest_of


def claims(caller, *scopes):
    import jwt
    return jwt.claims_of(caller.token(*scopes))


def test_hostname(start_server):
    """The name that the administrator gives is the audience; the realm is where the client is."""
    server = start_server(keys={"SERVER_HOSTNAME": "quay.example"})
    caller = registry.Registry(server.base, ALICE)
    assert caller.service == "quay.example"
    challenge = registry.challenge_of(caller.request("GET", "/v2/", headers={"Host": "quay.example"}))
    assert challenge["realm"] == "http://quay.example/v2/auth"
    assert claims(caller)["aud"] == "quay.example"
    scope = "repository:quay.example/alice/app:pull,push"
    assert claims(caller, scope)["access"][0]["name"] == "quay.example/alice/app"


def test_behind_a_proxy_with_tls(start_server):
    server = start_server(keys={"SERVER_HOSTNAME": "quay.example",
                                "PREFERRED_URL_SCHEME": "https"})
    reply = registry.Registry(server.base).request("GET", "/v2/", headers={"Host": "quay.example"})
    assert registry.challenge_of(reply)["realm"] == "https://quay.example/v2/auth"


def test_layer_size(start_server):
    server = start_server(keys={"MAXIMUM_LAYER_SIZE": "1K"})
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    repo.push_blob(b"x" * 1000)
    for data in (b"x" * 5000, iter([b"x" * 3000] * 2)):
        reply = repo.post("blobs/uploads/", params={"digest": digest_of(b"")}, data=data)
        assert_error(reply, 413, "SIZE_INVALID", "larger than 1000 bytes")
    location = repo.start_upload()
    assert repo.patch(location, data=b"x" * 900).status_code == 202
    assert_error(repo.patch(location, data=b"x" * 900), 413, "SIZE_INVALID")
    assert repo.patch(location, data=b"x" * 100).status_code == 202
    for data in (b"x", iter([b"x"])):
        assert_error(repo.patch(location, data=data), 413, "SIZE_INVALID", "larger than 1000 bytes")


def test_public_catalog(start_server):
    server = start_server(users=(ALICE, BOB), keys={"FEATURE_PUBLIC_CATALOG": True})
    server.run("repo", "create", "alice/public", "--public")
    server.run("repo", "create", "alice/private")
    for credentials in (None, BOB):
        caller = registry.Registry(server.base, credentials)
        reply = caller.request("GET", "/v2/_catalog", token=caller.token("registry:catalog:*"))
        assert reply.json() == {"repositories": ["alice/public"]}


@pytest.mark.parametrize("keys, message", [
    ({"REGISTRY_STATE": "readonly"}, "read-only"), ({"DISABLE_PUSHES": True}, "disabled")])
def test_readonly(start_server, keys, message):
    server = start_server(keys={})
    caller = registry.Registry(server.base, ALICE)
    repo = caller.repository("alice/app")
    digest = repo.push_image("v1", "kept")
    location = repo.start_upload()
    server.stop()
    write_config(server.config, keys)
    server.start()
    caller = registry.Registry(server.base, ALICE)
    repo = registry.Repository(caller, "alice/app", repo.token)
    assert repo.get_manifest("v1").status_code == 200
    for reply in (repo.put_manifest("v2", {}), repo.delete("manifests/v1"), repo.post("blobs/uploads/"),
                  repo.patch(location, data=b"x"), repo.delete(f"manifests/{digest}"),
                  repo.delete(f"blobs/{digest}")):
        error = assert_error(reply, 405, "DENIED", message)
        assert error["is_readonly"] is True
    assert repo.tags() == ["v1"]
    caller.ask_token("repository:alice/new:push")
    assert "alice/new" not in server.run("repo", "list").stdout


def test_no_anonymous_access(start_server):
    server = start_server(keys={"FEATURE_ANONYMOUS_ACCESS": False})
    server.run("repo", "create", "alice/public", "--public")
    reply = registry.Registry(server.base).ask_token("repository:alice/public:pull")
    assert_error(reply, 401, "UNAUTHORIZED", "log in")


def test_public_on_push(start_server):
    server = start_server(keys={"CREATE_PRIVATE_REPO_ON_PUSH": False})
    registry.Registry(server.base, ALICE).repository("alice/app").push_image("v1", "public")
    nobody = registry.Registry(server.base).repository("alice/app", "pull")
    assert nobody.tags() == ["v1"]


def test_no_referrers(start_server):
    server = start_server(keys={"FEATURE_REFERRERS_API": False})
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    assert_error(repo.get(f"referrers/{digest_of(b'')}"), 404, "NOT_FOUND")


def test_sparse_index(start_server):
    server = start_server(keys={"FEATURE_SPARSE_INDEX": True})
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    assert repo.get("/v2/").headers["X-Sparse-Manifest-Support"] == "true"
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX,
             "manifests": [registry.descriptor(b"elsewhere", OCI_MANIFEST)]}
    repo.push_manifest("v1", index, OCI_INDEX)
    assert repo.get_manifest(digest_of(b"elsewhere")).status_code == 404


def test_page_size(start_server):
    server = start_server(keys={"V2_PAGINATION_SIZE": 150})
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    image = repo.image("pages")
    for i in range(151):
        repo.push_manifest(f"v{i}", image)
    assert len(repo.tags()) == 150


def test_deleted_tag_can_be_moved_back(start_server):
    """The time machine, from the command line."""
    server = start_server(keys={"DEFAULT_TAG_EXPIRATION": "2w"})
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    digest = repo.push_image("v1", "back")
    repo.delete("manifests/v1")
    server.run("gc")
    server.run("tag", "move", "alice/app", "v1", digest)
    assert repo.get_manifest("v1").headers["Docker-Content-Digest"] == digest


def test_reload_keeps_the_name(start_server):
    server = start_server(keys={"SERVER_HOSTNAME": "one.example"})
    write_config(server.config, {"SERVER_HOSTNAME": "two.example"})
    server.process.send_signal(signal.SIGHUP)
    server.wait_log(msg="reloaded")
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    repo.push_image("v1", "tokens are issued and accepted by one name")


def test_reload(start_server):
    server = start_server(keys={"MAXIMUM_LAYER_SIZE": "1K"})
    repo = registry.Registry(server.base, ALICE).repository("alice/app")
    data = b"x" * 5000
    assert repo.post("blobs/uploads/", params={"digest": digest_of(data)}, data=data).status_code == 413
    write_config(server.config, {"MAXIMUM_LAYER_SIZE": "1M"})
    server.process.send_signal(signal.SIGHUP)
    server.wait_log(msg="reloaded")
    repo.push_blob(data)
    (server.config / "config.yaml").write_text("MAXIMUM_LAYER_SIZE: nonsense\n")
    server.process.send_signal(signal.SIGHUP)
    servers.wait_for(lambda: [line for line in server.log() if "reload failed" in line["msg"]],
                     "a failed reload")
    repo.push_blob(data + b"y")


@pytest.mark.parametrize("text, says", [
    ("MAXIMUM_LAYER_SIZE: nonsense\n", "MAXIMUM_LAYER_SIZE"),
    ("REGISTRY_STATE: broken\n", "REGISTRY_STATE"),
    ("FEATURE_PUBLIC_CATALOG: maybe\n", "FEATURE_PUBLIC_CATALOG"),
    ("FEATURE_FIPS: true\n", "FEATURE_FIPS"),
    ("a: [\n", "config.yaml"),
    ("- x\n", "config.yaml"),
    ("A: 1\nA: 2\n", "A"),
])
def test_bad_file(tmp_path, text, says):
    """The server does not start, and says why in one line."""
    (tmp_path / "config.yaml").write_text(text)
    done = servers.run("serve", "--config", tmp_path, "--data", tmp_path / "data", "--listen",
                       "127.0.0.1:0", check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert servers.run("config", "check", "--config", tmp_path, check=False).returncode == 1


def test_check(tmp_path):
    write_config(tmp_path, {"FEATURE_PUBLIC_CATALOG": True, "NO_SUCH_KEY": 1, "TESTING": False})
    found = json.loads(servers.run("config", "check", "--json", "--config", tmp_path).stdout)
    assert "FEATURE_PUBLIC_CATALOG" in [row["key"] for row in found["used"]]
    assert "NO_SUCH_KEY" in [row["key"] for row in found["warnings"]]
    assert found["refused"] == []


def test_init(tmp_path):
    """What config init writes is a configuration that starts."""
    servers.run("config", "init", tmp_path / "new")
    servers.run("config", "check", "--config", tmp_path / "new")
    again = servers.run("config", "init", tmp_path / "new", check=False)
    assert again.returncode == 1


def test_show(tmp_path):
    write_config(tmp_path, {"MAXIMUM_LAYER_SIZE": "3G"})
    shown = servers.run("config", "show", "--config", tmp_path).stdout
    assert "MAXIMUM_LAYER_SIZE: 3G" in shown
    assert 'SERVER_HOSTNAME: "registry.example:5000"' in shown


def test_open_files(start_server):
    """The soft limit is no limit: doctor counts on the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        server = start_server()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (hard, hard)
