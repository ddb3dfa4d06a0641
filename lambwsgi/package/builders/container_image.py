"""From a project's folder to a container image that is proven, known by its digest and ready to be pushed.

Only the base's manifest and configuration are fetched for it; its layers stay where they are.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from lambwsgi.adapter.limits import IMAGE_BYTES
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.builders.assembly import Report, say_nothing
from lambwsgi.package.builders.image_content import base_name, prepare, start_of
from lambwsgi.package.builders.parts import Parts
from lambwsgi.package.cache import Cache, default_cache
from lambwsgi.package.errors import PackageError, TooLargeError, disk_words
from lambwsgi.package.images.docker import ARCHITECTURES
from lambwsgi.package.images.oci import Base, Layer, file_blob, on_top, write_layer
from lambwsgi.package.images.registry import LISTS, ImageName, Repository
from lambwsgi.package.platform.bytecode import TASK_ROOT
from lambwsgi.settings.model import Architecture, StageSettings

# What is kept of the dependencies' layer; the format is to be raised when it is made otherwise.
_KEPT, _KEPT_ID, _FORMAT = "layer.tar.gz", "diff_id", "image-1"


def build_image(
    settings: StageSettings, directory: Path, output: Path, *, report: Report = say_nothing, cache: Cache | None = None
) -> Artifact:
    """The image of the stage's project, its own layers in the folder `output`. Raises PackageError.

    It holds nothing of the stage's variables, so that it may go to another stage.
    """
    kept = cache or default_cache()
    name = ImageName.parse(base_name(settings))
    origin = Repository(name.address, name.repository)
    base = read_base(origin, name, settings.architecture, report)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-image-") as scratch:
        prepared = prepare(settings, directory, output, (kept, Path(scratch)), report)
        parts = prepared.parts
        _check_size(parts.unzipped_bytes)
        image = on_top(base, _layers(parts, kept, output), start_of(settings), output, origin)
        return Artifact(
            output,
            image.sha256,
            sum(blob.size_bytes for blob in image.blobs if blob.path),
            parts.unzipped_bytes,
            parts.distributions,
            parts.bytecode_bytes,
            image=image,
            import_seconds=prepared.import_seconds,
        )


def _check_size(size_bytes: int) -> None:
    if size_bytes > IMAGE_BYTES:
        raise TooLargeError(
            f"what goes into the image is {size_bytes / 1e9:.1f} GB; Lambda takes images of at most"
            f" {IMAGE_BYTES / 1e9:.1f} GB: keep large files out with 'exclude' and read them from S3"
        )


def _layers(parts: Parts, cache: Cache, output: Path) -> list[Layer]:
    """The dependencies are a layer below the code, which changes more often."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        dependencies = [_dependencies(parts, cache, output / "dependencies.tar.gz")] if parts.installed else []
        return [*dependencies, write_layer({**parts.own, **parts.compiled}, TASK_ROOT, output / "code.tar.gz", "code")]
    except OSError as error:
        raise PackageError(f"{output} cannot be written: {disk_words(error)}") from error


def _dependencies(parts: Parts, cache: Cache, path: Path) -> Layer:
    """The layer of the dependencies; from the cache where they are kept there and the project hides none of them."""
    entry = parts.dependencies.root.parent
    if entry.parent != cache.folder or len(parts.installed) < len(parts.dependencies.sizes):
        return write_layer(parts.installed, TASK_ROOT, path, "dependencies")

    def make(folder: Path) -> None:
        made = write_layer(parts.installed, TASK_ROOT, folder / _KEPT, "dependencies")
        (folder / _KEPT_ID).write_text(made.diff_id, "ascii")

    kept = cache.get(f"{entry.name}-{_FORMAT}", make)
    shutil.copyfile(kept / _KEPT, path)
    return Layer(file_blob(path), (kept / _KEPT_ID).read_text("ascii"), "dependencies")


def read_base(origin: Repository, name: ImageName, architecture: Architecture, report: Report) -> Base:
    """The base for that processor; where the name leaves open which one it is, what was found is reported."""
    content, media_type = origin.manifest(name.reference)
    manifest, wanted = json.loads(content), ARCHITECTURES[architecture]
    if media_type in LISTS:
        found = {each.get("platform", {}).get("architecture"): each["digest"] for each in manifest["manifests"]}
        if wanted not in found:
            raise _not_made_for(architecture, name)
        manifest = json.loads(origin.manifest(found[wanted])[0])
    config = json.loads(origin.blob(manifest["config"]["digest"]))
    if config.get("architecture") != wanted:
        raise _not_made_for(architecture, name)
    if name.digest is None:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        report(f"the base image is today's {name}; `base_image: {name}@{digest}` keeps to it")
    return Base(manifest, config)


def _not_made_for(architecture: Architecture, name: ImageName) -> PackageError:
    advice = "choose another `base_image` or `architecture`"
    return PackageError(f"base image {name} is not made for {architecture}; {advice}")
