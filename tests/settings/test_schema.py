"""The JSON Schema agrees with the model: what one takes the other takes, apart from what only the whole can show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.project import load_project
from lambwsgi.settings.schema import settings_schema
from lambwsgi.settings.validation import EXTENDS, SETTINGS

ROOT = Path(__file__).parents[2]
SCHEMA = settings_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def problems(settings: Any) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(settings)]


def dev(**settings: Any) -> dict[str, Any]:
    return {"project": "shop", "base": {"app": "app:app"}, "stages": {"dev": settings}}


def test_the_file_that_is_shipped_is_the_schema() -> None:
    shipped = json.loads(ROOT.joinpath("docs", "lambwsgi.schema.json").read_text("utf-8"))

    assert shipped == SCHEMA, "write it anew: lambwsgi schema > docs/lambwsgi.schema.json"


def test_the_schema_is_valid_by_draft_7() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_every_setting_is_in_it_with_a_description() -> None:
    stage = SCHEMA["properties"]["stages"]["additionalProperties"]["properties"]

    assert stage.keys() == {*SETTINGS, EXTENDS}
    assert all(SCHEMA["$defs"][f"setting.{name}"]["description"] for name in stage)


@pytest.mark.parametrize("name", ["flask_app", "django_app"])
def test_the_examples_are_valid(name: str) -> None:
    text = ROOT.joinpath("examples", name, "lambwsgi.yml").read_text("utf-8")

    assert problems(yaml.safe_load(text)) == []


@pytest.mark.parametrize("page", ["settings.md", "keep-warm.md"])
def test_the_examples_of_the_documentation_are_valid(page: str) -> None:
    examples = re.findall(r"```yaml\n(project.*?)```", ROOT.joinpath("docs", page).read_text("utf-8"), re.DOTALL)

    assert examples
    assert [problems(yaml.safe_load(example)) for example in examples] == [[]] * len(examples)


@pytest.mark.parametrize(
    "settings",
    [
        {"warm": True},
        {"warm": False},
        {"warm": {"schedules": {"day": {"concurrency": 2}, "night": None}}},
        {"memory_mb": None},
        {"region": "${env:AWS_REGION}"},
        {"region": "us-gov-west-1"},
        {"environment": {"AA": "1", "BB": None}},
        {"deadline_margin_seconds": 1},
        {"commands": ["manage", "flask"]},
        {"provisioned_concurrency": {"environments": 1}},
        {"strategy": "canary"},
        {"strategy": {"kind": "linear", "percent": 20, "alarms": "shop-5xx"}},
    ],
    ids=str,
)
def test_what_the_model_takes_the_schema_takes(tmp_path: Path, settings: dict[str, Any]) -> None:
    (tmp_path / "lambwsgi.yml").write_text(yaml.safe_dump(dev(**settings)), "utf-8")

    load_project(tmp_path / "lambwsgi.yml")
    assert problems(dev(**settings)) == []


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"memory_mb": 64}, "$.stages.dev.memory_mb"),
        ({"memory_mb": "512"}, "$.stages.dev.memory_mb"),
        ({"memmory_mb": 512}, "$.stages.dev"),
        ({"runtime": "python3.9"}, "$.stages.dev.runtime"),
        ({"gateway": "websocket"}, "$.stages.dev.gateway"),
        ({"app": "app.app"}, "$.stages.dev.app"),
        ({"environment": {"PORT": 80}}, "$.stages.dev.environment"),
        ({"warm": {"concurency": 2}}, "$.stages.dev.warm"),
        ({"commands": ["shell"]}, "$.stages.dev.commands"),
    ],
    ids=str,
)
def test_what_the_model_refuses_the_schema_refuses(tmp_path: Path, settings: dict[str, Any], path: str) -> None:
    (tmp_path / "lambwsgi.yml").write_text(yaml.safe_dump(dev(**settings)), "utf-8")

    with pytest.raises(SettingsError):
        load_project(tmp_path / "lambwsgi.yml")
    assert problems(dev(**settings)) == [path]


@pytest.mark.parametrize("key", ["memory_mb", "stage", "bases"])
def test_keys_at_the_top_are_those_of_the_file(key: str) -> None:
    assert problems({**dev(), key: {}}) == ["$"]
