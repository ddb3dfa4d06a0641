"""The dependencies, chosen and installed for the target by uv. The only place that knows uv."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from uv import find_uv_bin

from lambwsgi.package.refusals import explain
from lambwsgi.package.requirements import Form, Requirements, read_metadata
from lambwsgi.package.target import Target

# The tool is not part of what it packages: its travelling half is copied, never installed.
_OURSELVES = "lambwsgi"
_PROJECT_ITSELF = re.compile(r"\s*(?:(?:-e|--editable)[ =]\s*)?\./?(?:\[[^\]]*\])?\s*(?:#.*)?")


def install(requirements: Requirements, target: Target, folder: Path, *, pins: Mapping[str, str] | None = None) -> None:
    """Install what the requirements name, without lambwsgi and what only lambwsgi needs, into the folder.

    `pins` holds versions, by name, that have to be taken. Raises ResolveError with what went wrong and the ways out.
    """
    with tempfile.TemporaryDirectory(prefix="lambwsgi-resolve-") as scratch:
        try:
            sources = _sources(requirements, Path(scratch), pins or {})
            arguments = ["pip", "install", *sources, "--target", str(folder), *_choices(target)]
            _run_uv(arguments, requirements.directory)
        except _UvFailedError as failure:
            raise explain(failure.words, requirements, target) from failure


class _UvFailedError(Exception):
    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def _choices(target: Target) -> list[str]:
    wheels_only = ["--only-binary", ":all:", "--no-editable"]
    choices = ["--python", sys.executable, "--python-version", target.python_version, *wheels_only]
    return choices if target.platform is None else [*choices, "--python-platform", target.platform]


def _sources(requirements: Requirements, scratch: Path, pins: Mapping[str, str]) -> list[str]:
    directory = requirements.directory
    itself = _names_itself(requirements)
    excluded = [_OURSELVES, str(read_metadata(directory)["name"])] if itself else [_OURSELVES]
    excludes = _write_lines(scratch / "excludes.txt", excluded)
    if requirements.form is Form.LOCK:
        exported = _write_lines(scratch / "requirements.txt", _export(requirements))
        # The lock is complete; to resolve it again could only bring back what was pruned on purpose.
        return ["-r", exported, "--no-deps", "--excludes", excludes]
    constraints = _write_lines(scratch / "constraints.txt", [f"{name}=={version}" for name, version in pins.items()])
    lists = [requirements.path, directory / "pyproject.toml"] if itself else [requirements.path]
    named = [argument for path in lists for argument in ("-r", str(path))]
    return [*named, "--excludes", excludes, "--constraints", constraints]


def _names_itself(requirements: Requirements) -> bool:
    """Whether a list has `-e .`: the project's files go in without it, but what it depends on is wanted."""
    if requirements.form is not Form.LIST or "name" not in read_metadata(requirements.directory):
        return False
    return any(_PROJECT_ITSELF.fullmatch(line) for line in requirements.path.read_text("utf-8").splitlines())


def _export(requirements: Requirements) -> list[str]:
    """The lock as a list with hashes, for any platform, without the project itself and its development groups."""
    arguments = ["export", "--frozen", "--no-dev", "--no-emit-project", "--no-editable", "--prune", _OURSELVES]
    return _run_uv(arguments, requirements.path.parent).splitlines()


def _write_lines(path: Path, lines: Sequence[str]) -> str:
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return str(path)


def _run_uv(arguments: Sequence[str], directory: Path) -> str:
    command = [find_uv_bin(), *arguments, "--color", "never", "--no-progress", "--no-python-downloads"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=directory)
    if done.returncode:
        raise _UvFailedError(done.stderr)
    return done.stdout
