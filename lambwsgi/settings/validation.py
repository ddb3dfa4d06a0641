"""A merged stage held against the model; each of pydantic's errors goes back to its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from lambwsgi.settings.errors import Problem, SettingsError
from lambwsgi.settings.front import ApiKey
from lambwsgi.settings.messages import describe, unknown_setting
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.source import Key, Position, Value, dotted
from lambwsgi.settings.warm import Warm

EXTENDS = "extends"
# What may stand under base or under a stage; the other two fields come from elsewhere in the file.
SETTINGS = frozenset(StageSettings.model_fields) - {"project", "stage"}
# Maps in whose place may be `false`, as pydantic names them in a location.
_OR_FALSE = (ApiKey.__name__, Warm.__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A stage as written, all layers merged: where it stands, what it is called and what it says."""

    file: str
    name: str
    position: Position
    project: Value | None
    merged: Value

    def problem(self, position: Position, key: Key, message: str) -> Problem:
        """What is wrong, in the file of this draft."""
        return Problem(self.file, position.line, position.column, dotted(key), message)


def validate(draft: Draft) -> StageSettings:
    """The settings of the stage. Raises SettingsError with all that is wrong with them."""
    values = {name: value for name, value in draft.merged.plain().items() if name != EXTENDS}
    project = draft.project.plain() if draft.project else "unnamed"
    problems = list(_misplaced(draft))
    try:
        settings = StageSettings.model_validate({**values, "project": project, "stage": draft.name})
    except ValidationError as error:
        problems.extend(_found_by_pydantic(draft, error))
        raise SettingsError.of(problems) from error
    if problems:
        raise SettingsError.of(problems)
    return settings


def _misplaced(draft: Draft) -> Iterator[Problem]:
    advice = {"project": "stands at the top of the file; move it there", "stage": "is the stage's key; leave this out"}
    for name in advice.keys() & draft.merged.entries.keys():
        entry = draft.merged.entries[name]
        yield draft.problem(entry.position, entry.value.key, advice[name])


def _found_by_pydantic(draft: Draft, error: ValidationError) -> Iterator[Problem]:
    for found in error.errors():
        location = tuple(map(str, found["loc"]))
        if any(part.startswith("literal[") for part in location):
            continue  # The branch `false`, which the value was not meant for.
        if location == ("project",):
            if draft.project:
                yield draft.problem(draft.project.position, draft.project.key, describe(found, draft.project))
        elif location == ("stage",):
            yield draft.problem(draft.position, ("stages", draft.name), describe(found, None))
        elif found["type"] == "extra_forbidden" or location[-1] == "[key]":
            yield _about_a_key(draft, location, found)
        else:
            yield _about_a_value(draft, location, found)


def _about_a_key(draft: Draft, location: Key, found: Mapping[str, Any]) -> Problem:
    path = location[:-1] if location[-1] == "[key]" else location
    owner = _find(draft.merged, path[:-1]) or draft.merged
    entry = owner.entries[path[-1]]
    if found["type"] != "extra_forbidden":
        message = describe(found, entry.value)
    elif len(path) > 1:
        message = unknown_setting(path[-1], _fields(path[:-1]))
    else:
        message = unknown_setting(path[-1], [*SETTINGS, EXTENDS])
    return draft.problem(entry.position, entry.value.key, message)


def _fields(path: Key) -> Mapping[str, FieldInfo]:
    """What may stand under the path: the fields of the model that is there, or that each of its entries is."""
    model: type[BaseModel] = StageSettings
    for part in path:
        nested = _model_in(model.model_fields[part].annotation) if part in model.model_fields else None
        model = nested or model
    return model.model_fields


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model that an annotation names, as in `Vpc | None` or `dict[str, Schedule]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _about_a_value(draft: Draft, location: Key, found: Mapping[str, Any]) -> Problem:
    value = _find(draft.merged, location)
    if value is None:
        # What is missing from a map is told where the map stands.
        owner = _find(draft.merged, location[:-1]) if len(location) > 1 else None
        position, key = (owner.position, owner.key) if owner else (draft.position, ("stages", draft.name))
        return draft.problem(position, (*key, location[-1]), describe(found, None))
    return draft.problem(value.position, value.key, describe(found, value))


def _find(value: Value, location: Key) -> Value | None:
    """What stands at pydantic's location. Two parts are no keys and are passed over.

    They name the map where `false` may stand instead, and the one map of a list where it was written without the list.
    """
    found = value
    for part in location:
        if isinstance(found.data, tuple):
            found = found.data[int(part)]
        elif part in found.entries:
            found = found.entries[part].value
        elif not any(name in part for name in _OR_FALSE) and not (part == "0" and isinstance(found.data, Mapping)):
            return None
    return found
