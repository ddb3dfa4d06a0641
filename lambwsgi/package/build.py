"""The gatherer: from a project's folder to an artifact that has been proven."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.adapter.limits import UNZIPPED_BYTES
from lambwsgi.package.archive import sha256_of, write_archive
from lambwsgi.package.artifact import Artifact, DistributionSize
from lambwsgi.package.bytecode import bytecode_name, compile_files
from lambwsgi.package.distributions import Distribution, measure, read_distributions
from lambwsgi.package.errors import PackageError, SelectError, TooLargeError
from lambwsgi.package.interpreter import find_interpreter
from lambwsgi.package.prune import kept_files
from lambwsgi.package.requirements import Requirements, find_requirements
from lambwsgi.package.resolve import install
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
) -> Artifact:
    """The artifact of the project in `directory`, at `output`, for the target (None: what the settings name).

    The file appears under its name only when it has been proven; what was there before stays until then. `report` gets
    a line for each thing worth knowing. Raises PackageError.
    """
    output = output.resolve()
    chosen = target or target_of(settings)
    own = _own_files(directory, Selection(settings.include, settings.exclude, output), streaming=settings.streaming)
    with tempfile.TemporaryDirectory(prefix="lambwsgi-package-") as scratch:
        requirements = find_requirements(directory, settings.requirements)
        dependencies = _install(requirements, chosen, Path(scratch, "dependencies"))
        _report_clashes(own, dependencies, report)
        sources = {**dependencies.files, **own}
        compiled = _compile(sources, settings, chosen, Path(scratch, "bytecode"), report)
        files = {**sources, **compiled}
        sizes = measure(dependencies.distributions, files)
        bytecode_bytes = sum(path.stat().st_size for path in compiled.values())
        unzipped_bytes = _checked_size(files, sizes)
        with _published(output) as partial:
            write_archive(files, partial)
            installed = Installed(
                dependencies.requirements,
                frozenset(_with_bytecode(dependencies.files.keys() - own.keys(), chosen)),
                {one.name: one.version for one in dependencies.distributions},
            )
            smoke(Trial(partial, settings, directory, chosen, installed), report)
    return Artifact(output, sha256_of(output), output.stat().st_size, unzipped_bytes, sizes, bytecode_bytes)


@contextmanager
def _published(output: Path) -> Iterator[Path]:
    """A file beside the output that takes its name at the end, unless something fails before."""
    partial = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        os.replace(partial, output)
    except OSError as error:
        raise PackageError(f"{output} cannot be written: {error.strerror} ({error.filename})") from error
    finally:
        with suppress(OSError):
            partial.unlink()


@dataclass(frozen=True, slots=True)
class _Dependencies:
    """What was installed: the files by their names in the artifact, and the distributions they belong to."""

    requirements: Requirements | None
    files: Mapping[str, Path]
    distributions: Sequence[Distribution]


def _own_files(directory: Path, selection: Selection, *, streaming: bool) -> dict[str, Path]:
    """The project's files and the part of lambwsgi that travels."""
    project = select_files(directory, selection)
    travelling = travelling_files(streaming=streaming)
    hidden = next((name for name in project if name == "lambwsgi.py" or name in travelling), None)
    if hidden is not None:
        raise SelectError("hides lambwsgi's own module of this name; rename it or name it under 'exclude'", path=hidden)
    return {**project, **travelling}


def _install(requirements: Requirements | None, target: Target, folder: Path) -> _Dependencies:
    if requirements is None:
        return _Dependencies(None, {}, ())
    install(requirements, target, folder)
    return _Dependencies(requirements, kept_files(folder), read_distributions(folder))


def _compile(
    sources: Mapping[str, Path], settings: StageSettings, target: Target, folder: Path, report: Report
) -> Mapping[str, Path]:
    """The bytecode by its names in the artifact; none where the settings say so or the target's Python is not here."""
    if not settings.bytecode:
        return {}
    interpreter = find_interpreter(target.python_version)
    if interpreter.version != target.python_version:
        report(
            f"without bytecode, so each cold start compiles what it imports: no Python {target.python_version} is here;"
            f" put python{target.python_version} on PATH"
        )
        return {}
    return compile_files(sources, interpreter, folder)


def _with_bytecode(names: Iterable[str], target: Target) -> Iterator[str]:
    for name in names:
        yield name
        yield bytecode_name(name, target.python_version)


def _report_clashes(own: Mapping[str, Path], dependencies: _Dependencies, report: Report) -> None:
    owners = {name: distribution.name for distribution in dependencies.distributions for name in distribution.files}
    for name in sorted(own.keys() & dependencies.files.keys()):
        report(f"warning: {name} of the project takes the place of the file of the same name in {owners.get(name)}")


def _checked_size(files: Mapping[str, Path], sizes: Sequence[DistributionSize]) -> int:
    unzipped_bytes = sum(path.stat().st_size for path in files.values())
    if unzipped_bytes > UNZIPPED_BYTES:
        dearest = ", ".join(f"{size.name} {size.size_bytes / 1e6:.1f} MB" for size in sizes[:5])
        raise TooLargeError(
            f"the artifact is {unzipped_bytes / 1e6:.1f} MB unzipped; Lambda takes at most"
            f" {UNZIPPED_BYTES / 1e6:.1f} MB. The dearest distributions are {dearest or 'none'}."
            " Leave out what the application does not use, or keep large files out with 'exclude' and read them from S3"
        )
    return unzipped_bytes
