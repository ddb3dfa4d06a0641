"""Where a project says what it depends on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from lambwsgi.package.errors import PackageError


class Form(Enum):
    """How the file is read: as the lock of a tool, a project's metadata, or a list of requirements."""

    UV = "uv"
    POETRY = "poetry"
    PIPENV = "pipenv"
    METADATA = "metadata"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Requirements:
    """The file that names the dependencies, and the project's folder, which paths in it are relative to.

    `extras` and `groups` are the optional parts that are wanted; `from_source` names what may be built here,
    `excluded` what stays out with all that only it needs.
    """

    path: Path
    form: Form
    directory: Path
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    from_source: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.path.name


# What Lambda brings of the AWS SDK; what these need themselves is small, and others need it too.
SDK = ("boto3", "botocore", "s3transfer")
# By their names, all others are lists.
_FORMS = {
    "uv.lock": Form.UV,
    "poetry.lock": Form.POETRY,
    "Pipfile.lock": Form.PIPENV,
    "pyproject.toml": Form.METADATA,
}
# A list comes before the locks of other tools: it was written out of them on purpose.
_ORDER = ("uv.lock", "requirements.txt", "poetry.lock", "Pipfile.lock")
# Files of other tools, and what turns them into one that is read here.
_FOREIGN = {
    "Pipfile": "pipenv lock",
    "pdm.lock": "pdm export -o requirements.txt --prod",
    "environment.yml": "pip freeze > requirements.txt",
}


def find_requirements(directory: Path, named: str | None) -> Requirements | None:
    """The named file, else the first of those that are known, pyproject.toml at last; None when nothing is needed.

    Raises PackageError for a named file that is missing, and for a project that only another tool can read.
    """
    directory = directory.resolve()
    if named is not None:
        path = directory / named
        if not path.is_file():
            raise PackageError(f"requirements: there is no file {named} in {directory}; name one that exists")
        return Requirements(path, _form_of(path), directory)
    for name in _ORDER:
        path = directory / name
        if path.is_file():
            return Requirements(path, _form_of(path), directory)
    if "dependencies" in read_metadata(directory):
        return Requirements(directory / "pyproject.toml", Form.METADATA, directory)
    if "dependencies" in read_pyproject(directory).get("tool", {}).get("poetry", {}):
        raise PackageError(
            "pyproject.toml names the dependencies under [tool.poetry], which only Poetry can read; write poetry.lock"
            " with 'poetry lock'"
        )
    for name, command in _FOREIGN.items():
        if (directory / name).is_file():
            raise PackageError(f"{name} is not read by lambwsgi; write its content out with '{command}'")
    return None


def with_parts(requirements: Requirements, *, extras: tuple[str, ...], groups: tuple[str, ...]) -> Requirements:
    """The requirements with these extras and groups. Raises PackageError for a list, which has neither."""
    asked = {"extras": extras, "groups": groups}
    for setting, names in asked.items():
        if names and requirements.form is Form.LIST:
            raise PackageError(
                f"{setting}: {requirements} is a list and has no {setting}; name uv.lock or pyproject.toml under"
                f" 'requirements', or leave '{setting}' out"
            )
    return replace(requirements, extras=extras, groups=groups)


def read_metadata(directory: Path) -> dict[str, Any]:
    """The [project] table of pyproject.toml, empty when there is none."""
    table = read_pyproject(directory).get("project", {})
    return table if isinstance(table, dict) else {}


def read_pyproject(directory: Path) -> dict[str, Any]:
    """All of pyproject.toml, empty when there is none."""
    path = directory / "pyproject.toml"
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise PackageError(f"pyproject.toml cannot be read: {error}; fix it first") from error


def _form_of(path: Path) -> Form:
    return _FORMS.get(path.name, Form.LIST)
