"""Container images as values: layers of files on top of a base, the configuration, the manifest. Asks nobody.

The same base and the same files give the same digest: no layer bears a time, an owner or a mode of this machine.
Written as Docker has it, schema 2 and gzip, for AWS's own bases are of that form and Lambda takes nothing that mixes it
with another. Source: Docker, 'Image Manifest Version 2, Schema 2'; OCI, 'Image Format Specification' 1.1.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from deflate import gzip_compress

from lambwsgi.package.attributes import EARLIEST, mode_of
from lambwsgi.package.errors import PackageError
from lambwsgi.package.images.registry import IMAGE, Repository

Json = dict[str, Any]

_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
# What a base may have: the same bytes under either name.
_LAYERS = frozenset({_LAYER, "application/vnd.oci.image.layer.v1.tar+gzip"})
_DAY = "1980-01-01T00:00:00Z"
# Large applications are what images are for: as fast as the disk is enough.
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Blob:
    """One part of an image. `path` is None where it lies in the registry that the image was made from."""

    digest: str
    size_bytes: int
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class ContainerImage:
    """An image that can be pushed: its manifest, its parts, and where those come from that are not here."""

    manifest: bytes
    blobs: tuple[Blob, ...]
    origin: Repository

    @property
    def sha256(self) -> str:
        """The hex digest by which it is known."""
        return hashlib.sha256(self.manifest).hexdigest()


@dataclass(frozen=True, slots=True)
class Layer:
    """A compressed layer; `diff_id` is the digest of what is in it, uncompressed."""

    blob: Blob
    diff_id: str
    note: str


@dataclass(frozen=True, slots=True)
class Base:
    """The manifest and the configuration of the image that ours is made from."""

    manifest: Json
    config: Json


def write_layer(files: Mapping[str, Path], root: str, path: Path, note: str) -> Layer:
    """A layer with these files below the folder `root` of the image, at `path`."""
    plain = path.with_suffix(".tar")
    with tarfile.open(plain, "w", format=tarfile.PAX_FORMAT) as archive:
        names = {f"{root.strip('/')}/{name}": source for name, source in files.items()}
        # Lambda refuses a file whose folders are not in the layer as well, which Docker does not mind.
        for folder in sorted({str(above) for name in names for above in PurePosixPath(name).parents} - {"."}):
            archive.addfile(_entry(folder, tarfile.DIRTYPE, 0o755))
        for name in sorted(names):
            _add_file(archive, name, names[name])
    with plain.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        diff_id = f"sha256:{hashlib.sha256(content).hexdigest()}"
        path.write_bytes(gzip_compress(content, _LEVEL))
        content.close()
    plain.unlink()
    return Layer(file_blob(path), diff_id, note)


def file_blob(path: Path) -> Blob:
    """A file of this machine as a part of an image."""
    with path.open("rb") as file:
        return Blob(f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}", path.stat().st_size, path)


def on_top(
    base: Base, layers: Sequence[Layer], command: Mapping[str, Sequence[str]], folder: Path, origin: Repository
) -> ContainerImage:
    """The image of the layers on the base, its configuration written to the folder.

    `command` has what starts it: `Cmd`, and `Entrypoint` where it is not the base's. Raises PackageError for a base
    whose layers Lambda would not take.
    """
    below = [_base_layer(each) for each in base.manifest["layers"]]
    config = folder / "config.json"
    config.write_bytes(_canonical(_config(base, layers, command)))
    ours = file_blob(config)
    manifest: Json = {
        "schemaVersion": 2,
        "mediaType": IMAGE,
        "config": _described(_CONFIG, ours),
        "layers": [_described(_LAYER, blob) for blob in (*below, *(layer.blob for layer in layers))],
    }
    return ContainerImage(_canonical(manifest), (*below, *(layer.blob for layer in layers), ours), origin)


def blobs_of(manifest: bytes) -> tuple[Blob, ...]:
    """The parts of an image that lies in a registry."""
    told = json.loads(manifest)
    return tuple(Blob(each["digest"], each["size"]) for each in (*told["layers"], told["config"]))


def _config(base: Base, layers: Sequence[Layer], command: Mapping[str, Sequence[str]]) -> Json:
    rootfs = base.config["rootfs"]
    history = _history(base) + [{"created": _DAY, "created_by": f"lambwsgi: {layer.note}"} for layer in layers]
    return {
        **base.config,
        "created": _DAY,
        # An entrypoint of ours makes the base's command void, and the other way round it stays.
        "config": {**base.config.get("config", {}), **{name: list(words) for name, words in command.items()}},
        "rootfs": {**rootfs, "diff_ids": [*rootfs["diff_ids"], *(layer.diff_id for layer in layers)]},
        "history": history,
    }


def _history(base: Base) -> list[Json]:
    """The base's history; one that tells of other than its layers, as AWS's own do, is made anew, since tools count."""
    told: list[Json] = base.config.get("history") or []
    if sum(not each.get("empty_layer") for each in told) == len(base.manifest["layers"]):
        return told
    return [{"created": _DAY, "created_by": "the base"} for _ in base.manifest["layers"]]


def _base_layer(described: Json) -> Blob:
    if described["mediaType"] not in _LAYERS:
        raise PackageError(
            f"the base image has a layer of type {described['mediaType']}; Lambda takes layers that are compressed with"
            " gzip only: choose another `base_image`"
        )
    return Blob(described["digest"], described["size"])


def _described(media_type: str, blob: Blob) -> Json:
    return {"mediaType": media_type, "size": blob.size_bytes, "digest": blob.digest}


def _canonical(data: Json) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _add_file(archive: tarfile.TarFile, name: str, source: Path) -> None:
    entry = _entry(name, tarfile.REGTYPE, mode_of(source))
    entry.size = source.stat().st_size
    with source.open("rb") as content:
        archive.addfile(entry, content)


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime = kind, mode, EARLIEST
    return entry
