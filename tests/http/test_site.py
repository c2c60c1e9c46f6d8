# SPDX-License-Identifier: Apache-2.0
"""What programs and pages ask before anything else: /config, discovery, error types, capabilities,
.well-known, and what a browser asks on behalf of another site's page."""
import json

import pytest

import api
import server as servers
from conftest import ALICE

OURS = "https://console.example"


def get(server, path, **headers):
    return api.requests.get(server.base + path, headers=headers, timeout=60, allow_redirects=False)


def test_config(server):
    answer = get(server, "/config").json()
    assert answer["config"]["AUTHENTICATION_TYPE"] == "Database"
    assert answer["config"]["SERVER_HOSTNAME"]
    assert answer["registry_state"] == "normal" and answer["account_recovery_mode"] is False
    assert answer["external_login"] == []
    assert answer["version_number"].startswith("wharf ")


def test_config_features(start_server):
    """Features are as config.yaml has them, and off where they are not built."""
    server = start_server(users=(), keys={"FEATURE_ANONYMOUS_ACCESS": False, "REGISTRY_STATE": "readonly"})
    answer = get(server, "/config").json()
    features = answer["features"]
    assert features["ANONYMOUS_ACCESS"] is False and features["DIRECT_LOGIN"] is True
    for absent in ("BILLING", "BUILD_SUPPORT", "REPO_MIRROR", "PROXY_CACHE", "QUOTA_MANAGEMENT",
                   "SECURITY_SCANNER", "AUTO_PRUNE", "SIGNING", "TEAM_SYNCING"):
        assert features[absent] is False, absent
    assert answer["registry_state"] == "readonly"


def test_config_holds_no_secret(start_server):
    secrets = {"SECRET_KEY": "s3cr3t-of-sessions", "DATABASE_SECRET_KEY": "s3cr3t-of-rows"}
    server = start_server(users=(), keys=secrets)
    text = get(server, "/config").text
    assert not any(secret in text for secret in secrets.values())


def test_discovery(server):
    """Every route of the API that is on is described, and nothing refers to what is not there."""
    described = api.Api(server.base).get("discovery").json()
    assert described["swagger"] == "2.0" and described["basePath"] == "/"
    found = {operation["operationId"] for path in described["paths"].values()
             for name, operation in path.items() if not name.startswith("x-")}
    rows = json.loads(servers.run("routes", "--json").stdout)
    told = get(server, "/config").json()
    on = {f"FEATURE_{name}" for name, value in told["features"].items() if value}
    on |= {name for name, value in told["config"].items() if value is True}
    ours = {row["id"] for row in rows if row["path"].startswith("/api/v1/")
            and ("feature" not in row or row["feature"] in on)}
    assert found == ours
    references = set(find_references(described))
    assert references <= {"#/definitions/" + name for name in described["definitions"]}
    signin = described["paths"]["/api/v1/signin"]["post"]
    assert signin["parameters"][0]["schema"]["$ref"] == "#/definitions/signinUserBody"
    body = described["definitions"]["signinUserBody"]
    assert set(body["required"]) == {"username", "password"}
    parameters = described["paths"]["/api/v1/error/{error_type}"]["get"]["parameters"]
    assert parameters == [{"name": "error_type", "in": "path", "required": True, "type": "string"}]


def find_references(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from find_references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from find_references(inner)


def test_error_types(server):
    """The address in an error leads to its description."""
    problem = api.assert_problem(api.Api(server.base).get("user/"), 401)
    described = get(server, problem["type"]).json()
    assert described["title"] == problem["error_type"] and described["description"]
    assert described["type"].endswith(problem["type"])
    api.assert_problem(get(server, "/api/v1/error/no_such_type"), 404)


def test_capabilities(server):
    answer = api.Api(server.base).get("registry/capabilities").json()
    assert answer["sparse_manifests"]["supported"] is False


def test_well_known(server):
    answer = get(server, "/.well-known/app-capabilities").json()
    assert answer["appName"] == "io.quay"
    template = answer["capabilities"]["io.quay.view-image"]["url-template"]
    assert template.startswith("http") and "{namespace}" in template
    assert get(server, "/.well-known/change-password").status_code == 401
    reply = api.Api(server.base, ALICE).get("/.well-known/change-password")
    assert reply.status_code == 302 and reply.headers["Location"] == "/user/alice?tab=settings"


def test_missing_slash(server):
    reply = get(server, "/api/v1/user?a=b")
    assert reply.status_code == 308 and reply.headers["Location"] == "/api/v1/user/?a=b"
    assert get(server, "/api/v1/signout/").status_code == 404
    assert get(server, "/v2/_catalo").status_code == 404


def options(server, path, **headers):
    return api.requests.options(server.base + path, headers=headers, timeout=60)


def test_cors_by_default(server):
    """Any page may use the API with a token of its own; cookies are not for others."""
    reply = get(server, "/api/v1/discovery", Origin=OURS)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in reply.headers
    assert get(server, "/api/v1/user/").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in get(server, "/config", Origin=OURS).headers
    assert "Access-Control-Allow-Origin" not in get(server, "/v2/", Origin=OURS).headers


def test_options(server):
    reply = options(server, "/api/v1/user/", Origin=OURS)
    assert reply.status_code == 200 and reply.text == ""
    assert "GET" in reply.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]
    assert options(server, "/api/v1/nowhere").status_code == 404
    assert options(server, "/v2/").status_code == 405


@pytest.mark.parametrize("value", [OURS, [OURS, "https://other.example"]])
def test_cors_of_named_origins(start_server, value):
    server = start_server(users=(), keys={"CORS_ORIGIN": value})
    for path in ("/api/v1/discovery", "/config"):
        reply = get(server, path, Origin=OURS)
        assert reply.headers["Access-Control-Allow-Origin"] == OURS
        assert reply.headers["Access-Control-Allow-Credentials"] == "true"
        stranger = get(server, path, Origin="https://evil.example")
        assert "Access-Control-Allow-Origin" not in stranger.headers
        assert stranger.headers["Vary"] == "Origin"
