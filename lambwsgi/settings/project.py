"""From the settings file to valid stages: every stage is checked, and all that is wrong is told at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from lambwsgi.settings.errors import Problem, SettingsError
from lambwsgi.settings.merging import merge, without_nulls
from lambwsgi.settings.messages import did_you_mean
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.references import Machine, resolve
from lambwsgi.settings.source import Entry, Key, Position, Value, dotted, kind_of, read_source
from lambwsgi.settings.validation import EXTENDS, SETTINGS, Draft, validate

LOCAL = "local"

_TOP_KEYS = ("project", "base", "stages")
_START = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Project:
    """All stages of one settings file, every one of them valid.

    `local`, for the embedded AWS, is among them even when the file does not name it: it is the base then. Only where
    the base alone is no valid stage does it have to be written out. `unresolved` are stages that refer to what this
    machine does not have, and why they cannot be picked.
    """

    path: Path
    stages: Mapping[str, StageSettings]
    unresolved: Mapping[str, tuple[Problem, ...]]

    @property
    def directory(self) -> Path:
        """The folder of the settings file, which is the folder of the project."""
        return self.path.parent

    def pick(self, stage: str | None) -> StageSettings:
        """The stage of this name; without a name the only one that is deployed to AWS."""
        if stage is None:
            stage = self._only_stage()
        if stage in self.unresolved:
            raise SettingsError.of(self.unresolved[stage])
        if stage not in self.stages:
            hint = did_you_mean(stage, self.stages)
            raise SettingsError(f"{self.path} has no stage {stage!r}{hint}; it has {', '.join(self.stages)}")
        return self.stages[stage]

    def _only_stage(self) -> str:
        deployed = [name for name in (*self.stages, *self.unresolved) if name != LOCAL]
        if len(deployed) > 1:
            raise SettingsError(f"{self.path} has {len(deployed)} stages; name one: {', '.join(deployed)}")
        return deployed[0] if deployed else LOCAL


def load_project(path: Path, environ: Mapping[str, str] = os.environ) -> Project:
    """The project that the file describes; `environ` is what `${env:NAME}` is looked up in.

    Raises SettingsError with every problem of every stage. What this machine lacks is a problem of who picks the stage.
    """
    reading = _Reading(str(path), read_source(path), Machine.of(path.parent, environ))
    stages = reading.stages()
    if reading.problems:
        raise SettingsError.of(reading.problems)
    return Project(path, MappingProxyType(stages), MappingProxyType(reading.unresolved))


class _Reading:
    """One pass over the file, which gathers problems as it goes."""

    def __init__(self, file: str, root: Value, machine: Machine) -> None:
        self.problems: list[Problem] = []
        self.unresolved: dict[str, tuple[Problem, ...]] = {}
        self._file = file
        self._machine = machine
        self._top = self._entries(root)
        if self.problems:
            raise SettingsError.of(self.problems)
        self._check_top()
        self._base = Value(self._entries(self._top["base"].value) if "base" in self._top else {}, ("base",), _START)
        self._given = self._entries(self._top["stages"].value) if "stages" in self._top else {}
        if not self._given and not any(problem.key == "stages" for problem in self.problems):
            where = self._top["stages"].position if "stages" in self._top else _START
            self._add(where, ("stages",), "no stage is given; name at least one, as in 'stages: {dev: {}}'")

    def stages(self) -> dict[str, StageSettings]:
        """The stages that are valid, by name."""
        found = {name: self._stage(name, entry) for name, entry in self._given.items()}
        if LOCAL not in self._given:
            found[LOCAL] = self._implied_local()
        return {name: settings for name, settings in found.items() if settings is not None}

    def _check_top(self) -> None:
        for name, entry in self._top.items():
            if name in SETTINGS:
                self._add(entry.position, (name,), "stands at the top of the file; move it under 'base:'")
            elif name not in _TOP_KEYS:
                hint = did_you_mean(name, _TOP_KEYS) or f"; the file has {', '.join(_TOP_KEYS)}"
                self._add(entry.position, (name,), f"unknown key {name!r}{hint}")
        if "project" not in self._top:
            self._add(_START, ("project",), "is missing; name the project, as in 'project: hello-flask'")

    def _stage(self, name: str, entry: Entry) -> StageSettings | None:
        layers = self._layers(name)
        if layers is None:
            return None
        merged = self._base
        for layer in reversed(layers):
            merged = merge(merged, layer)
        try:
            return self._validated(name, entry.position, merged)
        except SettingsError as error:
            self.problems.extend(error.problems)
            return None

    def _implied_local(self) -> StageSettings | None:
        try:
            return self._validated(LOCAL, _START, self._base)
        except SettingsError:
            # What is wrong with the base is told for the stages that were written.
            return None

    def _validated(self, name: str, position: Position, merged: Value) -> StageSettings | None:
        """The stage; None where it refers to what this machine does not have."""
        resolved, findings = resolve(without_nulls(merged), self._machine)
        project = self._top.get("project")
        draft = Draft(self._file, name, position, project.value if project else None, resolved)
        wrong = [draft.problem(each.position, each.key, each.message) for each in findings if not each.passing]
        missing = [draft.problem(each.position, each.key, each.message) for each in findings if each.passing]
        if wrong:
            raise SettingsError.of(wrong)
        if missing:
            self.unresolved[name] = tuple(missing)
            return None
        return validate(draft)

    def _layers(self, name: str) -> list[Value] | None:
        """The stage and all that it extends, nearest first; None after a problem."""
        chain = [name]
        layers: list[Value] = []
        while True:
            value = self._given[chain[-1]].value
            if not self._is_map(value):
                return None
            layers.append(Value(value.entries, value.key, value.position))
            extends = value.entries.get(EXTENDS)
            if extends is None or extends.value.data is None:
                return layers
            if not self._can_extend(extends.value, chain):
                return None
            chain.append(extends.value.data)

    def _can_extend(self, value: Value, chain: list[str]) -> bool:
        name = value.data
        if name in chain:
            circle = chain[chain.index(name) :]
            # Every stage of the circle comes by here; it is told for the one that stands first in the file.
            if circle[0] == min(circle, key=list(self._given).index):
                self._add(value.position, value.key, f"goes in a circle: {' → '.join([*circle, name])}")
        elif isinstance(name, str) and name in self._given:
            return True
        elif name == "base":
            self._add(value.position, value.key, "every stage lies over base already; leave this line out")
        else:
            hint = did_you_mean(str(name), [stage for stage in self._given if stage not in chain])
            self._add(value.position, value.key, f"there is no stage {value.text or value.plain()!r}{hint}")
        return False

    def _entries(self, value: Value) -> Mapping[str, Entry]:
        return value.entries if self._is_map(value) else {}

    def _is_map(self, value: Value) -> bool:
        if value.data is None or isinstance(value.data, Mapping):
            return True
        self._add(value.position, value.key, f"this is {kind_of(value.data)}, but a map is wanted")
        return False

    def _add(self, position: Position, key: Key, message: str) -> None:
        self.problems.append(Problem(self._file, position.line, position.column, dotted(key), message))
