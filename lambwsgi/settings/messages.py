"""Our own words for what pydantic finds: what was given, what was expected, what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lambwsgi.settings.source import Value, kind_of

# What a pattern means, for people; by setting.
_FORMS = {
    "project": "lower-case letters, digits and hyphens, a letter first, as in 'hello-flask'",
    "stage": "lower-case letters, digits and hyphens, a letter first, as in 'dev'",
    "app": "module:attribute, as in 'app:app', or module:factory(), as in 'shop:create_app()'",
    "region": "the name of a region, as in 'eu-central-1'",
    "repository": "lower-case letters, digits, '.', '_', '-' and '/', as in 'team/shop'",
    "base_path": "'/' and a name, no '/' at the end, as in '/api'",
    "smoke_path": "a path that begins with '/', as in '/health'",
    "path": "a path that begins with '/', as in '/health'",
}

# Settings whose limits are not Lambda's.
_OURS = frozenset({"keep_versions", "minutes", "percent"})

_WANTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "model_type": "a map",
    "tuple_type": "a list",
    "frozen_set_type": "a list",
}


def describe(error: Mapping[str, Any], value: Value | None) -> str:
    """The message for one of pydantic's errors; `value` is what stands in the file, None where nothing does."""
    describer = _DESCRIBERS.get(error["type"])
    if describer is not None:
        return describer(error, value)
    if error["type"] in _WANTED and value is not None:
        return _wrong_type(_WANTED[error["type"]], value)
    return str(error["msg"])


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'memory_mb'?`, or nothing when no known name is close.

    Upper and lower case are alike; a version is close to no other version.
    """
    names = {each.casefold(): each for each in known if not _is_other_version(name, each)}
    close = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=0.55)
    return f"; did you mean {names[close[0]]!r}?" if close else ""


def _is_other_version(one: str, other: str) -> bool:
    return _numbers(one) != _numbers(other) and bool(_numbers(one)) and bool(_numbers(other))


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)


def unknown_setting(name: str, known: Iterable[str]) -> str:
    """The message for a key that no setting has."""
    names = sorted(known)
    return f"unknown setting {name!r}{did_you_mean(name, names) or '; known are ' + ', '.join(names)}"


def _wrong_type(wanted: str, value: Value) -> str:
    if wanted == "text" and value.text:
        return f"{value.text} is read as {kind_of(value.data)}, but text is wanted; quote it: '{value.text}'"
    shown = repr(value.data) if isinstance(value.data, str) else value.text or "this"
    return f"{shown} is {kind_of(value.data)}, but {wanted} is wanted"


def _choice(error: Mapping[str, Any], value: Value | None) -> str:
    expected = str(error["ctx"]["expected"])
    choices = [choice.strip().strip("'") for choice in expected.replace(" or ", ",").split(",")]
    written = value.text if value is not None else str(error["input"])
    none_of = "is not" if len(choices) == 1 else "is none of"
    return f"{written!r} {none_of} {', '.join(choices)}{did_you_mean(written, choices)}"


def _map(error: Mapping[str, Any], value: Value | None) -> str:
    wanted = "a map of names to text" if error["loc"][-1] in {"environment", "tags"} else "a map"
    return str(error["msg"]) if value is None else _wrong_type(wanted, value)


def _moment(_: Mapping[str, Any], value: Value | None) -> str:
    written = value.text if value is not None else "this"
    return f"{written!r} is no moment; write it as in 2026-12-01T08:00:00Z"


def _limit(error: Mapping[str, Any], _: Value | None) -> str:
    side, bound, end = _LIMITS[error["type"]]
    whose = "that makes sense" if error["loc"][-1] in _OURS else "Lambda allows"
    return f"{error['input']} is {side} {error['ctx'][bound]}, the {end} {whose}"


# By the kind of error: on which side of the limit the value is, pydantic's name of the limit, and what that is.
_LIMITS = {"greater_than_equal": ("below", "ge", "smallest"), "less_than_equal": ("above", "le", "largest")}


def _form(error: Mapping[str, Any], _: Value | None) -> str:
    wanted = _FORMS.get(str(error["loc"][-1]), f"text like {error['ctx'].get('pattern')}")
    return f"{error['input']!r} is not of the form {wanted}"


_DESCRIBERS: Mapping[str, Callable[[Mapping[str, Any], Value | None], str]] = {
    "missing": lambda error, _: f"is missing; give it the form {_FORMS.get(str(error['loc'][-1]), 'of a value')}",
    **dict.fromkeys(_LIMITS, _limit),
    "string_pattern_mismatch": _form,
    "string_too_long": lambda error, _: (
        f"{error['input']!r} has {len(error['input'])} characters; at most {error['ctx']['max_length']} fit"
    ),
    "too_long": lambda error, _: (
        f"{error['ctx']['actual_length']} entries are too many; at most {error['ctx']['max_length']} fit"
    ),
    "datetime_from_date_parsing": _moment,
    "datetime_parsing": _moment,
    "datetime_type": _moment,
    "dict_type": _map,
    "literal_error": _choice,
    "enum": _choice,
    "value_error": lambda error, _: str(error["ctx"]["error"]),
}
