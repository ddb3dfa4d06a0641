"""A project of Zappa's: all stages of zappa_settings, each with what it extends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lambwsgi.settings.detection import valid_project_name
from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.moving.foreign import find_foreign, read_foreign
from lambwsgi.settings.moving.moving import Moved, Moving, combine, name_stages, renamed
from lambwsgi.settings.moving.rules import Fate, Old, Outcome, literal, unknown
from lambwsgi.settings.moving.zappa_keys import RULES, gateway_of

FILES = ("zappa_settings.json", "zappa_settings.toml", "zappa_settings.yml", "zappa_settings.yaml")
_PROJECT = "project_name"
_WHAT_IT_RUNS = ("app_function", "django_settings")


def read_zappa(directory: Path, path: Path | None, *, project: str | None = None) -> Moving:
    """The project as Zappa has it, in our words; without a path its file is searched for in the folder.

    Raises SettingsError where no stage can be made of it.
    """
    source = path or find_foreign(directory, FILES, "--from-zappa")
    stages = read_foreign(source)
    whole = {name: _extended(stages, name, source) for name in stages}
    named = {name: stage for name, stage in whole.items() if any(stage.get(key) for key in _WHAT_IT_RUNS)}
    if not named:
        raise SettingsError(f"{source}: no stage has {' or '.join(_WHAT_IT_RUNS)}, so there is nothing to run")
    told = next((str(stage[_PROJECT]) for stage in whole.values() if stage.get(_PROJECT)), directory.resolve().name)
    name = valid_project_name(project or f"{told[:31]}-lambwsgi")
    names = name_stages(named, source)
    words = f"project: {name}; `{told}-STAGE` are Zappa's stacks, and both may live meanwhile"
    report = [Moved(_PROJECT, Fate.TAKEN, words), *renamed(names)]
    for stage_name, stage in stages.items():
        report.extend(_report(stage_name, stage, _old(whole[stage_name], directory), is_stage=stage_name in named))
    new = {names[stage_name]: _settings(_old(stage, directory)) for stage_name, stage in named.items()}
    return Moving("zappa", source, name, new, report)


def _old(stage: Mapping[str, Any], directory: Path) -> Old:
    return Old(stage, directory, gateway_of(stage))


def _settings(old: Old) -> dict[str, Any]:
    outcomes = [_outcome(key, value, old) for key, value in old.stage.items() if key != _PROJECT]
    settings: dict[str, Any] = literal({**combine(outcomes), "gateway": old.gateway})
    return settings


def _extended(stages: Mapping[str, Any], name: str, source: Path) -> dict[str, Any]:
    """All that holds for the stage. As with Zappa, a map of a stage replaces that of the stage which it extends."""
    chain: list[str] = []
    whole: dict[str, Any] = {}
    extends: str | None = name
    while extends:
        if extends in chain:
            raise SettingsError(f"{source}: {name}.extends goes in a circle: {' → '.join([*chain, extends])}")
        if not isinstance(stages.get(extends), Mapping):
            where = f"{chain[-1]}.extends: " if chain else ""
            raise SettingsError(f"{source}: {where}{extends!r} is no stage; a map of settings was expected")
        chain.append(extends)
        whole = {**stages[extends], **whole}
        extends = stages[extends].get("extends")
    return whole


def _report(name: str, stage: Mapping[str, Any], old: Old, *, is_stage: bool) -> Iterator[Moved]:
    if not is_stage:
        yield Moved(name, Fate.NEEDLESS, "names no application: what it says is in the stages that extend it")
    for key, value in stage.items():
        if key != _PROJECT:
            outcome = _outcome(key, value, old)
            yield Moved(f"{name}.{key}", outcome.fate, outcome.words)
    if is_stage and not {"apigateway_enabled", "use_apigateway", "apigateway_version"} & old.stage.keys():
        words = f"gateway: {old.gateway}, as Zappa's default is"
        yield Moved(f"{name}.apigateway_enabled", Fate.TAKEN, words)


def _outcome(key: str, value: Any, old: Old) -> Outcome:
    rule = RULES.get(key)
    return rule(value, old) if rule else unknown(key, RULES, "Zappa")
