"""What becomes of a key of another tool's settings: taken over, not needed, or without a counterpart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lambwsgi.settings.model import RUNTIMES, VERSIONS_LEAST, VariableName
from lambwsgi.settings.validate import SETTINGS
from lambwsgi.settings.words import did_you_mean

_SECRET = re.compile(r"SECRET|PASSW|TOKEN|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|DSN|DATABASE_URL", re.IGNORECASE)
_OFF: tuple[Any, ...] = (None, False, "", [], {}, "OFF", "None")
_VARIABLE_NAME: TypeAdapter[str] = TypeAdapter(VariableName)


class Fate(StrEnum):
    """What becomes of a key."""

    TAKEN = "taken over"
    NEEDLESS = "not needed"
    MISSING = "no counterpart"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a value: in words, and as settings of a stage."""

    fate: Fate
    words: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Old:
    """What stands around a value: all that holds for its stage, and the folder of the project."""

    stage: Mapping[str, Any]
    directory: Path


Rule = Callable[[Any, Old], Outcome]


def taken(setting: str, convert: Callable[[Any], Any] = lambda value: value, *, otherwise: str = "") -> Rule:
    """Taken over under the name of ours; `otherwise` says what to do where there is no such setting.

    `convert` raises ValueError for a value that ours cannot have, and says why.
    """

    def rule(value: Any, _old: Old) -> Outcome:
        if value in _OFF and value is not False:
            return Outcome(Fate.NEEDLESS, "it is empty")
        if setting not in SETTINGS:
            return Outcome(Fate.MISSING, otherwise)
        try:
            new = convert(value)
        except (ValueError, TypeError, KeyError) as error:
            return Outcome(Fate.MISSING, f"{error}{'; ' if otherwise else ''}{otherwise}")
        return Outcome(Fate.TAKEN, f"{setting}: {shown(new)}", {setting: new})

    return rule


def switch(setting: str, new: Any, *, otherwise: str) -> Rule:
    """Taken over as that value of ours where it is switched on."""
    on, off = taken(setting, lambda _value: new, otherwise=otherwise), Outcome(Fate.NEEDLESS, "it is off")
    return lambda value, old: off if value in _OFF else on(value, old)


def needless(why: str) -> Rule:
    """Not needed, whatever its value."""
    return lambda _value, _old: Outcome(Fate.NEEDLESS, why)


def missing(advice: str) -> Rule:
    """Without a counterpart, unless it is switched off."""
    off = Outcome(Fate.NEEDLESS, "it is off")
    return lambda value, _old: off if value in _OFF else Outcome(Fate.MISSING, advice)


def needless_if(harmless: Iterable[Any], why: str, advice: str) -> Rule:
    """Not needed for these values, and without a counterpart for others."""
    known = tuple(harmless)
    return lambda value, _old: Outcome(Fate.NEEDLESS, why) if value in known else Outcome(Fate.MISSING, advice)


def versions_kept(value: Any) -> int:
    """So many versions, or as few as ours lets be kept. Raises ValueError for what is no number."""
    return max(int(value), VERSIONS_LEAST)


def unknown(key: str, known: Iterable[str], tool: str) -> Outcome:
    """The outcome of a key that the tool's table does not have."""
    hint = did_you_mean(key, known)
    return Outcome(Fate.MISSING, f"no key of {tool}'s that is known here{hint}; docs/settings.md has ours")


def variables(value: Any, _old: Old) -> Outcome:
    """The environment variables as text; those that Lambda would refuse are left out, secrets are named."""
    if value in _OFF:
        return Outcome(Fate.NEEDLESS, "it is empty")
    if not isinstance(value, Mapping):
        return Outcome(Fate.MISSING, "a map of names to values was expected; write the variables under `environment`")
    taken_over: dict[str, str] = {}
    remarks = []
    for name, content in value.items():
        if isinstance(content, Mapping | list):
            remarks.append(f"{name} is left out: it is no plain value, so write it out")
        elif reason := _refused(str(name)):
            remarks.append(f"{name} is left out: {reason}")
        elif content is not None:
            taken_over[str(name)] = str(content)
    secrets = secret_names(taken_over)
    if secrets:
        remarks.append(f"{', '.join(secrets)}: may be secret, and stands in lambwsgi.yml now")
    words = "; ".join([f"environment: {', '.join(taken_over) or 'nothing'}", *remarks])
    return Outcome(Fate.TAKEN if taken_over else Fate.MISSING, words, {"environment": taken_over} if taken_over else {})


def secret_names(environment: Mapping[str, str]) -> list[str]:
    """Names of variables that look as if their values were secret."""
    return [name for name in environment if _SECRET.search(name)]


def text_map(value: Any) -> dict[str, str]:
    """A map whose values are text."""
    if not isinstance(value, Mapping):
        raise ValueError("a map was expected")  # noqa: TRY004 - told like any other value that ours cannot have
    return {str(name): str(content) for name, content in value.items()}


def runtime(value: Any) -> str:
    """A runtime that Lambda still offers: an older one becomes the oldest there is."""
    if value in RUNTIMES:
        return str(value)
    if re.fullmatch(r"python3\.\d+|python2\.7", str(value)) and str(value) != "python3":
        return RUNTIMES[0]
    raise ValueError(f"{value!r} is no runtime for Python here; choose one of {', '.join(RUNTIMES)}")


def application(value: Any) -> str:
    """`shop.app` as `shop:app`. Raises ValueError for what is no such name."""
    module, dot, attribute = str(value).replace("/", ".").rpartition(".")
    if not dot:
        raise ValueError(f"{value!r} is not of the form module.attribute; write `app: module:attribute`")
    return f"{module}:{attribute}"


def statements(value: Any) -> list[dict[str, Any]]:
    """IAM statements without what is always so. Raises ValueError for one that denies or has conditions."""
    kept = []
    for each in value:
        if each.get("Effect", "Allow") != "Allow" or set(each) - {"Effect", "Action", "Resource", "Sid"}:
            raise ValueError("a statement that denies, or has more than Action and Resource, has to be in a `role`")
        kept.append({name: each[name] for name in ("Action", "Resource")})
    return kept


def shown(value: Any) -> str:
    """A value for the report; of a map its names only, since its values may be secret."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        return f"{len(value)} of them"
    return ", ".join(map(str, value)) if isinstance(value, Mapping | list) else str(value)


def _refused(name: str) -> str:
    """Why Lambda or lambwsgi would not take a variable of this name; empty when it does."""
    try:
        _VARIABLE_NAME.validate_python(name)
    except ValidationError as error:
        return str(error.errors()[0]["ctx"]["error"])
    return ""
