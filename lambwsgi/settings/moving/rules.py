"""What becomes of a key of another tool's settings: taken over, not needed, or to be done by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lambwsgi.events.references import PATTERN
from lambwsgi.settings.messages import did_you_mean
from lambwsgi.settings.model import RUNTIMES, VERSIONS_LEAST, VariableName
from lambwsgi.settings.validation import SETTINGS

_SECRET = re.compile(r"SECRET|PASSW|TOKEN|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|DSN|DATABASE_URL", re.IGNORECASE)
# Of what is invoked in any other way.
OTHER_EVENTS = "only HTTP requests and warm-ups reach a lambwsgi function; give this a function of its own"
_OFF: tuple[Any, ...] = (None, False, "", [], {}, "OFF", "None")
_VARIABLE_NAME: TypeAdapter[str] = TypeAdapter(VariableName)


class Fate(StrEnum):
    """What becomes of a key."""

    TAKEN = "taken over"
    NEEDLESS = "not needed"
    BY_HAND = "to be done by hand"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a value: in words, and as settings of a stage."""

    fate: Fate
    words: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Old:
    """What stands around a value: all that holds for its stage, the folder of the project, and the stage's gateway."""

    stage: Mapping[str, Any]
    directory: Path
    gateway: str


Rule = Callable[[Any, Old], Outcome]


def taken(setting: str, convert: Callable[[Any], Any] = lambda value: value, *, otherwise: str = "") -> Rule:
    """Taken over under the name of ours; `otherwise` says what to do where there is no such setting.

    `convert` raises ValueError for a value that ours cannot have, and says why.
    """

    def rule(value: Any, _old: Old) -> Outcome:
        if value in _OFF and value is not False:
            return Outcome(Fate.NEEDLESS, "it is empty")
        if setting not in SETTINGS:
            return Outcome(Fate.BY_HAND, otherwise)
        try:
            new = convert(value)
        except (ValueError, TypeError, KeyError) as error:
            return Outcome(Fate.BY_HAND, f"{error}{'; ' if otherwise else ''}{otherwise}")
        return Outcome(Fate.TAKEN, f"{setting}: {shown(new)}", {setting: new})

    return rule


def is_off(value: Any) -> bool:
    """Whether a value means that the thing is not wanted."""
    return value in _OFF


def number(value: Any) -> int:
    """A whole number. Raises ValueError for a text that is none, as a reference."""
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{value!r} is no number; write it out") from error


def needless(why: str) -> Rule:
    """Not needed, whatever its value."""
    return lambda _value, _old: Outcome(Fate.NEEDLESS, why)


def by_hand(advice: str) -> Rule:
    """To be done by hand, unless it is switched off."""
    off = Outcome(Fate.NEEDLESS, "it is off")
    return lambda value, _old: off if value in _OFF else Outcome(Fate.BY_HAND, advice)


def needless_if(harmless: Iterable[Any], why: str, advice: str) -> Rule:
    """Not needed for these values, and to be done by hand for others."""
    known = tuple(harmless)
    return lambda value, _old: Outcome(Fate.NEEDLESS, why) if value in known else Outcome(Fate.BY_HAND, advice)


def versions_kept(value: Any) -> int:
    """So many versions, or as few as ours lets be kept. Raises ValueError for what is no number."""
    return max(int(value), VERSIONS_LEAST)


def unknown(key: str, known: Iterable[str], tool: str) -> Outcome:
    """The outcome of a key that the tool's table does not have."""
    hint = did_you_mean(key, known)
    return Outcome(Fate.BY_HAND, f"no key of {tool}'s that is known here{hint}; docs/settings.md has ours")


def variables(value: Any, _old: Old) -> Outcome:
    """The environment variables as text; those that Lambda would refuse are left out, secrets are named."""
    if value in _OFF:
        return Outcome(Fate.NEEDLESS, "it is empty")
    if not isinstance(value, Mapping):
        return Outcome(Fate.BY_HAND, "a map of names to values was expected; write the variables under `environment`")
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
    return Outcome(Fate.TAKEN if taken_over else Fate.BY_HAND, words, {"environment": taken_over} if taken_over else {})


def secret_names(environment: Mapping[str, str]) -> list[str]:
    """Names of variables that look as if their values were secret, and stand there themselves."""
    return [name for name, text in environment.items() if _SECRET.search(name) and not references_of(text)]


def references_of(value: Any) -> list[re.Match[str]]:
    """The references in all texts of a value, one after the other."""
    if isinstance(value, str):
        return [found for found in PATTERN.finditer(value) if not found["escaped"]]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [found for item in items for found in references_of(item)]


def literal(value: Any) -> Any:
    """The value with all its texts meant as they stand: what would be read as a reference gets its second dollar."""
    if isinstance(value, str):
        return re.sub(r"\$\{(?=[a-z]+:[^{}]*\})", "$${", value)
    if isinstance(value, Mapping):
        return {name: literal(item) for name, item in value.items()}
    return [literal(item) for item in value] if isinstance(value, list) else value


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
