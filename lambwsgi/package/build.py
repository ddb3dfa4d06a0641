"""The gatherer: from a project's folder to an artifact that has been proven."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from lambwsgi.adapter.limits import UNZIPPED_BYTES
from lambwsgi.package.archive import sha256_of, write_archive
from lambwsgi.package.artifact import LAYER_MARK, Artifact, Layer, layer_path
from lambwsgi.package.bytecode import compile_files
from lambwsgi.package.cache import Cache, default_cache
from lambwsgi.package.dependencies import Dependencies, Wish, gather
from lambwsgi.package.elf import check_binaries
from lambwsgi.package.errors import BinaryError, PackageError, SelectError, TooLargeError
from lambwsgi.package.interpreter import Interpreter, find_interpreter
from lambwsgi.package.parts import Parts, shared_names, shared_package
from lambwsgi.package.requirements import Requirements, find_requirements, with_parts
from lambwsgi.package.select import Selection, select_files
from lambwsgi.package.smoke import Installed, Trial, smoke
from lambwsgi.package.target import Target, target_of
from lambwsgi.package.travel import travelling_files
from lambwsgi.settings.model import StageSettings

Report = Callable[[str], None]


def say_nothing(_: str) -> None:
    """A report that nobody reads."""


def build(
    settings: StageSettings,
    directory: Path,
    output: Path,
    *,
    target: Target | None = None,
    report: Report = say_nothing,
    cache: Cache | None = None,
) -> Artifact:
    """The artifact of the project in `directory`, at `output`, for the target (None: what the settings name).

    The files, a layer beside the code, appear under their names only when they have been proven; what was there before
    stays until then. `report` gets a line for each thing worth knowing. Raises PackageError.
    """
    output = output.resolve()
    chosen = target or target_of(settings)
    own = _own_files(directory, Selection(settings.include, settings.exclude, output), streaming=settings.streaming)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-package-") as folder:
        scratch = Path(folder)
        _check_binaries(own, chosen)
        compiler = _compiler(settings, chosen, report)
        wish = Wish(chosen, compiler, settings.layer)
        place = _Place(_requirements(settings, directory), cache or default_cache(), scratch)
        dependencies = _dependencies(own, wish, place)
        layer = _layer_beside(output, dependencies)
        marked = own | _mark(layer, scratch)
        parts = Parts(marked, _compile(marked, compiler, scratch), dependencies, chosen.python_version)
        _report_clashes(parts, report)
        _check_size(parts)
        with _published(output, dependencies.layer) as partial:
            write_archive(parts.code, partial)
            import_seconds = smoke(Trial(partial, settings, directory, chosen, _installed(parts)), report)
        return replace(_artifact(output, parts, layer), import_seconds=import_seconds)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the dependencies are named, and where they are made."""

    requirements: Requirements | None
    cache: Cache
    scratch: Path


def _requirements(settings: StageSettings, directory: Path) -> Requirements | None:
    found = find_requirements(directory, settings.requirements)
    if found is None:
        return None
    chosen = with_parts(found, extras=settings.extras, groups=settings.groups)
    return replace(chosen, from_source=settings.build_from_source)


def _dependencies(own: Mapping[str, Path], wish: Wish, place: _Place) -> Dependencies:
    """The dependencies; never a layer where a package is shared with the project, unless that is asked for."""
    found = gather(place.requirements, wish, place.cache, place.scratch)
    shared = shared_package(own, found) if found.layer else None
    if shared is None:
        return found
    if wish.layer is True:
        raise PackageError(
            f"{shared}/ is a package of the project and of a dependency, so they cannot be apart as `layer: true` asks;"
            " rename the project's, keep it out with 'exclude', or leave `layer` out"
        )
    return gather(place.requirements, replace(wish, layer=False), place.cache, place.scratch)


def _layer_beside(output: Path, dependencies: Dependencies) -> Layer | None:
    zipped = dependencies.layer
    return None if zipped is None else Layer(layer_path(output), sha256_of(zipped), zipped.stat().st_size)


def _mark(layer: Layer | None, scratch: Path) -> dict[str, Path]:
    """The file by which the code names its layer."""
    if layer is None:
        return {}
    mark = scratch / LAYER_MARK
    mark.write_text(f"{layer.sha256}\n", "ascii")
    return {LAYER_MARK: mark}


def _installed(parts: Parts) -> Installed:
    found = parts.dependencies
    return Installed(found.requirements, frozenset(parts.installed), found.pins, found.root if found.layer else None)


def _artifact(output: Path, parts: Parts, layer: Layer | None) -> Artifact:
    return Artifact(
        output,
        sha256_of(output),
        output.stat().st_size,
        parts.unzipped_bytes,
        parts.distributions,
        parts.bytecode_bytes,
        layer,
    )


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
    except OSError as error:
        raise PackageError(f"{output} cannot be written: {error.strerror} ({error.filename})") from error
    finally:
        for file in (partial, other):
            with suppress(OSError):
                file.unlink()


def _own_files(directory: Path, selection: Selection, *, streaming: bool) -> dict[str, Path]:
    """The project's files and the part of lambwsgi that travels."""
    project = select_files(directory, selection)
    travelling = travelling_files(streaming=streaming)
    hidden = next((name for name in project if name == "lambwsgi.py" or name in travelling), None)
    if hidden is not None:
        raise SelectError("hides lambwsgi's own module of this name; rename it or name it under 'exclude'", path=hidden)
    return {**project, **travelling}


def _check_binaries(own: Mapping[str, Path], target: Target) -> None:
    if problems := list(check_binaries(own, target)):
        raise BinaryError(
            problems,
            "Build them for the stage's 'runtime' and 'architecture', on a system that is no newer than Lambda's, or"
            " keep them out with 'exclude'",
        )


def _compiler(settings: StageSettings, target: Target, report: Report) -> Interpreter | None:
    """The Python that makes the bytecode; None where the settings want none or the target's Python is not here."""
    if not settings.bytecode:
        return None
    interpreter = find_interpreter(target.python_version)
    if interpreter.version == target.python_version:
        return interpreter
    report(
        f"without bytecode, so each cold start compiles what it imports: no Python {target.python_version} is here;"
        f" put python{target.python_version} on PATH"
    )
    return None


def _compile(own: Mapping[str, Path], compiler: Interpreter | None, scratch: Path) -> dict[str, Path]:
    return {} if compiler is None else compile_files(own, compiler, scratch / "bytecode")


def _report_clashes(parts: Parts, report: Report) -> None:
    for name, owner in shared_names(parts.own, parts.dependencies):
        report(f"warning: {name} of the project takes the place of the file of the same name in {owner}")


def _check_size(parts: Parts) -> None:
    unzipped_bytes = parts.unzipped_bytes
    if unzipped_bytes > UNZIPPED_BYTES:
        dearest = ", ".join(f"{size.name} {size.size_bytes / 1e6:.1f} MB" for size in parts.distributions[:5])
        raise TooLargeError(
            f"the artifact is {unzipped_bytes / 1e6:.1f} MB unzipped; Lambda takes at most"
            f" {UNZIPPED_BYTES / 1e6:.1f} MB. The dearest distributions are {dearest or 'none'}."
            " Leave out what the application does not use, or keep large files out with 'exclude' and read them from S3"
        )
