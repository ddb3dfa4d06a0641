"""From a project's folder to the parts of its artifact: chosen, installed, compiled, and checked one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lambwsgi.package.archive import sha256_of
from lambwsgi.package.artifact import LAYER_MARK
from lambwsgi.package.builders.parts import Parts, shared_names, shared_package
from lambwsgi.package.cache import Cache
from lambwsgi.package.dependencies.bundle import Dependencies, Wish, gather
from lambwsgi.package.dependencies.locks import names_sdk
from lambwsgi.package.dependencies.requirements import SDK, Requirements, find_requirements, with_parts
from lambwsgi.package.errors import BinaryError, PackageError, SelectError
from lambwsgi.package.files.selection import Selection, select_files, selection_of
from lambwsgi.package.files.travelling import travelling_files
from lambwsgi.package.platform.bytecode import compile_files
from lambwsgi.package.platform.elf import check_binaries
from lambwsgi.package.platform.interpreter import Interpreter, find_interpreter
from lambwsgi.package.platform.target import Target
from lambwsgi.settings.model import StageSettings

Report = Callable[[str], None]

_DATABASES = (".db", ".sqlite", ".sqlite3")


def say_nothing(_: str) -> None:
    """A report that nobody reads."""


@dataclass(frozen=True, slots=True)
class StageBuild:
    """A stage of the project in `directory`, to be built for the target. `output` is where its artifact is to lie."""

    settings: StageSettings
    directory: Path
    output: Path
    target: Target

    @property
    def selection(self) -> Selection:
        """What the settings say of the project's files."""
        return selection_of(self.settings, self.output)


def assemble(build: StageBuild, cache: Cache, scratch: Path, report: Report) -> Parts:
    """The parts of the project's artifact; what is not kept in the cache is made in `scratch`. Raises PackageError."""
    own = _own_files(build)
    _report_databases(own, report)
    _check_binaries(own, build.target)
    compiler = _compiler(build.settings, build.target, report)
    requirements = _requirements(build.settings, build.directory)
    _report_sdk(requirements, report)
    wish = Wish(build.target, compiler, build.settings.layer, build.settings.slim)
    dependencies = _dependencies(own, requirements, wish, _Place(cache, scratch, report))
    marked = own | _mark(dependencies, scratch)
    compiled = {} if compiler is None else compile_files(marked, compiler, scratch / "bytecode")
    parts = Parts(marked, compiled, dependencies, build.target.python_version)
    _report_clashes(parts, report)
    return parts


@dataclass(frozen=True, slots=True)
class _Place:
    """Where dependencies are made, and who is told of it."""

    cache: Cache
    scratch: Path
    report: Report


def _own_files(build: StageBuild) -> dict[str, Path]:
    """The project's files and the part of lambwsgi that travels."""
    files = select_files(build.directory, build.selection)
    travelling = travelling_files(streaming=build.settings.streaming)
    hidden = next((name for name in files if name == "lambwsgi.py" or name in travelling), None)
    if hidden is not None:
        raise SelectError("hides lambwsgi's own module of this name; rename it or name it under 'exclude'", path=hidden)
    return {**files, **travelling}


def _report_databases(own: Mapping[str, Path], report: Report) -> None:
    """A database of the developer's is seldom meant to travel, and never of use to be written to."""
    for name in own:
        if name.endswith(_DATABASES):
            report(f"{name} goes in; in Lambda it can only be read. `exclude: [{name}]` or .gitignore keeps it out")


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


def _requirements(settings: StageSettings, directory: Path) -> Requirements | None:
    found = find_requirements(directory, settings.requirements)
    if found is None:
        return None
    chosen = with_parts(found, extras=settings.extras, groups=settings.groups)
    excluded = () if settings.bundle_sdk else SDK
    return replace(chosen, from_source=settings.build_from_source, excluded=excluded)


def _report_sdk(requirements: Requirements | None, report: Report) -> None:
    """Say it where the SDK is asked for and stays out."""
    if requirements is not None and requirements.excluded and names_sdk(requirements):
        report(
            f"boto3, in {requirements}, stays out: Lambda brings one, of a version of its own choice;"
            " `bundle_sdk: true` packs yours"
        )


def _dependencies(
    own: Mapping[str, Path], requirements: Requirements | None, wish: Wish, place: _Place
) -> Dependencies:
    """The dependencies; never a layer where a package is shared with the project, unless that is asked for."""
    found = gather(requirements, wish, place.cache, place.scratch, place.report)
    shared = shared_package(own, found) if found.layer else None
    if shared is None:
        return found
    if wish.layer is True:
        raise PackageError(
            f"{shared}/ is a package of the project and of a dependency, so they cannot be apart as `layer: true` asks;"
            " rename the project's, keep it out with 'exclude', or leave `layer` out"
        )
    return gather(requirements, replace(wish, layer=False), place.cache, place.scratch, place.report)


def _report_clashes(parts: Parts, report: Report) -> None:
    """Say which files of the project take the place of a dependency's."""
    for name, owner in shared_names(parts.own, parts.dependencies):
        report(f"warning: {name} of the project takes the place of the file of the same name in {owner}")


def _mark(dependencies: Dependencies, scratch: Path) -> dict[str, Path]:
    """The file by which the code names its layer; none where there is none."""
    if dependencies.layer is None:
        return {}
    mark = scratch / LAYER_MARK
    mark.write_text(f"{sha256_of(dependencies.layer)}\n", "ascii")
    return {LAYER_MARK: mark}
