"""A new version gets the requests step by step, and none again when something speaks against it.

Weights, alarms, metrics and log lines are those of the embedded AWS. It stores weights and sends all requests to the
version that serves (ministack 1.5.33), so what is checked here is the alias, not who answered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.place import Place
from lambwsgi.deploy.aws.records import Stack
from lambwsgi.deploy.errors import ReleaseError, ShiftError
from lambwsgi.deploy.names import log_group_name
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Deployed, Dialogue
from lambwsgi.deploy.rollout.shift import Share, held_at, share_of
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.deploy.stage.status import read_status
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.strategy import Strategy, StrategyKind

pytestmark = pytest.mark.embedded

MakeArtifact = Callable[..., Artifact]
CANARY = Strategy(kind=StrategyKind.CANARY, percent=10, minutes=2)
SERVING: tuple[str, dict[str, float]] = ("1", {})
FIRST_STEP = "version 2 gets 10 % of the requests, all in 2 minutes"


class CutOffError(Exception):
    """Stands for a process that ends on the spot: nothing of ours catches it."""


@dataclass
class Stage:
    """A stage that is deployed, and what its deployments say; `when` does something at a line that they say."""

    aws: Aws
    settings: StageSettings
    dialogue: Dialogue
    make_artifact: MakeArtifact

    def __post_init__(self) -> None:
        self.said: list[tuple[str, tuple[str, dict[str, float]]]] = []
        self.when: dict[str, Callable[[], object]] = {}

    def deploy(self, text: str, strategy: Strategy = CANARY) -> Deployed | None:
        settings = self.settings.model_copy(update={"strategy": strategy})
        return release.deploy(self.aws, settings, self.make_artifact(text), replace(self.dialogue, report=self._hear))

    def alias(self) -> tuple[str, dict[str, float]]:
        """The version that serves, and the parts of others."""
        found = self.aws.functions.get_alias(FunctionName=self.settings.function_name, Name="live")
        return found["FunctionVersion"], found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})

    def share(self) -> Share | None:
        return read_status(Place(self.aws), self.settings).share

    def _hear(self, text: str) -> None:
        self.said.append((text, self.alias()))
        self.when.get(text, lambda: None)()


@pytest.fixture
def stage(aws: Aws, settings: StageSettings, dialogue: Dialogue, make_artifact: MakeArtifact) -> Stage:
    """A stage where version 1 serves, and minutes go by in a blink."""
    watch = Watch(pause=lambda seconds: time.sleep(min(seconds, 0.02)))
    found = Stage(aws, settings, replace(dialogue, watch=watch, visit=None), make_artifact)
    release.deploy(aws, settings, make_artifact("old"), found.dialogue)
    return found


@pytest.fixture
def alarm(aws: Aws, settings: StageSettings) -> str:
    """The name of an alarm that is quiet."""
    name = f"{settings.function_name}-5xx"
    aws.cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    return name


def ring(aws: Aws, name: str) -> None:
    aws.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="too many")


def test_a_canary_has_its_part_for_its_minutes_and_then_all(stage: Stage) -> None:
    stage.deploy("new")

    assert [each for each in stage.said if "gets" in each[0]] == [
        (FIRST_STEP, ("1", {"2": 0.1})),
        ("version 2 gets 10 % of the requests, all in 1 minute", ("1", {"2": 0.1})),
    ]
    assert stage.alias() == ("2", {})
    assert stage.share() is None


def test_a_linear_strategy_gives_the_same_part_more_each_time(stage: Stage) -> None:
    stage.deploy("new", Strategy(kind=StrategyKind.LINEAR, percent=40, minutes=1))

    assert [each for each in stage.said if "gets" in each[0]] == [
        ("version 2 gets 40 % of the requests, all in 2 minutes", ("1", {"2": 0.4})),
        ("version 2 gets 80 % of the requests, all in 1 minute", ("1", {"2": 0.8})),
    ]
    assert stage.alias() == ("2", {})


def test_a_deployment_that_publishes_nothing_shifts_nothing(stage: Stage) -> None:
    deployed = stage.deploy("old")

    assert deployed is not None
    assert not deployed.changed
    assert not [text for text, _ in stage.said if "gets" in text]


@pytest.mark.parametrize("by_arn", [False, True], ids=["by name", "by ARN"])
def test_an_alarm_sends_all_requests_back_and_is_named(stage: Stage, alarm: str, *, by_arn: bool) -> None:
    stage.when[FIRST_STEP] = lambda: ring(stage.aws, alarm)
    [found] = stage.aws.alarms([alarm])

    with pytest.raises(ShiftError, match=f"since alarm '{alarm}' is in alarm: too many\nversion 1 has all") as told:
        stage.deploy("new", CANARY.model_copy(update={"alarms": (found.arn if by_arn else found.name,)}))

    assert (told.value.alarm, told.value.percent) == (alarm, 0)
    assert stage.alias() == SERVING


def test_a_composite_alarm_is_watched_as_well(stage: Stage, alarm: str) -> None:
    stage.aws.cloudwatch.put_composite_alarm(AlarmName=f"{alarm}-all", AlarmRule=f'ALARM("{alarm}")')
    stage.when[FIRST_STEP] = lambda: ring(stage.aws, alarm)

    with pytest.raises(ShiftError, match=f"alarm '{alarm}-all' is in alarm"):
        stage.deploy("new", CANARY.model_copy(update={"alarms": (f"{alarm}-all",)}))


def test_an_alarm_that_stands_already_is_told_before_anything_changes(stage: Stage, alarm: str) -> None:
    ring(stage.aws, alarm)
    watched = CANARY.model_copy(update={"alarms": (alarm,)})

    with pytest.raises(ShiftError, match="nothing is changed"):
        stage.deploy("new", watched)
    assert [each.number for each in stage.aws.versions(stage.settings.function_name)] == [1]

    stage.deploy("mended", watched.at_once)
    assert stage.alias() == ("2", {})


def test_an_alarm_that_there_is_not_is_told_before_anything_changes(stage: Stage) -> None:
    with pytest.raises(ShiftError, match="`strategy` watches 'shop-5xx', and there is no such alarm in us-east-1"):
        stage.deploy("new", CANARY.model_copy(update={"alarms": ("shop-5xx",)}))

    assert [each.number for each in stage.aws.versions(stage.settings.function_name)] == [1]


def die(stage: Stage, version: str, count: int) -> None:
    """Invocations of a version that ended in an error, as Lambda tells CloudWatch."""
    name = stage.settings.function_name
    dimensions = {"FunctionName": name, "Resource": f"{name}:live", "ExecutedVersion": version}
    stage.aws.cloudwatch.put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[
            {
                "MetricName": "Errors",
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Timestamp": datetime.now(UTC),
                "Value": count,
            }
        ],
    )


def answer(stage: Stage, version: str, status: int) -> None:
    """A line of the access log of a version, in a stream as Lambda names it."""
    group, stream = log_group_name(stage.settings), f"2026/11/24/[{version}]{status}"
    line = (
        f'{{"request_id": "r", "status": {status}, "method": "GET", "path": "/a", "milliseconds": 1, "gateway": "g"}}'
    )
    stage.aws.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    stage.aws.logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
    )


def test_invocations_of_the_new_version_that_die_send_all_requests_back(stage: Stage) -> None:
    stage.when[FIRST_STEP] = lambda: die(stage, "2", 3)

    with pytest.raises(ShiftError, match="since 3 of its invocations ended in an error"):
        stage.deploy("new")

    assert stage.alias() == SERVING


def test_an_answer_of_500_by_the_new_version_sends_all_requests_back(stage: Stage) -> None:
    stage.when[FIRST_STEP] = lambda: answer(stage, "2", 500)

    with pytest.raises(ShiftError, match="since 1 of its answers were 500 and above, the first: 500 GET /a in 1 ms"):
        stage.deploy("new")

    assert stage.alias() == SERVING


def test_failures_of_the_version_before_are_not_the_new_ones(stage: Stage) -> None:
    def fail() -> None:
        die(stage, "1", 3)
        answer(stage, "1", 500)
        answer(stage, "2", 404)

    stage.when[FIRST_STEP] = fail
    stage.deploy("new")

    assert stage.alias() == ("2", {})


@pytest.mark.parametrize("errors", [0, 4], ids=["not counted", "so many allowed"])
def test_failures_below_the_limit_do_no_harm(stage: Stage, errors: int) -> None:
    stage.when[FIRST_STEP] = lambda: die(stage, "2", 3)

    stage.deploy("new", CANARY.model_copy(update={"errors": errors}))

    assert stage.alias() == ("2", {})


def test_whoever_stops_a_shift_gets_the_version_before_whole(stage: Stage) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    stage.when[FIRST_STEP] = stop

    with pytest.raises(ShiftError, match="was taken back, since the deployment was stopped"):
        stage.deploy("new")

    assert stage.alias() == SERVING


def cut_off(stage: Stage) -> None:
    """A deployment that ends on the spot while version 2 has its part."""

    def end() -> None:
        raise CutOffError

    stage.when[FIRST_STEP] = end
    with pytest.raises(CutOffError):
        stage.deploy("new")
    stage.when.clear()
    assert stage.alias() == ("1", {"2": 0.1})


def test_a_shift_that_was_cut_off_is_seen_and_ended_by_a_rollback(stage: Stage) -> None:
    cut_off(stage)
    seen = stage.share()

    back = release.rollback(stage.aws, stage.settings, None, stage.dialogue)

    assert seen == Share(version=2, percent=10)
    assert back is not None
    assert back.version == "1"
    assert stage.alias() == SERVING
    assert stage.share() is None


@pytest.mark.parametrize("text", ["new", "newer"], ids=["the same", "another one"])
def test_the_deployment_after_one_that_was_cut_off_shifts_from_the_beginning(stage: Stage, text: str) -> None:
    cut_off(stage)
    stage.said.clear()

    deployed = stage.deploy(text)

    assert deployed is not None
    assert deployed.version == {"new": "2", "newer": "3"}[text]
    assert stage.alias() == (deployed.version, {})
    steps = [alias for said, alias in stage.said if "gets 10 %" in said]
    assert steps == [("1", {deployed.version: 0.1})] * 2


def test_all_at_once_ends_a_shift_that_was_cut_off(stage: Stage) -> None:
    cut_off(stage)

    stage.deploy("mended", CANARY.at_once)

    assert stage.alias() == ("3", {})


def test_a_rollback_to_a_number_while_two_versions_share_goes_there_whole(stage: Stage) -> None:
    cut_off(stage)

    release.rollback(stage.aws, stage.settings, 2, stage.dialogue)

    assert stage.alias() == ("2", {})


def test_a_part_that_cannot_be_taken_back_is_told_with_what_to_do(stage: Stage) -> None:
    def lose_the_stack() -> None:
        stage.aws.cloudformation.delete_stack(StackName=stage.settings.function_name)

    stage.when[FIRST_STEP] = lambda: die(stage, "2", 1)
    stage.when["version 2 is taken back: 1 of its invocations ended in an error"] = lose_the_stack

    with pytest.raises(ShiftError, match="that failed, so it may have 10 % of the requests still") as told:
        stage.deploy("new")

    assert told.value.percent == 10
    assert "`lambwsgi rollback dev` gives all of them to version 1" in str(told.value)


def test_a_stack_whose_template_knows_no_weights_is_held_without_one() -> None:
    stack = Stack("id", "shop-dev", "UPDATE_COMPLETE", "", {"NewestVersion": "3"}, {"LiveVersion": ""}, {}, None)

    assert held_at(stack, 2) == {"LiveVersion": "2"}
    assert share_of(stack) is None


def test_a_switch_of_streaming_cannot_be_shared(stage: Stage) -> None:
    stage.settings = stage.settings.model_copy(update={"streaming": True})

    with pytest.raises(ReleaseError, match=r"`strategy: canary` cannot share requests .* deploy with --all-at-once"):
        stage.deploy("new")
