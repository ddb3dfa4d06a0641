"""A project on its way from another tool: its stages in our words, what became of each key, and the settings file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.moving.rules import Fate, Outcome, secret_names
from lambwsgi.settings.project import LOCAL
from lambwsgi.settings.source import to_yaml

_HEADER = """\
# From {source}, by `lambwsgi init {option}`. Every setting: docs/settings.md of lambwsgi.
"""
_SECRETS = """\
# These may be secret: {names}.
# They are here as they were in {source}; keep both files out of places that others read.
"""
_LONGEST_STAGE = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one key; `key` is dotted, the stage first where there are stages."""

    key: str
    fate: Fate
    words: str


@dataclass(frozen=True, slots=True)
class Moving:
    """What was read from `source` of another tool: the stages by their names, and a line for each of its keys."""

    tool: str
    source: Path
    project: str
    stages: Mapping[str, Mapping[str, Any]]
    report: Sequence[Moved]


def name_stages(names: Iterable[str], source: Path) -> dict[str, str]:
    """The names that the stages get, by those that they have. Raises SettingsError where two would get the same."""
    new: dict[str, str] = {}
    for name in names:
        valid = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_STAGE].rstrip("-")
        wanted = f"{valid}-aws" if valid == LOCAL else valid
        if wanted in new.values() or not wanted[:1].isalpha():
            raise SettingsError(
                f"{source}: stage {name!r} would be called {wanted!r}, which another one is or none may be;"
                " rename it there: lower-case letters, digits and hyphens, a letter first"
            )
        new[name] = wanted
    return new


def renamed(names: Mapping[str, str]) -> Iterator[Moved]:
    """A line for each stage whose name is another one now."""
    for old, new in names.items():
        if old != new:
            why = (
                f"`{LOCAL}` is the stage on this machine" if old == LOCAL else "lower-case letters, digits and hyphens"
            )
            yield Moved(old, Fate.TAKEN, f"stages.{new}: {why}")


def combine(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The settings of all outcomes together; maps and lists are put together, of other values the last one wins."""
    together: dict[str, Any] = {}
    for outcome in outcomes:
        for name, value in outcome.settings.items():
            before = together.get(name)
            if isinstance(before, Mapping) and isinstance(value, Mapping):
                together[name] = {**before, **value}
            elif isinstance(before, list) and isinstance(value, list):
                together[name] = [*before, *(item for item in value if item not in before)]
            else:
                together[name] = value
    return together


def settings_text(moving: Moving) -> str:
    """The settings file: what all stages share stands in `base`, what differs in each stage."""
    shared = _shared(list(moving.stages.values()))
    own = {name: _without(stage, shared) for name, stage in moving.stages.items()}
    option = f"--from-{moving.tool}"
    header = _HEADER.format(source=moving.source.name, option=option)
    secrets = {name for stage in moving.stages.values() for name in secret_names(stage.get("environment", {}))}
    if secrets:
        header += _SECRETS.format(names=", ".join(sorted(secrets)), source=moving.source.name)
    return header + to_yaml({"project": moving.project, "base": shared, "stages": own})


def _shared(stages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first, *others = stages
    shared: dict[str, Any] = {}
    for name, value in first.items():
        values = [other[name] for other in others if name in other]
        if len(values) < len(others):
            continue
        if isinstance(value, Mapping) and all(isinstance(other, Mapping) for other in values):
            inner = _shared([value, *values])
            if inner:
                shared[name] = inner
        elif all(other == value for other in values):
            shared[name] = value
    return shared


def _without(stage: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for name, value in stage.items():
        if name not in shared:
            own[name] = value
        elif isinstance(value, Mapping) and value != shared[name]:
            own[name] = _without(value, shared[name])
    return own
