from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.template.stage_template import TEMPLATE_BYTES, build_template, sent_text, template_text
from lambwsgi.deploy.template.validation import checked_template, validate
from lambwsgi.package.artifact import Artifact
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


def with_statements(count: int) -> StageSettings:
    """A role that may do that many things."""
    return SETTINGS.model_validate(
        {
            "project": "shop",
            "stage": "dev",
            "app": "shop.wsgi:app",
            "statements": [
                {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": f"arn:aws:sqs:us-east-1:123:q{number}"}
                for number in range(count)
            ],
        }
    )


def test_a_long_template_is_sent_without_blanks() -> None:
    template = build_template(with_statements(250), "a" * 64)

    assert len(template_text(template)) > TEMPLATE_BYTES > len(sent_text(template))
    assert json.loads(sent_text(template)) == template


def test_what_cloudformation_takes_in_no_form_is_told_before_anything_is_sent() -> None:
    artifact = Artifact(Path("app.zip"), "a" * 64, 1, 1, ())

    with pytest.raises(TemplateError, match=r"bytes, of which CloudFormation takes 51,200; nothing was sent") as told:
        checked_template(with_statements(900), artifact, pytest.fail)
    assert len(told.value.problems) == 1
