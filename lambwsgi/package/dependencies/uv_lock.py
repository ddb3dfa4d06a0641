"""What a project needs by its uv.lock, which also has what only its other groups and extras bring."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from lambwsgi.package.dependencies.requirements import Requirements

_Package = Mapping[str, Any]


def locked_names(requirements: Requirements) -> set[str]:
    """The names of what the project needs, with the extras and groups that are asked for.

    Source: uv documentation, 'Locking and syncing'; the lock's own tables.
    """
    packages: list[_Package] = tomllib.loads(requirements.path.read_text("utf-8")).get("package", [])
    by_name = {str(package["name"]): package for package in packages}
    waiting = [each for package in packages if _is_project(package) for each in _wanted(package, requirements)]
    found: set[str] = set()
    while waiting:
        dependency = waiting.pop()
        name = str(dependency["name"])
        extras = dependency.get("extra", ())
        if name not in found or extras:
            found.add(name)
            package = by_name.get(name, {})
            waiting += [each for each in _needed(package, extras) if each["name"] not in found]
    return found


def _is_project(package: _Package) -> bool:
    source = package.get("source", {})
    return "." in (source.get("editable"), source.get("virtual"))


def _wanted(project: _Package, requirements: Requirements) -> Iterator[_Package]:
    yield from _needed(project, requirements.extras)
    for group in requirements.groups:
        yield from project.get("dev-dependencies", {}).get(group, ())


def _needed(package: _Package, extras: tuple[str, ...]) -> Iterator[_Package]:
    yield from package.get("dependencies", ())
    for extra in extras:
        yield from package.get("optional-dependencies", {}).get(extra, ())
