"""Dependencies that are folders of this machine. They have no wheel, so they are built, whatever else may be."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

_LINE = re.compile(r"\s*(?:(?:-e|--editable)[ =]\s*)?(?:[\w.-]+\s*(?:\[[^\]]*\])?\s*@\s*)?(?P<place>[^\s;#]+)")
_INCLUDED = re.compile(r"\s*(?:-r|--requirement)[ =]\s*(?P<path>[^\s#]+)")
_SETUP_NAME = re.compile(r"""\bname\s*=\s*["']([\w.-]+)["']""")


def local_names(lines: Iterable[str], directory: Path) -> list[str]:
    """The names of distributions that the lines of a list find in folders; paths are relative to the directory."""
    found = (_LINE.match(line) for line in lines)
    folders = (_folder(match["place"], directory) for match in found if match)
    return sorted({name for folder in folders if folder and (name := distribution_name(folder))})


def list_lines(path: Path) -> Iterator[str]:
    """The lines of a list of requirements, and of those that it includes."""
    for line in path.read_text("utf-8").splitlines():
        included = _INCLUDED.match(line)
        other = included and path.parent / included["path"]
        if other and other.is_file():
            yield from list_lines(other)
        else:
            yield line


def sourced_names(table: dict[str, Any]) -> list[str]:
    """The names that [tool.uv.sources] of a pyproject.toml finds in folders or in the workspace."""
    sources = table.get("tool", {}).get("uv", {}).get("sources", {})
    return sorted(name for name, source in sources.items() if {"path", "workspace"} & set(source))


def distribution_name(folder: Path) -> str | None:
    """The name of the distribution that a folder builds, as far as it is written down there."""
    table = _read_toml(folder / "pyproject.toml")
    name = table.get("project", {}).get("name") or table.get("tool", {}).get("poetry", {}).get("name")
    if name:
        return str(name)
    setup = configparser.ConfigParser(interpolation=None)
    setup.read(folder / "setup.cfg", "utf-8")
    script = folder / "setup.py"
    written = _SETUP_NAME.search(script.read_text("utf-8")) if script.is_file() else None
    return setup.get("metadata", "name", fallback=written[1] if written else None)


def _folder(place: str, directory: Path) -> Path | None:
    path = unquote(urlsplit(place).path) if place.startswith("file:") else place.partition("[")[0]
    if not place.startswith((".", "/", "file:")) and "/" not in path:
        return None
    folder = directory / path
    return folder if folder.is_dir() else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
