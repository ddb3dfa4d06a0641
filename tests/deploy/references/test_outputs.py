"""Outputs of other stacks, read when a stage is deployed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.references.outputs import fill_outputs
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.warm import Schedule, Warm

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]


@pytest.fixture
def network(aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue) -> str:
    """Another stack: a stage of a project of its own, with the outputs that every stage has."""
    stage = settings.model_copy(update={"project": f"n{settings.project}"})
    release.deploy(aws, stage, make_artifact("network"), dialogue)
    return stage.function_name


def test_the_function_has_what_the_other_stack_has_as_output(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue, network: str
) -> None:
    stage = settings.model_copy(update={"environment": {"OTHER": f"<${{cfn:{network}.FunctionName}}>"}})

    release.deploy(aws, stage, make_artifact(), dialogue)

    found = aws.functions.get_function_configuration(FunctionName=stage.function_name)
    assert found["Environment"]["Variables"]["OTHER"] == f"<{network}>"


def test_all_settings_are_filled_and_what_is_escaped_is_not(aws: Aws, settings: StageSettings, network: str) -> None:
    reference = f"${{cfn:{network}.FunctionName}}"
    stage = settings.model_copy(update={"tags": {"a": reference}, "include": (reference, f"${reference}")})

    filled = fill_outputs(lambda: aws, stage)

    assert (filled.tags, filled.include) == ({"a": network}, (network, reference))


def test_what_was_not_said_stays_unsaid(aws: Aws, settings: StageSettings, network: str) -> None:
    warm = Warm(path="/health", schedules={"day": Schedule(schedule="rate(5 minutes)")})
    stage = settings.model_copy(update={"warm": warm, "tags": {"of": f"${{cfn:{network}.FunctionName}}"}})

    filled = fill_outputs(lambda: aws, stage)

    assert filled.warm_schedules["day"].path == "/health"
    assert filled.tags == {"of": network}


def test_what_there_is_not_is_told_together(aws: Aws, settings: StageSettings, network: str) -> None:
    stage = settings.model_copy(
        update={"environment": {"A1": f"${{cfn:{network}.FunctionNam}}", "B2": "${cfn:nowhere.Url}"}}
    )

    with pytest.raises(DeployError) as caught:
        fill_outputs(lambda: aws, stage)

    assert str(caught.value).splitlines() == [
        f"${{cfn:{network}.FunctionNam}}: stack '{network}' has no output 'FunctionNam'; did you mean 'FunctionName'?,"
        " in us-east-1",
        "${cfn:nowhere.Url}: there is no stack 'nowhere', in us-east-1",
    ]


def test_an_output_that_does_not_fit_is_refused(aws: Aws, settings: StageSettings, network: str) -> None:
    stage = settings.model_copy(update={"role": f"${{cfn:{network}.FunctionName}}"})

    with pytest.raises(DeployError, match=r"make the settings invalid: (.|\n)*is no ARN of iam"):
        fill_outputs(lambda: aws, stage)
