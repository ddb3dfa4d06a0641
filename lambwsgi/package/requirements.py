"""Where a project says what it depends on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from lambwsgi.package.errors import PackageError


class Form(Enum):
    """How the file is read: a lock of uv's, a project's metadata, or a list of requirements."""

    LOCK = "lock"
    METADATA = "metadata"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Requirements:
    """The file that names the dependencies, and the project's folder, which paths in it are relative to."""

    path: Path
    form: Form
    directory: Path

    def __str__(self) -> str:
        return self.path.name


# Files of other tools, and what turns them into one that is read here.
_FOREIGN = {
    "Pipfile": "pipenv requirements > requirements.txt",
    "poetry.lock": "poetry export -o requirements.txt",
    "pdm.lock": "pdm export -o requirements.txt --prod",
    "environment.yml": "pip freeze > requirements.txt",
}


def find_requirements(directory: Path, named: str | None) -> Requirements | None:
    """The named file, else the first of uv.lock, requirements.txt and pyproject.toml; None when nothing is needed.

    Raises PackageError for a named file that is missing, and for a project that only another tool can read.
    """
    directory = directory.resolve()
    if named is not None:
        path = directory / named
        if not path.is_file():
            raise PackageError(f"requirements: there is no file {named} in {directory}; name one that exists")
        return Requirements(path, _form_of(path), directory)
    for name in ("uv.lock", "requirements.txt"):
        path = directory / name
        if path.is_file():
            return Requirements(path, _form_of(path), directory)
    if "dependencies" in read_metadata(directory):
        return Requirements(directory / "pyproject.toml", Form.METADATA, directory)
    for name, command in _FOREIGN.items():
        if (directory / name).is_file():
            raise PackageError(f"{name} is not read by lambwsgi; write its content out with '{command}'")
    return None


def read_metadata(directory: Path) -> dict[str, Any]:
    """The [project] table of pyproject.toml, empty when there is none."""
    path = directory / "pyproject.toml"
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("project", {})
    except ValueError as error:
        raise PackageError(f"pyproject.toml cannot be read: {error}; mend it first") from error
    return table if isinstance(table, dict) else {}


def _form_of(path: Path) -> Form:
    if path.name == "uv.lock":
        return Form.LOCK
    return Form.METADATA if path.name == "pyproject.toml" else Form.LIST
