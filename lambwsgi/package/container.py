"""The gatherer for image functions: from a project's folder to an image that is proven, known by its digest and ready
to be pushed. Only the base's manifest and configuration are fetched for it; its layers stay where they are.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lambwsgi.adapter.limits import IMAGE_BYTES
from lambwsgi.adapter.stream import WRAPPER_VARIABLE
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.assemble import Report, say_nothing
from lambwsgi.package.bytecode import TASK_ROOT
from lambwsgi.package.cache import Cache, default_cache
from lambwsgi.package.errors import PackageError, TooLargeError
from lambwsgi.package.image import base_name, prepare
from lambwsgi.package.oci import Base, ContainerImage, on_top, write_layer
from lambwsgi.package.parts import Parts
from lambwsgi.package.registry import LISTS, ImageName, Repository
from lambwsgi.settings.model import Architecture, StageSettings
from lambwsgi.settings.variables import HANDLER, function_variables

_ARCHITECTURES = {Architecture.X86_64: "amd64", Architecture.ARM64: "arm64"}


def build_image(
    settings: StageSettings, directory: Path, output: Path, *, report: Report = say_nothing, cache: Cache | None = None
) -> Artifact:
    """The image of the stage's project, its own layers in the folder `output`. Raises PackageError.

    It holds nothing of the stage's variables, so that it may go to another stage.
    """
    with tempfile.TemporaryDirectory(prefix="lambwsgi-image-") as scratch:
        prepared = prepare(settings, directory, output, (cache or default_cache(), Path(scratch)), report)
        parts = prepared.parts
        if parts.unzipped_bytes > IMAGE_BYTES:
            raise TooLargeError(
                f"what goes into the image is {parts.unzipped_bytes / 1e9:.1f} GB; Lambda takes images of at most"
                f" {IMAGE_BYTES / 1e9:.1f} GB: keep large files out with 'exclude' and read them from S3"
            )
        image = _image(settings, parts, output, report)
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


def _image(settings: StageSettings, parts: Parts, output: Path, report: Report) -> ContainerImage:
    """The dependencies are a layer below the code, which changes more often."""
    name = ImageName.parse(base_name(settings))
    origin = Repository(name.address, name.repository)
    base = read_base(origin, name, settings.architecture, report)
    try:
        output.mkdir(parents=True, exist_ok=True)
        layers = [
            write_layer(files, TASK_ROOT, output / f"{note}.tar.gz", note)
            for note, files in (("dependencies", parts.installed), ("code", {**parts.own, **parts.compiled}))
            if files
        ]
        return on_top(base, layers, _command(settings), output, origin)
    except OSError as error:
        raise PackageError(f"{output} cannot be written: {error.strerror} ({error.filename})") from error


def read_base(origin: Repository, name: ImageName, architecture: Architecture, report: Report) -> Base:
    """The base for that processor; where the name leaves open which one it is, what was found is reported."""
    content, media_type = origin.manifest(name.reference)
    manifest = json.loads(content)
    if media_type in LISTS:
        wanted = _ARCHITECTURES[architecture]
        found = [each["digest"] for each in manifest["manifests"] if each["platform"].get("architecture") == wanted]
        if not found:
            raise PackageError(f"base image {name} is not made for {architecture}; choose another `base_image`")
        manifest = json.loads(origin.manifest(found[0])[0])
    if name.digest is None:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        report(f"the base image is today's {name}; `base_image: {name}@{digest}` keeps to it")
    return Base(manifest, json.loads(origin.blob(manifest["config"]["digest"])))


def _command(settings: StageSettings) -> Mapping[str, Sequence[str]]:
    """What starts the image. Where it streams, the wrapper that brings our runtime client has no say."""
    streams = WRAPPER_VARIABLE in function_variables(settings)
    return {"Cmd": [HANDLER], **({"Entrypoint": ["python", "-m", "lambwsgi.runtime"]} if streams else {})}
