"""A project with serverless-wsgi: the function of its serverless.yml that runs the application, for each stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lambwsgi.settings.detection import valid_project_name
from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.moving.foreign import find_foreign, read_foreign
from lambwsgi.settings.moving.moving import Moved, Moving, combine, name_stages, renamed
from lambwsgi.settings.moving.rules import Fate, Old, Outcome, Rule, by_hand, references_of, unknown
from lambwsgi.settings.moving.serverless_front import HANDLERS, NESTED, event, events_of, gateway_of
from lambwsgi.settings.moving.serverless_keys import CUSTOM, FUNCTION, PROVIDER, TOP, WSGI
from lambwsgi.settings.moving.serverless_references import is_for_the_function, remarks
from lambwsgi.settings.moving.serverless_variables import Scope, Unresolved

FILES = ("serverless.yml", "serverless.yaml", "serverless.json")
_DEFAULT_STAGE = "dev"
# What Serverless takes where the file is silent, and we do not. Source: 'serverless.yml reference'.
_SILENT = {"memorySize": 1024, "region": "us-east-1"}
# What can be taken over in part.
_MAPS_OF_TEXT = frozenset({"environment", "tags", "stackTags"})
_OF_NOBODY = by_hand("of no plugin that is known here, and nothing in the file uses its values")
_FOR_THE_FUNCTION = "which the function reads, in `environment` only; write it into lambwsgi.yml"
_SECTIONS = ("provider", "custom", "functions")


@dataclass(frozen=True, slots=True)
class _Told:
    """A key with its outcome; both the report and the settings are made of these."""

    key: str
    outcome: Outcome


def read_serverless(directory: Path, path: Path | None, *, project: str | None = None) -> Moving:
    """The project as serverless.yml has it, in our words; without a path the file is searched for in the folder.

    Raises SettingsError where no function of it runs a WSGI application.
    """
    source = path or find_foreign(directory, FILES, "--from-serverless")
    document = read_foreign(source)
    told = {stage: list(_stage(document, stage, directory, source)) for stage in _stage_names(document)}
    service = document.get("service")
    name = str(service.get("name") if isinstance(service, Mapping) else service or directory.resolve().name)
    project_name = valid_project_name(project or f"{name[:31]}-lambwsgi")
    words = f"project: {project_name}; `{name}-STAGE` are Serverless's stacks, and both may live meanwhile"
    names = name_stages(told, source)
    stages = {names[stage]: combine(each.outcome for each in all_) for stage, all_ in told.items()}
    report = [Moved("service", Fate.TAKEN, words), *renamed(names), *_report(told)]
    return Moving("serverless", source, project_name, stages, report)


def _stage_names(document: Mapping[str, Any]) -> list[str]:
    """The stage that is deployed without a word, and those that have parameters."""
    provider = document.get("provider")
    written = str(provider.get("stage", _DEFAULT_STAGE)) if isinstance(provider, Mapping) else _DEFAULT_STAGE
    default = re.search(r"\$\{\s*opt:stage\s*,\s*['\"]?([\w-]+)['\"]?\s*\}", written)
    first = default[1] if default else written if "$" not in written else _DEFAULT_STAGE
    others = [name for key in ("params", "stages") for name in document.get(key) or () if name != "default"]
    return list(dict.fromkeys([first, *others]))


def _report(told: Mapping[str, Sequence[_Told]]) -> Iterator[Moved]:
    """One line for each key; the stage is named where stages differ."""
    lines: dict[tuple[str, Fate, str], list[str]] = {}
    for stage, all_ in told.items():
        for each in all_:
            lines.setdefault((each.key, each.outcome.fate, each.outcome.words), []).append(stage)
    for (key, fate, words), stages in lines.items():
        where = "" if len(stages) == len(told) else f" ({', '.join(stages)})"
        yield Moved(f"{key}{where}", fate, words)


def _stage(document: Mapping[str, Any], stage: str, directory: Path, source: Path) -> Iterator[_Told]:
    scope = Scope(document, stage, source.parent)
    resolved = scope.resolve(document)
    functions = _section(resolved, "functions")
    old = Old(resolved, directory, gateway_of(functions))
    for told in _all_keys(resolved, scope, old, source):
        yield _with_defaults(told, scope)


def _all_keys(resolved: Mapping[str, Any], scope: Scope, old: Old, source: Path) -> Iterator[_Told]:
    functions = _section(resolved, "functions")
    for key, value in resolved.items():
        if key in _SECTIONS and not isinstance(value, Mapping | str) and not _section(resolved, key):
            yield _Told(key, Outcome(Fate.BY_HAND, "not in this file, or no map; put it here, and try again"))
        elif key not in _SECTIONS and key != "service":
            yield _told(key, key, value, TOP, old)
    yield from _provider(resolved, old)
    name = _wsgi_function(functions, source)
    yield from _function(f"functions.{name}", functions[name], old)
    for other in functions:
        if other != name:
            advice = "a function of its own; leave it in serverless.yml, or make it a project with its own lambwsgi.yml"
            yield _Told(f"functions.{other}", Outcome(Fate.BY_HAND, advice))
    yield from _custom(resolved, scope, old)


def _provider(resolved: Mapping[str, Any], old: Old) -> Iterator[_Told]:
    """The provider's keys, and those of Serverless's defaults that are not ours."""
    given = _section(resolved, "provider")
    for key, value in {**_SILENT, **given}.items():
        if key in NESTED and isinstance(value, Mapping) and value:
            yield from (_told(f"provider.{key}.{name}", name, each, NESTED[key], old) for name, each in value.items())
            continue
        told = _told(f"provider.{key}", key, value, PROVIDER, old)
        yield told if key in given else _Told(told.key, _by_default(told.outcome))


def _section(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = document.get(name)
    if name == "provider" and isinstance(section, str):
        return {"name": section}
    if isinstance(section, list) and all(isinstance(each, Mapping) for each in section):
        # Each from a file of its own, as Serverless puts them together.
        return {key: value for each in section for key, value in each.items()}
    return section if isinstance(section, Mapping) else {}


def _wsgi_function(functions: Mapping[str, Any], source: Path) -> str:
    for name, function in functions.items():
        if isinstance(function, Mapping) and function.get("handler") in HANDLERS:
            return name
    raise SettingsError(
        f"{source}: no function has the handler {' or '.join(HANDLERS)}, so none is serverless-wsgi's;"
        " where `functions` names another file, put its content here"
    )


def _function(key: str, function: Mapping[str, Any], old: Old) -> Iterator[_Told]:
    """Its events first: of several gateways the first one stays."""
    gateway = None
    for told in [*_events(key, function, old), *_keys(key, function, old)]:
        wanted = told.outcome.settings.get("gateway")
        gateway = gateway or wanted
        if wanted and wanted != gateway:
            advice = f"a stage has one gateway, here {gateway}; give the other one a stage of its own"
            yield _Told(told.key, Outcome(Fate.BY_HAND, advice))
        else:
            yield told


def _events(key: str, function: Mapping[str, Any], old: Old) -> Iterator[_Told]:
    given = events_of(function)
    for index, (kind, value) in enumerate(given):
        alike = [other for name, other in given if name == kind]
        yield _Told(f"{key}.events.{index}.{kind}", event(kind, _as_written(value), old, _as_written(alike)))


def _keys(key: str, function: Mapping[str, Any], old: Old) -> Iterator[_Told]:
    for name, value in function.items():
        if name != "events":
            yield _told(f"{key}.{name}", name, value, FUNCTION, old)


def _custom(resolved: Mapping[str, Any], scope: Scope, old: Old) -> Iterator[_Told]:
    """`custom` holds the plugins' settings, and values that others lead to by a variable."""
    for key, value in _section(resolved, "custom").items():
        if key == "wsgi" and isinstance(value, Mapping):
            for name, setting in value.items():
                yield _told(f"custom.wsgi.{name}", name, setting, WSGI, old)
        elif any(path == f"custom.{key}" or path.startswith(f"custom.{key}.") for path in scope.used):
            yield _Told(f"custom.{key}", Outcome(Fate.NEEDLESS, "its values stand where they were used"))
        else:
            yield _told(f"custom.{key}", key, value, {key: _OF_NOBODY, **CUSTOM}, old)


