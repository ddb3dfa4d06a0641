"""The dependencies, chosen and installed for the target by uv."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.package.dependencies.local_folders import list_lines, local_names, sourced_names
from lambwsgi.package.dependencies.locks import OURSELVES, export_lock, is_lock
from lambwsgi.package.dependencies.refusals import explain
from lambwsgi.package.dependencies.requirements import Form, Requirements, read_metadata, read_pyproject
from lambwsgi.package.dependencies.uv import UvFailedError, repeated, run_uv
from lambwsgi.package.platform.target import Target

_FIXED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)(?:\s*;.*)?")
_PROJECT_ITSELF = re.compile(r"\s*(?:(?:-e|--editable)[ =]\s*)?\./?(?:\[[^\]]*\])?\s*(?:#.*)?")


def install(requirements: Requirements, target: Target, folder: Path, *, pins: Mapping[str, str] | None = None) -> None:
    """Install what the requirements name, without lambwsgi and what only lambwsgi needs, into the folder.

    `pins` holds versions, by name, that have to be taken. Raises ResolveError with what went wrong and the ways out.
    """
    with tempfile.TemporaryDirectory(prefix="lambwsgi-resolve-") as scratch, _explained(requirements, target):
        sources = _sources(requirements, Path(scratch), pins or {})
        placed = ["--no-editable", "--target", str(folder)]
        run_uv(["pip", "install", *sources.as_options, *placed, *_choices(target)], requirements.directory)


def pin(requirements: Requirements, target: Target) -> str:
    """The exact versions that the requirements mean today for the target, a list with hashes; a lock as it stands.

    Raises ResolveError as `install` does.
    """
    with tempfile.TemporaryDirectory(prefix="lambwsgi-resolve-") as scratch, _explained(requirements, target):
        if is_lock(requirements):
            return export_lock(requirements)
        sources = _sources(requirements, Path(scratch), {})
        listed = ["--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
        return run_uv(["pip", "compile", *sources.as_arguments, *listed, *_choices(target)], requirements.directory)


def is_immutable(pinned: str) -> bool:
    """Whether each line of such a list means the same files for ever; a path or an address does not."""
    return all(_FIXED.match(line) for line in _lines(pinned))


def pinned_versions(pinned: str) -> dict[str, str]:
    """The versions in such a list, by name."""
    found = (_FIXED.match(line) for line in _lines(pinned))
    return {match["name"]: match["version"] for match in found if match}


def _lines(pinned: str) -> list[str]:
    lines = (line.partition("--hash")[0].strip(" \\\n") for line in pinned.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "--"))]


@contextmanager
def _explained(requirements: Requirements, target: Target) -> Iterator[None]:
    try:
        yield
    except UvFailedError as failure:
        raise explain(failure.words, requirements, target) from failure


def _choices(target: Target) -> list[str]:
    wheels_only = ["--only-binary", ":all:"]
    choices = ["--python", sys.executable, "--python-version", target.python_version, *wheels_only]
    return choices if target.platform is None else [*choices, "--python-platform", target.platform]


@dataclass(frozen=True, slots=True)
class _Sources:
    """Files that name what is wanted, and options that go with them."""

    files: Sequence[str]
    options: Sequence[str]

    @property
    def as_options(self) -> list[str]:
        """As `uv pip install` takes them."""
        return [*repeated("-r", self.files), *self.options]

    @property
    def as_arguments(self) -> list[str]:
        """As `uv pip compile` takes them."""
        return [*self.files, *self.options]


def _sources(requirements: Requirements, scratch: Path, pins: Mapping[str, str]) -> _Sources:
    directory = requirements.directory
    itself = _names_itself(requirements)
    excluded = [OURSELVES, *requirements.excluded, *([str(read_metadata(directory)["name"])] if itself else [])]
    options = ["--excludes", _write_lines(scratch / "excludes.txt", excluded)]
    if is_lock(requirements):
        exported = export_lock(requirements)
        options += _built(requirements, local_names(exported.splitlines(), directory))
        # The lock is complete; to resolve it again could only bring back what was pruned on purpose.
        return _Sources([_write_lines(scratch / "requirements.txt", [exported])], ["--no-deps", *options])
    constraints = _write_lines(scratch / "constraints.txt", [f"{name}=={version}" for name, version in pins.items()])
    lists = [requirements.path, directory / "pyproject.toml"] if itself else [requirements.path]
    chosen = [*repeated("--extra", requirements.extras), *repeated("--group", requirements.groups)]
    options += _built(requirements, _local_names(requirements))
    return _Sources([*map(str, lists)], [*options, *chosen, "--constraints", constraints])


def _built(requirements: Requirements, local: Sequence[str]) -> list[str]:
    """The options that let these be built here, and nothing else: folders have no wheels."""
    return repeated("--no-binary", sorted({*requirements.from_source, *local}))


def _local_names(requirements: Requirements) -> list[str]:
    directory = requirements.directory
    sourced = sourced_names(read_pyproject(directory))
    if requirements.form is Form.LIST:
        return [*sourced, *local_names(list_lines(requirements.path), directory)]
    dependencies = read_metadata(directory).get("dependencies", [])
    return [*sourced, *local_names(map(str, dependencies), directory)]


def _names_itself(requirements: Requirements) -> bool:
    """Whether a list has `-e .`: the project's files go in without it, but what it depends on is wanted."""
    if requirements.form is not Form.LIST or "name" not in read_metadata(requirements.directory):
        return False
    return any(_PROJECT_ITSELF.fullmatch(line) for line in requirements.path.read_text("utf-8").splitlines())


def _write_lines(path: Path, lines: Sequence[str]) -> str:
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return str(path)
