"""From a project's folder to a zip archive that has been proven."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lambwsgi.adapter.limits import DIRECT_UPLOAD_BYTES, UNZIPPED_BYTES
from lambwsgi.package.archive import sha256_of, write_archive
from lambwsgi.package.artifact import Artifact, Layer, layer_path
from lambwsgi.package.builders.assembly import Report, StageBuild, assemble, say_nothing
from lambwsgi.package.builders.parts import Parts, installed_of
from lambwsgi.package.cache import Cache, default_cache
from lambwsgi.package.dependencies.bundle import Dependencies
from lambwsgi.package.errors import PackageError, TooLargeError, disk_words
from lambwsgi.package.platform.target import Target, target_of
from lambwsgi.package.proof.smoke import Trial, smoke
from lambwsgi.settings.model import StageSettings


def build(
    settings: StageSettings,
    directory: Path,
    output: Path,
    *,
    target: Target | None = None,
    report: Report = say_nothing,
    cache: Cache | None = None,
    prove: bool = True,
) -> Artifact:
    """The artifact of the project in `directory`, at `output`, for the target (None: what the settings name).

    The files, a layer beside the code, appear under their names only when they have been proven; what was there before
    stays until then. `report` gets a line for each thing worth knowing. Raises PackageError. Without `prove` it is for
    whoever tries it to find out whether the application starts.
    """
    wanted = StageBuild(settings, directory, output.resolve(), target or target_of(settings))
    with _disk_troubles(wanted.output), tempfile.TemporaryDirectory(prefix="lambwsgi-package-") as scratch:
        parts = assemble(wanted, cache or default_cache(), Path(scratch), report)
        _check_size(parts)
        with _published(wanted.output, parts.dependencies.layer) as partial:
            write_archive(parts.code, partial)
            sha256, zipped_bytes = sha256_of(partial), partial.stat().st_size
            trial = Trial(partial, settings, directory, wanted.target, installed_of(parts))
            import_seconds = smoke(trial, report) if prove else None
        artifact = _artifact(wanted.output, sha256, zipped_bytes, parts, import_seconds)
        _report_weight(artifact, report)
        return artifact


@contextmanager
def _disk_troubles(output: Path) -> Iterator[None]:
    """What this machine's disk refuses is told as what it is: it has to take the files in between as well."""
    try:
        yield
    except OSError as error:
        raise PackageError(
            f"{output} cannot be written: {disk_words(error)}; it needs room where it lies, and twice as much in the"
            " folder for temporary files, which TMPDIR names"
        ) from error


@contextmanager
def _published(output: Path, layer: Path | None) -> Iterator[Path]:
    """A file beside the output that takes its name at the end, the layer with it, unless something fails before."""
    partial, other = (output.with_name(f".{output.name}.{part}.{os.getpid()}") for part in ("code", "layer"))
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        if layer is not None:
            shutil.copyfile(layer, other)
            os.replace(other, layer_path(output))
        os.replace(partial, output)
        if layer is None:
            layer_path(output).unlink(missing_ok=True)
    finally:
        for file in (partial, other):
            with suppress(OSError):
                file.unlink()


def _layer_beside(output: Path, dependencies: Dependencies) -> Layer | None:
    zipped = dependencies.layer
    return None if zipped is None else Layer(layer_path(output), sha256_of(zipped), zipped.stat().st_size)


def _artifact(output: Path, sha256: str, zipped_bytes: int, parts: Parts, import_seconds: float | None) -> Artifact:
    """The artifact as it was built, whatever another build puts under its name meanwhile."""
    return Artifact(
        output,
        sha256,
        zipped_bytes,
        parts.unzipped_bytes,
        parts.distributions,
        parts.bytecode_bytes,
        _layer_beside(output, parts.dependencies),
        import_seconds=import_seconds,
    )


def _report_weight(artifact: Artifact, report: Report) -> None:
    layer_bytes = 0 if artifact.layer is None else artifact.layer.zipped_bytes
    heaviest = max(artifact.zipped_bytes, layer_bytes)
    if heaviest > DIRECT_UPLOAD_BYTES:
        report(
            f"{heaviest / 1e6:.1f} MB zipped: above {DIRECT_UPLOAD_BYTES / 1e6:.1f} MB Lambda takes code by way of S3"
            " only, as `lambwsgi deploy` sends it"
        )


def _check_size(parts: Parts) -> None:
    unzipped_bytes = parts.unzipped_bytes
    if unzipped_bytes > UNZIPPED_BYTES:
        dearest = ", ".join(f"{size.name} {size.size_bytes / 1e6:.1f} MB" for size in parts.distributions[:5])
        raise TooLargeError(
            f"the artifact is {unzipped_bytes / 1e6:.1f} MB unzipped; Lambda takes at most"
            f" {UNZIPPED_BYTES / 1e6:.1f} MB. The dearest distributions are {dearest or 'none'}."
            " Leave out what the application does not use, let `slim: most` leave out more, keep large files out with"
            " 'exclude' and read them from S3, or make it an image, which takes 10 GB: `package: image`"
        )
