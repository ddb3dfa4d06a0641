"""Killed at any call to AWS and run again, a deployment is what it would have been, and nothing is left over.

`make faults` kills at every call, before it is sent and after it was answered; here it is every few calls.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import NotDeployedError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Deployed, Dialogue
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.strategy import Strategy, StrategyKind
from tests.deploy.conftest import MakeLayered
from tests.deploy.faults.killing import MOMENTS

MakeArtifact = Callable[..., Artifact]
# Between the calls that are killed; 1 is each of them.
STEP = int(os.environ.get("LAMBWSGI_FAULTS_STEP", "29"))
CALLS_MOST = 200
CANARY = Strategy(kind=StrategyKind.CANARY, minutes=1)
# The minutes of a canary go by at once.
BLINK = Watch(pause=lambda seconds: time.sleep(min(seconds, 0.02)))

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(1800)]


@dataclass(frozen=True)
class Killer:
    """Kills a command about a stage at one of its calls."""

    endpoint: str
    folder: Path

    def kill(self, settings: StageSettings, command: str, call: int, moment: str, artifact: Artifact) -> bool:
        """Whether it died; a command that makes fewer calls comes to its end."""
        order = self.folder / "order.json"
        order.write_text(
            json.dumps(
                {
                    "endpoint": self.endpoint,
                    "settings": settings.model_dump(mode="json", exclude_defaults=True),
                    "command": command,
                    "call": call,
                    "moment": moment,
                    "artifact": [str(artifact.path), artifact.sha256, artifact.zipped_bytes],
                }
            )
        )
        script = Path(__file__).with_name("killing.py")
        done = subprocess.run(
            [sys.executable, str(script), str(order)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        return done.returncode != 0


@pytest.fixture
def killer(endpoint: str, tmp_path: Path) -> Killer:
    return Killer(endpoint, tmp_path)


def kills(killed: Callable[[int, str], bool]) -> Iterator[tuple[int, str]]:
    """Each kill that happened, by call and moment; `killed` runs the command once more from where it is to start."""
    for place, moment in enumerate(MOMENTS):
        for call in range(1 + place, CALLS_MOST, STEP):
            if not killed(call, moment):
                break
            yield call, moment
        else:
            pytest.fail(f"more than {CALLS_MOST} calls")


def left_over(aws: Aws, settings: StageSettings) -> list[str]:
    """Change sets that nobody will execute."""
    listed = aws.cloudformation.list_change_sets(StackName=settings.function_name)["Summaries"]
    return [each["ChangeSetName"] for each in listed if each["ExecutionStatus"] == "AVAILABLE"]


def shares(aws: Aws, settings: StageSettings) -> dict[str, float]:
    """The parts of the requests that other versions than the serving one get."""
    alias = aws.functions.get_alias(FunctionName=settings.function_name, Name="live")
    return alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def text_of(deployed: Deployed | None) -> str:
    assert deployed is not None
    assert deployed.answer is not None
    return deployed.answer.text


def test_a_first_deploy_killed_anywhere_is_completed_by_the_next(
    killer: Killer, aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    artifact = make_artifact("hello")
    stages = (settings.model_copy(update={"stage": f"n{number}"}) for number in range(CALLS_MOST * 2))
    stage = settings

    def killed(call: int, moment: str) -> bool:
        nonlocal stage
        stage = next(stages)
        return killer.kill(stage, "deploy", call, moment, artifact)

    count = 0
    for call, moment in kills(killed):
        deployed = release.deploy(aws, stage, artifact, dialogue)
        after = release.deploy(aws, stage, artifact, dialogue)

        assert after is not None
        assert not after.changed, f"{moment} call {call}: the second time there was still something to do"
        assert aws.version(stage.function_name, "live").number == 1, f"{moment} call {call}"
        # Change sets that others made are removed by AWS when one creates the stack; ministack 1.5.33 keeps them.
        if deployed is not None and deployed.answer is not None:
            assert deployed.answer.text == "hello"
        release.delete(aws, stage, dialogue)
        assert aws.stack(stage.function_name) is None
        count += 1
    assert count >= 2


@pytest.mark.parametrize("strategy", [Strategy(), CANARY], ids=["all at once", "a canary"])
def test_an_update_killed_anywhere_is_completed_by_the_next(
    killer: Killer,
    aws: Aws,
    settings: StageSettings,
    make_artifact: MakeArtifact,
    dialogue: Dialogue,
    *,
    strategy: Strategy,
) -> None:
    settings = settings.model_copy(update={"strategy": strategy, "keep_versions": 2})
    dialogue = replace(dialogue, watch=BLINK)
    release.deploy(aws, settings, make_artifact("number 0"), dialogue)
    artifact = make_artifact("number 0")
    number = 0

    def killed(call: int, moment: str) -> bool:
        nonlocal artifact, number
        number += 1
        artifact = make_artifact(f"number {number}")
        return killer.kill(settings, "deploy", call, moment, artifact)

    count = 0
    for call, moment in kills(killed):
        live = aws.version(settings.function_name, "live").number
        release.deploy(aws, settings, artifact, dialogue)
        again = release.deploy(aws, settings, artifact, dialogue)

        now = aws.version(settings.function_name, "live")
        assert now.sha256 == artifact.sha256, f"{moment} call {call}: version {live} was serving"
        assert shares(aws, settings) == {}, f"{moment} call {call}"
        assert len(aws.versions(settings.function_name)) <= settings.keep_versions, f"{moment} call {call}"
        assert again is not None
        assert not again.changed, f"{moment} call {call}"
        assert left_over(aws, settings) == [], f"{moment} call {call}"
        count += 1
    assert count >= 2


def test_a_rollback_after_a_canary(
    killer: Killer, aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    canary = settings.model_copy(update={"strategy": CANARY, "keep_versions": CALLS_MOST})
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    release.deploy(aws, settings, make_artifact("serving"), dialogue)
    shared = 0

    def killed(call: int, moment: str) -> bool:
        return killer.kill(canary, "deploy", call, moment, make_artifact(f"{moment} {call}"))

    for call, moment in kills(killed):
        cut_off_in_between = shares(aws, settings) != {}
        shared += cut_off_in_between
        release.rollback(aws, settings, None if cut_off_in_between else 2, dialogue)

        assert aws.version(settings.function_name, "live").number == 2, f"{moment} call {call}"
        assert shares(aws, settings) == {}, f"{moment} call {call}"
    assert shared


def test_a_rollback_killed_anywhere_is_completed_by_the_next(
    killer: Killer, aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    old, new = make_artifact("old"), make_artifact("new")
    release.deploy(aws, settings, old, dialogue)

    def killed(call: int, moment: str) -> bool:
        release.deploy(aws, settings, new, dialogue)
        return killer.kill(settings, "rollback", call, moment, new)

    for call, moment in kills(killed):
        release.rollback(aws, settings, 1, dialogue)

        assert aws.version(settings.function_name, "live").number == 1, f"{moment} call {call}"
        assert left_over(aws, settings) == [], f"{moment} call {call}"


def test_a_delete_killed_anywhere_is_completed_by_the_next(
    killer: Killer, aws: Aws, settings: StageSettings, make_layered: MakeLayered, dialogue: Dialogue
) -> None:
    artifact = make_layered("hello", "plain")

    def killed(call: int, moment: str) -> bool:
        release.deploy(aws, settings, artifact, dialogue)
        return killer.kill(settings, "delete", call, moment, artifact)

    for _ in kills(killed):
        with suppress(NotDeployedError):  # it had gone through
            release.delete(aws, settings, dialogue)

        assert aws.stack(settings.function_name) is None
        assert aws.layer_versions(settings.function_name) == []
