"""What stands in front of the function, from other tools' words into ours, as far as the stage's gateway has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from lambwsgi.settings.front import Auth, Cors
from lambwsgi.settings.gateways import LACKS
from lambwsgi.settings.moving.rules import Fate, Old, Outcome, Rule, is_off, taken

_OFF = Outcome(Fate.NEEDLESS, "it is off")
# As Serverless has them for HTTP APIs and function URLs, and Zappa for the latter.
_CORS = {
    "allowedOrigins": "origins",
    "allowedHeaders": "headers",
    "allowedMethods": "methods",
    "exposedResponseHeaders": "expose_headers",
    "allowCredentials": "credentials",
    "maxAge": "max_age_seconds",
}
# Zappa's own, for APIs.
_CORS_OF_ZAPPA = {"allowed_origin": "origins", "allowed_headers": "headers", "allowed_methods": "methods"}


def fronted(setting: str, convert: Callable[[Any], Any]) -> Rule:
    """Taken over where it is on and the gateway has it; else what the gateway lacks, in the words of the settings."""
    accept = taken(setting, convert)

    def rule(value: Any, old: Old) -> Outcome:
        if is_off(value):
            return _OFF
        reason = LACKS[old.gateway].get(setting)
        return Outcome(Fate.BY_HAND, reason) if reason else accept(value, old)

    return rule


def cors_of(value: Any) -> dict[str, Any]:
    """Our `cors` for `true` or a map of theirs. Raises ValueError for what ours cannot have."""
    given = value if isinstance(value, Mapping) else {}
    names = {**_CORS, **_CORS_OF_ZAPPA}
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: not part of `cors`; write the map out")
    new = {names[name]: content for name, content in given.items() if content not in (None, [], "")}
    if "methods" in new:
        new["methods"] = [method.upper() for method in new["methods"] if method.upper() != "OPTIONS"] or ["*"]
    return _valid(Cors, {"origins": ["*"], **new})


CORS = fronted("cors", cors_of)


def auth(way: Mapping[str, Any] | str, old: Old, remark: str = "") -> Outcome:
    """That way of `auth`, or why the gateway has it not."""
    name = way if isinstance(way, str) else next(iter(way))
    if reason := LACKS[old.gateway].get(f"auth.{name}"):
        return Outcome(Fate.BY_HAND, reason)
    try:
        _valid(Auth, {name: True} if isinstance(way, str) else way)
    except ValueError as error:
        return Outcome(Fate.BY_HAND, f"{error}; write `auth` out")
    return Outcome(Fate.TAKEN, f"auth: {name}{remark}", {"auth": way})


def function_url(value: Any, old: Old) -> Outcome:
    """The configuration of a function URL: `authorizer`, `cors` and, with Serverless, `invokeMode`."""
    given = value if isinstance(value, Mapping) else {}
    outcomes = []
    if str(given.get("authorizer", "")).upper() == "AWS_IAM":
        outcomes.append(auth("iam", old))
    if given.get("cors"):
        outcomes.append(CORS(given["cors"], old))
    if given.get("invokeMode") == "RESPONSE_STREAM":
        outcomes.append(taken("streaming")(True, old))
    return together(outcomes) if outcomes else Outcome(Fate.NEEDLESS, "open to all, as is ours")


def together(outcomes: list[Outcome]) -> Outcome:
    """Several outcomes of one key as one; by hand when one of them is that."""
    first = next((each for each in outcomes if each.fate is Fate.BY_HAND), outcomes[0])
    words = "; ".join(dict.fromkeys(each.words for each in outcomes))
    settings = {name: value for each in outcomes for name, value in each.settings.items()}
    return replace(first, words=words, settings=settings)


def _valid(model: type[BaseModel], value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}{': ' if where else ''}{first['msg'].removeprefix('Value error, ')}") from error
    return dict(value)
