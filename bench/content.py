# SPDX-License-Identifier: Apache-2.0
"""What is served: one image whose manifest and blobs are the same bytes on every server."""

import hashlib
import json
import os
import subprocess

from servers import ServerError, connection, request

OCI = "application/vnd.oci.image."
MIB = 1024 * 1024


class Content:
    repository = "bench/app"
    tag = "latest"
    media_type = OCI + "manifest.v1+json"

    def __init__(self, work, blob_mib):
        self.folder = os.path.join(work, "content")
        os.makedirs(self.folder, exist_ok=True)
        self.cert = os.path.join(self.folder, "cert.pem")
        self.key = os.path.join(self.folder, "key.pem")
        self.blobs = {}  # digest: path
        self.make_certificate()
        self.big, self.big_bytes = self.make_blob(blob_mib * MIB), blob_mib * MIB
        self.manifest = self.make_manifest()

    def make_certificate(self):
        """ECDSA P-256: what wharf recommends, and 14 times cheaper to sign with than RSA."""
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.key, "-out", self.cert],
            check=True, capture_output=True)

    def make_blob(self, size):
        """Random bytes in a file named by their digest."""
        path = os.path.join(self.folder, "new")
        hashed = hashlib.sha256()
        with open(path, "wb") as file:
            for at in range(0, size, MIB):
                piece = os.urandom(min(MIB, size - at))
                hashed.update(piece)
                file.write(piece)
        return self.keep(path, "sha256:" + hashed.hexdigest())

    def keep(self, path, digest):
        final = os.path.join(self.folder, digest.replace(":", "-"))
        os.rename(path, final)
        self.blobs[digest] = final
        return digest

    def make_manifest(self):
        """An image of five layers: about the size of an ordinary one."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                             "rootfs": {"type": "layers", "diff_ids": []}}).encode()
        path = os.path.join(self.folder, "new")
        with open(path, "wb") as file:
            file.write(config)
        config_digest = self.keep(path, "sha256:" + hashlib.sha256(config).hexdigest())
        layers = [self.make_blob(2000 + i) for i in range(4)] + [self.big]
        return json.dumps({
            "schemaVersion": 2, "mediaType": self.media_type,
            "config": {"mediaType": OCI + "config.v1+json", "digest": config_digest,
                       "size": len(config)},
            "layers": [{"mediaType": OCI + "layer.v1.tar+gzip", "digest": digest,
                        "size": os.path.getsize(self.blobs[digest])} for digest in layers],
        }, indent=1).encode()

    def path(self, kind, reference):
        return f"/v2/{self.repository}/{kind}/{reference}"

    def manifest_path(self):
        return self.path("manifests", self.tag)

    def blob_path(self):
        return self.path("blobs", self.big)

    def push_to(self, server):
        """The image, by the protocol."""
        headers = dict(line.split(": ", 1) for line in server.headers(False))
        port = server.ports[False]
        for digest, path in self.blobs.items():
            status, answer, body = request(port, False, "POST", self.path("blobs", "uploads/"),
                                           headers=headers)
            expect(server, "POST of an upload", status, 202, body)
            location = answer["Location"]
            if "://" in location:
                location = "/" + location.split("/", 3)[3]
            location += ("&" if "?" in location else "?") + "digest=" + digest
            with open(path, "rb") as file:
                length = str(os.path.getsize(path))
                status, _, body = request(
                    port, False, "PUT", location, body=file,
                    headers={**headers, "Content-Length": length,
                             "Content-Type": "application/octet-stream"})
            expect(server, "PUT of a blob", status, 201, body)
        status, _, body = request(port, False, "PUT", self.manifest_path(), body=self.manifest,
                                  headers={**headers, "Content-Type": self.media_type})
        expect(server, "PUT of the manifest", status, 201, body)

    def verify(self, server):
        """That the server gives the very bytes, plain and over TLS; else its rates mean nothing."""
        for tls in (False, True):
            headers = dict(line.split(": ", 1) for line in server.headers(tls))
            headers["Accept"] = self.media_type
            status, _, body = request(server.ports[tls], tls, "GET", self.manifest_path(),
                                      headers=headers)
            if status != 200 or body != self.manifest:
                raise ServerError(f"{server.name} gives another manifest ({status})")
            if self.read_blob(server, tls, headers) != self.big:
                raise ServerError(f"{server.name} gives other bytes for the blob")

    def read_blob(self, server, tls, headers):
        conn = connection(server.ports[tls], tls)
        hashed = hashlib.sha256()
        conn.request("GET", self.blob_path(), headers=headers)
        answer = conn.getresponse()
        while piece := answer.read(MIB):
            hashed.update(piece)
        conn.close()
        return "sha256:" + hashed.hexdigest()


def expect(server, what, status, wanted, body):
    if status != wanted:
        raise ServerError(f"{server.name} answered {status} to {what}: {body[:500]!r}")