def _told(dotted: str, key: str, value: Any, rules: Mapping[str, Rule], old: Old) -> _Told:
    rule = rules.get(key)
    if rule is None:
        return _Told(dotted, unknown(key, rules, "Serverless"))
    if key != "environment":
        value = _apart(value)
    elsewhere = list(_unresolved(value))
    if not elsewhere:
        outcome = rule(value, old)
        told = remarks(outcome.settings) if outcome.fate is Fate.TAKEN else ""
        return _Told(dotted, replace(outcome, words=f"{outcome.words}{told}"))
    partly = key in _MAPS_OF_TEXT and isinstance(value, Mapping)
    outcome = rule(_known(value) if partly else _as_written(value), old)
    if outcome.fate is Fate.NEEDLESS and not partly:
        return _Told(dotted, outcome)
    reasons = dict.fromkeys(each.why for each in elsewhere)
    remark = "; ".join(f"left out: {_named(elsewhere, why)}, {why}" for why in reasons)
    if partly and outcome.fate is Fate.TAKEN:
        words = f"{outcome.words}{remarks(outcome.settings)}; {remark}"
        return _Told(dotted, Outcome(Fate.TAKEN, words, outcome.settings))
    words = f"{outcome.words}; {remark}" if outcome.fate is Fate.BY_HAND and not partly else remark
    return _Told(dotted, Outcome(Fate.BY_HAND, words))


