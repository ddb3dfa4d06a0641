"""The dependencies, chosen and installed for the target by uv. The only place that knows uv."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from lambwsgi.package.refusals import explain
from lambwsgi.package.requirements import Form, Requirements, read_metadata
from lambwsgi.package.target import Target

# The tool is not part of what it packages: its travelling half is copied, never installed.
_OURSELVES = "lambwsgi"
_FIXED = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?==[^\s;]+(?:\s*;.*)?")
_PROJECT_ITSELF = re.compile(r"\s*(?:(?:-e|--editable)[ =]\s*)?\./?(?:\[[^\]]*\])?\s*(?:#.*)?")


def install(requirements: Requirements, target: Target, folder: Path, *, pins: Mapping[str, str] | None = None) -> None:
    """Install what the requirements name, without lambwsgi and what only lambwsgi needs, into the folder.

    `pins` holds versions, by name, that have to be taken. Raises ResolveError with what went wrong and the ways out.
    """
    with tempfile.TemporaryDirectory(prefix="lambwsgi-resolve-") as scratch, _explained(requirements, target):
        sources = _sources(requirements, Path(scratch), pins or {})
        placed = ["--no-editable", "--target", str(folder)]
        _run_uv(["pip", "install", *sources.as_options, *placed, *_choices(target)], requirements)


def pin(requirements: Requirements, target: Target) -> str:
    """The exact versions that the requirements mean today for the target, a list with hashes; a lock as it stands.

    Raises ResolveError as `install` does.
    """
    with tempfile.TemporaryDirectory(prefix="lambwsgi-resolve-") as scratch, _explained(requirements, target):
        if requirements.form is Form.LOCK:
            return _export(requirements)
        sources = _sources(requirements, Path(scratch), {})
        listed = ["--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
        return _run_uv(["pip", "compile", *sources.as_arguments, *listed, *_choices(target)], requirements)


def is_immutable(pinned: str) -> bool:
    """Whether each line of such a list means the same files for ever; a path or an address does not."""
    lines = (line.partition("--hash")[0].strip(" \\\n") for line in pinned.splitlines())
    return all(_FIXED.match(line) for line in lines if line and not line.startswith("#"))


@contextmanager
def _explained(requirements: Requirements, target: Target) -> Iterator[None]:
    try:
        yield
    except _UvFailedError as failure:
        raise explain(failure.words, requirements, target) from failure


class _UvFailedError(Exception):
    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


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
        return [*(argument for file in self.files for argument in ("-r", file)), *self.options]

    @property
    def as_arguments(self) -> list[str]:
        """As `uv pip compile` takes them."""
        return [*self.files, *self.options]


def _sources(requirements: Requirements, scratch: Path, pins: Mapping[str, str]) -> _Sources:
    directory = requirements.directory
    itself = _names_itself(requirements)
    excluded = [_OURSELVES, str(read_metadata(directory)["name"])] if itself else [_OURSELVES]
    excludes = _write_lines(scratch / "excludes.txt", excluded)
    if requirements.form is Form.LOCK:
        exported = _write_lines(scratch / "requirements.txt", [_export(requirements)])
        # The lock is complete; to resolve it again could only bring back what was pruned on purpose.
        return _Sources([exported], ["--no-deps", "--excludes", excludes])
    constraints = _write_lines(scratch / "constraints.txt", [f"{name}=={version}" for name, version in pins.items()])
    lists = [requirements.path, directory / "pyproject.toml"] if itself else [requirements.path]
    return _Sources([*map(str, lists)], ["--excludes", excludes, "--constraints", constraints])


def _names_itself(requirements: Requirements) -> bool:
    """Whether a list has `-e .`: the project's files go in without it, but what it depends on is wanted."""
    if requirements.form is not Form.LIST or "name" not in read_metadata(requirements.directory):
        return False
    return any(_PROJECT_ITSELF.fullmatch(line) for line in requirements.path.read_text("utf-8").splitlines())


def _export(requirements: Requirements) -> str:
    """The lock as a list with hashes, for any platform, without the project itself and its development groups."""
    arguments = ["export", "--frozen", "--no-dev", "--no-emit-project", "--no-editable", "--prune", _OURSELVES]
    return _run_uv(arguments, requirements, directory=requirements.path.parent)


def _write_lines(path: Path, lines: Sequence[str]) -> str:
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return str(path)


def _run_uv(arguments: Sequence[str], requirements: Requirements, *, directory: Path | None = None) -> str:
    command = [find_uv_bin(), *arguments, "--color", "never", "--no-progress", "--no-python-downloads"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory or requirements.directory)
    if done.returncode:
        raise _UvFailedError(done.stderr)
    return done.stdout
