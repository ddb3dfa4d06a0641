"""Killed or cut off at any call, the fast lane goes on the next time, and a full deployment mends what it left."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import AwsError, UnwatchedError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.fast_lane import marked
from lambwsgi.deploy.stack.drift_detection import quick_look
from lambwsgi.deploy.stack.flow import deployed_stack
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.faults.refusing import hanging_up
from tests.deploy.faults.test_answers import connect, faults
from tests.deploy.faults.test_kills import Killer, killer, kills

__all__ = ["connect", "killer"]

MakeArtifact = Callable[..., Artifact]
pytestmark = [pytest.mark.embedded, pytest.mark.timeout(1800)]


def goes_on(
    aws: Aws, settings: StageSettings, artifact: Artifact, dialogue: Dialogue, *, by_fast_lane: bool
) -> tuple[str, bool]:
    """The digest that serves once the deployment was run again, and whether a third time finds something to do."""
    stage = settings.model_copy(update={"fast_lane": by_fast_lane})
    release.deploy(aws, stage, artifact, dialogue)
    again = release.deploy(aws, stage, artifact, dialogue)
    assert again is not None
    return aws.version(settings.function_name, "live").sha256, again.changed


def of_fast_lane(artifact: Artifact) -> str:
    return sha256(marked(artifact.path.read_bytes())).hexdigest()


@pytest.mark.parametrize("by_fast_lane", [True, False], ids=["by it again", "the long way"])
def test_a_deployment_that_is_killed_goes_on(
    killer: Killer,
    aws: Aws,
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    by_fast_lane: bool,
) -> None:
    stage = settings.model_copy(update={"fast_lane": True})
    release.deploy(aws, stage, make_artifact("number 0"), dialogue)
    artifact, number = make_artifact("number 0"), 0

    def killed(call: int, moment: str) -> bool:
        nonlocal artifact, number
        number += 1
        artifact = make_artifact(f"number {number}")
        return killer.kill(stage, "deploy", call, moment, artifact)

    count = 0
    for call, moment in kills(killed):
        served = aws.version(stage.function_name, "live").sha256
        sha256, changed = goes_on(aws, stage, artifact, dialogue, by_fast_lane=by_fast_lane)

        # One that was killed after the alias had moved serves already.
        wanted = of_fast_lane(artifact) if by_fast_lane else artifact.sha256
        assert sha256 == wanted, f"{moment} call {call}: {served} was serving"
        assert not changed, f"{moment} call {call}"
        count += 1
    release.deploy(aws, settings, artifact, dialogue)
    assert quick_look(aws, deployed_stack(aws, settings), pytest.fail) == ()
    assert count >= 2


def test_a_deployment_that_is_cut_off_goes_on(
    connect: Callable[[], Aws],
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
) -> None:
    stage = settings.model_copy(update={"fast_lane": True})
    release.deploy(connect(), stage, make_artifact("first"), dialogue)

    for number, (faulty, aws) in enumerate(faults(connect, hanging_up)):
        artifact = make_artifact(f"number {number}")
        try:
            release.deploy(aws, stage, artifact, dialogue)
        except (AwsError, UnwatchedError) as told:
            assert "try again" in str(told)  # noqa: PT017 - a call that is made in passing may fail without harm
        sha256, changed = goes_on(connect(), stage, artifact, dialogue, by_fast_lane=True)

        assert sha256 in {of_fast_lane(artifact), artifact.sha256}, faulty
        assert not changed, faulty