def _with_defaults(told: _Told, scope: Scope) -> _Told:
    """The outcome with the defaults that its references had and have no longer."""
    used = {found[0] for found in references_of(told.outcome.settings)} & scope.defaults.keys()
    lost = "".join(f"; the default of {name}, {scope.defaults[name]}, is left out: set it" for name in sorted(used))
    return _Told(told.key, replace(told.outcome, words=f"{told.outcome.words}{lost}")) if lost else told


def _apart(value: Any) -> Any:
    """The value with what only the function reads set apart."""
    if isinstance(value, str) and is_for_the_function(value):
        return Unresolved(value, _FOR_THE_FUNCTION)
    if isinstance(value, Mapping):
        return {name: _apart(item) for name, item in value.items()}
    return [_apart(item) for item in value] if isinstance(value, list) else value


def _named(all_: Iterable[Unresolved], why: str) -> str:
    return ", ".join(each.text for each in all_ if each.why == why)


def _by_default(outcome: Outcome) -> Outcome:
    return Outcome(outcome.fate, f"{outcome.words}, as Serverless's default is", outcome.settings)


def _unresolved(value: Any, path: str = "") -> Iterator[Unresolved]:
    """What cannot be known of a value, each as `NAME = ${s3:bucket/name}`."""
    if isinstance(value, Unresolved):
        yield replace(value, text=f"{path} = {value.text}") if path else value
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from _unresolved(item, f"{path}.{name}" if path else str(name))


def _known(value: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a map that are known in full."""
    return {name: item for name, item in value.items() if not list(_unresolved(item))}


def _as_written(value: Any) -> Any:
    """The value with its variables as the file has them."""
    if isinstance(value, Unresolved):
        return value.text
    if isinstance(value, Mapping):
        return {name: _as_written(item) for name, item in value.items()}
    return [_as_written(item) for item in value] if isinstance(value, list) else value
