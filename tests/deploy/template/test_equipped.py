"""A function with all that it can have, deployed to the embedded AWS."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.template.test_template import EQUIPPED

pytestmark = pytest.mark.embedded


def test_an_equipped_function_is_deployed_and_has_what_it_was_given(
    aws: Aws, settings: StageSettings, make_artifact: Callable[..., Artifact], dialogue: Dialogue
) -> None:
    # The embedded AWS does not have that layer.
    stage = EQUIPPED.model_copy(update={"project": settings.project, "region": settings.region, "layers": ()})

    deployed = release.deploy(aws, stage, make_artifact("hello"), dialogue)

    assert deployed is not None
    assert deployed.answer is not None
    assert deployed.answer.text == "hello"
    found = aws.functions.get_function_configuration(FunctionName=stage.function_name, Qualifier="live")
    assert found["EphemeralStorage"] == {"Size": 2048}
    assert found["LoggingConfig"]["LogFormat"] == "JSON"
    assert found["TracingConfig"] == {"Mode": "Active"}
