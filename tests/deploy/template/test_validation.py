from __future__ import annotations

import json

import pytest

from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.template.stage_template import build_template, template_text
from lambwsgi.deploy.template.validation import validate
from lambwsgi.settings.model import StageSettings

SETTINGS = StageSettings(project="shop", stage="dev", app="shop.wsgi:app")


def test_all_errors_of_a_template_are_told_at_once() -> None:
    template = build_template(SETTINGS, "a" * 64)
    template["Resources"]["Function"]["Properties"]["MemorySize"] = 64
    template["Resources"]["WarmSchedule"]["Properties"]["Colour"] = "red"

    with pytest.raises(TemplateError) as caught:
        validate(template_text(template))

    told = {problem.partition(":")[0] for problem in caught.value.problems}
    assert told == {"Function.Properties.MemorySize", "WarmSchedule.Properties.Colour"}


def test_a_reference_to_nothing_is_an_error() -> None:
    template = build_template(SETTINGS, "a" * 64)
    template["Outputs"]["Url"]["Value"] = {"Ref": "Nobody"}

    with pytest.raises(TemplateError, match="Nobody"):
        validate(template_text(template))


def test_a_warning_lets_the_template_pass_and_is_told() -> None:
    template = build_template(SETTINGS, "a" * 64)
    template["Parameters"]["Unused"] = {"Type": "String", "Default": ""}

    (warning,) = validate(json.dumps(template))

    assert "Unused" in warning
