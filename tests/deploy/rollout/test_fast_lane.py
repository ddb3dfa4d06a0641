"""The fast lane, against a real emulator: when it is taken, what it leaves, and how the next full deploy mends that."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import DeployError, SmokeError, StackFailedError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Deployed, Dialogue
from lambwsgi.deploy.rollout.fast_lane import marked
from lambwsgi.deploy.rollout.promotion import fetch_release
from lambwsgi.deploy.stack.drift_detection import quick_look, thorough_look
from lambwsgi.deploy.stack.flow import deployed_stack
from lambwsgi.deploy.stack.plan import Plan, plan_lines
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.errors import HookError
from lambwsgi.settings.hooks import Hooks, Step
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.smoke import Check

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]
NOT_BY_IT = "not by the fast lane: "


@pytest.fixture
def fast(settings: StageSettings) -> StageSettings:
    return settings.model_copy(update={"fast_lane": True})


def full(settings: StageSettings) -> StageSettings:
    return settings.model_copy(update={"fast_lane": False})


def text_of(deployed: Deployed | None) -> str:
    assert deployed is not None
    assert deployed.answer is not None
    return deployed.answer.text


def events(aws: Aws, settings: StageSettings) -> int:
    """How much CloudFormation has done."""
    return len(list(aws.stack_events(settings.function_name)))


def live(aws: Aws, settings: StageSettings) -> int:
    return aws.version(settings.function_name, "live").number


def drifted(aws: Aws, settings: StageSettings) -> list[str]:
    return [str(each) for each in thorough_look(aws, deployed_stack(aws, settings), pytest.fail)]


def test_a_change_of_nothing_but_the_code_goes_past_cloudformation(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, fast, make_artifact("old"), dialogue)
    before = events(aws, fast)

    deployed = release.deploy(aws, fast, make_artifact("new"), dialogue)

    assert text_of(deployed) == "new"
    assert (deployed and deployed.version, events(aws, fast)) == ("2", before)
    newest, oldest = release.releases(aws, fast)
    assert (newest.live, oldest.live) == (True, False)
    assert newest.version.description == f"artifact {newest.version.sha256}, by the fast lane"


def test_a_second_deploy_of_the_same_changes_nothing(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("old", "new"):
        release.deploy(aws, fast, make_artifact(text), dialogue)
    planned = release.plan(aws, fast, make_artifact("new"), dialogue)

    again = release.deploy(aws, fast, make_artifact("new"), dialogue)

    assert planned is None
    assert again is not None
    assert (again.version, again.changed) == ("2", False)
    assert len(release.releases(aws, fast)) == 2


def test_what_is_more_than_the_code_goes_the_long_way(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[str] = []
    release.deploy(aws, fast, make_artifact("old"), dialogue)
    larger = fast.model_copy(update={"memory_mb": 1024})

    release.deploy(aws, larger, make_artifact("new"), replace(dialogue, report=said.append))

    assert f"{NOT_BY_IT}more than the code has changed" in said
    assert drifted(aws, larger) == []


def test_a_function_that_somebody_changed_goes_the_long_way(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[str] = []
    release.deploy(aws, fast, make_artifact("old"), dialogue)
    aws.functions.update_function_configuration(FunctionName=fast.function_name, Timeout=60)

    release.deploy(aws, fast, make_artifact("new"), replace(dialogue, report=said.append))

    assert f"{NOT_BY_IT}Function Timeout is 60 instead of 30, changed past CloudFormation" in said


def test_what_is_no_part_of_the_function_may_have_been_changed(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, fast, make_artifact("old"), dialogue)
    aws.logs.put_retention_policy(logGroupName=f"/aws/lambda/{fast.function_name}", retentionInDays=1)
    shown: list[Plan] = []

    def agree(plan: Plan) -> bool:
        shown.append(plan)
        return True

    release.deploy(aws, fast, make_artifact("new"), replace(dialogue, confirm=agree, look=thorough_look))

    assert [plan.fast for plan in shown] == [True]
    assert [each.name for each in shown[0].drift] == ["RetentionInDays"]


@pytest.mark.parametrize("target", ["old", "new", "newer"], ids=["as the stack has it", "as it serves", "another"])
@pytest.mark.parametrize("prewarm", [0, 1], ids=["at once", "in two steps"])
def test_a_full_deploy_mends_the_stack(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue, *, target: str, prewarm: int
) -> None:
    stage = fast.model_copy(update={"prewarm": prewarm})
    for text in ("old", "new"):
        release.deploy(aws, stage, make_artifact(text), dialogue)
    ours = drifted(aws, stage)

    deployed = release.deploy(aws, full(stage), make_artifact(target), dialogue)
    again = release.deploy(aws, full(stage), make_artifact(target), dialogue)

    assert [line.rpartition(" instead of ")[0].split()[1] for line in ours] == ["Code", "FunctionVersion"]
    assert all(line.endswith(", by the fast lane; the next full deployment sets it right") for line in ours)
    assert text_of(deployed) == target
    assert drifted(aws, stage) == []
    assert again is not None
    assert not again.changed


def test_a_full_deploy_that_changes_only_what_is_no_part_of_a_version_mends_the_stack(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("old", "new"):
        release.deploy(aws, fast, make_artifact(text), dialogue)
    kept = full(fast).model_copy(update={"log_retention_days": 7})

    deployed = release.deploy(aws, kept, make_artifact("old"), dialogue)

    assert text_of(deployed) == "old"
    assert drifted(aws, kept) == []


def test_a_full_deploy_that_fails_leaves_what_the_fast_lane_brought(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("old", "new"):
        release.deploy(aws, fast, make_artifact(text), dialogue)
    newer = make_artifact("newer")

    def lose_the_artifact(plan: Plan) -> bool:
        bucket = f"lambwsgi-artifacts-{aws.account}-us-east-1"
        aws.s3.delete_object(Bucket=bucket, Key=f"lambwsgi/{fast.project}/{newer.sha256}.zip")
        # The emulator fails before it comes to the alias; CloudFormation may have set that back to what it knows.
        aws.functions.update_alias(FunctionName=fast.function_name, Name="live", FunctionVersion="1")
        return True

    with pytest.raises(StackFailedError, match="the stage serves as before"):
        release.deploy(aws, full(fast), newer, replace(dialogue, confirm=lose_the_artifact))

    assert live(aws, fast) == 2
    assert text_of(release.deploy(aws, full(fast), newer, dialogue)) == "newer"


def test_a_rollback_goes_back_from_the_fast_lane_and_forward_to_it(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("old", "new"):
        release.deploy(aws, fast, make_artifact(text), dialogue)

    back = release.rollback(aws, fast, None, dialogue)
    forward = release.rollback(aws, fast, 2, dialogue)

    assert text_of(back) == "old"
    assert text_of(forward) == "new"
    assert live(aws, fast) == 2


def test_a_stage_that_is_held_at_a_version_goes_the_long_way(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[str] = []
    for text in ("one", "two"):
        release.deploy(aws, full(fast), make_artifact(text), dialogue)
    release.rollback(aws, fast, None, dialogue)

    deployed = release.deploy(aws, fast, make_artifact("three"), replace(dialogue, report=said.append))

    assert f"{NOT_BY_IT}the stage is held at a version until the next full deployment" in said
    assert text_of(deployed) == "three"


def test_a_version_that_fails_never_serves(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    checked = fast.model_copy(update={"smoke": (Check(path="/", body="good"),)})
    release.deploy(aws, checked, make_artifact("good"), dialogue)

    for artifact in (make_artifact("bad"), make_artifact("good", 500)):
        for _ in range(2):
            with pytest.raises(SmokeError, match=r"version \d is published but does not serve, since"):
                release.deploy(aws, checked, artifact, dialogue)
            assert live(aws, checked) == 1

    assert text_of(release.deploy(aws, checked, make_artifact("good again"), dialogue)) == "good again"


def test_hooks_run_as_they_do_on_the_long_way(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    ran: list[tuple[str, str | None, int]] = []
    hooks = Hooks(before_deploy=("first",), before_switch=(Step(run="then"),), after_deploy=(Step(run="last"),))
    hooked = fast.model_copy(update={"hooks": hooks})

    def shell(command: str, known: Mapping[str, str]) -> int:
        ran.append((command, known.get("LAMBWSGI_VERSION"), live(aws, hooked)))
        return 0

    release.deploy(aws, hooked, make_artifact("old"), dialogue)
    release.deploy(aws, hooked, make_artifact("new"), replace(dialogue, shell=shell))

    assert ran == [("first", None, 1), ("then", "2", 1), ("last", "2", 2)]


def test_a_hook_that_fails_leaves_the_alias(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    hooked = fast.model_copy(update={"hooks": Hooks(before_switch=(Step(run="migrate"),))})
    release.deploy(aws, hooked, make_artifact("old"), dialogue)

    with pytest.raises(HookError, match=r"version 1 goes on serving"):
        release.deploy(aws, hooked, make_artifact("new"), replace(dialogue, shell=lambda command, known: 1))

    assert live(aws, hooked) == 1


def test_a_plan_says_that_it_goes_by_the_fast_lane_and_does_nothing(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, fast, make_artifact("old"), dialogue)

    planned = release.plan(aws, fast, make_artifact("new"), dialogue)

    assert planned is not None
    lines = list(plan_lines(planned))
    assert lines[0] == f"{fast.function_name}: only the code, by the fast lane"
    assert lines[3] == "  ~ change LiveAlias (AWS::Lambda::Alias): FunctionVersion 1 -> the new one"
    assert drifted(aws, fast) == []
    assert len(release.releases(aws, fast)) == 1


def test_nothing_is_done_that_is_not_confirmed(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    shown: list[Plan] = []

    def decline(plan: Plan) -> bool:
        shown.append(plan)
        return False

    release.deploy(aws, fast, make_artifact("old"), dialogue)

    assert release.deploy(aws, fast, make_artifact("new"), replace(dialogue, confirm=decline)) is None
    assert [plan.fast for plan in shown] == [True]
    assert quick_look(aws, deployed_stack(aws, fast), pytest.fail) == ()


def test_what_the_fast_lane_brought_goes_on_to_another_stage(
    aws: Aws, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue, tmp_path: Path
) -> None:
    prod = full(fast).model_copy(update={"stage": "prod"})
    for text in ("old", "new"):
        release.deploy(aws, fast, make_artifact(text), dialogue)

    deployed = release.deploy(aws, prod, fetch_release(aws, fast, prod, tmp_path, lambda text: None), dialogue)

    assert text_of(deployed) == "new"


def test_of_two_at_once_one_goes_through_and_the_stage_is_whole(
    endpoint: str, fast: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    aws, quiet = Aws(endpoint_url=endpoint), replace(dialogue, visit=None)
    release.deploy(aws, fast, make_artifact("before"), quiet)
    artifacts = [make_artifact("one"), make_artifact("two")]

    def outcome(artifact: Artifact) -> str:
        try:
            release.deploy(Aws(endpoint_url=endpoint), fast, artifact, quiet)
        except DeployError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, artifacts))
    last = release.deploy(aws, fast, artifacts[0], dialogue)
    release.deploy(aws, full(fast), artifacts[0], dialogue)

    assert "done" in outcomes
    assert all(each == "done" or "somebody else changes" in each for each in outcomes)
    assert last is not None
    assert drifted(aws, fast) == []


def test_the_artifact_has_the_same_files_and_other_bytes_than_that_of_the_long_way(make_artifact: MakeArtifact) -> None:
    plain = make_artifact("hello").path.read_bytes()

    once = marked(plain)

    assert once != plain
    assert marked(once) == once
    with zipfile.ZipFile(io.BytesIO(once)) as ours, zipfile.ZipFile(io.BytesIO(plain)) as theirs:
        assert {name: ours.read(name) for name in ours.namelist()} == {
            name: theirs.read(name) for name in theirs.namelist()
        }
