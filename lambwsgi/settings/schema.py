"""The JSON Schema of the settings file, for editors, made of the same model that checks it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.validation import EXTENDS, SETTINGS

Schema = dict[str, Any]

# The version that editors know best; what pydantic writes needs no later one.
_VERSION = "http://json-schema.org/draft-07/schema#"
_NULL = {"type": "null"}
# What a choice has beside its branches.
_FOR_PEOPLE = frozenset({"description", "default"})


def settings_schema() -> Schema:
    """The schema of `lambwsgi.yml`.

    What only the whole can show, as a stage without an application or a setting that another one excludes, is left to
    `lambwsgi` itself.
    """
    whole = StageSettings.model_json_schema()
    fields = {name: _without_titles(field) for name, field in whole["properties"].items()}
    fields |= {name: _switch_or_map(fields[name]) for name in ("api_key", "warm")}
    extends = {"type": "string", "description": "The stage that this one lies over, beside `base`."}
    return {
        "$schema": _VERSION,
        "title": "lambwsgi.yml",
        "type": "object",
        "properties": {
            "project": fields["project"],
            "base": _map(SETTINGS, "What all stages share."),
            "stages": _stages(fields["stage"]),
        },
        "required": ["project", "stages"],
        "additionalProperties": False,
        "$defs": {
            **{name: _with_nulls(_without_titles(part)) for name, part in whole.get("$defs", {}).items()},
            **{_key(name): _or_null(fields.get(name, extends)) for name in sorted([*SETTINGS, EXTENDS])},
        },
    }


def _stages(name: Schema) -> Schema:
    return {
        "type": "object",
        "description": "The stages by name; each says only what differs.",
        "propertyNames": {rule: name[rule] for rule in ("pattern", "maxLength")},
        "additionalProperties": _map([*SETTINGS, EXTENDS], "A stage."),
        "minProperties": 1,
    }


def _key(setting: str) -> str:
    """Where a setting is kept: both `base` and the stages have it."""
    return f"setting.{setting}"


def _map(names: Iterable[str], description: str) -> Schema:
    return {
        "type": ["object", "null"],
        "description": description,
        "properties": {name: {"$ref": f"#/$defs/{_key(name)}"} for name in sorted(names)},
        "additionalProperties": False,
    }


def _switch_or_map(field: Schema) -> Schema:
    """`true` is read before the model sees it."""
    return {**field, "anyOf": [{"type": "boolean"}, *(each for each in field["anyOf"] if "const" not in each)]}


def _or_null(field: Schema) -> Schema:
    """The same, or `null`, by which a stage takes back what lies under it; the text for people stays in front."""
    aside = {name: value for name, value in field.items() if name in _FOR_PEOPLE and value is not None}
    rest = {name: value for name, value in _with_nulls(field).items() if name not in _FOR_PEOPLE}
    choices = rest["anyOf"] if rest.keys() == {"anyOf"} else [rest]
    return {**aside, "anyOf": [*(each for each in choices if each != _NULL), _NULL]}


def _with_nulls(part: Schema) -> Schema:
    """The same, where each entry of a map may be `null` or lie in `base`."""
    found = {name: value for name, value in part.items() if name != "required"}
    if isinstance(found.get("properties"), dict):
        found["properties"] = {name: _or_null(field) for name, field in found["properties"].items()}
    if isinstance(found.get("additionalProperties"), dict):
        found["additionalProperties"] = _or_null(found["additionalProperties"])
    return found


def _without_titles(part: Any) -> Any:
    """The same without what pydantic makes of the names, which editors would show instead of the descriptions."""
    if isinstance(part, list):
        return [_without_titles(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_titles(value) for name, value in part.items() if name != "title" or not isinstance(value, str)
    }
