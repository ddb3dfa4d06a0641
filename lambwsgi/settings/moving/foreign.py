"""Settings files of other tools as plain values: JSON, TOML or YAML, by their names."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.source import kind_of, plain_yaml

_PARSERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    ".json": ("JSON", json.loads),
    ".toml": ("TOML", tomllib.loads),
    ".yml": ("YAML", plain_yaml),
    ".yaml": ("YAML", plain_yaml),
}


def read_foreign(path: Path) -> dict[str, Any]:
    """The content of the file, which is a map. Raises SettingsError for one that cannot be read."""
    content = read_any(path)
    if not isinstance(content, dict):
        raise SettingsError(f"{path} is {kind_of(content)}, but a map is wanted")
    return content


def read_any(path: Path) -> Any:
    """The content of the file. Raises SettingsError for one that cannot be read."""
    parser = _PARSERS.get(path.suffix)
    if parser is None:
        raise SettingsError(f"{path} is of no kind that can be read; its name has to end in {', '.join(_PARSERS)}")
    kind, parse = parser
    try:
        return parse(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"{path} is no {kind}: {error}") from error


def find_foreign(directory: Path, names: Sequence[str], option: str) -> Path:
    """The first of these files that is in the folder. Raises SettingsError where there is none."""
    for name in names:
        if (directory / name).is_file():
            return directory / name
    raise SettingsError(f"none of {', '.join(names)} is in {directory.resolve()}; name the file: {option} FILE")
