"""Why a file is in the artifact, or why it is not."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from lambwsgi.package.artifact import LAYER_MARK
from lambwsgi.package.builders.assembly import StageBuild, assemble, say_nothing
from lambwsgi.package.builders.parts import Parts
from lambwsgi.package.cache import default_cache
from lambwsgi.package.dependencies.distributions import Distribution, canonical_name
from lambwsgi.package.dependencies.pruning import why_dropped
from lambwsgi.package.errors import PackageError
from lambwsgi.package.files.selection import Choice, choose_files
from lambwsgi.settings.model import Slim

_BYTECODE = re.compile(r"(?P<folder>.*/)?__pycache__/(?P<stem>[^/]+)\.cpython-\d+\.pyc")

Choices = Iterable[tuple[str, Path, Choice]]


def explain_path(build: StageBuild, path: Path) -> str:
    """Why that file of the project, or of its artifact, is in or out. Builds nothing; raises PackageError."""
    with tempfile.TemporaryDirectory(prefix="lambwsgi-explain-") as scratch:
        parts = assemble(build, default_cache(), Path(scratch), say_nothing)
        name = name_of(path, build.directory.resolve())
        return explain(name, parts, choose_files(build.directory, build.selection), build.settings.slim)


def name_of(path: Path, directory: Path) -> str:
    """The file's name in the artifact: its path below the project's folder, where it lies there."""
    here = Path(os.path.abspath(path))
    return (here.relative_to(directory) if here.is_relative_to(directory) else path).as_posix()


def explain(name: str, parts: Parts, choices: Choices, slim: Slim) -> str:
    """One line on that file of the artifact, and one more for each thing that it comes from.

    `choices` are those among the project's files, `slim` is what is left out of packages. Raises PackageError for a
    name that nobody knows.
    """
    told = [*_own(name, parts, choices), *_installed(name, parts, slim)]
    if not told:
        raise PackageError(
            f"{name}: neither the project nor a dependency has a file of this name; name it as it lies below the"
            " project's folder or in the artifact"
        )
    return "\n".join(told)


def _own(name: str, parts: Parts, choices: Choices) -> Iterator[str]:
    source = _source(name)
    if name in parts.compiled and source is not None:
        yield f"{name} goes in: bytecode of {source}"
        yield from _own(source, parts, choices)
    elif name == LAYER_MARK and name in parts.own:
        yield f"{name} goes in: it names the layer that the code needs"
    elif name in parts.own and name.startswith("lambwsgi/"):
        yield f"{name} goes in: it is of the part of lambwsgi that runs in Lambda"
    else:
        yield from _project(name, choices)


def _project(name: str, choices: Choices) -> Iterator[str]:
    """The choice for the file, or for the outermost folder above it that is out."""
    above = {name, *map(str, PurePosixPath(name).parents)}
    for found, _, choice in choices:
        if found not in above:
            continue
        if found == name and choice.is_in:
            yield f"{name} goes in: a file of the project{f'; {choice.rule}' if choice.rule else ''}"
        elif not choice.is_in:
            where = "" if found == name else f"{found}/: "
            yield f"{name} stays out: {where}{choice.rule}"
            return


def _installed(name: str, parts: Parts, slim: Slim) -> Iterator[str]:
    dependencies = parts.dependencies
    place = "in the layer" if dependencies.layer else "beside the code"
    source = _source(name)
    if source is not None and name in parts.sizes:
        yield f"{name} goes in, {place}: bytecode of {source}"
        yield from _installed(source, parts, slim)
    for one in dependencies.distributions:
        if name not in one.files:
            continue
        whose = f"{one.name} {one.version}, {_reason(one, parts)}"
        if name in parts.sizes:
            yield f"{name} goes in, {place}: a file of {whose}"
        elif name in parts.own:
            yield f"that of {whose}, stays out: the project's takes its place"
        else:
            yield f"{name} stays out: a file of {whose}, {why_dropped(tuple(name.split('/')), slim)}"


def _reason(one: Distribution, parts: Parts) -> str:
    """Who asks for the distribution."""
    name = canonical_name(one.name)
    requirers = [other.name for other in parts.dependencies.distributions if name in other.requires]
    if requirers:
        return f"required by {', '.join(requirers)}"
    return f"asked for by {parts.dependencies.requirements}"


def _source(name: str) -> str | None:
    """The module that bytecode of this name is made of; None for other files."""
    found = _BYTECODE.fullmatch(name)
    return f"{found['folder'] or ''}{found['stem']}.py" if found else None
