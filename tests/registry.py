"""Base images in a registry, put there as their makers would."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from typing import Any

import requests

from lambwsgi.deploy.aws.calls import Aws

IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip"
NAME = "lambda/python"


def push_base(aws: Aws, tag: str, *, layer_type: str = GZIP, architectures: tuple[str, ...] = ("amd64",)) -> str:
    """A base image for these processors, an index of several where there are more; its name with the tag."""
    known = aws.ask("ecr", "describe_repositories", "repositories")["repositories"]
    if NAME not in {each["repositoryName"] for each in known}:
        aws.ask("ecr", "create_repository", NAME, repositoryName=NAME)
    address = f"{aws.endpoint_url}/v2/{NAME}"
    found = [_push_image(address, tag, architecture, layer_type) for architecture in architectures]
    if len(found) > 1:
        platforms = [{"architecture": each, "os": "linux"} for each in architectures]
        listed = [{**one, "platform": each} for one, each in zip(found, platforms, strict=True)]
        _push_manifest(address, tag, {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}, INDEX)
    return f"{address.removeprefix('http://').replace('/v2/', '/')}:{tag}"


def _push_image(address: str, tag: str, architecture: str, layer_type: str) -> dict[str, Any]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(f"etc/made-for-{architecture}")
        archive.addfile(entry)
    plain = buffer.getvalue()
    layer = _push_blob(address, gzip.compress(plain, mtime=0))
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {"Entrypoint": ["/lambda-entrypoint.sh"], "WorkingDir": "/var/task", "Env": ["PATH=/var/lang/bin"]},
        # As AWS's own, whose history tells of nothing.
        "history": None,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(plain).hexdigest()}"]},
    }
    described = _push_blob(address, json.dumps(config).encode())
    manifest = {
        "schemaVersion": 2,
        "mediaType": IMAGE,
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", **described},
        "layers": [{"mediaType": layer_type, **layer}],
    }
    return _push_manifest(address, tag, manifest, IMAGE)


def _push_blob(address: str, content: bytes) -> dict[str, Any]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    begun = requests.post(f"{address}/blobs/uploads/", timeout=10)
    place = requests.compat.urljoin(begun.url, begun.headers["Location"])
    requests.put(place, params={"digest": digest}, data=content, timeout=10).raise_for_status()
    return {"digest": digest, "size": len(content)}


def _push_manifest(address: str, tag: str, manifest: dict[str, Any], media_type: str) -> dict[str, Any]:
    content = json.dumps(manifest).encode()
    headers = {"Content-Type": media_type}
    requests.put(f"{address}/manifests/{tag}", data=content, headers=headers, timeout=10).raise_for_status()
    return {"mediaType": media_type, "digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "size": len(content)}
