# SPDX-License-Identifier: Apache-2.0
"""A small client of the registry protocol, that sends exactly what a test says."""
import functools
import hashlib
import http.client
import json
import re
import urllib.parse

import requests

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"

TIMEOUT = 60


def digest_of(data, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def descriptor(content, media_type, **more):
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content), **more}


def encode(document):
    """A manifest's bytes: as they are, or of a dict."""
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def challenge_of(reply):
    """The parameters of a Bearer challenge."""
    scheme, _, rest = reply.headers["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


def assert_error(reply, status, code, message=""):
    """An error in the protocol's form."""
    assert reply.status_code == status, f"{reply.status_code} {reply.text}"
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Docker-Distribution-API-Version"] == "registry/2.0"
    error, = reply.json()["errors"]
    assert error["code"] == code, reply.text
    assert error["message"] and isinstance(error["detail"], dict)
    assert message in error["message"]
    return error


def send(address, method, path, headers=(), body=b""):
    """One request, with no header but Host and these: status, headers, body."""
    connection = http.client.HTTPConnection(address, timeout=TIMEOUT)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in dict(headers).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


class Registry:
    """One caller of one server. credentials: (name, password), or None for nobody."""

    def __init__(self, base, credentials=None):
        self.base = base
        self.credentials = credentials
        self.http = requests.Session()
        self.http.trust_env = False

    def request(self, method, path, token=None, headers=None, **more):
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        url = urllib.parse.urljoin(self.base, path)
        return self.http.request(method, url, headers=headers, timeout=TIMEOUT,
                                 allow_redirects=False, **more)

    @functools.cached_property
    def service(self):
        return challenge_of(self.request("GET", "/v2/"))["service"]

    def ask_token(self, *scopes, credentials=None, **params):
        """The answer to a request for a token."""
        query = {"service": self.service, "scope": list(scopes), **params}
        return self.request("GET", "/v2/auth", params=query, auth=credentials or self.credentials)

    def token(self, *scopes):
        reply = self.ask_token(*scopes)
        assert reply.status_code == 200, reply.text
        return reply.json()["token"]

    def repository(self, name, actions="pull,push"):
        return Repository(self, name, self.token(f"repository:{name}:{actions}"))


class Repository:
    """A repository, with a token for it. Paths are relative to /v2/<name>/ or begin with /."""

    def __init__(self, registry, name, token=None):
        self.registry, self.name, self.token = registry, name, token

    def request(self, method, path, **more):
        path = path if path.startswith("/") else f"/v2/{self.name}/{path}"
        return self.registry.request(method, path, token=self.token, **more)

    get = functools.partialmethod(request, "GET")
    head = functools.partialmethod(request, "HEAD")
    put = functools.partialmethod(request, "PUT")
    post = functools.partialmethod(request, "POST")
    patch = functools.partialmethod(request, "PATCH")
    delete = functools.partialmethod(request, "DELETE")

    def start_upload(self):
        reply = self.post("blobs/uploads/")
        assert reply.status_code == 202, reply.text
        return reply.headers["Location"]

    def finish_upload(self, location, digest, data=b"", **more):
        return self.put(location, params={"digest": digest}, data=data, **more)

    def push_blob(self, data, algorithm="sha256"):
        digest = digest_of(data, algorithm)
        reply = self.post("blobs/uploads/", params={"digest": digest}, data=data)
        assert reply.status_code == 201, reply.text
        return digest

    def put_manifest(self, reference, document, media_type=OCI_MANIFEST):
        headers = {"Content-Type": media_type} if media_type else {}
        return self.put(f"manifests/{reference}", data=encode(document), headers=headers)

    def push_manifest(self, reference, document, media_type=OCI_MANIFEST):
        """Push and insist; reference None: by its digest. The digest."""
        content = encode(document)
        reply = self.put_manifest(reference or digest_of(content), content, media_type)
        assert reply.status_code == 201, reply.text
        assert reply.headers["Docker-Content-Digest"] == digest_of(content)
        return digest_of(content)

    def image(self, seed, **more):
        """An image manifest of one layer, whose blobs are pushed."""
        layer, config = f"layer {seed}".encode(), json.dumps({"seed": seed}).encode()
        self.push_blob(layer)
        self.push_blob(config)
        return {"schemaVersion": 2, "mediaType": OCI_MANIFEST,
                "config": descriptor(config, OCI_CONFIG),
                "layers": [descriptor(layer, OCI_LAYER)], **more}

    def push_image(self, reference, seed, **more):
        """The digest of a pushed image."""
        return self.push_manifest(reference, self.image(seed, **more))

    def get_manifest(self, reference, accept="*/*", method="GET"):
        headers = {"Accept": accept} if accept else {"Accept": None}
        return self.request(method, f"manifests/{reference}", headers=headers)

    def tags(self):
        reply = self.get("tags/list")
        assert reply.status_code == 200, reply.text
        return reply.json()["tags"]
