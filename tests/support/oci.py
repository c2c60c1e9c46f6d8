# SPDX-License-Identifier: Apache-2.0
"""Images made by hand: OCI layouts on disk, which every client can read."""
import gzip
import hashlib
import io
import json
import os
import tarfile

import registry


def digest_of_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    return "sha256:" + digest.hexdigest()


def tar_of(files):
    """An uncompressed layer of {name: bytes}, the same each time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Layout:
    """An OCI layout that is being filled."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.tags = []
        os.makedirs(self.path("blobs/sha256"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def add_blob(self, content, media_type, **more):
        entry = registry.descriptor(content, media_type, **more)
        with open(self.path("blobs/" + entry["digest"].replace(":", "/")), "wb") as blob:
            blob.write(content)
        return entry

    def add_file(self, path, media_type):
        """Move a large file in."""
        entry = {"mediaType": media_type, "digest": digest_of_file(path),
                 "size": os.path.getsize(path)}
        os.rename(path, self.path("blobs/" + entry["digest"].replace(":", "/")))
        return entry

    def add_config(self, diff_ids, architecture="amd64"):
        config = {"architecture": architecture, "os": "linux",
                  "config": {"Cmd": ["/bin/sh"], "Env": ["PATH=/bin"]},
                  "rootfs": {"type": "layers", "diff_ids": diff_ids}}
        return self.add_blob(json.dumps(config).encode(), registry.OCI_CONFIG)

    def add_manifest(self, config, layers, **more):
        document = {"schemaVersion": 2, "mediaType": registry.OCI_MANIFEST, "config": config,
                    "layers": layers, **more}
        return self.add_blob(json.dumps(document).encode(), registry.OCI_MANIFEST)

    def add_image(self, files, architecture="amd64"):
        """An image of one layer."""
        tar = tar_of(files)
        layer = self.add_blob(gzip.compress(tar, mtime=0), registry.OCI_LAYER)
        config = self.add_config([registry.digest_of(tar)], architecture)
        platform = {"os": "linux", "architecture": architecture}
        return {**self.add_manifest(config, [layer]), "platform": platform}

    def add_index(self, entries):
        document = {"schemaVersion": 2, "mediaType": registry.OCI_INDEX, "manifests": entries}
        return self.add_blob(json.dumps(document).encode(), registry.OCI_INDEX)

    def tag(self, name, entry):
        self.tags.append({**entry, "annotations": {"org.opencontainers.image.ref.name": name}})
        with open(self.path("oci-layout"), "w", encoding="utf-8") as mark:
            mark.write('{"imageLayoutVersion":"1.0.0"}')
        with open(self.path("index.json"), "w", encoding="utf-8") as index:
            json.dump({"schemaVersion": 2, "manifests": self.tags}, index)
        return entry["digest"]
