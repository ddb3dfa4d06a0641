"""Hooks of a deployment, against a real emulator: when they run, where, and what their failing stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import ReleaseError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.errors import HookError
from lambwsgi.settings.hooks import Hooks, Step
from lambwsgi.settings.model import StageSettings

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]


def hooked(settings: StageSettings, hooks: Hooks) -> StageSettings:
    """The stage with these hooks, where nothing but a hook asks for a switch in two steps."""
    allowed = {"commands": frozenset({"manage"}), "scripts": {"upgrade": "shop.jobs:upgrade"}}
    return settings.model_copy(update={"hooks": hooks, "prewarm": 0, **allowed})


class Told:
    """What a deployment ran and said, in its order; a command `fail` fails."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.lines: list[str] = []
        self.known: dict[str, Mapping[str, str]] = {}
        self.dialogue = replace(dialogue, report=self.lines.append, shell=self._run)

    def _run(self, command: str, known: Mapping[str, str]) -> int:
        self.lines.append(command)
        self.known[command] = known
        return 5 if command == "fail" else 0


@pytest.fixture
def told(dialogue: Dialogue) -> Told:
    return Told(dialogue)


def live(aws: Aws, settings: StageSettings) -> int:
    return aws.version(settings.function_name, "live").number


def test_a_hook_before_the_switch_runs_in_the_new_version_while_the_old_one_serves(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told
) -> None:
    stage = hooked(settings, Hooks(before_switch=(Step(manage="which"),)))
    serving: list[tuple[str, int]] = []
    release.deploy(aws, stage, make_artifact("old"), told.dialogue)

    noting = replace(told.dialogue, report=lambda text: serving.append((text, live(aws, stage))))
    release.deploy(aws, stage, make_artifact("new"), noting)

    assert ("before_switch, in version 2: manage which", 1) in serving
    assert ("new", 1) in serving
    assert live(aws, stage) == 2


def test_a_script_runs_in_the_new_version_as_a_command_does(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told
) -> None:
    stage = hooked(settings, Hooks(after_deploy=(Step(script="upgrade --to 'the head'"),)))

    release.deploy(aws, stage, make_artifact("hello"), told.dialogue)

    assert "after_deploy, in version 1: run upgrade --to 'the head'" in told.lines
    assert '["upgrade", "--to", "the head"]' in told.lines


@pytest.mark.parametrize("step", [Step(manage="fail"), Step(run="fail"), Step(manage="wait")])
def test_a_hook_that_fails_before_the_switch_leaves_the_old_version_serving(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told, step: Step
) -> None:
    release.deploy(aws, hooked(settings, Hooks()), make_artifact("old"), told.dialogue)
    stage = hooked(settings, Hooks(before_switch=(step,)))

    for _ in range(2):
        with pytest.raises(HookError, match="version 2 is published but does not serve, since hook before_") as caught:
            release.deploy(aws, stage, make_artifact("new"), told.dialogue)
        assert live(aws, stage) == 1

    assert caught.value.exit_status == {"fail": 3 if step.kind else 5, "wait": None}[step.text]
    assert "version 1 goes on serving" in str(caught.value)


def test_hooks_run_in_their_order_and_know_the_site(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told
) -> None:
    hooks = Hooks(before_deploy=("first",), before_switch=(Step(run="second"),), after_deploy=(Step(run="third"),))
    stage = hooked(settings, hooks)

    release.deploy(aws, stage, make_artifact("old"), told.dialogue)
    at_first = [line for line in told.lines if line in told.known], told.known["first"]
    deployed = release.deploy(aws, stage, make_artifact("new"), told.dialogue)

    assert deployed is not None
    assert at_first == (["first", "second", "third"], {})
    assert told.known["first"] == {"LAMBWSGI_URL": deployed.url}
    assert told.known["second"] == told.known["third"] == {"LAMBWSGI_URL": deployed.url, "LAMBWSGI_VERSION": "2"}


def test_a_hook_that_fails_before_a_deployment_leaves_nothing(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told
) -> None:
    with pytest.raises(HookError, match="hook before_deploy: 'fail' ended with exit status 5"):
        release.deploy(aws, hooked(settings, Hooks(before_deploy=("fail",))), make_artifact(), told.dialogue)

    assert aws.stack(settings.function_name) is None


def test_a_hook_that_fails_after_a_deployment_says_that_the_version_serves(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told
) -> None:
    stage = hooked(settings, Hooks(after_deploy=(Step(manage="fail"),)))

    with pytest.raises(HookError, match="version 1 is deployed and serves, but hook after_deploy: `manage fail`"):
        release.deploy(aws, stage, make_artifact(), told.dialogue)


def test_a_rollback_runs_no_hooks(aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told) -> None:
    for text in ("old", "new"):
        release.deploy(aws, hooked(settings, Hooks()), make_artifact(text), told.dialogue)

    stage = hooked(settings, Hooks(before_deploy=("fail",), after_deploy=(Step(run="fail"),)))
    release.rollback(aws, stage, None, told.dialogue)

    assert told.known == {}


def test_hooks_can_be_left_out(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    hooks = Hooks(before_deploy=("fail",), before_switch=(Step(manage="fail"),), after_deploy=(Step(manage="fail"),))

    assert release.deploy(aws, hooked(settings, hooks), make_artifact(), dialogue)


def test_streaming_is_not_switched_past_a_hook(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, told: Told
) -> None:
    release.deploy(aws, settings, make_artifact("whole"), told.dialogue)
    stage = hooked(settings.model_copy(update={"streaming": True}), Hooks(before_switch=(Step(manage="which"),)))

    with pytest.raises(ReleaseError, match="deploy with --no-hooks"):
        release.deploy(aws, stage, make_artifact("streamed"), told.dialogue)

    assert live(aws, settings) == 1
